import { randomUUID } from 'node:crypto';
import {
  type NewToken,
  OnScimEvent,
  ScimTokensService,
  TokenCreated,
  type TokenEvent,
  TokenRevoked,
} from '../../../src/scim/index.js';
import { ScimTokenUpkeep } from '../../../src/scim/tokens/scim-token-upkeep.js';
import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import { ScimClient } from '../../support/scim-client.js';

const DAY = 86_400_000;

class Listener {
  readonly seen: TokenEvent[] = [];

  @OnScimEvent([TokenCreated, TokenRevoked], { consumer: 'test.tokens' })
  async note(event: TokenEvent): Promise<void> {
    this.seen.push(event);
  }
}

let host: ModuleHost;
let tokens: ScimTokensService;

beforeAll(async () => {
  host = await startModuleHost({ providers: [Listener] });
  tokens = host.app.get(ScimTokensService, { strict: false });
});

afterAll(() => host.stop());

const countLive = async (organizationId: string): Promise<number> =>
  (await tokens.list(organizationId)).filter(({ state }) => state === 'live').length;

describe('generate', () => {
  it('gives the secret once and keeps everything else', async () => {
    const organizationId = randomUUID();
    const generated = await tokens.generate(organizationId, {
      label: 'Entra',
      scopes: ['users:read'],
      expiresInDays: 30,
      createdBy: 'account-1',
    });
    const { token, ...rest } = generated;
    expect(rest).toEqual({
      id: expect.any(String),
      label: 'Entra',
      hint: `${token.slice(0, 19)}…${token.slice(-4)}`,
      scopes: ['users:read'],
      createdAt: expect.any(Date),
      createdBy: 'account-1',
      expiresAt: new Date(generated.createdAt.getTime() + 30 * DAY),
    });
    const unused = { lastUsedAt: null, lastUsedFrom: null, lastUsedClient: null };
    const going = { replacedBy: null, retiresAt: null, revokedAt: null, revokedBecause: null };
    expect(await tokens.list(organizationId)).toEqual([{ ...rest, ...unused, ...going, state: 'live' }]);

    const rows = await host.dataSource.query(
      `select t::text as text, encode(hash, 'escape') as hash, length(hash) as bytes from scim_token t where organization_id = $1`,
      [organizationId],
    );
    expect(rows).toHaveLength(1);
    expect(rows[0].bytes).toBe(32);
    expect(rows[0].text + rows[0].hash).not.toContain(token.slice(19, 62));
  });

  it('has defaults: no label, a year, all scopes, nobody', async () => {
    const { label, scopes, createdAt, createdBy, expiresAt } = await tokens.generate(randomUUID());
    expect({ label, scopes, createdBy }).toEqual({
      label: null,
      scopes: ['users:read', 'users:write', 'groups:read', 'groups:write', 'resources:read', 'resources:write'],
      createdBy: null,
    });
    expect(Number(expiresAt) - createdAt.getTime()).toBe(365 * DAY);
  });

  it('keeps two live tokens at most, not counting expired and revoked ones', async () => {
    const organizationId = randomUUID();
    const first = await tokens.generate(organizationId);
    const second = await tokens.generate(organizationId);
    await expect(tokens.generate(organizationId)).rejects.toMatchObject({
      status: 409,
      message: expect.stringContaining('revoke one first'),
    });
    await tokens.revoke(organizationId, first.id);
    await tokens.generate(organizationId);
    await expect(tokens.generate(organizationId)).rejects.toMatchObject({ status: 409 });
    await host.dataSource.query('update scim_token set expires_at = now() where id = $1', [second.id]);
    await tokens.generate(organizationId);
    expect(await countLive(organizationId)).toBe(2);
  });

  it('makes two of 32 that are asked for at once', async () => {
    const organizationId = randomUUID();
    const outcomes = await Promise.allSettled(Array.from({ length: 32 }, () => tokens.generate(organizationId)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ status: 409 });
    expect(await tokens.list(organizationId)).toHaveLength(2);
  });

  it("is refused with the host's reason where the organization may not use SCIM", async () => {
    const organizationId = randomUUID();
    host.organizations.refused.set(organizationId, { allowed: false, missing: ['plan'], detail: 'Needs Enterprise.' });
    await expect(tokens.generate(organizationId)).rejects.toMatchObject({ status: 409, message: 'Needs Enterprise.' });
    expect(await tokens.list(organizationId)).toEqual([]);
    // Asked anew each time: no answer of before is believed.
    host.organizations.refused.delete(organizationId);
    await tokens.generate(organizationId);
    host.organizations.refused.set(organizationId, { allowed: false, missing: ['saml'], detail: 'Needs SAML.' });
    await expect(tokens.generate(organizationId)).rejects.toMatchObject({ message: 'Needs SAML.' });
  });

  it('is put off where the host cannot say', async () => {
    host.organizations.failing = true;
    await expect(tokens.generate(randomUUID())).rejects.toMatchObject({ status: 503 });
    host.organizations.failing = false;
  });

  it.each<[string, NewToken]>([
    ['no day', { expiresInDays: 0 }],
    ['days before', { expiresInDays: -1 }],
    ['more than two years', { expiresInDays: 731 }],
    ['a part of a day', { expiresInDays: 1.5 }],
    ['a life without end, where the host has not allowed it', { expiresInDays: 'never' }],
    ['a long label', { label: 'x'.repeat(101) }],
    ['a label with a NUL', { label: 'a\u0000' }],
    ['a label with half a surrogate pair', { label: '\udc00' }],
    ['a label of null', { label: null as never }],
    ['a life of null', { expiresInDays: null as never }],
    ['no scope', { scopes: [] }],
    ['an unknown scope', { scopes: ['users:read', 'everything' as never] }],
    ['a scope twice', { scopes: ['users:read', 'users:read'] }],
    ['scopes of null', { scopes: null as never }],
    ['scopes as a text', { scopes: 'users:read' as never }],
  ])('refuses %s', async (_what, wanted) => {
    const organizationId = randomUUID();
    await expect(tokens.generate(organizationId, wanted)).rejects.toMatchObject({ status: 400 });
    expect(await tokens.list(organizationId)).toEqual([]);
  });
});

