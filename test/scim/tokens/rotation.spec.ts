import { randomUUID } from 'node:crypto';
import { startTokenHost, type TokenHost } from './token-hosts.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let host: TokenHost;

beforeAll(async () => {
  host = await startTokenHost();
});

afterAll(() => host.stop());

describe('a rotation', () => {
  it('makes a token with the label, scopes and life of the old one, and both are good', async () => {
    const acme = host.organization();
    const old = await acme.generate({
      label: 'Entra',
      scopes: ['users:read'],
      expiresInDays: 30,
      createdBy: 'account-1',
    });
    const made = await acme.rotate(old, { actorId: 'account-2' });
    expect(made).toEqual({
      id: expect.any(String),
      token: expect.any(String),
      label: 'Entra',
      hint: `${made.token.slice(0, 19)}…${made.token.slice(-4)}`,
      scopes: ['users:read'],
      createdAt: expect.any(Date),
      createdBy: 'account-2',
      expiresAt: new Date(made.createdAt.getTime() + 30 * DAY),
      replaces: old.id,
      retiresAt: new Date(made.createdAt.getTime() + 24 * HOUR),
    });
    expect([await acme.statusOf(old), await acme.statusOf(made)]).toEqual([200, 200]);
    expect(await acme.states()).toEqual(['Entra retiring', 'Entra live']);
    expect(await acme.eventsOf(old)).toEqual(['created', 'rotated']);
    expect(await acme.eventsOf(made)).toEqual(['created']);
    const told = host.listener.seen.filter(({ organizationId }) => organizationId === acme.id);
    expect(told.slice(1).map((event) => ({ ...event }))).toMatchObject([
      { type: 'scim.token.created', subjectTokenId: made.id, replaces: old.id, actorId: 'account-2' },
      {
        type: 'scim.token.rotated',
        subjectTokenId: old.id,
        replacedBy: made.id,
        retiresAt: made.retiresAt,
        actorId: 'account-2',
      },
    ]);
    expect(JSON.stringify(told)).not.toContain(made.token.slice(19));
  });

  it.each([1, 24, 168] as const)('lets the old token work for %i hours and not longer', async (overlapHours) => {
    const acme = host.organization();
    const old = await acme.generate();
    const made = await acme.rotate(old, { overlapHours });
    expect(made.retiresAt.getTime() - made.createdAt.getTime()).toBe(overlapHours * HOUR);
    await acme.set(old, `retires_at = now() + interval '1 min'`);
    expect(await acme.statusOf(old)).toBe(200);
    await acme.set(old, `retires_at = now()`);
    // What was verified above is believed for up to a second, so another one asks.
    const other = await startTokenHost({ databaseUrl: urlOf(host), options: { deliverEvents: false } });
    expect([await acme.statusOf(old, other), await acme.statusOf(made, other)]).toEqual([401, 200]);
    await other.stop();
    expect(await acme.states()).toEqual(['revoked rotated', 'live']);
  });

  it('without an overlap ends the old token in the same moment, as for one that leaked', async () => {
    const acme = host.organization();
    const old = await acme.generate();
    expect(await acme.statusOf(old)).toBe(200);
    const made = await acme.rotate(old, { overlapHours: 0 });
    expect([await acme.statusOf(old), await acme.statusOf(made)]).toEqual([401, 200]);
    expect(await acme.eventsOf(old)).toEqual(['created', 'rotated', 'revoked']);
    await expect(host.tokens.cancelRotation(acme.id, old.id)).rejects.toMatchObject({ status: 409 });
  });

  it('counts once: a retiring token takes no place of the two', async () => {
    const acme = host.organization();
    const first = await acme.generate({ label: 'a' });
    const second = await acme.generate({ label: 'b' });
    await acme.rotate(first);
    await acme.rotate(second);
    expect(await acme.states()).toEqual(['a retiring', 'b retiring', 'a live', 'b live']);
    await expect(acme.generate()).rejects.toMatchObject({ status: 409 });
  });

  it('is not begun with a token that takes part in one already, whichever it is', async () => {
    const acme = host.organization();
    const old = await acme.generate();
    const made = await acme.rotate(old);
    await expect(acme.rotate(old)).rejects.toMatchObject({ status: 409, message: expect.stringContaining('already') });
    await expect(acme.rotate(made)).rejects.toMatchObject({ status: 409, message: expect.stringContaining('just') });
    await host.tokens.completeRotation(acme.id, old.id);
    await acme.rotate(made);
    expect(await acme.states()).toEqual(['revoked rotated', 'retiring', 'live']);
  });

  it.each([
    ['expired', 'expires_at = now()'],
    ['revoked', 'revoked_at = now()'],
  ])('is not begun with a token that is %s', async (_what, change) => {
    const acme = host.organization();
    const old = await acme.generate();
    await acme.set(old, change);
    await expect(acme.rotate(old)).rejects.toMatchObject({ status: 409, message: expect.stringContaining('not live') });
    expect(await host.tokens.list(acme.id)).toHaveLength(1);
  });

  it('is begun once where it is asked for 16 times at once', async () => {
    const acme = host.organization();
    const old = await acme.generate();
    const outcomes = await Promise.allSettled(Array.from({ length: 16 }, () => acme.rotate(old)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ status: 409 });
    expect(await acme.states()).toEqual(['retiring', 'live']);
    expect(await acme.eventsOf(old)).toEqual(['created', 'rotated']);
  });

  it.each([
    ['another length', 2],
    ['a part of an hour', 0.5],
    ['nothing', null],
    ['a text', '24'],
  ])('refuses an overlap of %s', async (_what, overlapHours) => {
    const acme = host.organization();
    const old = await acme.generate();
    await expect(acme.rotate(old, { overlapHours: overlapHours as never })).rejects.toMatchObject({ status: 400 });
    expect(await acme.states()).toEqual(['live']);
  });

  it('needs what a new token needs', async () => {
    const acme = host.organization();
    const old = await acme.generate();
    host.organizations.refused.set(acme.id, { allowed: false, missing: ['plan'], detail: 'Needs Enterprise.' });
    await expect(acme.rotate(old)).rejects.toMatchObject({ status: 409, message: 'Needs Enterprise.' });
    host.organizations.refused.delete(acme.id);
    await expect(acme.rotate({ id: randomUUID() })).rejects.toMatchObject({ status: 404 });
    await expect(host.organization().rotate(old)).rejects.toMatchObject({ status: 404 });
    expect(await acme.states()).toEqual(['live']);
  });
});

