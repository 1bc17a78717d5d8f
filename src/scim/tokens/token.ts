import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const ID_BYTES = 9;
const ID_LENGTH = 13;
const SECRET_BYTES = 32;
const SECRET_LENGTH = 43;
const CHECKSUM_LENGTH = 6;
/** What comes after the prefix and its `_`. */
const TAIL_LENGTH = ID_LENGTH + 1 + SECRET_LENGTH + CHECKSUM_LENGTH;
const PATTERN = /^([0-9A-Za-z][0-9A-Za-z_]{0,31})_([0-9A-Za-z]{13})_([0-9A-Za-z]{43})([0-9A-Za-z]{6})$/;

/** A key that hashes tokens, with its name. */
export interface Pepper {
  readonly keyId: string;
  readonly key: string;
}

/**
 * A new secret, `‹prefix›_‹id›_‹secret›‹checksum›`: a 72-bit public id, 256 random bits and the CRC-32 of all before it,
 * in base 62, so that a double click selects all of it and scanners can tell it from junk.
 */
export function generateToken(prefix: string): { secret: string; publicId: string } {
  const publicId = base62(BigInt(`0x${randomBytes(ID_BYTES).toString('hex')}`), ID_LENGTH);
  const random = base62(BigInt(`0x${randomBytes(SECRET_BYTES).toString('hex')}`), SECRET_LENGTH);
  const body = `${prefix}_${publicId}_${random}`;
  return { secret: body + checksum(body), publicId };
}

/** The public id of a well-formed secret; undefined for anything else. Costs no look-up. */
export function publicIdOf(text: string): string | undefined {
  const match = PATTERN.exec(text);
  if (!match) return undefined;
  const body = text.slice(0, -CHECKSUM_LENGTH);
  return checksum(body) === match[4] ? match[2] : undefined;
}

/**
 * For secret scanners: whether a text is a SCIM token of this module, by its form and its checksum. Pure: it asks no database,
 * so it says nothing of whether the token is, or ever was, good.
 * @param prefix what the host's `tokens.prefix` says; default: any.
 */
export const isScimToken = (text: string, prefix?: string): boolean =>
  publicIdOf(text) !== undefined &&
  (prefix === undefined || text.length === `${prefix}_`.length + TAIL_LENGTH) &&
  text.startsWith(prefix === undefined ? '' : `${prefix}_`);

/** What stands in lists and on screens for a secret that is not shown again. */
export const hintOf = (secret: string): string => {
  const [random = ''] = secret.split('_').slice(-1);
  return `${secret.slice(0, -random.length)}…${secret.slice(-4)}`;
};

/** 32 bytes. A plain hash would do against guessing; the key keeps a stolen database from even testing a candidate. */
export const hashToken = (secret: string, pepper: Pepper | undefined): Buffer =>
  pepper === undefined
    ? createHash('sha256').update(secret).digest()
    : createHmac('sha256', pepper.key).update(secret).digest();

export const equalHashes = (left: Buffer, right: Buffer): boolean =>
  left.length === right.length && timingSafeEqual(left, right);

/** @throws Error for a prefix whose tokens nobody could verify. Default `scim`. */
export function readPrefix(text = 'scim'): string {
  if (!/^[0-9A-Za-z][0-9A-Za-z_]{0,31}$/.test(text)) {
    throw new Error('tokens.prefix is 1 to 32 letters, digits and "_", the first of them no "_".');
  }
  return text;
}

/** @throws Error for text that is not `kid:secret,kid2:secret2`. The first signs, all verify. */
export function readPeppers(text: string | undefined): readonly Pepper[] {
  if (text === undefined || text.trim() === '') return [];
  const peppers = text.split(',').map((pair) => {
    const [keyId, ...rest] = pair.trim().split(':');
    const key = rest.join(':');
    if (!keyId || key.length < 16) {
      throw new Error(
        'tokens.peppers is a list of "kid:secret" separated by commas; a secret has 16 characters or more.',
      );
    }
    return { keyId, key };
  });
  if (new Set(peppers.map(({ keyId }) => keyId)).size < peppers.length) {
    throw new Error('tokens.peppers names a kid twice: a token says by kid which secret hashed it.');
  }
  return peppers;
}

const checksum = (text: string): string => base62(BigInt(crc32(text)), CHECKSUM_LENGTH);

function base62(value: bigint, length: number): string {
  let digits = '';
  for (let rest = value; rest > 0n; rest /= 62n) digits = ALPHABET.charAt(Number(rest % 62n)) + digits;
  return digits.padStart(length, '0');
}
