import { COMPANY, STAFF, staffSchema, testExtensions } from '../../support/extensions.js';
import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import type { ScimClient } from '../../support/scim-client.js';
import { expectScimError } from '../../support/scim-errors.js';

const U = 'urn:ietf:params:scim:schemas:core:2.0:User';

let host: ModuleHost;
let client: ScimClient;

beforeAll(async () => {
  host = await startModuleHost({ extras: { extensions: testExtensions } });
});

beforeEach(async () => {
  client = await host.client();
});

afterAll(() => host.stop());

/** One value of each type. */
const everything = {
  alias: 'Addie',
  badge: 'B-1',
  locker: 7,
  grade: 'C3',
  remote: false,
  level: -4,
  quota: 0.25,
  hired: '2026-01-31T12:00:00+01:00',
  page: 'https://people.example.com/Ada',
  key: 'QWRh',
  rank: 'Countess',
  skills: ['Ada', 'SQL'],
  years: [1815, 1843],
  desk: { code: 'D1', floor: 2, serial: 's' },
  licences: [
    { value: 'L1', type: 'editor', primary: true },
    { value: 'L2', type: 'reader', display: 'Two' },
  ],
};

const aUser = async (staff: unknown = everything, userName = 'ada'): Promise<string> =>
  (await client.createUser({ userName, [STAFF]: staff })).id;

const staffOf = async (id: string): Promise<unknown> => (await client.get(`/Users/${id}`)).body[STAFF];

const patch = (id: string, ...operations: readonly unknown[]) => client.patch(`/Users/${id}`, operations);

