import { byId, redraw, row } from './dom.js';
import { attempt, onSubmit } from './feedback.js';

/** The first page is short, so that the whole of the settings can be looked over; who wants more gets more at a time. */
const FIRST_PAGE = 10;
const NEXT_PAGE = 50;

/**
 * A table that is searched and grows page by page. Its elements are called after it: `<id>-form`, `-table`, `-found`, `-error`,
 * `-more`, `-again`.
 */
export class PagedList {
  #cursor;
  #pages = 0;
  #turn = 0;
  /** What was searched for, whatever stands in the form meanwhile. */
  #filter = {};

  /**
   * @param list.load ({ ...filter, cursor, limit }) => { items, nextCursor }
   * @param list.cells (item) => what stands in the columns
   * @param list.found (number shown, whether there are more, whether something was searched for) => a sentence
   */
  constructor({ id, load, cells, found }) {
    this.id = id;
    this.ways = { load, cells, found };
    this.body = byId(id);
    this.form = byId(`${id}-form`);
    this.more = byId(`${id}-more`);
    this.again = byId(`${id}-again`);
    this.error = byId(`${id}-error`);
    if (this.form) {
      onSubmit(this.form, this.error, () => this.#search());
      this.form.addEventListener('reset', () => setTimeout(() => this.search()));
    }
    this.more.addEventListener('click', () => attempt(this.error, () => this.#showNext(), this.more));
    this.again.addEventListener('click', () => attempt(this.error, () => this.#showFirst(), this.again));
  }

  /** For what stands in the form. */
  search() {
    return attempt(this.error, () => this.#search());
  }

  show() {
    return attempt(this.error, () => this.#showFirst());
  }

  /** There may be something new: shown at once, unless somebody is reading in the list. */
  changed() {
    const isInUse = this.body.contains(document.activeElement) || document.querySelector('dialog[open]') !== null;
    if (this.#pages > 1 || isInUse) this.again.hidden = false;
    else void this.show();
  }

  #search() {
    this.#filter = Object.fromEntries([...new FormData(this.form)].filter(([, value]) => value !== ''));
    return this.#showFirst();
  }

  async #showFirst() {
    const items = await this.#ask({ limit: FIRST_PAGE });
    if (!items) return;
    this.#pages = 1;
    this.again.hidden = true;
    redraw(this.body, this.#rows(items));
    // The sentence above says it.
    this.#table.hidden = items.length === 0;
    this.#tell();
  }

  async #showNext() {
    const items = await this.#ask({ cursor: this.#cursor, limit: NEXT_PAGE });
    if (!items) return;
    this.#pages += 1;
    const rows = this.#rows(items);
    this.body.append(...rows);
    this.#table.hidden = this.body.rows.length === 0;
    this.#tell();
    // Reading goes on where the list did.
    rows[0]?.querySelector('button, a')?.focus();
  }

  /** Undefined for an answer that was overtaken by a later question. */
  async #ask(page) {
    const mine = (this.#turn += 1);
    const { items, nextCursor } = await this.ways.load({ ...this.#filter, ...page });
    if (mine !== this.#turn) return undefined;
    this.#cursor = nextCursor;
    return items;
  }

  #tell() {
    const isFiltered = Object.keys(this.#filter).length > 0;
    const sentence = this.ways.found(this.body.rows.length, this.#cursor !== undefined, isFiltered);
    const place = byId(`${this.id}-found`);
    // A status is read out each time it is set.
    if (place.textContent !== sentence) place.textContent = sentence;
    this.more.hidden = this.#cursor === undefined;
  }

  #rows(items) {
    return items.map((item) => row(this.#table, this.ways.cells(item)));
  }

  get #table() {
    return byId(`${this.id}-table`);
  }
}
