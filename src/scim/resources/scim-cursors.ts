import { Inject, Injectable } from '@nestjs/common';
import { type CursorState, fromCursorText, toCursorText } from '../protocol/cursor.js';
import { expiredCursor, invalidCount, invalidCursor } from '../protocol/scim-error.js';
import { limitsOf, SCIM_OPTIONS, type ScimModuleOptions } from '../scim.options.js';
import { openText, sealingKeys, sealText } from '../tokens/sealed-text.js';
import { readPeppers } from '../tokens/token.js';

/** Where a page ended, and what all pages of its walk have in common. */
export type Walked = Omit<CursorState, 'expiresAt'>;

/**
 * Cursors hold their state themselves, sealed: the server keeps nothing, so that they cost nobody anything, and every
 * process with the same peppers continues a walk that another one began.
 */
@Injectable()
export class ScimCursors {
  private readonly keys: readonly Buffer[];
  private readonly lifetimeMs: number;

  constructor(@Inject(SCIM_OPTIONS) options: ScimModuleOptions) {
    this.keys = sealingKeys(readPeppers(options.tokens?.peppers), 'scim cursor 1');
    this.lifetimeMs = limitsOf(options).cursorSeconds * 1000;
  }

  /** @param query of `describeQuery`. */
  seal(walked: Walked, query: string): string {
    return sealText(toCursorText({ ...walked, expiresAt: Date.now() + this.lifetimeMs }), query, this.keys);
  }

  /**
   * Undefined for the empty cursor of a first page.
   * @throws ScimError 400 invalidCursor, for that of another query or organization too; expiredCursor; invalidCount.
   */
  open(cursor: string, query: string, count: number): Walked | undefined {
    if (cursor === '') return undefined;
    const text = openText(cursor, query, this.keys);
    if (text === undefined) throw invalidCursor();
    const state = fromCursorText(text);
    if (state.expiresAt <= Date.now()) throw expiredCursor();
    if (state.count !== count) throw invalidCount(`"count" was ${state.count} on the page before, and stays the same.`);
    return state;
  }
}
