import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import type { ScimClient } from '../../support/scim-client.js';
import { expectScimError } from '../../support/scim-errors.js';

const BASE = 'https://app.example.com/scim/v2';
const G = 'urn:ietf:params:scim:schemas:core:2.0:Group';
const U = 'urn:ietf:params:scim:schemas:core:2.0:User';
const E = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const LIST = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';
const CORE = 'urn:ietf:params:scim:schemas:core:2.0';

interface AttributeDocument {
  readonly [name: string]: unknown;
  readonly name: string;
  readonly type: string;
  readonly subAttributes?: readonly AttributeDocument[];
}

describe.each(['express', 'fastify'] as const)('discovery on %s', (adapter) => {
  let host: ModuleHost;
  let client: ScimClient;

  beforeAll(async () => {
    host = await startModuleHost({ adapter, options: { limits: { pageMax: 50 } } });
    client = await host.client();
  });

  afterAll(() => host.stop());

  it('announces what there is and nothing else', async () => {
    const { status, body } = await client.get('/ServiceProviderConfig');
    expect(status).toBe(200);
    expect(body).toEqual({
      schemas: [`${CORE}:ServiceProviderConfig`],
      patch: { supported: true },
      bulk: { supported: true, maxOperations: 1000, maxPayloadSize: 16 * 1024 * 1024 },
      filter: { supported: true, maxResults: 50 },
      changePassword: { supported: false },
      sort: { supported: true },
      etag: { supported: true },
      pagination: {
        cursor: true,
        index: true,
        defaultPaginationMethod: 'index',
        defaultPageSize: 50,
        maxPageSize: 50,
        cursorTimeout: 3600,
      },
      authenticationSchemes: [
        expect.objectContaining({
          type: 'oauthbearertoken',
          name: expect.any(String),
          description: expect.any(String),
          primary: true,
        }),
      ],
      meta: { resourceType: 'ServiceProviderConfig', location: `${BASE}/ServiceProviderConfig` },
    });
  });

  it('keeps to what it announces', async () => {
    for (let number = 0; number < 51; number += 1) await client.createUser({ userName: `person-${number}` });
    expect((await client.get('/Users?count=1000')).body).toMatchObject({ totalResults: 51, itemsPerPage: 50 });
    expect((await client.get('/Users?sortBy=userName&count=1')).body.Resources[0].userName).toBe('person-0');
    expect((await client.get('/Users')).body).toMatchObject({ startIndex: 1, itemsPerPage: 50 });
    expect((await client.get('/Users?cursor')).body).toMatchObject({
      itemsPerPage: 50,
      nextCursor: expect.any(String),
    });
    expect((await client.get(`/Users/nobody`, { 'if-none-match': '*' })).status).toBe(404);
    const operations = Array.from({ length: 1000 }, () => ({ method: 'DELETE', path: '/Users/nobody' }));
    expect((await client.post('/Bulk', { Operations: operations })).status).toBe(200);
    expectScimError(await client.post('/Bulk', { Operations: [...operations, ...operations] }), 413);
  });

  it('lists the resource types that can be used', async () => {
    const { status, body } = await client.get('/ResourceTypes');
    const user = {
      schemas: [`${CORE}:ResourceType`],
      id: 'User',
      name: 'User',
      endpoint: '/Users',
      description: 'User Account',
      schema: U,
      schemaExtensions: [{ schema: E, required: false }],
      meta: { resourceType: 'ResourceType', location: `${BASE}/ResourceTypes/User` },
    };
    const group = {
      schemas: [`${CORE}:ResourceType`],
      id: 'Group',
      name: 'Group',
      endpoint: '/Groups',
      description: 'Group',
      schema: G,
      schemaExtensions: [],
      meta: { resourceType: 'ResourceType', location: `${BASE}/ResourceTypes/Group` },
    };
    expect(status).toBe(200);
    expect(body).toEqual({
      schemas: [LIST],
      totalResults: 2,
      startIndex: 1,
      itemsPerPage: 2,
      Resources: [user, group],
    });
    expect((await client.get('/ResourceTypes/User')).body).toEqual(user);
    expect((await client.get('/ResourceTypes/Group')).body).toEqual(group);
  });

  it('lists the schemas, each of which stands alone too', async () => {
    const { body } = await client.get('/Schemas');
    const ids = body.Resources.map(({ id }: { id: string }) => id);
    expect(body).toMatchObject({ schemas: [LIST], totalResults: 6, startIndex: 1, itemsPerPage: 6 });
    expect(ids).toEqual([U, E, G, `${CORE}:Schema`, `${CORE}:ResourceType`, `${CORE}:ServiceProviderConfig`]);
    for (const schema of body.Resources) {
      expect((await client.get(`/Schemas/${schema.id}`)).body).toEqual(schema);
      expect((await client.get(`/schemas/${encodeURIComponent(schema.id.toUpperCase())}`)).body).toEqual(schema);
      expect(schema).toMatchObject({
        schemas: [`${CORE}:Schema`],
        name: expect.any(String),
        description: expect.any(String),
        meta: { resourceType: 'Schema', location: `${BASE}/Schemas/${schema.id}` },
      });
    }
  });

  it('describes every attribute completely and without nulls', async () => {
    const { text, body } = await client.get('/Schemas');
    expect(text).not.toContain('null');
    const check = (attribute: AttributeDocument, parent?: AttributeDocument): void => {
      expect(Object.keys(attribute)).toEqual(
        expect.arrayContaining([
          'name',
          'type',
          'multiValued',
          'required',
          'caseExact',
          'mutability',
          'returned',
          'uniqueness',
        ]),
      );
      expect(attribute.type).toMatch(/^(string|boolean|decimal|integer|dateTime|reference|binary|complex)$/);
      expect('subAttributes' in attribute).toBe(attribute.type === 'complex');
      if (parent) expect(attribute.type).not.toBe('complex');
      for (const sub of attribute.subAttributes ?? []) check(sub, attribute);
    };
    // The schema of Schema itself nests deeper, as RFC 7643 §8.7.2 has it.
    const [user, enterprise] = body.Resources;
    for (const attribute of [...user.attributes, ...enterprise.attributes]) check(attribute);
  });

  it('declares what users are made to keep to', async () => {
    const { attributes } = (await client.get(`/Schemas/${U}`)).body;
    const named = (name: string): unknown => attributes.find((attribute: AttributeDocument) => attribute.name === name);
    expect(named('userName')).toMatchObject({ required: true, caseExact: false, uniqueness: 'server' });
    expect(named('password')).toMatchObject({ mutability: 'writeOnly', returned: 'never' });
    expect(named('groups')).toMatchObject({ mutability: 'readOnly' });
    const { attributes: more } = (await client.get(`/Schemas/${E}`)).body;
    const manager = more.find(({ name }: AttributeDocument) => name === 'manager');
    expect(manager.subAttributes[0]).toMatchObject({ name: 'value', caseExact: true });
  });

  it.each([
    '/ResourceTypes/Nope',
    '/ResourceTypes/user',
    '/Schemas/urn:nope',
    '/Schemas/User',
    '/ServiceProviderConfig/x',
  ])('knows no %s', async (path) => expectScimError(await client.get(path), 404));

  it.each(['/Schemas', '/ResourceTypes', '/ServiceProviderConfig', `/Schemas/${U}`, '/ResourceTypes/User'])(
    'refuses to filter %s',
    async (path) => expectScimError(await client.get(`${path}?filter=id+pr`), 403),
  );

  it('pays no heed to paging and sorting', async () => {
    const { body } = await client.get('/Schemas');
    for (const query of ['count=1', 'count=0', 'startIndex=3', 'sortBy=id', 'cursor=x', 'count=abc']) {
      expect((await client.get(`/Schemas?${query}`)).body).toEqual(body);
    }
  });
});
