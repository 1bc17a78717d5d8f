import type { Json } from '../../../src/scim/index.js';
import { UsersService } from '../../../src/scim/index.js';
import { countStatements } from '../../support/count-statements.js';
import { STAFF, TEAM, testExtensions } from '../../support/extensions.js';
import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import type { ScimAnswer, ScimClient } from '../../support/scim-client.js';
import { expectScimError } from '../../support/scim-errors.js';

let host: ModuleHost;
let client: ScimClient;

beforeAll(async () => {
  host = await startModuleHost({ extras: { extensions: testExtensions } });
});

beforeEach(async () => {
  client = await host.client();
});

afterAll(() => host.stop());

const staff = (userName: string, values: Record<string, Json>) => ({ userName, [STAFF]: values });
const post = (userName: string, values: Record<string, Json>) => client.post('/Users', staff(userName, values));

/** A 409 that says which value of which attribute it is about, and nothing of whose it is. */
function expectTaken(answer: ScimAnswer, ...names: readonly string[]): void {
  expectScimError(answer, 409, 'uniqueness');
  const taken = names.map((name) => name.replace('URN', STAFF)).join(' or the ');
  expect(answer.body.detail).toBe(`There is already a User with the ${taken}.`);
}

const kept = (): Promise<unknown[]> =>
  host.dataSource.query(
    `SELECT resource_type AS type, attribute, value_key AS key FROM scim_unique_value WHERE organization_id = $1 ORDER BY 1, 2, 3`,
    [client.organizationId],
  );

describe('a unique value of an extension', () => {
  it('is had by one user, as far as comparison tells values apart', async () => {
    expect((await post('ada', { badge: 'B-1', locker: 7, desk: { code: 'd' } })).status).toBe(201);
    expectTaken(await post('bee', { badge: 'b-1' }), 'URN:badge "b-1"');
    expectTaken(await post('bee', { locker: 7 }), 'URN:locker 7');
    expectTaken(await post('bee', { desk: { code: 'd', floor: 1 } }), 'URN:desk.code "d"');
    expect((await post('bee', { badge: 'B-2', locker: 8, desk: { code: 'D' } })).status).toBe(201);
    expect((await client.filterUsers('userName pr')).body.totalResults).toBe(2);
  });

  it('is named where only one of several is taken', async () => {
    await post('ada', { badge: 'B-1', locker: 1, desk: { code: 'a' } });
    expectTaken(await post('bee', { badge: 'B-2', locker: 1, desk: { code: 'b' } }), 'URN:locker 1');
    expectTaken(await post('bee', { badge: 'B-2', locker: 2, desk: { code: 'a' } }), 'URN:desk.code "a"');
  });

  it('is another organization’s too', async () => {
    await post('ada', { badge: 'B-1' });
    client = await host.client();
    expect((await post('ada', { badge: 'B-1' })).status).toBe(201);
  });

  it('is refused to a PUT and a PATCH of another user, which change nothing', async () => {
    await post('ada', { badge: 'B-1' });
    const { body: bee } = await post('bee', { badge: 'B-2' });
    const put = await client.put(`/Users/${bee.id}`, { ...staff('bee', { badge: 'B-1' }), title: 'Boss' });
    expectTaken(put, 'URN:badge "B-1"');
    const patch = await client.patch(`/Users/${bee.id}`, [{ op: 'replace', path: `${STAFF}:badge`, value: 'b-1' }]);
    expectTaken(patch, 'URN:badge "b-1"');
    expect((await client.get(`/Users/${bee.id}`)).body).toEqual(bee);
  });

  it('stays its owner’s through other changes, and is free when its owner gives it up', async () => {
    const { body: ada } = await post('ada', { badge: 'B-1', desk: { code: 'a' } });
    const change = (value: Json) => client.patch(`/Users/${ada.id}`, [{ op: 'replace', value: { [STAFF]: value } }]);
    await client.patch(`/Users/${ada.id}`, [{ op: 'replace', path: 'title', value: 'Countess' }]);
    expect((await change({ badge: 'b-1' })).status).toBe(200);
    expectTaken(await post('bee', { badge: 'B-1' }), 'URN:badge "B-1"');
    await change({ badge: 'B-9' });
    expect((await post('bee', { badge: 'B-1' })).status).toBe(201);
    await client.put(`/Users/${ada.id}`, { userName: 'ada' });
    expect((await post('cy', { badge: 'B-9', desk: { code: 'a' } })).status).toBe(201);
    expect(await kept()).toEqual([
      { type: 'User', attribute: `${STAFF}:badge`, key: 'b-1' },
      { type: 'User', attribute: `${STAFF}:badge`, key: 'b-9' },
      { type: 'User', attribute: `${STAFF}:desk.code`, key: 'a' },
    ]);
  });

  it('is free when its owner is deprovisioned, not when suspended', async () => {
    const { body: ada } = await post('ada', { badge: 'B-1' });
    await client.patch(`/Users/${ada.id}`, [{ op: 'replace', path: 'active', value: false }]);
    expectTaken(await post('bee', { badge: 'B-1' }), 'URN:badge "B-1"');
    await client.delete(`/Users/${ada.id}`);
    expect(await kept()).toEqual([]);
    expect((await post('bee', { badge: 'B-1' })).status).toBe(201);
  });

  it('goes with its organization', async () => {
    await post('ada', { badge: 'B-1' });
    await host.dataSource.query('DELETE FROM scim_connection WHERE organization_id = $1', [client.organizationId]);
    expect(await kept()).toEqual([]);
  });

  it('is one user’s, of many who ask for it at once', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, (_, index) => post(`user-${index}`, { badge: 'B-1' })));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, ...Array(7).fill(409)]);
    for (const answer of answers.filter(({ status }) => status === 409)) expectTaken(answer, 'URN:badge "B-1"');
    expect(await kept()).toHaveLength(1);
  });

  it('leaves the caller’s transaction usable where it is refused', async () => {
    const users = host.app.get(UsersService, { strict: false });
    const { body: ada } = await post('ada', { badge: 'B-1' });
    const { body: bee } = await post('bee', {});
    const inactive = {
      schemas: [],
      Operations: [{ op: 'replace', value: { active: false, [`${STAFF}:badge`]: 'B-1' } }],
    };
    await host.dataSource.transaction(async (manager) => {
      const refused = users.patch(client.organizationId, bee.id, inactive, { manager });
      await expect(refused).rejects.toMatchObject({ status: 409, scimType: 'uniqueness' });
      await users.assignReadOnly(client.organizationId, ada.id, { [STAFF]: { risk: 'low' } }, { manager });
    });
    expect((await client.get(`/Users/${ada.id}`)).body[STAFF].risk).toBe('low');
  });
});

