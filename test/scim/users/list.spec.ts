import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import type { ScimAnswer, ScimClient } from '../../support/scim-client.js';
import { expectScimError } from '../../support/scim-errors.js';

const LIST = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';
const E = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const U = 'urn:ietf:params:scim:schemas:core:2.0:User';
const PEOPLE = 45;

let host: ModuleHost;
let client: ScimClient;
/** In the order of creation. */
const ids: string[] = [];

beforeAll(async () => {
  host = await startModuleHost({ options: { limits: { pageDefault: 10, pageMax: 20 } } });
  client = await host.client();
  for (let number = 1; number <= PEOPLE; number += 1) {
    const user = {
      userName: `person-${number}`,
      displayName: `Person ${number}`,
      name: { givenName: 'P', familyName: `${number}` },
      active: number % 2 === 0,
      emails: [{ value: `p${number}@acme.example`, type: 'work' }],
      password: 'canary-Passw0rd-1',
      [E]: { department: number % 3 === 0 ? 'Engines' : 'Sales', costCenter: 'x' },
    };
    ids.push((await client.createUser(user)).id);
  }
  // All in one moment: the order must not depend on the clock alone.
  await host.dataSource.query(`UPDATE scim_identity SET created_at = '2026-01-01' WHERE organization_id = $1`, [
    client.organizationId,
  ]);
  ids.sort((left, right) => (left < right ? -1 : 1));
});

afterAll(() => host.stop());

const idsOf = ({ body }: ScimAnswer): string[] => body.Resources.map(({ id }: { id: string }) => id);
const list = (query: string): Promise<ScimAnswer> => client.get(`/Users?${query}`);

describe('a list of users', () => {
  it('is a list response with whole numbers', async () => {
    const { body } = await list('');
    expect(Object.keys(body)).toEqual(['schemas', 'totalResults', 'startIndex', 'itemsPerPage', 'Resources']);
    expect(body).toMatchObject({ schemas: [LIST], totalResults: PEOPLE, startIndex: 1, itemsPerPage: 10 });
    expect(idsOf({ body } as ScimAnswer)).toEqual(ids.slice(0, 10));
  });

  it.each([
    ['startIndex=1&count=7', 1, 7],
    ['startIndex=39&count=7', 39, 7],
    ['startIndex=40&count=7', 40, 6],
    ['startIndex=45', 45, 1],
    ['startIndex=46', 46, 0],
    ['startIndex=1000000', 1_000_000, 0],
    ['startIndex=99999999999999999999', Number.MAX_SAFE_INTEGER, 0],
    ['startIndex=0', 1, 10],
    ['startIndex=-5&count=3', 1, 3],
    ['startIndex=%2B2&count=1', 2, 1],
    ['count=0', 1, 0],
    ['count=0&startIndex=5', 5, 0],
    ['count=-3', 1, 0],
    ['count=20', 1, 20],
    ['count=21', 1, 20],
    ['count=99999999999999999999', 1, 20],
    ['startIndex=&count=', 1, 10],
  ])('with %s starts at %d and has %d', async (query, startIndex, length) => {
    const answer = await list(query);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ totalResults: PEOPLE, startIndex, itemsPerPage: length });
    expect(idsOf(answer)).toEqual(ids.slice(startIndex - 1, startIndex - 1 + length));
  });

  it.each([
    'count=abc',
    'count=1.5',
    'startIndex=abc',
    'startIndex=1e3',
    'startIndex=0x10',
    'count=1,2',
    'count=%00',
    'count=NaN',
  ])('is refused with %s', async (query) => expectScimError(await list(query), 400, 'invalidValue'));

  it.each([1, 7, 20, 100])('walked by pages of %d shows each user once, in one order', async (count) => {
    const seen: string[] = [];
    for (let startIndex = 1; startIndex <= PEOPLE;) {
      const answer = await list(`startIndex=${startIndex}&count=${count}`);
      expect(answer.body.totalResults).toBe(PEOPLE);
      seen.push(...idsOf(answer));
      startIndex += answer.body.itemsPerPage;
    }
    expect(seen).toEqual(ids);
  });

  it('is filtered before it is paged, and counts what the filter selects', async () => {
    const filter = encodeURIComponent(`active eq true and ${E}:department eq "Engines"`);
    const whole = await list(`filter=${filter}&count=20`);
    expect(whole.body).toMatchObject({ totalResults: 7, itemsPerPage: 7 });
    const page = await list(`filter=${filter}&startIndex=6&count=5`);
    expect(page.body).toMatchObject({ totalResults: 7, startIndex: 6, itemsPerPage: 2 });
    expect(idsOf(page)).toEqual(idsOf(whole).slice(5));
    expect((await list(`filter=${filter}&count=0`)).body).toMatchObject({ totalResults: 7, Resources: [] });
    expect((await list(`filter=${filter}&startIndex=8`)).body).toMatchObject({ totalResults: 7, Resources: [] });
  });

  it('of nobody has its members all the same', async () => {
    const { status, body } = await client.filterUsers('userName eq "nobody"');
    expect(status).toBe(200);
    expect(body).toEqual({ schemas: [LIST], totalResults: 0, startIndex: 1, itemsPerPage: 0, Resources: [] });
  });

  it.each([
    ['startIndex=1&startIndex=2', 'invalidValue'],
    ['count=1&count=1', 'invalidValue'],
    ['attributes=userName&attributes=emails', 'invalidValue'],
    ['excludedAttributes=a&excludedAttributes=b', 'invalidValue'],
    ['filter=userName+pr&filter=userName+pr', 'invalidFilter'],
    ['filter[]=userName+eq+"nobody"', 'invalidFilter'],
    ['filter%5Ba%5D=userName+eq+"nobody"', 'invalidFilter'],
    ['Filter=userName+eq+"nobody"', 'invalidFilter'],
    ['FILTER=userName+eq+"nobody"&filter=userName+pr', 'invalidFilter'],
    ['filter=', 'invalidFilter'],
    ['filter', 'invalidFilter'],
    ['filter=%20', 'invalidFilter'],
  ])('refuses %s as %s', async (query, scimType) => expectScimError(await list(query), 400, scimType));
});

