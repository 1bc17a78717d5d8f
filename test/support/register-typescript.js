import { register } from 'node:module';

/** `node --import ./test/support/register-typescript.js file.ts` runs TypeScript as the tests do. */
register('./typescript-hooks.js', import.meta.url);