describe("an extension of the host's", () => {
  it('is announced as a schema and as one of User (P-306)', async () => {
    const { body: type } = await client.get('/ResourceTypes/User');
    expect(type.schemaExtensions).toEqual([
      { schema: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User', required: false },
      { schema: STAFF, required: false },
      { schema: COMPANY, required: false },
    ]);
    const { body: schema } = await client.get(`/Schemas/${STAFF}`);
    expect(schema).toMatchObject({
      id: STAFF,
      name: 'Staff',
      attributes: JSON.parse(JSON.stringify(staffSchema.attributes)),
    });
    const { body: list } = await client.get('/Schemas');
    expect(list.Resources.map(({ id }: { id: string }) => id)).toEqual(expect.arrayContaining([STAFF, COMPANY]));
  });

  it('keeps values of every type as they were sent (P-306)', async () => {
    const { body, status } = await client.post('/Users', { schemas: [U, STAFF], userName: 'ada', [STAFF]: everything });
    expect(status).toBe(201);
    expect(body[STAFF]).toEqual(everything);
    expect(body.schemas).toEqual([U, STAFF]);
    expect((await client.get(`/Users/${body.id}`)).body).toEqual(body);
    expect((await client.filterUsers('userName eq "ada"')).body.Resources).toEqual([body]);
  });

  it('has its URN and its names in any case', async () => {
    const { id } = await client.createUser({ userName: 'ada', [STAFF.toUpperCase()]: { ALIAS: 'Addie', Level: 3 } });
    expect(await staffOf(id)).toEqual({ alias: 'Addie', level: 3 });
  });

  it.each([
    ['a text for a whole number', { level: '4' }],
    ['a fraction for a whole number', { level: 4.5 }],
    ['a text for a number', { quota: 'much' }],
    ['a number for a text', { alias: 4 }],
    ['no moment', { hired: 'yesterday' }],
    ['no base64', { key: '!' }],
    ['no boolean', { remote: 'maybe' }],
    ['two values for one', { alias: ['a', 'b'] }],
    ['a list with a wrong value', { years: [1815, 'x'] }],
    ['a text for an object', { desk: 'D1' }],
    ['a wrong part', { desk: { floor: 'first' } }],
    [
      'two primary values',
      {
        licences: [
          { value: 'a', primary: true },
          { value: 'b', primary: true },
        ],
      },
    ],
    ['a unique value that is too long for its index', { badge: 'é'.repeat(600) }],
  ])('refuses %s as invalidValue', async (_what, staff) => {
    expectScimError(await client.post('/Users', { userName: 'ada', [STAFF]: staff }), 400, 'invalidValue');
    const id = await aUser({ alias: 'Addie' });
    expectScimError(await patch(id, { op: 'replace', path: STAFF, value: staff }), 400, 'invalidValue');
  });

  it('takes other values than the canonical ones, which are a hint (RFC 7643 §7)', async () => {
    expect(await staffOf(await aUser({ grade: 'Z9' }))).toEqual({ grade: 'Z9' });
  });

  it('is replaced by a PUT, and gone with one that does not name it', async () => {
    const id = await aUser({ alias: 'Addie', level: 1, desk: { floor: 1, serial: 's' } });
    const put = await client.put(`/Users/${id}`, { userName: 'ada', [STAFF]: { level: 2 } });
    expect(put.body[STAFF]).toEqual({ level: 2, desk: { serial: 's' } });
    const other = await aUser({ alias: 'Bee' }, 'bee');
    const { body } = await client.put(`/Users/${other}`, { userName: 'bee' });
    expect(body).not.toHaveProperty([STAFF]);
    expect(body.schemas).toEqual([U]);
  });

  it('moves the version only when a value changes', async () => {
    const id = await aUser({ alias: 'Addie', skills: ['SQL'] });
    const versionAfter = async (...operations: readonly unknown[]): Promise<string> =>
      (await patch(id, ...operations)).body.meta.version;
    expect(await versionAfter({ op: 'add', path: `${STAFF}:skills`, value: 'sql' })).toBe('W/"1"');
    expect(await versionAfter({ op: 'replace', value: { [STAFF]: { alias: 'Addie' } } })).toBe('W/"1"');
    expect(await versionAfter({ op: 'replace', value: { [`${STAFF}:alias`]: 'Ad' } })).toBe('W/"2"');
  });

  it('tells its handlers by its URN', async () => {
    const id = await aUser({ alias: 'Addie' });
    await patch(id, { op: 'replace', path: `${STAFF}:level`, value: 3 });
    const events = await host.dataSource.query(
      `SELECT type, payload->'changed' AS changed, personal->'attributes'->$2 AS staff FROM scim_outbox WHERE aggregate_id = $1 ORDER BY seq`,
      [id, STAFF],
    );
    expect(events).toEqual([
      { type: 'scim.user.provisioned', changed: ['userName', 'active', STAFF], staff: { alias: 'Addie' } },
      { type: 'scim.user.updated', changed: [STAFF], staff: { alias: 'Addie', level: 3 } },
    ]);
  });
});

describe('a PATCH of an extension', () => {
  it.each<[string, unknown, unknown]>([
    ['adds to a qualified path', { op: 'add', path: `${STAFF}:alias`, value: 'Ad' }, { alias: 'Ad' }],
    ['finds a short name that is no other extension’s', { op: 'add', path: 'level', value: 9 }, { level: 9 }],
    [
      'changes a part',
      { op: 'replace', path: `${STAFF}:desk.floor`, value: 5 },
      { desk: { code: 'D1', floor: 5, serial: 's' } },
    ],
    ['adds a value', { op: 'add', path: `${STAFF}:skills`, value: ['C'] }, { skills: ['Ada', 'SQL', 'C'] }],
    ['adds to numbers', { op: 'add', path: `${STAFF}:years`, value: [1852, 1815] }, { years: [1815, 1843, 1852] }],
    ['removes listed values', { op: 'remove', path: `${STAFF}:skills`, value: ['sql'] }, { skills: ['Ada'] }],
    ['removes an attribute', { op: 'remove', path: `${STAFF}:years` }, { years: undefined }],
    [
      'changes the value that a filter selects',
      { op: 'replace', path: `${STAFF}:licences[type eq "editor"].value`, value: 'L9' },
      {
        licences: [
          { value: 'L9', type: 'editor', primary: true },
          { value: 'L2', type: 'reader', display: 'Two' },
        ],
      },
    ],
    [
      'removes the value that a filter selects',
      { op: 'remove', path: `${STAFF}:licences[value eq "l1"]` },
      { licences: [{ value: 'L2', type: 'reader', display: 'Two' }] },
    ],
    [
      'merges an object under the URN',
      { op: 'replace', value: { [STAFF]: { level: 1, alias: null } } },
      { level: 1, alias: undefined },
    ],
    ['merges an object at the URN', { op: 'add', path: STAFF, value: { level: 2 } }, { level: 2 }],
    [
      'takes a path as a key',
      { op: 'replace', value: { [`${STAFF}:desk.floor`]: 8 } },
      { desk: { code: 'D1', floor: 8, serial: 's' } },
    ],
  ])('%s', async (_what, operation, expected) => {
    const id = await aUser();
    expect((await patch(id, operation)).status).toBe(200);
    const staff = JSON.parse(JSON.stringify({ ...everything, ...(expected as object) }));
    expect(await staffOf(id)).toEqual(staff);
  });

  it.each([
    ['an attribute that it does not have', { op: 'replace', path: `${STAFF}:shoe`, value: 1 }, 'invalidPath'],
    ['a short name that two extensions have', { op: 'replace', path: 'alias', value: 'x' }, 'invalidPath'],
    ['a readOnly attribute', { op: 'replace', path: `${STAFF}:risk`, value: 'low' }, 'mutability'],
    ['an immutable value', { op: 'replace', path: `${STAFF}:hired`, value: '2020-01-01T00:00:00Z' }, 'mutability'],
    ['an immutable part', { op: 'replace', path: `${STAFF}:desk.serial`, value: 't' }, 'mutability'],
    ['the removal of an immutable value', { op: 'remove', path: `${STAFF}:hired` }, 'mutability'],
    ['the removal of all, as one of them is immutable', { op: 'remove', path: STAFF }, 'mutability'],
    ['a hidden value in its filter', { op: 'remove', path: `${STAFF}:licences[pin eq "1"]` }, 'invalidFilter'],
  ])('refuses %s', async (_what, operation, scimType) => {
    const id = await aUser();
    expectScimError(await patch(id, operation), 400, scimType);
    expect(await staffOf(id)).toEqual(everything);
  });

  it('takes the whole extension away, also from schemas', async () => {
    const id = await aUser({ alias: 'Addie', level: 1 });
    const { body } = await patch(id, { op: 'remove', path: STAFF });
    expect(body).not.toHaveProperty([STAFF]);
    expect(body.schemas).toEqual([U]);
  });
});

describe('a characteristic of an attribute', () => {
  it('immutable: given once, at any time (P-114)', async () => {
    const id = await aUser({ alias: 'Addie' });
    const hired = '2026-02-01T00:00:00Z';
    expect((await patch(id, { op: 'add', path: `${STAFF}:hired`, value: hired })).status).toBe(200);
    const put = (value: unknown) => client.put(`/Users/${id}`, { userName: 'ada', [STAFF]: { hired: value } });
    expectScimError(await put('2026-02-02T00:00:00Z'), 400, 'mutability');
    expect((await put(hired)).status).toBe(200);
    expect((await client.put(`/Users/${id}`, { userName: 'ada' })).body[STAFF]).toEqual({ hired });
  });

  it('required: of those who have values of the extension', async () => {
    const company = (values: unknown) => client.post('/Users', { userName: 'ada', [COMPANY]: values });
    expectScimError(await company({ alias: 'The company' }), 400, 'invalidValue');
    expectScimError(await company({ number: ' ' }), 400, 'invalidValue');
    const { body } = await company({ number: '1' });
    expect((await client.post('/Users', { userName: 'bee' })).status).toBe(201);
    expectScimError(await patch(body.id, { op: 'remove', path: `${COMPANY}:number` }), 400, 'mutability');
    expectScimError(
      await patch(body.id, { op: 'replace', value: { [COMPANY]: { number: null } } }),
      400,
      'invalidValue',
    );
    expect((await patch(body.id, { op: 'remove', path: COMPANY })).body).not.toHaveProperty([COMPANY]);
  });

  it('readOnly: what a client sends in a body is passed over', async () => {
    expect(await staffOf(await aUser({ alias: 'Addie', risk: 'high' }))).toEqual({ alias: 'Addie' });
  });

  it('writeOnly: kept, never shown, and not told by filters and sorts', async () => {
    const { body } = await client.post('/Users', { userName: 'ada', [STAFF]: { alias: 'Addie', pin: 'pin-4711' } });
    expect(JSON.stringify(body)).not.toContain('pin-4711');
    for (const path of [`/Users/${body.id}`, `/Users?attributes=${STAFF}:pin`, `/Users/${body.id}?attributes=${STAFF}`])
      expect((await client.get(path)).text).not.toContain('pin-4711');
    expectScimError(await client.filterUsers(`${STAFF}:pin eq "pin-4711"`), 400, 'invalidFilter');
    expectScimError(await client.get(`/Users?sortBy=${STAFF}:pin`), 400, 'invalidPath');
    const kept = async (): Promise<unknown> =>
      (
        await host.dataSource.query(`SELECT attributes->$2->>'pin' AS pin FROM scim_identity WHERE id = $1`, [
          body.id,
          STAFF,
        ])
      )[0].pin;
    expect(await kept()).toBe('pin-4711');
    // Who writes back what was shown takes nothing away; who names it, does.
    await client.put(`/Users/${body.id}`, { userName: 'ada', [STAFF]: { alias: 'Ad' } });
    expect(await kept()).toBe('pin-4711');
    await patch(body.id, { op: 'replace', path: `${STAFF}:pin`, value: '0815' });
    expect(await kept()).toBe('0815');
    await client.put(`/Users/${body.id}`, { userName: 'ada', [STAFF]: { alias: 'Ad', pin: null } });
    expect(await kept()).toBe(null);
  });

  it('returned: always, by default, on request', async () => {
    const id = await aUser({ alias: 'Addie', rank: 'Countess', notes: 'kind', level: 3 });
    const shown = async (query: string): Promise<unknown> => (await client.get(`/Users/${id}?${query}`)).body[STAFF];
    expect(await shown('')).toEqual({ alias: 'Addie', rank: 'Countess', level: 3 });
    expect(await shown('attributes=userName')).toEqual({ rank: 'Countess' });
    expect(await shown(`attributes=${STAFF}:notes`)).toEqual({ rank: 'Countess', notes: 'kind' });
    expect(await shown('attributes=notes,LEVEL')).toEqual({ rank: 'Countess', notes: 'kind', level: 3 });
    expect(await shown(`attributes=${STAFF}`)).toEqual({ alias: 'Addie', rank: 'Countess', notes: 'kind', level: 3 });
    expect(await shown(`excludedAttributes=${STAFF}:alias,${STAFF}:rank`)).toEqual({ rank: 'Countess', level: 3 });
    expect(await shown(`excludedAttributes=${STAFF}`)).toEqual({ rank: 'Countess' });
  });
});

describe('a list of users', () => {
  beforeEach(async () => {
    await aUser();
    await aUser(
      { alias: 'Bee', level: 10, grade: 'c3', quota: 1.5, hired: '2026-01-31T12:30:00Z', remote: true },
      'bee',
    );
    await aUser({ alias: 'cy', level: 9, skills: ['Basic'], desk: { floor: 10 } }, 'cy');
    await client.createUser({ userName: 'dee', [COMPANY]: { number: '1', alias: 'Bee' } });
  });

  it.each([
    [`${STAFF}:alias eq "BEE"`, ['bee']],
    [`${STAFF.toUpperCase()}:Alias sw "ad"`, ['ada']],
    ['level gt 9', ['bee']],
    ['level le 9', ['ada', 'cy']],
    ['level ne 9', ['ada', 'bee', 'dee']],
    ['quota lt 1e0', ['ada']],
    ['grade eq "C3"', ['ada']],
    ['grade eq "c3"', ['bee']],
    ['remote eq false', ['ada']],
    ['hired eq "2026-01-31T11:00:00Z"', ['ada']],
    ['hired gt "2026-01-31T12:00:00Z"', ['bee']],
    ['page eq "https://people.example.com/ada"', []],
    ['page eq "https://people.example.com/Ada"', ['ada']],
    ['key eq "QWRh"', ['ada']],
    ['skills eq "ADA"', ['ada']],
    ['skills co "a"', ['ada', 'cy']],
    ['years gt 1842', ['ada']],
    ['years pr', ['ada']],
    ['desk.floor ge 2', ['ada', 'cy']],
    ['desk pr and not (desk.floor eq 2)', ['cy']],
    [`${STAFF}:licences[type eq "Editor" and primary eq true]`, ['ada']],
    ['licences[type eq "editor" and value eq "L2"]', []],
    ['licences.value eq "l2"', ['ada']],
    [`schemas eq "${COMPANY}"`, ['dee']],
    [`schemas eq "${STAFF}" and level pr`, ['ada', 'bee', 'cy']],
    [`${COMPANY}:alias eq "bee"`, ['dee']],
  ])('is filtered by %s', async (filter, expected) => {
    const { body, text } = await client.filterUsers(filter);
    expect({ text, names: body.Resources?.map(({ userName }: { userName: string }) => userName) }).toEqual({
      text,
      names: expected,
    });
  });

  it.each([
    ['alias eq "x"', 'a name that two extensions have'],
    [`${STAFF}:shoe eq "x"`, 'an unknown name'],
    [`${STAFF}:level eq "9"`, 'a text for a number'],
    [`${STAFF}:remote gt true`, 'an order that booleans do not have'],
    [`${STAFF}:desk eq "D1"`, 'an object without a value'],
  ])('is not filtered by %s: %s', async (filter) => {
    expectScimError(await client.filterUsers(filter), 400, 'invalidFilter');
  });

  it.each([
    [`sortBy=${STAFF}:alias`, ['ada', 'bee', 'cy', 'dee']],
    ['sortBy=level', ['ada', 'cy', 'bee', 'dee']],
    ['sortBy=level&sortOrder=descending', ['dee', 'bee', 'cy', 'ada']],
    ['sortBy=desk.floor', ['ada', 'cy']],
    ['sortBy=hired&sortOrder=descending', ['bee', 'ada']],
    ['sortBy=skills&sortOrder=descending', ['cy', 'ada']],
    ['sortBy=quota', ['ada', 'bee']],
    ['sortBy=grade', ['ada', 'bee']],
  ])('is sorted by %s: %j, among others without a value', async (query, expected) => {
    const { body, text } = await client.get(`/Users?${query}`);
    const names: string[] = body.Resources?.map(({ userName }: { userName: string }) => userName);
    const place = query.includes('descending') ? names.slice(-expected.length) : names.slice(0, expected.length);
    expect({ text, place }).toEqual({ text, place: expected });
  });
});
