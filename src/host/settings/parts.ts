import { type Html, html } from '../http/html.js';

interface ReadOnlyField {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  /** What the copy button is called. */
  readonly copy: string;
}

/** Something to be copied into another system. */
export function readOnly({ id, label, value, copy }: ReadOnlyField): Html {
  return html`<div class="copy">
    <label for="${id}">${label}</label>
    <input id="${id}" readonly value="${value}" spellcheck="false" autocomplete="off" />
    <button type="button" class="quiet" data-copy="${id}">${copy}</button>
  </div>`;
}

interface Table {
  /** Of its body, which the script fills. */
  readonly id: string;
  /** Id of the heading that names it. */
  readonly heading: string;
  readonly columns: readonly string[];
}

/**
 * Filled by the script; the first row says so until then. The roles are said, because narrow screens show rows as blocks, which
 * browsers take for no tables any more.
 */
export function table({ id, heading, columns }: Table): Html {
  return html`<table id="${id}-table" role="table" aria-labelledby="${heading}">
    <thead role="rowgroup">
      <tr role="row">
        ${columns.map((name) => html`<th role="columnheader" scope="col">${name}</th>`)}
      </tr>
    </thead>
    <tbody id="${id}" role="rowgroup">
      <tr role="row">
        <td role="cell" colspan="${columns.length}" class="muted empty">Loading…</td>
      </tr>
    </tbody>
  </table>`;
}

/** A part of the page with its own heading, which the list at its side leads to. */
export function section(id: string, heading: string, body: Html): Html {
  return html`<section class="card" id="${id}" aria-labelledby="${id}-heading">
    <h2 id="${id}-heading" tabindex="-1">${heading}</h2>
    ${body}
  </section>`;
}

/** Where failures are read out. */
export const alert = (id: string): Html => html`<p id="${id}" role="alert" class="error"></p>`;
