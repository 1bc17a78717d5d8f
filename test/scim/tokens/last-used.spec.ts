import { ScimTokenVerifier } from '../../../src/scim/tokens/scim-token-verifier.js';
import { countStatements } from '../../support/count-statements.js';
import { ScimClient } from '../../support/scim-client.js';
import { whenNoted } from '../../support/when-noted.js';
import { startTokenHost, type TokenHost } from './token-hosts.js';

/** Counts every row of scim_token that is written, whoever writes it. */
const COUNT_WRITES = `
  create table written (token_id uuid);
  create function count_write() returns trigger language plpgsql as $$
    begin insert into written values (new.id); return null; end $$;
  create trigger count_write after update on scim_token for each row execute function count_write()`;

let host: TokenHost;

beforeAll(async () => {
  host = await startTokenHost({ options: { deliverEvents: false } });
  await host.dataSource.query(COUNT_WRITES);
});

afterAll(() => host.stop());

const writesOf = async (id: string): Promise<number> => {
  const [{ count }] = await host.dataSource.query('select count(*)::int as count from written where token_id = $1', [
    id,
  ]);
  return count;
};

const touches = (texts: readonly string[]): number =>
  texts.filter((text) => text.includes('last_used_at = now()')).length;

describe('the note of the last use', () => {
  it('costs 10,000 requests one write, though the token is looked up a hundred times', async () => {
    const acme = host.organization();
    const { id, token } = await acme.generate();
    const verifier = host.app.get(ScimTokenVerifier, { strict: false });
    // What every request asks first, at a hundred a second by the instance's clock.
    let now = performance.now();
    const clock = jest.spyOn(performance, 'now').mockImplementation(() => now);
    const statements = await countStatements(host.dataSource, async () => {
      for (let requests = 0; requests < 10_000; requests += 1, now += 10) {
        expect(await verifier.verify(token, { address: '192.0.2.1', userAgent: 'okta/1.0' })).toBeDefined();
      }
    });
    clock.mockRestore();
    expect(statements.filter((text) => text.includes('FROM scim_token'))).toHaveLength(100);
    expect(touches(statements)).toBeLessThanOrEqual(2);
    expect(await writesOf(id)).toBe(1);
    expect(await host.tokens.list(acme.id)).toMatchObject([{ lastUsedFrom: '192.0.2.1', lastUsedClient: 'okta/1.0' }]);
  });

  it('is written once by requests that come together, before any of them knows of another', async () => {
    const acme = host.organization();
    const { id, token } = await acme.generate();
    const idp = new ScimClient(host.url, token, acme.id);
    const statements = await countStatements(host.dataSource, async () => {
      await Promise.all(Array.from({ length: 50 }, () => idp.get('/ServiceProviderConfig')));
      await whenNoted(host.app);
    });
    expect(touches(statements)).toBeLessThanOrEqual(2);
    expect(await writesOf(id)).toBe(1);
  });

  it('keeps no request waiting: it is let in while the row is locked', async () => {
    const acme = host.organization();
    const { id, token } = await acme.generate();
    await host.dataSource.transaction(async (manager) => {
      await manager.query('select from scim_token where id = $1 for update', [id]);
      expect((await new ScimClient(host.url, token, acme.id).get('/Users')).status).toBe(200);
      expect(await host.tokens.list(acme.id)).toMatchObject([{ lastUsedAt: null }]);
    });
    await host.stop();
    host = await startTokenHost({ databaseUrl: urlOf(host), options: { deliverEvents: false } });
    // A host that stops writes what it still has to note.
    expect(await host.tokens.list(acme.id)).toMatchObject([{ lastUsedAt: expect.any(Date) }]);
  });

  it('keeps the first use, too', async () => {
    const acme = host.organization();
    const token = await acme.generate();
    await acme.statusOf(token);
    await acme.age(token, '2 h');
    const read = async () =>
      (
        await host.dataSource.query(
          'select first_used_at as first, last_used_at as last from scim_token where id = $1',
          [token.id],
        )
      )[0];
    const { first } = await read();
    expect(first).toEqual(expect.any(Date));
    const other = await startTokenHost({ databaseUrl: urlOf(host), options: { deliverEvents: false } });
    await acme.statusOf(token, other);
    await other.stop();
    const used = await read();
    expect(used.first).toEqual(first);
    expect(used.last.getTime()).toBeGreaterThan(first.getTime());
  });
});

const urlOf = ({ dataSource }: TokenHost): string => (dataSource.options as { url: string }).url;
