import { createHash, randomBytes } from 'node:crypto';

/** What only its holder knows: 256 random bits, fit for a cookie and a header. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

/** What is stored of it. A fast hash will do: nobody guesses 256 bits. */
export const hashSecret = (secret: string): string => createHash('sha256').update(secret).digest('hex');
