import { startModuleHost } from '../support/module-host.js';
import { effectsWith } from './effects.js';
import type { ProcessSettings } from './host-processes.js';

/**
 * The module in a process of its own, to be killed. It loads everything, says so, and waits to be told its settings; it ends
 * when the process that started it has ended.
 */
process.once('disconnect', () => process.exit(1));
process.once('message', (settings: ProcessSettings) => void start(settings));
process.send?.({ type: 'loaded' });

async function start({ databaseUrl, conduct = {} }: ProcessSettings): Promise<void> {
  const effects = effectsWith(conduct, () => process.send?.({ type: 'effect' }));
  const host = await startModuleHost({ databaseUrl, providers: [effects] });
  process.send?.({ type: 'ready', url: host.url });
}
