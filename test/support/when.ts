/** On a busy machine it may be long in coming; a test may take 30 s. */
const LIMIT_MS = 25_000;

/** Resolves once it is so; asking is all the pause there is. */
export async function when(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + LIMIT_MS;
  while (!(await isSo())) if (performance.now() > deadline) throw new Error(`It never came to this: ${what}.`);
}