describe('list', () => {
  it("shows the newest first and each one's state", async () => {
    const organizationId = randomUUID();
    const ids: string[] = [];
    for (const label of ['expired', 'revoked', 'live']) {
      ids.unshift((await tokens.generate(organizationId, { label })).id);
      const change = { expired: 'expires_at = now()', revoked: 'revoked_at = now()', live: 'label = label' }[label];
      await host.dataSource.query(`update scim_token set ${change} where id = $1`, [ids[0]]);
    }
    const listed = await tokens.list(organizationId);
    expect(listed.map(({ id }) => id)).toEqual(ids);
    expect(listed.map(({ state }) => state)).toEqual(['live', 'revoked', 'expired']);
    expect(JSON.stringify(listed)).not.toMatch(/scim_[0-9A-Za-z]{13}_[0-9A-Za-z]{5}/);
  });
});

describe('revoke', () => {
  it.each([
    ['unknown', () => randomUUID()],
    ['no id at all', () => 'junk'],
    ['a NUL', () => '\0'],
  ])('knows no token where the id is %s', async (_what, id) => {
    await expect(tokens.revoke(randomUUID(), id())).rejects.toMatchObject({ status: 404 });
  });

  it('knows no token of another organization, and leaves it alive', async () => {
    const client = await host.client();
    const other = await host.client();
    const [token] = await tokens.list(client.organizationId);
    await expect(tokens.revoke(other.organizationId, token?.id ?? '')).rejects.toMatchObject({ status: 404 });
    expect(await countLive(client.organizationId)).toBe(1);
    expect((await client.get('/Users')).status).toBe(200);
  });

  it('may be repeated, and is told once', async () => {
    const organizationId = randomUUID();
    const { id } = await tokens.generate(organizationId, { label: 'Okta', createdBy: 'account-1' });
    await tokens.revoke(organizationId, id, 'account-2');
    await tokens.revoke(organizationId, id, 'account-3');
    await Promise.all([tokens.revoke(organizationId, id), tokens.revoke(organizationId, id)]);
    const { seen } = host.app.get(Listener);
    const told = seen.filter((event) => event.subjectTokenId === id);
    expect(told.map((event) => ({ ...event }))).toMatchObject([
      {
        type: 'scim.token.created',
        organizationId,
        sequence: 1,
        label: 'Okta',
        actorId: 'account-1',
        hint: expect.stringContaining('…'),
      },
      {
        type: 'scim.token.revoked',
        organizationId,
        sequence: 2,
        label: 'Okta',
        actorId: 'account-2',
        reason: 'admin',
        hint: expect.stringContaining('…'),
      },
    ]);
    expect(told[0]).toBeInstanceOf(TokenCreated);
    expect(told[1]).toBeInstanceOf(TokenRevoked);
  });
});

describe('a token that never expires', () => {
  it('is made where the host allows it, is good for ever, and warns of nothing', async () => {
    const lenient = await startModuleHost({
      options: { deliverEvents: false, tokens: { neverExpiring: true, peppers: 'test:0123456789abcdef' } },
    });
    const organizationId = randomUUID();
    const service = lenient.app.get(ScimTokensService, { strict: false });
    const { id, token, expiresAt } = await service.generate(organizationId, { expiresInDays: 'never' });
    expect(expiresAt).toBeNull();
    await lenient.dataSource.query(`update scim_token set created_at = created_at - interval '100 y'`);
    expect((await new ScimClient(lenient.url, token, organizationId).get('/Users')).status).toBe(200);
    expect(await lenient.app.get(ScimTokenUpkeep, { strict: false }).tick()).toBe(0);
    expect(await service.list(organizationId)).toMatchObject([{ id, state: 'live', expiresAt: null }]);
    expect(await service.rotate(organizationId, id)).toMatchObject({ expiresAt: null });
    await lenient.stop();
  });
});

describe('the prefix', () => {
  it("is the host's, and a client's requests are understood with it", async () => {
    const acme = await startModuleHost({
      options: { tokens: { prefix: 'acme_scim', peppers: 'test:0123456789abcdef' } },
    });
    const client = await acme.client();
    expect(client.token).toMatch(/^acme_scim_[0-9A-Za-z]{13}_[0-9A-Za-z]{49}$/);
    expect((await client.get('/Users')).status).toBe(200);
    await acme.stop();
  });

  it('is refused at the start where nobody could read it', async () => {
    await expect(startModuleHost({ options: { tokens: { prefix: 'acme-scim' } } })).rejects.toThrow('tokens.prefix');
  });
});
