import { install } from '@sinonjs/fake-timers';
import { type ScimModuleOptions, ScimTokensService } from '../../../src/scim/index.js';
import { ScimDatabase, type Statement } from '../../../src/scim/persistence/scim-database.js';
import { SCIM_OPTIONS } from '../../../src/scim/scim.options.js';
import { ScimTokenUses } from '../../../src/scim/tokens/scim-token-uses.js';
import { type RefusedToken, ScimTokenVerifier } from '../../../src/scim/tokens/scim-token-verifier.js';
import { generateToken, hashToken } from '../../../src/scim/tokens/token.js';
import { countStatements } from '../../support/count-statements.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import { ScimClient } from '../../support/scim-client.js';
import { whenNoted } from '../../support/when-noted.js';

const OLD = 'old:0123456789abcdef0123456789abcdef';
const NEW = 'new:fedcba9876543210fedcba9876543210';

let database: TestDatabase;
let host: ModuleHost;

beforeAll(async () => {
  database = await createTestDatabase();
  host = await start(OLD);
});

afterAll(async () => {
  await host.stop();
  await database.drop();
});

function start(peppers?: string, options: Partial<ScimModuleOptions> = {}): Promise<ModuleHost> {
  const tokens = peppers === undefined ? {} : { peppers };
  return startModuleHost({ databaseUrl: database.url, options: { deliverEvents: false, tokens, ...options } });
}

const age = (organizationId: string, change: string): Promise<unknown> =>
  host.dataSource.query(`update scim_token set ${change} where organization_id = $1`, [organizationId]);

const keyOf = async ({ organizationId }: ScimClient): Promise<unknown> => {
  const [row] = await host.dataSource.query('select key_id from scim_token where organization_id = $1', [
    organizationId,
  ]);
  return row.key_id;
};

const idOf = async ({ organizationId }: ScimClient): Promise<string | undefined> => {
  const [row] = await host.dataSource.query('select id from scim_token where organization_id = $1', [organizationId]);
  return row?.id;
};

/** What a client's token is answered on a host with other peppers. */
async function statusOn(peppers: string | undefined, client: ScimClient): Promise<number> {
  const other = await start(peppers);
  const { status } = await new ScimClient(other.url, client.token, client.organizationId).get('/Users');
  await other.stop();
  return status;
}

describe('a token', () => {
  it('is not one with the right id and a wrong secret', async () => {
    const client = await host.client();
    const forged = generateToken('scim').secret.slice(19, -6);
    const body = client.token.slice(0, 19) + forged;
    // With a checksum that is right, or the look-up would not be reached.
    const { crc32 } = await import('node:zlib');
    const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
    let checksum = '';
    for (let rest = crc32(body), place = 0; place < 6; place += 1, rest = Math.floor(rest / 62)) {
      checksum = digits.charAt(rest % 62) + checksum;
    }
    const answers: number[] = [];
    const statements = await countStatements(host.dataSource, async () => {
      answers.push((await new ScimClient(host.url, body + checksum, client.organizationId).get('/Users')).status);
    });
    expect(answers).toEqual([401]);
    expect(statements).toHaveLength(1);
    expect((await client.get('/Users')).status).toBe(200);
  });

  it('that is refused is told by its secret: its holder sent it, or anybody can have', async () => {
    const client = await host.client();
    const verifier = host.app.get(ScimTokenVerifier, { strict: false });
    const told: RefusedToken[] = [];
    const verify = (): Promise<unknown> => verifier.verify(client.token, {}, (refused) => told.push(refused));
    await age(client.organizationId, `expires_at = now()`);
    expect(await verify()).toBeUndefined();
    await age(client.organizationId, `expires_at = null, hash = '\\x00'`);
    expect(await verify()).toBeUndefined();
    const tokenId = await idOf(client);
    const { organizationId } = client;
    expect(told).toEqual([
      { organizationId, tokenId, refusal: 'ended' },
      { organizationId, tokenId, refusal: 'forged' },
    ]);
  });

  it('is refused from its last moment on, by the clock of the database', async () => {
    const client = await host.client();
    await age(client.organizationId, `expires_at = now()`);
    expect((await client.get('/Users')).status).toBe(401);
    await age(client.organizationId, `expires_at = now() + interval '1 h'`);
    expect((await client.get('/Users')).status).toBe(200);
  });

  it('is believed no longer than it lives', async () => {
    const client = await host.client();
    await age(client.organizationId, `expires_at = now() + interval '150 ms'`);
    const deadline = performance.now() + 5000;
    let status = 200;
    while (status === 200 && performance.now() < deadline) status = (await client.get('/Users')).status;
    const [{ expired }] = await host.dataSource.query(
      'select expires_at <= now() as expired from scim_token where organization_id = $1',
      [client.organizationId],
    );
    expect({ status, expired }).toEqual({ status: 401, expired: true });
  });

  it('is refused from the request after its revocation on, though it was believed just before', async () => {
    const client = await host.client();
    expect((await client.get('/Users')).status).toBe(200);
    const tokens = host.app.get(ScimTokensService, { strict: false });
    const [token] = await tokens.list(client.organizationId);
    await tokens.revoke(client.organizationId, token?.id ?? '');
    expect((await client.get('/Users')).status).toBe(401);
  });

  it('is looked up once a second at most', async () => {
    const client = await host.client();
    const texts = await countStatements(host.dataSource, async () => {
      for (let requests = 0; requests < 5; requests += 1) await client.get('/ServiceProviderConfig');
    });
    expect(texts.filter((text) => text.includes('FROM scim_token')).length).toBeLessThanOrEqual(2);
  });

  it('costs no statement where it is junk', async () => {
    const verifier = host.app.get(ScimTokenVerifier, { strict: false });
    const { secret } = generateToken('scim');
    const junk = [
      '',
      'null',
      'x'.repeat(68),
      secret.slice(1),
      `${secret}0`,
      secret.toLowerCase(),
      `${secret.slice(0, -1)}_`,
    ];
    const statements = await countStatements(host.dataSource, async () => {
      for (const text of junk) expect(await verifier.verify(text, {})).toBeUndefined();
      const { status } = await new ScimClient(host.url, 'junk', '').get('/Users');
      expect(status).toBe(401);
    });
    expect(statements).toEqual([]);
  });
});

