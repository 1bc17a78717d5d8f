import { randomUUID } from 'node:crypto';
import { ScimLogUpkeep } from '../../../src/scim/log/scim-log-upkeep.js';
import { logOf, SCIM_OPTIONS, type ScimModuleOptions } from '../../../src/scim/scim.options.js';
import { type LogHost, startLogHost } from './log-host.js';

let host: LogHost;

beforeAll(async () => {
  host = await startLogHost({ options: { log: { retentionDays: 7 } } });
});

afterAll(() => host.stop());

const upkeep = (): ScimLogUpkeep => host.app.get(ScimLogUpkeep, { strict: false });

/** Entries of that age. */
async function write(organizationId: string, count: number, age: string): Promise<void> {
  await host.dataSource.query(
    `insert into scim_log (id, organization_id, connection_id, received_at, method, path, status, status_class, duration_ms, person_keys)
     select gen_random_uuid(), c.organization_id, c.id, now() - $2::interval, 'GET', '/Users', 200, 2, 1, '{}'
     from scim_connection c, generate_series(1, $3) where c.organization_id = $1`,
    [organizationId, age, count],
  );
}

describe('the upkeep of the log', () => {
  it('deletes what is older than the option says, however much it is, and nothing else', async () => {
    const { organizationId } = await host.client();
    await write(organizationId, 2500, '8 days');
    await write(organizationId, 3, '6 days 23 hours');
    expect(await upkeep().tick()).toBe(2500);
    expect(await host.rows(organizationId)).toHaveLength(3);
    expect(await upkeep().tick()).toBe(0);
  });

  it('keeps the note of who saw an entry for a year', async () => {
    const client = await host.client();
    await client.get('/Users');
    const [row] = await host.flushed(client.organizationId);
    await host.reader.reveal(client.organizationId, row.id, 'account-1');
    await host.reader.reveal(client.organizationId, row.id, 'account-2');
    await host.dataSource.query(`update scim_log set received_at = now() - interval '9 days' where id = $1`, [row.id]);
    await host.dataSource.query(
      `update scim_log_reveal set revealed_at = now() - interval '366 days' where entry_id = $1 and actor_id = 'account-1'`,
      [row.id],
    );
    await upkeep().tick();
    expect(await host.dataSource.query('select actor_id from scim_log_reveal where entry_id = $1', [row.id])).toEqual([
      { actor_id: 'account-2' },
    ]);
    expect(await host.rows(client.organizationId)).toEqual([]);
  });
});

describe('the days that entries are kept', () => {
  it.each([0, -1, 1.5, Number.NaN, 40_000])('cannot be %d', (retentionDays) => {
    const options = host.app.get<ScimModuleOptions>(SCIM_OPTIONS, { strict: false });
    expect(() => logOf({ ...options, log: { retentionDays } })).toThrow('log.retentionDays must be whole days');
  });
});

describe('the erasure of a person', () => {
  it('takes all that is said of them out of the log, and leaves that there were requests', async () => {
    const client = await host.client();
    const ada = { userName: 'ada@acme.example', externalId: 'E-ada', emails: [{ value: 'Lovelace@acme.example' }] };
    const { id } = await client.createUser(ada);
    const { id: bob } = await client.createUser({ userName: 'bob@acme.example', manager: { value: id } });
    await client.patch(`/Users/${id}`, [{ op: 'replace', path: 'userName', value: 'byron@acme.example' }]);
    // Names of long ago, in requests that know no id.
    await client.filterUsers('userName eq "ADA@acme.example"');
    await client.filterUsers('emails.value eq "lovelace@acme.example"');
    await client.post('/Users', { userName: 'BYRON@acme.example' });
    await client.get('/Users/ada@acme.example');
    await client.filterUsers('userName eq "bob@acme.example"');
    const stranger = await host.client();
    await stranger.createUser(ada);
    const before = await host.flushed(client.organizationId);

    expect(await host.reader.erase(client.organizationId, id)).toBe(7);
    const rows = await host.rows(client.organizationId);
    expect(rows).toHaveLength(before.length);
    expect(JSON.stringify(rows)).not.toMatch(/ada@|E-ada|byron|lovelace/i);
    expect(rows.map(({ method, path, status }) => `${method} ${path} ${status}`)).toEqual([
      'POST /Users 201',
      'POST /Users 201',
      `PATCH /Users/${id} 200`,
      'GET /Users 200',
      'GET /Users 200',
      'POST /Users 409',
      'GET /Users 404',
      'GET /Users 200',
    ]);
    // Their history stays theirs.
    const found = await host.reader.list(client.organizationId, { person: id, limit: 10 });
    expect(found.map(({ method }) => method)).toEqual(['PATCH', 'POST', 'POST']);
    expect(rows.at(-1)).toMatchObject({ query: 'filter=userName eq "bob@acme.example"' });
    expect(await host.reader.list(client.organizationId, { person: bob, limit: 10 })).not.toHaveLength(0);
    expect(JSON.stringify(await host.flushed(stranger.organizationId))).toContain('ada@acme.example');
  });

  it('leaves what is said of others, such as a manager whose address stands with them', async () => {
    const client = await host.client();
    const boss = { userName: 'boss@acme.example', externalId: 'E-boss', emails: [{ value: 'b@acme.example' }] };
    await client.createUser(boss);
    const manager = { value: 'x', displayName: 'b@acme.example' };
    const { id } = await client.createUser({
      userName: 'ada@acme.example',
      title: 'boss@acme.example',
      'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': { manager },
    });
    await client.filterUsers('emails.value eq "b@acme.example"');
    expect(await host.reader.erase(client.organizationId, id, ['E-boss'])).toBe(1);
    expect(await host.flushed(client.organizationId)).toMatchObject([
      { body: expect.stringContaining('E-boss') },
      { body: null },
      { query: 'filter=emails.value eq "b@acme.example"' },
    ]);
  });

  it('knows nobody by another id', async () => {
    const client = await host.client();
    await client.post('/Users', { userName: 'ada' });
    expect(await host.reader.erase(client.organizationId, randomUUID())).toBe(0);
    expect(await host.reader.erase(client.organizationId, 'ada')).toBe(0);
    expect(await host.flushed(client.organizationId)).toMatchObject([{ body: '{"userName":"ada"}' }]);
  });
});
