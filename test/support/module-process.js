import { register } from 'node:module';

/** The module in a process of its own, to be killed: `node module-process.js`, with DATABASE_URL in its environment. */
register('./typescript-hooks.js', import.meta.url);
const { startRelayHost } = await import('../scim/events/relay-host.ts');
const { url, recorder } = await startRelayHost({
  databaseUrl: process.env.DATABASE_URL,
  options: { deliverEvents: true },
});
// Handlers take a moment, so that a kill meets some of them at work.
recorder.before = recorder.after = () => new Promise((resolve) => setTimeout(resolve, Math.random() * 4));
process.stdout.write(`${url}\n`);