describe('the note of its last use', () => {
  const touches = (texts: string[]): number => texts.filter((text) => text.includes('last_used_at = now()')).length;
  const lastUse = async (organizationId: string) => {
    await whenNoted(host.app);
    const [row] = await host.dataSource.query(
      `select last_used_from as address, last_used_client as client, last_used_at > now() - interval '30 s' as fresh
       from scim_token where organization_id = $1`,
      [organizationId],
    );
    return row;
  };

  it('is written once a minute, with address and client', async () => {
    const client = await host.client();
    const statements = await countStatements(host.dataSource, async () => {
      for (let requests = 0; requests < 10; requests += 1) await client.get('/Users', { 'user-agent': 'okta/1.0' });
      await whenNoted(host.app);
    });
    expect(touches(statements)).toBe(1);
    expect(await lastUse(client.organizationId)).toEqual({ address: '127.0.0.1', client: 'okta/1.0', fresh: true });
  });

  it('is renewed after a minute, by whichever instance, and no earlier', async () => {
    const client = await host.client();
    await client.get('/Users');
    await whenNoted(host.app);
    await age(client.organizationId, `last_used_at = now() - interval '59 s'`);
    expect(await statusOn(OLD, client)).toBe(200);
    expect(await lastUse(client.organizationId)).toMatchObject({ fresh: false });
    await age(client.organizationId, `last_used_at = now() - interval '61 s'`);
    expect(await statusOn(OLD, client)).toBe(200);
    expect(await lastUse(client.organizationId)).toMatchObject({ fresh: true });
  });

  it('bounds what a client calls itself', async () => {
    const client = await host.client();
    await client.get('/Users', { 'user-agent': 'x'.repeat(4000) });
    await client.get('/Users');
    expect((await lastUse(client.organizationId)).client).toHaveLength(200);
  });
});

describe('what is remembered of tokens', () => {
  /** Knows every token, and notes which were looked up. */
  class TokenRows extends ScimDatabase {
    readonly lookedUp: string[] = [];
    readonly hashes = new Map<string, Buffer>();

    override async run<Row>(_statement: Statement, [ids]: readonly unknown[]): Promise<Row[]> {
      const [publicId] = ids as [string];
      this.lookedUp.push(publicId);
      const hash = this.hashes.get(publicId);
      const token = { id: publicId, organizationId: publicId, publicId, hash, keyId: 'old', scopes: [], live: true };
      return [{ ...token, endsInMs: null, useIsStale: false, isPaused: false }] as Row[];
    }
  }

  it('does not grow without bound', async () => {
    const clock = install();
    try {
      const options = { ...host.app.get<ScimModuleOptions>(SCIM_OPTIONS, { strict: false }), tokens: { peppers: OLD } };
      const rows = new TokenRows(host.dataSource, options);
      const verifier = new ScimTokenVerifier(rows, new ScimTokenUses(rows), options);
      const tokens = Array.from({ length: 10_001 }, () => generateToken('scim'));
      for (const { secret, publicId } of tokens) {
        rows.hashes.set(publicId, hashToken(secret, verifier.signingPepper));
        expect(await verifier.verify(secret, {})).toMatchObject({ tokenId: publicId });
      }
      rows.lookedUp.length = 0;
      for (const index of [10_000, 0]) await verifier.verify(tokens[index]?.secret ?? '', {});
      expect(rows.lookedUp).toEqual([tokens[0]?.publicId]);
    } finally {
      clock.uninstall();
    }
  });
});