describe('completing a rotation', () => {
  it('ends the old token at once and is told', async () => {
    const acme = host.organization();
    const old = await acme.generate();
    const made = await acme.rotate(old);
    expect(await acme.statusOf(old)).toBe(200);
    await host.tokens.completeRotation(acme.id, old.id, 'account-2');
    expect([await acme.statusOf(old), await acme.statusOf(made)]).toEqual([401, 200]);
    expect(host.listener.seen.at(-1)).toMatchObject({
      type: 'scim.token.revoked',
      subjectTokenId: old.id,
      reason: 'rotated',
      actorId: 'account-2',
    });
    await expect(host.tokens.completeRotation(acme.id, old.id)).rejects.toMatchObject({ status: 409 });
    await expect(host.tokens.completeRotation(acme.id, made.id)).rejects.toMatchObject({ status: 409 });
    await expect(host.tokens.completeRotation(acme.id, 'junk')).rejects.toMatchObject({ status: 404 });
  });
});

describe('cancelling a rotation', () => {
  it('gives the old token its life back and revokes the new one', async () => {
    const acme = host.organization();
    const old = await acme.generate({ expiresInDays: 30 });
    const made = await acme.rotate(old, { overlapHours: 1 });
    expect(await acme.statusOf(made)).toBe(200);
    await host.tokens.cancelRotation(acme.id, old.id, 'account-2');
    expect([await acme.statusOf(old), await acme.statusOf(made)]).toEqual([200, 401]);
    expect(await host.tokens.list(acme.id)).toMatchObject([
      { id: made.id, state: 'revoked', revokedBecause: 'rotation-cancelled' },
      { id: old.id, state: 'live', expiresAt: old.expiresAt, retiresAt: null, replacedBy: null },
    ]);
    expect(await acme.eventsOf(made)).toEqual(['created', 'revoked']);
    expect(host.listener.seen.at(-1)).toMatchObject({ subjectTokenId: made.id, reason: 'rotation-cancelled' });
    await acme.rotate(old);
  });

  it('is what revoking the new token comes to, so that nobody is left without one', async () => {
    const acme = host.organization();
    const old = await acme.generate();
    const made = await acme.rotate(old);
    await host.tokens.revoke(acme.id, made.id);
    expect(await acme.states()).toEqual(['live', 'revoked admin']);
    await expect(host.tokens.cancelRotation(acme.id, old.id)).rejects.toMatchObject({ status: 409 });
  });

  it('is refused where the old token has expired meanwhile, so that the new one is not lost, too', async () => {
    const acme = host.organization();
    const old = await acme.generate();
    const made = await acme.rotate(old);
    await acme.set(old, 'expires_at = now()');
    await expect(host.tokens.cancelRotation(acme.id, old.id)).rejects.toMatchObject({ status: 409 });
    expect(await acme.statusOf(made)).toBe(200);
  });

  it('is refused where two other live tokens took its place', async () => {
    const acme = host.organization();
    const old = await acme.generate({ label: 'old' });
    const made = await acme.rotate(old);
    await acme.set(made, 'expires_at = now()');
    await acme.generate({ label: 'b' });
    await acme.generate({ label: 'c' });
    await expect(host.tokens.cancelRotation(acme.id, old.id)).rejects.toMatchObject({ status: 409 });
    expect(await acme.states()).toEqual(['old retiring', 'old expired', 'b live', 'c live']);
    await host.tokens.revoke(acme.id, made.id);
    expect(await acme.states()).toEqual(['old retiring', 'old revoked admin', 'b live', 'c live']);
  });

  it('or completing it: one of 16 that try at once succeeds', async () => {
    const acme = host.organization();
    const old = await acme.generate();
    const made = await acme.rotate(old);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 16 }, (_, index) =>
        index % 2 === 0 ? host.tokens.cancelRotation(acme.id, old.id) : host.tokens.completeRotation(acme.id, old.id),
      ),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await acme.states()).filter((state) => state === 'live')).toHaveLength(1);
    expect(
      [...(await acme.eventsOf(old)), ...(await acme.eventsOf(made))].filter((type) => type === 'revoked'),
    ).toHaveLength(1);
  });
});

