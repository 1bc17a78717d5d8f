import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { whenWaiting } from '../../support/when-waiting.js';
import { startTokenHost, type TokenHost } from './token-hosts.js';

let database: TestDatabase;
let one: TokenHost;
let two: TokenHost;
/** What both instances take for the time, in ms. */
let now = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  one = await startTokenHost({ databaseUrl: database.url, options: { deliverEvents: false } });
  two = await startTokenHost({ databaseUrl: database.url, options: { deliverEvents: false } });
  jest.spyOn(performance, 'now').mockImplementation(() => now);
});

afterAll(async () => {
  jest.restoreAllMocks();
  await one.stop();
  await two.stop();
  await database.drop();
});

beforeEach(() => {
  now += 100_000;
});

describe('two instances on one database', () => {
  it.each([
    ['is revoked', (id: string, organizationId: string) => one.tokens.revoke(organizationId, id)],
    ['leaked', (_id: string, _organizationId: string, token: string) => one.tokens.reportLeak({ secrets: [token] })],
    [
      'is replaced without an overlap',
      (id: string, organizationId: string) => one.tokens.rotate(organizationId, id, { overlapHours: 0 }),
    ],
  ])(
    'both refuse a token that %s: the one where it happened at once, the other within a second',
    async (_what, end) => {
      const acme = one.organization();
      const token = await acme.generate();
      expect([await acme.statusOf(token, one), await acme.statusOf(token, two)]).toEqual([200, 200]);
      await end(token.id, acme.id, token.token);
      expect(await acme.statusOf(token, one)).toBe(401);
      now += 999;
      // Believed still, by decision: this is what the second is for.
      expect(await acme.statusOf(token, two)).toBe(200);
      now += 1;
      expect(await acme.statusOf(token, two)).toBe(401);
    },
  );

  it('both refuse the old token of a completed rotation, and the new one of a cancelled one', async () => {
    const acme = one.organization();
    const first = await acme.generate();
    const second = await acme.rotate(first);
    await acme.statusOf(first, two);
    await one.tokens.completeRotation(acme.id, first.id);
    now += 1000;
    expect([await acme.statusOf(first, two), await acme.statusOf(second, two)]).toEqual([401, 200]);
    const third = await acme.rotate(second);
    await acme.statusOf(third, two);
    await one.tokens.cancelRotation(acme.id, second.id);
    now += 1000;
    expect([await acme.statusOf(second, two), await acme.statusOf(third, two)]).toEqual([200, 401]);
  });

  it('count the second from before the look-up, however long that takes', async () => {
    const acme = one.organization();
    const token = await acme.generate();
    let status: Promise<number> | undefined;
    await one.dataSource.transaction(async (manager) => {
      await manager.query('lock table scim_token in access exclusive mode');
      status = acme.statusOf(token, two);
      await whenWaiting(one.dataSource, 1);
      now += 900;
    });
    expect(await status).toBe(200);
    await one.tokens.revoke(acme.id, token.id);
    now += 100;
    expect(await acme.statusOf(token, two)).toBe(401);
  });

  it('both know a new token at once', async () => {
    const acme = one.organization();
    const token = await acme.generate();
    expect([await acme.statusOf(token, two), await acme.statusOf(await acme.rotate(token), two)]).toEqual([200, 200]);
  });
});