describe('the ring of peppers', () => {
  it('verifies with all, signs with the first, and signs anew what is used', async () => {
    const client = await host.client();
    expect(await keyOf(client)).toBe('old');
    expect(await statusOn(`${NEW},${OLD}`, client)).toBe(200);
    expect(await keyOf(client)).toBe('new');
    expect(await statusOn(NEW, client)).toBe(200);
  });

  it('verifies nothing that a pepper signed which is gone', async () => {
    const client = await host.client();
    expect(await statusOn(NEW, client)).toBe(401);
    expect(await statusOn(undefined, client)).toBe(401);
    expect(await keyOf(client)).toBe('old');
  });

  it('verifies nothing that another key of the same name signed', async () => {
    const client = await host.client();
    expect(await statusOn('old:ffffffffffffffffffffffffffffffff', client)).toBe(401);
  });

  it('takes over the tokens from before there was one', async () => {
    const plain = await start();
    const client = await plain.client();
    expect(await keyOf(client)).toBeNull();
    expect((await client.get('/Users')).status).toBe(200);
    await plain.stop();
    expect(await statusOn(OLD, client)).toBe(200);
    expect(await keyOf(client)).toBe('old');
    expect(await statusOn(undefined, client)).toBe(401);
  });

  it('counts the live tokens that hang on each, so that one that is not needed any more can be taken out', async () => {
    const fresh = await createTestDatabase();
    const ring = async (peppers: string): Promise<ModuleHost> =>
      startModuleHost({ databaseUrl: fresh.url, options: { deliverEvents: false, tokens: { peppers } } });
    const before = await ring(OLD);
    const [used, unused, revoked] = [await before.client(), await before.client(), await before.client()];
    const tokensOf = (from: ModuleHost) => from.app.get(ScimTokensService, { strict: false });
    const [doomed] = await tokensOf(before).list(revoked.organizationId);
    await tokensOf(before).revoke(revoked.organizationId, doomed?.id ?? '');
    const during = await ring(`${NEW},${OLD}`);
    await new ScimClient(during.url, used.token, used.organizationId).get('/Users');
    await whenNoted(during.app);
    expect(await tokensOf(during).pepperUse()).toEqual([
      { keyId: 'new', liveTokens: 1, known: true },
      { keyId: 'old', liveTokens: 1, known: true },
    ]);
    const tooEarly = await ring(NEW);
    expect(await tokensOf(tooEarly).pepperUse()).toEqual([
      { keyId: 'new', liveTokens: 1, known: true },
      { keyId: 'old', liveTokens: 1, known: false },
    ]);
    expect((await new ScimClient(tooEarly.url, unused.token, unused.organizationId).get('/Users')).status).toBe(401);
    for (const each of [before, during, tooEarly]) await each.stop();
    await fresh.drop();
  });

  it('is not changed back and forth with every request by instances that disagree on the first', async () => {
    const client = await host.client();
    const moving = await start(`${NEW},${OLD}`);
    const staying = await start(`${OLD},${NEW}`);
    const rehashes = async (on: ModuleHost): Promise<number> => {
      const statements = await countStatements(on.dataSource, async () => {
        await new ScimClient(on.url, client.token, client.organizationId).get('/Users');
        // The hash is written beside the answer.
        await whenNoted(on.app);
      });
      on.app.get(ScimTokenVerifier, { strict: false }).forget((await idOf(client)) ?? '');
      return statements.filter((text) => text.includes('SET hash')).length;
    };
    const counts: number[] = [];
    for (let rounds = 0; rounds < 5; rounds += 1) counts.push(await rehashes(moving), await rehashes(staying));
    expect(counts).toEqual([1, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    await moving.stop();
    await staying.stop();
  });

  it('has to be there in production mode', async () => {
    const mode = process.env.NODE_ENV;
    process.env.NODE_ENV = 'production';
    try {
      await expect(start()).rejects.toThrow('pepper');
      await (await start(OLD)).stop();
    } finally {
      process.env.NODE_ENV = mode;
    }
  });
});
