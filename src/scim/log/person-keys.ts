import { UUID } from '../persistence/is-id.js';
import { fold } from '../protocol/comparable.js';
import { REMOVED } from './secrets.js';

const IDS = new RegExp(UUID.source.replace(/[$^]/g, ''), 'g');
const MOST = 100;
const LONGEST = 200;
/** Longer texts name nobody; an address of RFC 5321 has 254 characters at most. */
const LONGEST_TEXT = 300;

/** Whom a request is about, in the order in which it says so: ids of resources, and what people are called, as it is compared. */
export class PersonKeys {
  private readonly keys = new Set<string>();

  get all(): readonly string[] {
    return [...this.keys];
  }

  /** @param name of the attribute that has this value, if any. */
  note(text: string, name = ''): void {
    if (text.length > LONGEST_TEXT) return;
    for (const [id] of text.matchAll(IDS)) this.add(id);
    if (/^userName$/i.test(name)) this.add(fold(text));
    else if (/^externalId$/i.test(name)) this.add(text);
    else if (text.includes('@')) this.add(fold(text));
  }

  /** A text that is compared with some attribute: which one decides whether case matters. */
  noteCompared(text: string): void {
    this.add(text);
    this.add(fold(text));
  }

  private add(key: string): void {
    const isName = key !== '' && key.length <= LONGEST && !key.includes(REMOVED);
    if (isName && this.keys.size < MOST) this.keys.add(key);
  }
}
