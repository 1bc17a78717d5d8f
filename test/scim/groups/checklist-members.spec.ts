import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import type { ScimClient } from '../../support/scim-client.js';
import { expectScimError } from '../../support/scim-errors.js';

const BASE = 'https://app.example.com/scim/v2';

/** The lines of protocol-checklist.md about PATCH, for members, which are rows and no attribute; each case names its own. */
describe.each(['express', 'fastify'] as const)('the members of a group on %s', (adapter) => {
  let host: ModuleHost;
  let client: ScimClient;
  let users: readonly string[];

  beforeAll(async () => {
    host = await startModuleHost({ adapter });
    client = await host.client();
    users = await Promise.all(['u1', 'u2', 'u3'].map(async (userName) => (await client.createUser({ userName })).id));
  });

  beforeEach(async () => {
    const { body } = await client.get('/Groups');
    for (const { id } of body.Resources) await client.delete(`/Groups/${id}`);
  });

  afterAll(() => host.stop());

  const aGroup = async (): Promise<string> => {
    const members = [{ value: 'u1' }, { value: 'u2' }];
    return (await client.post('/Groups', withIds({ displayName: 'Eng', members }))).body.id;
  };
  const show = async (id: string): Promise<{ displayName: string; members: string; version: string }> => {
    const { body } = await client.get(`/Groups/${id}`);
    const names = (body.members ?? []).map(({ value }: { value: string }) => `u${users.indexOf(value) + 1}`);
    return { displayName: body.displayName, members: names.join(' '), version: body.meta.version };
  };
  /** `u1` to `u3` in texts stand for the ids of those users. */
  const withIds = (json: unknown): unknown =>
    JSON.parse(JSON.stringify(json).replaceAll(/\bu([123])\b/g, (_, number: string) => users[+number - 1] ?? ''));

  it.each([
    ['P-159', [{ op: 'add', path: 'members', value: [{ value: 'u1' }] }], 'u1 u2'],
    ['P-164', [{ op: 'add', path: 'members', value: [{ value: 'u3', $ref: null, type: 'User' }] }], 'u1 u2 u3'],
    [
      'P-164, twice in one list',
      [{ op: 'add', path: 'members', value: [{ value: 'u3' }, { value: 'u3' }] }],
      'u1 u2 u3',
    ],
    ['P-196, one object', [{ op: 'add', path: 'members', value: { value: 'u3' } }], 'u1 u2 u3'],
    ['P-182', [{ op: 'replace', path: 'members', value: [] }], ''],
    ['P-135', [{ op: 'replace', path: 'members', value: null }], ''],
    ['P-183', [{ op: 'replace', path: 'members', value: [{ value: 'u2' }, { value: 'u3' }] }], 'u2 u3'],
    ['P-184', [{ op: 'replace', value: { displayName: 'Renamed' } }], 'u1 u2'],
    ['P-184, null', [{ op: 'replace', value: { displayName: 'Renamed', members: null } }], ''],
    ['P-186', [{ op: 'replace', path: 'externalId', value: 'Y' }], 'u1 u2'],
    ['P-194', [{ op: 'remove', path: 'members[value eq "u1"]' }], 'u2'],
    ['P-194, as the RFC prints it', [{ op: 'remove', path: 'members[value eq"u1"]' }], 'u2'],
    ['P-195', [{ op: 'remove', path: 'members', value: [{ value: 'u1' }] }], 'u2'],
    ['P-195, no value', [{ op: 'remove', path: 'members' }], ''],
    ['P-195, null', [{ op: 'remove', path: 'members', value: null }], ''],
    ['P-195, empty list', [{ op: 'remove', path: 'members', value: [] }], 'u1 u2'],
    ['P-196, bare ids', [{ op: 'remove', path: 'members', value: ['u1', 'u3'] }], 'u2'],
    ['P-197', [{ op: 'remove', path: 'members[value eq "u1" or value eq "u2"]' }], ''],
    ['P-191, another filter', [{ op: 'remove', path: 'members[display eq "U2"]' }], 'u1'],
    ['P-199', [{ op: 'remove', path: 'members[value eq "5d0c3f0a-77aa-4a52-9c1e-0b6b7f1d2e33"]' }], 'u1 u2'],
    ['P-199, junk', [{ op: 'remove', path: 'members', value: [{ value: 'junk' }] }], 'u1 u2'],
    [
      'P-132',
      [
        { op: 'remove', path: 'members' },
        { op: 'add', path: 'members', value: [{ value: 'u3' }] },
        { op: 'add', path: 'members', value: [{ value: 'u1' }] },
        { op: 'remove', path: 'members[value eq "u3"]' },
      ],
      'u1',
    ],
    [
      'P-132, in and out',
      [
        { op: 'add', path: 'members', value: [{ value: 'u3' }] },
        { op: 'remove', path: 'members', value: [{ value: 'u3' }] },
      ],
      'u1 u2',
    ],
    [
      'P-132, in without a type and out by it',
      [
        { op: 'add', path: 'members', value: [{ value: 'u3' }] },
        { op: 'remove', path: 'members[type eq "User"]' },
      ],
      '',
    ],
    [
      'P-132, in without a name and out by it',
      [
        { op: 'add', path: 'members', value: [{ value: 'u3' }] },
        { op: 'remove', path: 'members[display eq "U3"]' },
      ],
      'u1 u2',
    ],
    [
      'P-132, out by type and in',
      [
        { op: 'remove', path: 'members[type eq "User"]' },
        { op: 'add', path: 'members', value: [{ value: 'u1' }, { value: 'u3' }] },
      ],
      'u1 u3',
    ],
    ['P-191, by URL', [{ op: 'remove', path: 'members[$ref ew "/Users/u2"]' }], 'u1'],
  ])('have, after %s, the members meant', async (_line, operations, expected) => {
    const id = await aGroup();
    const answer = await client.patch(`/Groups/${id}`, withIds(operations) as unknown[]);
    expect(answer).toMatchObject({ status: 204, text: '', headers: { location: `${BASE}/Groups/${id}` } });
    const { members, version } = await show(id);
    expect(members).toBe(expected);
    expect(answer.headers.etag).toBe(version);
  });

  it.each([
    ['P-166', { op: 'add', path: 'members', value: [{}] }, 'invalidValue'],
    ['P-166', { op: 'add', path: 'members', value: [{ display: 'x' }] }, 'invalidValue'],
    ['P-166', { op: 'replace', path: 'members', value: [null] }, 'invalidValue'],
    ['P-166', { op: 'replace', path: 'members', value: [[]] }, 'invalidValue'],
    ['P-166', { op: 'replace', value: { members: [''] } }, 'invalidValue'],
    ['P-166', { op: 'add', path: 'members', value: [{ value: 'u3' }, null] }, 'invalidValue'],
    ['P-166', { op: 'remove', path: 'members', value: [{ value: 'u1' }, null] }, 'invalidValue'],
    ['P-147', { op: 'remove', path: 'displayName' }, 'mutability'],
    ['P-147', { op: 'replace', path: 'displayName', value: '' }, 'invalidValue'],
    ['P-144', { op: 'replace', path: 'id', value: 'x' }, 'mutability'],
    ['P-138', { op: 'add', path: 'owners', value: 'x' }, 'invalidPath'],
    ['P-188', { op: 'remove', value: [{ value: 'u1' }] }, 'noTarget'],
    ['P-175', { op: 'replace', path: 'members[value eq "u3"].value', value: 'u2' }, 'mutability'],
    ['P-146', { op: 'replace', path: 'members[value eq "u1"].value', value: 'u3' }, 'mutability'],
    ['P-175', { op: 'replace', path: 'members[value eq "u3"]', value: { value: 'u2' } }, 'noTarget'],
    ['P-146', { op: 'remove', path: 'members[value eq "u1"].type' }, 'mutability'],
    ['P-146', { op: 'remove', path: 'members.type' }, 'mutability'],
    ['P-146', { op: 'replace', path: 'members.type', value: 'User' }, 'mutability'],
    ['P-146', { op: 'add', path: 'members.value', value: 'u3' }, 'mutability'],
  ])('refuse, by %s, %j whole', async (_line, operation, scimType) => {
    const id = await aGroup();
    const rename = { op: 'replace', path: 'displayName', value: 'Half' };
    const answer = await client.patch(`/Groups/${id}`, [rename, withIds(operation)]);
    expect({ status: answer.status, after: await show(id) }).toEqual({
      status: 400,
      after: { displayName: 'Eng', members: 'u1 u2', version: 'W/"1"' },
    });
    expectScimError(answer, 400, scimType);
  });

  it('are told of when they come and go, and not when they stay (P-183, P-335)', async () => {
    const id = await aGroup();
    const same = withIds({ op: 'add', path: 'members', value: [{ value: 'u1' }] });
    const other = withIds({ op: 'replace', path: 'members', value: [{ value: 'u2' }, { value: 'u3' }] });
    await client.patch(`/Groups/${id}`, [same]);
    await client.patch(`/Groups/${id}`, [other]);
    await client.patch(`/Groups/${id}`, [other]);
    const events = await host.dataSource.query(
      `SELECT type, payload->'added' AS added, payload->'removed' AS removed FROM scim_outbox
       WHERE aggregate_id = $1 ORDER BY aggregate_seq`,
      [id],
    );
    expect(events).toEqual([
      { type: 'scim.group.created', added: [users[0], users[1]], removed: [] },
      { type: 'scim.group.members_changed', added: [users[2]], removed: [users[0]] },
    ]);
  });
});
