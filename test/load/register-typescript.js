import { register } from 'node:module';

/** `node --import ./test/load/register-typescript.js file.ts` runs TypeScript as the tests do. */
register('../support/typescript-hooks.js', import.meta.url);
