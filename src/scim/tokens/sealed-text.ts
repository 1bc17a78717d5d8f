import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { Pepper } from './token.js';

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
/** 96 random bits: what GCM is made for, and no counter that several processes would have to share. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Keys for one purpose, made from the peppers: the first seals, all open. Without peppers, one that only this process has.
 * @param purpose another one gives keys that have nothing to do with these.
 */
export const sealingKeys = (peppers: readonly Pepper[], purpose: string): readonly Buffer[] =>
  peppers.length === 0
    ? [randomBytes(KEY_BYTES)]
    : peppers.map(({ key }) => Buffer.from(hkdfSync('sha256', key, '', purpose, KEY_BYTES)));

/**
 * A text that nobody without a key can read, change, or use in another context. In base64url.
 * @param context is not inside, but must be the same when the text is opened.
 */
export function sealText(text: string, context: string, keys: readonly Buffer[]): string {
  const [key] = keys;
  if (!key) throw new Error('Nothing can be sealed without a key.');
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(context));
  const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([sealed, cipher.getAuthTag()]).toString('base64url');
}

/** Undefined for whatever was not sealed with one of the keys in this context. */
export function openText(sealed: string, context: string, keys: readonly Buffer[]): string | undefined {
  const bytes = Buffer.from(sealed, 'base64url');
  // Node decodes other spellings of the same bytes too.
  if (bytes.length < NONCE_BYTES + TAG_BYTES || bytes.toString('base64url') !== sealed) return undefined;
  for (const key of keys) {
    const text = openWith(key, bytes, context);
    if (text !== undefined) return text;
  }
  return undefined;
}

function openWith(key: Buffer, bytes: Buffer, context: string): string | undefined {
  const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(context))
    .setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    return decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
  } catch {
    return undefined;
  }
}
