import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** scrypt with Node's defaults (N = 16384, r = 8, p = 1): about 50 ms. */
const KEY_LENGTH = 32;
/** What an unknown e-mail address is compared with, so that the answer takes as long. */
const NOBODY = `${'0'.repeat(32)}:${'0'.repeat(64)}`;

/** @returns `salt:key`, both in hexadecimal. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  return `${salt.toString('hex')}:${(await deriveKey(password, salt)).toString('hex')}`;
}

/** Without a stored hash the answer is no, after the same work. */
export async function verifyPassword(password: string, stored: string | null | undefined): Promise<boolean> {
  const [salt = '', key = ''] = (stored ?? NOBODY).split(':');
  const derived = await deriveKey(password, Buffer.from(salt, 'hex'));
  const expected = Buffer.from(key, 'hex');
  return expected.length === derived.length && timingSafeEqual(expected, derived) && typeof stored === 'string';
}

function deriveKey(password: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFC'), salt, KEY_LENGTH, (error, key) => (error ? reject(error) : resolve(key)));
  });
}
