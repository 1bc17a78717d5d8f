import { register } from 'node:module';

/** Jest runs this file once, before all test files and outside its module system: hence no TypeScript up to here. */
export default async function globalSetup() {
  register('./typescript-hooks.js', import.meta.url);
  const { startTestServer } = await import('./test-server.ts');
  globalThis.testServer = await startTestServer();
}