describe('a rotation that is left alone', () => {
  const usedAgo = (interval: string): string =>
    `first_used_at = now() - interval '${interval}', last_used_at = now() - interval '1 min'`;

  it('completes itself when the new token is in use and the old one has been silent for an hour', async () => {
    const acme = host.organization();
    const old = await acme.generate();
    const made = await acme.rotate(old);
    expect(await acme.statusOf(old)).toBe(200);
    await acme.set(made, usedAgo('2 h'));
    await acme.set(old, `last_used_at = now() - interval '59 min'`);
    await host.upkeep.tick();
    expect(await acme.states()).toEqual(['retiring', 'live']);
    await acme.set(old, `last_used_at = now() - interval '61 min'`);
    expect(await host.upkeep.tick()).toBe(1);
    expect(await acme.states()).toEqual(['revoked rotated', 'live']);
    expect([await acme.statusOf(old), await acme.statusOf(made)]).toEqual([401, 200]);
    expect(await acme.eventsOf(old)).toEqual(['created', 'rotated', 'revoked']);
    expect(host.listener.seen.at(-1)).toMatchObject({ subjectTokenId: old.id, reason: 'rotated' });
  });

  it('counts the silence from when the new token was used first: one call of it is no proof', async () => {
    const acme = host.organization();
    const old = await acme.generate();
    const made = await acme.rotate(old);
    await acme.set(old, `last_used_at = now() - interval '20 d'`);
    await acme.set(made, usedAgo('59 min'));
    await host.upkeep.tick();
    expect(await acme.states()).toEqual(['retiring', 'live']);
    await acme.set(made, usedAgo('61 min'));
    await host.upkeep.tick();
    expect(await acme.states()).toEqual(['revoked rotated', 'live']);
  });

  it('waits for its end where nobody uses the new token', async () => {
    const acme = host.organization();
    const old = await acme.generate();
    await acme.rotate(old, { overlapHours: 168 });
    await acme.set(old, `last_used_at = now() - interval '2 d', retires_at = now() + interval '1 min'`);
    await host.upkeep.tick();
    expect(await acme.states()).toEqual(['retiring', 'live']);
    await acme.set(old, `retires_at = now() - interval '10 min'`);
    expect(await host.upkeep.tick()).toBe(1);
    expect(await host.upkeep.tick()).toBe(0);
    expect(await acme.eventsOf(old)).toEqual(['created', 'rotated', 'revoked']);
    const [{ revoked, retired }] = await host.dataSource.query(
      'select revoked_at as revoked, retires_at as retired from scim_token where id = $1',
      [old.id],
    );
    expect(revoked).toEqual(retired);
  });

  it('does not end the old token where the new one is no good any more', async () => {
    const acme = host.organization();
    const old = await acme.generate();
    const made = await acme.rotate(old);
    await acme.set(old, `last_used_at = now() - interval '2 h'`);
    await acme.set(made, `${usedAgo('3 h')}, expires_at = now()`);
    await host.upkeep.tick();
    expect((await acme.states())[0]).toBe('retiring');
  });
});

const urlOf = ({ dataSource }: TokenHost): string => (dataSource.options as { url: string }).url;