describe('a projection', () => {
  const shown = async (query: string): Promise<unknown> => {
    const { body } = await list(`count=1&${query}`);
    const { id, schemas, ...rest } = body.Resources[0];
    expect({ id, schemas }).toEqual({ id: ids[0], schemas: [U, E] });
    return rest;
  };
  const one = (): Promise<ScimAnswer> => client.get(`/Users/${ids[0]}`);

  it('shows the named attributes, and always id and schemas', async () => {
    const { userName, name, emails, [E]: enterprise } = (await one()).body;
    expect(await shown('attributes=userName')).toEqual({ userName });
    expect(await shown('attributes=USERNAME,%20name.GivenName')).toEqual({
      userName,
      name: { givenName: name.givenName },
    });
    expect(await shown('attributes=emails.value')).toEqual({ emails: [{ value: emails[0].value }] });
    expect(await shown(`attributes=${E}`)).toEqual({ [E]: enterprise });
    expect(await shown(`attributes=${E}:department`)).toEqual({ [E]: { department: enterprise.department } });
    expect(await shown(`attributes=${U}:userName,id`)).toEqual({ userName });
    expect(await shown('attributes=password,nonsense')).toEqual({});
  });

  it('leaves out the excluded attributes, but for id and schemas', async () => {
    const { id: _id, schemas: _schemas, meta, userName, ...others } = (await one()).body;
    expect(await shown('excludedAttributes=id,schemas,userName,meta')).toEqual(others);
    expect(await shown('excludedAttributes=nonsense')).toEqual({ ...others, meta, userName });
    expect(await shown('attributes=&excludedAttributes=')).toEqual({ ...others, meta, userName });
    expect(JSON.stringify(others)).not.toContain('canary');
  });

  it('is refused where both are named', async () => {
    expectScimError(await list('attributes=userName&excludedAttributes=emails'), 400, 'invalidValue');
    expectScimError(await client.get(`/Users/${ids[0]}?attributes=a&excludedAttributes=b`), 400, 'invalidValue');
  });

  it('serves single users and answers to writes too', async () => {
    const only = { schemas: [U, E], id: ids[0], userName: 'changed' };
    expect((await client.send('PATCH', `/Users/${ids[0]}?attributes=userName`, patch('changed'))).body).toEqual(only);
    expect((await client.get(`/Users/${ids[0]}?attributes=userName&filter=nonsense`)).body).toEqual(only);
    const created = await client.post('/Users?attributes=userName', { userName: 'new' });
    expect(created.body).toEqual({ schemas: [U], id: expect.any(String), userName: 'new' });
    expect(created.headers.location).toMatch(new RegExp(`/Users/${created.body.id}$`));
    await client.delete(`/Users/${created.body.id}`);
    expectScimError(
      await client.post('/Users?attributes=a&excludedAttributes=b', { userName: 'never' }),
      400,
      'invalidValue',
    );
    expect((await client.filterUsers('userName eq "never"')).body.totalResults).toBe(0);
  });

  const patch = (userName: string): unknown => ({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
    Operations: [{ op: 'replace', value: { userName } }],
  });
});
