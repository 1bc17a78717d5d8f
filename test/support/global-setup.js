/** Jest runs this file once, before all test files. It knows no TypeScript, but Node does (register-typescript.js). */
export default async function globalSetup() {
  const { startTestServer } = await import('./test-server.ts');
  globalThis.testServer = await startTestServer();
}
