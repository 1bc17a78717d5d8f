import { randomUUID } from 'node:crypto';
import type { ScimClient } from '../support/scim-client.js';
import type { ScimCloudEvent, ScimEventPublisher } from '../../src/scim/index.js';
import { type RelayHost, startRelayHost } from '../scim/events/relay-host.js';

/** How long a broker may take until everything is delivered, with connections that open anew. */
const SETTLE_MS = 120_000;

/** A message as a receiver sees it, whatever brought it. */
export interface Received {
  readonly id: string;
  readonly key: string;
  readonly sequence: number;
}

export const toReceived = ({ id, partitionkey, sequence }: ScimCloudEvent): Received => ({
  id,
  key: partitionkey,
  sequence: Number(sequence),
});

/** A host with publishers, whose relay works when a test says so. */
export class BrokerHost {
  private constructor(
    private readonly host: RelayHost,
    readonly idp: ScimClient,
  ) {}

  static async start(publishers: readonly ScimEventPublisher[]): Promise<BrokerHost> {
    const host = await startRelayHost({ options: { publishers } });
    return new BrokerHost(host, await host.client());
  }

  stop(): Promise<void> {
    return this.host.stop();
  }

  /** Users with three events each. @returns their ids. */
  async makeUsers(count: number): Promise<string[]> {
    const ids: string[] = [];
    for (let index = 0; index < count; index += 1) {
      const { id } = await this.idp.createUser({ userName: `user-${randomUUID()}` });
      for (const value of ['Dr', 'Prof']) await this.setTitle(id, value);
      ids.push(id);
    }
    return ids;
  }

  setTitle(id: string, value: string): Promise<unknown> {
    return this.idp.patch(`/Users/${id}`, [{ op: 'replace', path: 'title', value }]);
  }

  async makeGroup(): Promise<string> {
    const { body } = await this.idp.post('/Groups', { displayName: `group-${randomUUID()}` });
    return body.id as string;
  }

  /** Delivers what is due now, once. */
  drain(): Promise<void> {
    return this.host.drain();
  }

  /** Drops what was delivered so far. */
  async forget(): Promise<void> {
    await this.host.dataSource.query(`delete from scim_outbox_delivery where status <> 'pending'`);
  }

  /** Resolves when a consumer has got so many. */
  async whenDelivered(count: number, consumer: string): Promise<void> {
    const deadline = performance.now() + SETTLE_MS;
    while (performance.now() < deadline) {
      const [row] = await this.host.dataSource.query(
        `select count(*)::int as delivered from scim_outbox_delivery where status = 'delivered' and consumer = $1`,
        [consumer],
      );
      if (row.delivered >= count) return;
    }
    throw new Error('Nothing is delivered.');
  }

  async countOpen(): Promise<number> {
    const [row] = await this.host.dataSource.query(
      `select count(*)::int as open from scim_outbox_delivery where status = 'pending'`,
    );
    return row.open;
  }

  deliveries(id: string, consumer: string): ReturnType<RelayHost['deliveries']> {
    return this.host.deliveries(id, consumer);
  }

  /** Makes retries due, and delivers, until nothing is open. Tries do not count: twelve are over before a client is connected again. */
  async settle(): Promise<void> {
    const deadline = performance.now() + SETTLE_MS;
    while (performance.now() < deadline) {
      await this.host.dataSource.query(
        `update scim_outbox_delivery set next_at = now() - interval '1 s', attempts = 0 where status = 'pending'`,
      );
      await this.host.drain();
      if ((await this.countOpen()) === 0) return;
    }
    throw new Error('Events are still waiting.');
  }
}

/** What is left of one key when a receiver drops ids that it has seen. */
export function sequencesOf(received: readonly Received[], key: string): number[] {
  const seen = new Set<string>();
  const own = received.filter((message) => message.key === key && !seen.has(message.id) && seen.add(message.id));
  return own.map(({ sequence }) => sequence);
}
