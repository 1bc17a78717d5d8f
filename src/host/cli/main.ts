import { runCommand } from './program.js';

/** By the shell's convention for Ctrl+C. */
const INTERRUPTED = 130;

/** `npm run scim -- …`: operators' commands, without a server. */
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  // A command ends in its own time, since it may have started a database; who asks twice has none.
  process.on(signal, () => (stop.signal.aborted ? process.exit(INTERRUPTED) : stop.abort()));
}
// Whoever reads along has enough: no mistake of anybody.
process.stdout.on('error', () => stop.abort());
const code = await runCommand(process.argv.slice(2), stop.signal);
// Not by itself: a connection that is still closing would hold it up.
if (stop.signal.aborted) process.exit(code);
else process.stdout.write('', () => process.exit(code));