describe('a group’s unique value', () => {
  const team = (displayName: string, code: string) => client.post('/Groups', { displayName, [TEAM]: { code } });

  it('is one group’s, until it is deleted, and no user’s', async () => {
    const { body: first } = await team('First', 'T1');
    const second = await team('Second', 't1');
    expectScimError(second, 409, 'uniqueness');
    expect(second.body.detail).toBe(`There is already a Group with the ${TEAM}:code "t1".`);
    const { body: third } = await team('Third', 'T3');
    const patch = await client.patch(`/Groups/${third.id}`, [{ op: 'replace', path: `${TEAM}:code`, value: 'T1' }]);
    expectScimError(patch, 409, 'uniqueness');
    expectScimError(
      await client.put(`/Groups/${third.id}`, { displayName: 'Third', [TEAM]: { code: 'T1' } }),
      409,
      'uniqueness',
    );
    await client.delete(`/Groups/${first.id}`);
    expect(await kept()).toEqual([{ type: 'Group', attribute: `${TEAM}:code`, key: 't3' }]);
    expect((await client.patch(`/Groups/${third.id}`, [{ op: 'add', value: { [`${TEAM}:code`]: 'T1' } }])).status).toBe(
      204,
    );
  });
});

describe('what a write sends to the database', () => {
  it('is one statement, with unique values as without', async () => {
    await post('warm', {});
    // The log and the use of a token are written in their own time.
    const sent = async (send: () => Promise<unknown>): Promise<string[]> =>
      (await countStatements(host.dataSource, send)).filter((text) => !/scim_(log|token)\b/.test(text));
    const plain = await sent(() => post('ada', { alias: 'Ada' }));
    expect(await sent(() => post('bee', { badge: 'B-1', locker: 1 }))).toEqual(plain);
    expect(plain.filter((text) => text.includes('INTO scim_unique_value'))).toHaveLength(1);
    const { body } = await post('cy', { alias: 'Cy' });
    const patch = (path: string, value: Json) => () =>
      client.patch(`/Users/${body.id}`, [{ op: 'replace', path: `${STAFF}:${path}`, value }]);
    expect(await sent(patch('badge', 'B-2'))).toEqual(await sent(patch('alias', 'C')));
  });
});
