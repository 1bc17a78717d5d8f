import { install } from '@sinonjs/fake-timers';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { startTokenHost, type TokenHost } from './token-hosts.js';

let database: TestDatabase;
let host: TokenHost;
let other: TokenHost;

beforeAll(async () => {
  database = await createTestDatabase();
  host = await startTokenHost({ databaseUrl: database.url });
  other = await startTokenHost({ databaseUrl: database.url });
});

afterAll(async () => {
  await host.stop();
  await other.stop();
  await database.drop();
});

/** All instances look at the same time, twice. */
const tickEverywhere = async (): Promise<number> => {
  const written = await Promise.all([host, other, host, other].map(({ upkeep }) => upkeep.tick()));
  return written.reduce((sum, count) => sum + count);
};

describe('the end of a token', () => {
  it('is told 90, 30, 7 and 1 days before and when it is there, once each, whatever number of instances look', async () => {
    const acme = host.organization();
    const token = await acme.generate({ label: 'Entra' });
    const steps: string[][] = [];
    // Until 91, 90, 31, 30, 8, 7, 2, 1 and 0 days are left.
    for (const interval of ['274 d', '1 d', '59 d', '1 d', '22 d', '1 d', '5 d', '1 d', '1 d', '100 d']) {
      await acme.age(token, interval);
      await tickEverywhere();
      steps.push((await acme.eventsOf(token)).slice(1));
    }
    expect(steps.map((events) => events.at(-1) ?? 'nothing')).toEqual([
      'nothing',
      'expiring 90',
      'expiring 90',
      'expiring 30',
      'expiring 30',
      'expiring 7',
      'expiring 7',
      'expiring 1',
      'expired',
      'expired',
    ]);
    expect(steps.at(-1)).toEqual(['expiring 90', 'expiring 30', 'expiring 7', 'expiring 1', 'expired']);
  });

  it('is told with what a mail needs, and nothing of the secret', async () => {
    const acme = host.organization();
    const token = await acme.generate({ label: 'Entra', expiresInDays: 31 });
    await acme.age(token, '25 d');
    expect(await tickEverywhere()).toBe(1);
    const told = [...host.listener.seen, ...other.listener.seen].filter(
      (event) => event.subjectTokenId === token.id && event.type === 'scim.token.expiring',
    );
    const [{ expiresAt }] = await host.dataSource.query(
      'select expires_at as "expiresAt" from scim_token where id = $1',
      [token.id],
    );
    expect(told.map((event) => ({ ...event }))).toMatchObject([
      { organizationId: acme.id, label: 'Entra', hint: token.hint, daysLeft: 7, expiresAt, sequence: 2 },
    ]);
    expect(JSON.stringify(told)).not.toContain(token.token.slice(19));
  });

  it('is told a token that lives shortly no earlier than it lives', async () => {
    const acme = host.organization();
    const month = await acme.generate({ expiresInDays: 30 });
    const day = await acme.generate({ expiresInDays: 1 });
    expect(await tickEverywhere()).toBe(0);
    await acme.age(month, '22 d');
    expect(await tickEverywhere()).toBe(0);
    await acme.age(month, '2 d');
    await acme.age(day, '1 d');
    expect(await tickEverywhere()).toBe(2);
    expect(await acme.eventsOf(month)).toEqual(['created', 'expiring 7']);
    expect(await acme.eventsOf(day)).toEqual(['created', 'expired']);
  });

  it('is told by the last warning only where nobody looked for months', async () => {
    const acme = host.organization();
    const token = await acme.generate();
    await acme.age(token, '360 d');
    expect(await tickEverywhere()).toBe(1);
    expect(await acme.eventsOf(token)).toEqual(['created', 'expiring 7']);
  });

  it('is told of no token that is revoked or being replaced, and of one whose rotation was cancelled', async () => {
    const acme = host.organization();
    const revoked = await acme.generate();
    await host.tokens.revoke(acme.id, revoked.id);
    const old = await acme.generate();
    await acme.age(revoked, '360 d');
    await acme.age(old, '360 d');
    const made = await acme.rotate(old, { overlapHours: 168 });
    expect(await tickEverywhere()).toBe(0);
    await host.tokens.cancelRotation(acme.id, old.id);
    expect(await tickEverywhere()).toBe(1);
    expect(await acme.eventsOf(old)).toEqual(['created', 'rotated', 'expiring 7']);
    expect(await acme.eventsOf(made)).toEqual(['created', 'revoked']);
  });

  it('of 110 tokens, more than a statement takes, is told in one look, each once', async () => {
    const organizations = Array.from({ length: 55 }, () => host.organization());
    for (const acme of organizations) await Promise.all([acme.generate(), acme.generate()]);
    const ids = organizations.map(({ id }) => id);
    await host.dataSource.query(
      `update scim_token set created_at = created_at - interval '364 d', expires_at = expires_at - interval '364 d' where organization_id = any ($1)`,
      [ids],
    );
    expect(await tickEverywhere()).toBe(110);
    const [{ events, tokens }] = await host.dataSource.query(
      `select count(*)::int as events, count(distinct aggregate_id)::int as tokens from scim_outbox where type = 'scim.token.expiring' and organization_id = any ($1)`,
      [ids],
    );
    expect({ events, tokens }).toEqual({ events: 110, tokens: 110 });
  });

  it('is told though the token is revoked at the same moment, or not at all', async () => {
    for (let round = 0; round < 10; round += 1) {
      const acme = host.organization();
      const token = await acme.generate();
      await acme.age(token, '360 d');
      await Promise.all([host.upkeep.tick(), other.upkeep.tick(), other.tokens.revoke(acme.id, token.id)]);
      expect(await tickEverywhere()).toBe(0);
      const events = (await acme.eventsOf(token)).join();
      expect(['created,revoked', 'created,expiring 7,revoked']).toContain(events);
    }
  });
});

describe('looking after tokens', () => {
  it.each([
    ['is done once a minute by a process that delivers events', true, ['created', 'expiring 7']],
    ['is left to others by a process that delivers none', false, ['created']],
  ])('%s', async (_what, deliverEvents, expected) => {
    const clock = install({ toFake: ['setInterval', 'clearInterval'] });
    const third = await startTokenHost({ databaseUrl: database.url, options: { deliverEvents } });
    const acme = third.organization();
    const token = await acme.generate();
    await acme.age(token, '360 d');
    clock.tick(59_000);
    expect(await acme.eventsOf(token)).toEqual(['created']);
    clock.tick(1000);
    clock.uninstall();
    // A process that stops ends what it is at.
    await third.stop();
    const events = await host.dataSource.query(
      `select replace(type, 'scim.token.', '') || coalesce(' ' || (payload->>'daysLeft'), '') as event from scim_outbox where aggregate_id = $1 order by aggregate_seq`,
      [token.id],
    );
    expect(events.map(({ event }: { event: string }) => event)).toEqual(expected);
  });

  it('does what is due the next time where it failed', async () => {
    const third = await startTokenHost({ databaseUrl: database.url, options: { deliverEvents: false } });
    const acme = third.organization();
    const token = await acme.generate();
    await acme.age(token, '360 d');
    await third.dataSource.query('alter table scim_outbox rename to gone');
    await expect(third.upkeep.tick()).rejects.toThrow('scim_outbox');
    await third.dataSource.query('alter table gone rename to scim_outbox');
    await third.upkeep.tick();
    expect(await acme.eventsOf(token)).toEqual(['created', 'expiring 7']);
    await third.stop();
  });
});
