import type { BeforeApplicationShutdown } from '@nestjs/common';
import { startModuleHost } from '../../support/module-host.js';

/** Sends a request after the hooks for the end of modules, when Nest has not closed the server yet. */
class LateRequest implements BeforeApplicationShutdown {
  send: () => Promise<{ status: number }> = async () => ({ status: 0 });
  status = 0;

  async beforeApplicationShutdown(): Promise<void> {
    this.status = (await this.send()).status;
  }
}

describe.each(['express', 'fastify'] as const)('a host that stops, on %s', (adapter) => {
  it('knows its clients until the server is closed', async () => {
    const host = await startModuleHost({ adapter, providers: [LateRequest] });
    const client = await host.client();
    const late = host.app.get(LateRequest);
    late.send = () => client.get('/Users');
    await host.stop();
    expect(late.status).toBe(200);
  });
});
