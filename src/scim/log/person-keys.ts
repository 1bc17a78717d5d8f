import { UUID } from '../persistence/is-id.js';
import { fold } from '../protocol/comparable.js';
import { REMOVED } from './secrets.js';

const IDS = new RegExp(UUID.source.replace(/[$^]/g, ''), 'g');
const MOST = 100;
/** An address of RFC 5321 has 254 characters at most. */
const LONGEST = 300;

/** Whom a request is about, in the order in which it says so: ids of resources, and what people are called, as it is compared. */
export class PersonKeys {
  private readonly keys = new Set<string>();

  get all(): string[] {
    return [...this.keys];
  }

  /** No more are taken. */
  get isFull(): boolean {
    return this.keys.size >= MOST;
  }

  /**
   * @param name of the attribute that has this value, if any.
   * @returns whether all that it names was noted: of whom nothing is noted nothing may be kept, because no erasure finds it.
   */
  note(text: string, name = ''): boolean {
    const names = namesIn(text, name);
    return names.map((key) => this.add(key)).every(Boolean);
  }

  /** A text that is compared with some attribute: which one decides whether case matters. @returns as `note`. */
  noteCompared(text: string): boolean {
    return [text, fold(text)].map((key) => this.add(key)).every(Boolean);
  }

  private add(key: string): boolean {
    if (key === '' || key.includes(REMOVED) || this.keys.has(key)) return true;
    if (this.isFull || key.length > LONGEST) return false;
    this.keys.add(key);
    return true;
  }
}

function namesIn(text: string, name: string): string[] {
  const ids = [...text.matchAll(IDS)].map(([id]) => id);
  if (/^externalId$/i.test(name)) return [...ids, text];
  return /^userName$/i.test(name) || text.includes('@') ? [...ids, fold(text)] : ids;
}
