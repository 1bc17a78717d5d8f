import { randomUUID } from 'node:crypto';
import { generateToken } from '../../../src/scim/tokens/token.js';
import { countStatements } from '../../support/count-statements.js';
import { startTokenHost, type TokenHost } from './token-hosts.js';

let host: TokenHost;

beforeAll(async () => {
  host = await startTokenHost();
});

afterAll(() => host.stop());

describe('a leak report', () => {
  it('ends those of the secrets that are tokens, of whatever organization, and tells it', async () => {
    const acme = host.organization();
    const globex = host.organization();
    const [first, second, kept] = [await acme.generate(), await globex.generate(), await globex.generate()];
    expect(await acme.statusOf(first)).toBe(200);
    const secrets = [first.token, 'junk', generateToken('scim').secret, second.token, first.token];
    expect(await host.tokens.reportLeak({ secrets, source: 'https://paste.example/1' })).toBe(2);
    expect([await acme.statusOf(first), await globex.statusOf(second), await globex.statusOf(kept)]).toEqual([
      401, 401, 200,
    ]);
    expect(await acme.states()).toEqual(['revoked leaked']);
    expect(await acme.eventsOf(first)).toEqual(['created', 'revoked', 'leaked']);
    const told = host.listener.seen.filter(({ subjectTokenId }) => subjectTokenId === first.id).slice(1);
    expect(told.map((event) => ({ ...event }))).toMatchObject([
      { type: 'scim.token.revoked', reason: 'leaked' },
      { type: 'scim.token.leaked', source: 'https://paste.example/1' },
    ]);
    expect(JSON.stringify(told)).not.toContain(first.token.slice(19));
    expect(await host.tokens.reportLeak({ secrets })).toBe(0);
    expect(await acme.eventsOf(first)).toHaveLength(3);
  });

  it('ends nothing by the public part of a token, which lists and logs show', async () => {
    const acme = host.organization();
    const token = await acme.generate();
    const forged = generateToken(token.token.slice(0, 18)).secret;
    expect(await host.tokens.reportLeak({ secrets: [token.hint, token.token.slice(0, 18), forged] })).toBe(0);
    expect(await acme.statusOf(token)).toBe(200);
  });

  it('of the new token of a rotation leaves the old one alive', async () => {
    const acme = host.organization();
    const old = await acme.generate();
    const made = await acme.rotate(old);
    expect(await host.tokens.reportLeak({ secrets: [made.token] })).toBe(1);
    expect(await acme.states()).toEqual(['live', 'revoked leaked']);
  });

  it('of an expired token ends it for good', async () => {
    const acme = host.organization();
    const token = await acme.generate();
    await acme.set(token, 'expires_at = now()');
    expect(await host.tokens.reportLeak({ secrets: [token.token] })).toBe(1);
    expect(await acme.states()).toEqual(['revoked leaked']);
  });

  it('costs junk no look-up, and a hundred forged tokens one', async () => {
    const forged = Array.from({ length: 100 }, () => generateToken('scim').secret);
    const junk = Array.from({ length: 100 }, () => randomUUID());
    const count = async (secrets: readonly string[]) =>
      (await countStatements(host.dataSource, () => host.tokens.reportLeak({ secrets }))).filter((text) =>
        text.includes('FROM scim_token'),
      ).length;
    expect(await count(junk)).toBe(0);
    expect(await count(forged)).toBe(1);
  });

  it.each([
    ['more than a hundred', Array.from({ length: 101 }, () => 'x'), undefined],
    ['something else than texts', [1], undefined],
    ['something else than a list', 'x', undefined],
    ['a long source', [], 'x'.repeat(501)],
    ['a source with a NUL', [], 'a\0'],
  ])('is refused with %s', async (_what, secrets, source) => {
    await expect(host.tokens.reportLeak({ secrets: secrets as never, source })).rejects.toMatchObject({ status: 400 });
  });
});
