/** Jest runs this file once, after all test files. */
export default async function globalTeardown() {
  await globalThis.testServer?.stop();
}
