import { randomUUID } from 'node:crypto';
import { Module } from '@nestjs/common';
import { Validator } from '@seriousme/openapi-schema-validator';
import { type JsonObject, ScimOpenApi } from '../../../src/scim/index.js';
import { boolean, complex, dateTime, plural, simple } from '../../../src/scim/protocol/schemas/attribute.js';
import type { Schema } from '../../../src/scim/protocol/schemas/schema.js';
import { lookUp, schemaFaults } from '../../support/json-schema.js';
import { EverybodyGuard, type ModuleHost, startModuleHost } from '../../support/module-host.js';
import { type ScimAnswer, ScimClient } from '../../support/scim-client.js';

const U = 'urn:ietf:params:scim:schemas:core:2.0:User';
const G = 'urn:ietf:params:scim:schemas:core:2.0:Group';
const E = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const BADGE = 'urn:example:params:scim:schemas:extension:badge:2.0:User';
const ROOM = 'urn:example:params:scim:schemas:core:2.0:Room';

const badgeSchema: Schema = {
  id: BADGE,
  name: 'Badge',
  description: 'A badge.',
  attributes: [
    simple({ name: 'number', description: 'On the card.', required: true, type: 'integer' }),
    simple({ name: 'pin', description: 'For the doors.', mutability: 'writeOnly', returned: 'never' }),
  ],
};

const roomSchema: Schema = {
  id: ROOM,
  name: 'Room',
  description: 'A room.',
  attributes: [
    simple({ name: 'label', description: 'On the door.', required: true }),
    simple({ name: 'area', description: 'Square metres.', type: 'decimal' }),
    boolean({ name: 'locked', description: 'Whether it is.' }),
    dateTime({ name: 'opened', description: 'When.' }),
    complex({
      name: 'place',
      description: 'Where.',
      subAttributes: [simple({ name: 'floor', description: 'Which.' })],
    }),
    plural({
      name: 'doors',
      description: 'Ways in.',
      thing: 'door',
      value: simple({ name: 'value', description: 'Name of the door.' }),
    }),
  ],
};

@Module({ providers: [EverybodyGuard], exports: [EverybodyGuard] })
class GuardsModule {}

const ADMIN = 'api/organizations/:slug/scim';

let me: string | undefined;

const extras = {
  imports: [GuardsModule],
  admin: {
    path: ADMIN,
    guards: [EverybodyGuard],
    organizationOf: (request: unknown) => (request as { params: { slug: string } }).params.slug,
  },
  leakReports: { path: 'scim-leaks' },
  me: () => me,
  extensions: [{ resourceType: 'User', schema: badgeSchema }],
  resourceTypes: [
    { type: { name: 'Room', endpoint: '/Rooms', description: 'Room', schema: roomSchema, extensions: [] } },
  ],
};

interface Document extends JsonObject {
  readonly paths: Record<string, Record<string, JsonObject & { responses: Record<string, JsonObject> }>>;
  readonly components: JsonObject & { readonly schemas: Record<string, JsonObject> };
}

const about = {
  title: 'Acme',
  version: '7.1',
  adminSecurity: { session: { type: 'apiKey', in: 'cookie', name: 'session' } },
};

describe('the OpenAPI document', () => {
  let host: ModuleHost;
  let client: ScimClient;
  let document: Document;

  beforeAll(async () => {
    host = await startModuleHost({ extras, configure: (app) => void app.setGlobalPrefix('v1') });
    client = await host.client('acme');
    document = host.app.get(ScimOpenApi, { strict: false }).document(about) as Document;
  });

  afterAll(() => host.stop());

  beforeEach(() => {
    me = undefined;
  });

  const operations = () =>
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
    );

  it('is valid OpenAPI 3.1', async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(document) as Record<string, unknown>);
    expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
    expect(document).toMatchObject({
      openapi: '3.1.0',
      info: { title: 'Acme', version: '7.1' },
      servers: [{ url: 'https://app.example.com' }],
    });
  });

  it('has every route that the router has, and no other', () => {
    interface Layer {
      readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> };
    }
    const { stack } = host.app.getHttpAdapter().getInstance().router as { stack: readonly Layer[] };
    // Of the routes for every method, one is the root, which answers GET, and the others say what there is not.
    const single = stack.flatMap(({ route }) => (route && Object.keys(route.methods).length === 1 ? [route] : []));
    const mounted = single.map(({ path, methods }) => `${Object.keys(methods)[0]} ${path.replace(/:(\w+)/g, '{$1}')}`);
    expect(
      operations()
        .map(({ method, path }) => `${method} ${path}`)
        .sort(),
    ).toEqual([...mounted, 'get /v1/scim/v2'].sort());
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining([
        '/v1/scim/v2/Users/{id}',
        '/v1/scim/v2/Rooms/.search',
        '/v1/scim/v2/Bulk',
        '/v1/scim/v2/Me',
        '/v1/api/organizations/{slug}/scim/tokens',
        '/v1/scim-leaks',
      ]),
    );
  });

  it('says of every operation what it is for, and what it answers', () => {
    const ids = operations().map(({ operation }) => operation['operationId']);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { path, method, operation } of operations()) {
      expect({ path, method, summary: operation['summary'] }).toMatchObject({ summary: expect.stringMatching(/ /) });
      expect({ path, method, statuses: Object.keys(operation.responses) }).toMatchObject({
        statuses: expect.arrayContaining([expect.stringMatching(/^20\d$/), 'default']),
      });
    }
  });

  it('has something behind every reference', () => {
    for (const [, reference] of JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g))
      lookUp(reference ?? '', document);
  });

  it.each([
    ['get', '/v1/scim/v2/Users', [{ scimToken: ['users:read'] }]],
    ['post', '/v1/scim/v2/Groups', [{ scimToken: ['groups:write'] }]],
    ['patch', '/v1/scim/v2/Rooms/{id}', [{ scimToken: ['resources:write'] }]],
    ['get', '/v1/scim/v2/Me', [{ scimToken: ['users:read'] }]],
    ['post', '/v1/scim/v2/Bulk', [{ scimToken: [] }]],
    ['get', '/v1/scim/v2/Schemas', [{}, { scimToken: [] }]],
    ['get', '/v1/api/organizations/{slug}/scim/tokens', [{ session: [] }]],
    ['post', '/v1/scim-leaks', []],
  ])('says who may %s %s', (method, path, security) => {
    expect(document.paths[path]?.[method]?.['security']).toEqual(security);
  });

  it.each([
    ['get', '/v1/scim/v2/Users', ['filter', 'sortBy', 'startIndex', 'count', 'cursor', 'attributes']],
    ['get', '/v1/scim/v2/Users/{id}', ['attributes', 'If-None-Match']],
    ['put', '/v1/scim/v2/Users/{id}', ['If-Match', 'excludedAttributes']],
    ['delete', '/v1/scim/v2/Users/{id}', ['If-Match']],
    ['get', '/v1/api/organizations/{slug}/scim/identities', ['slug', 'state', 'q', 'cursor', 'limit']],
  ])('names the parameters of %s %s', (method, path, names) => {
    const parameters = (document.paths[path]?.[method]?.['parameters'] ?? []) as readonly JsonObject[];
    const named = parameters.map((each) =>
      each['$ref'] ? lookUp(String(each['$ref']), document)['name'] : each['name'],
    );
    expect(named).toEqual(expect.arrayContaining(names));
  });

  it("knows the host's own attributes: what may be written, and what is shown", () => {
    const { User: shown, 'User.New': written } = document.components.schemas;
    expect(shown).toMatchObject({ properties: { [BADGE]: { properties: { number: { type: 'integer' } } } } });
    expect(JSON.stringify(shown)).not.toMatch(/"pin"|"password"/);
    expect(written).toMatchObject({
      required: ['schemas', 'userName'],
      properties: {
        [BADGE]: { required: ['number'], properties: { pin: { writeOnly: true } } },
        password: { writeOnly: true },
      },
    });
    expect(JSON.stringify(written)).not.toMatch(/"groups"|"id"|"meta"/);
  });

  it('knows the rules of the admin API from its DTOs', () => {
    const requestBody = document.paths['/v1/api/organizations/{slug}/scim/tokens']?.['post']?.['requestBody'];
    expect(requestBody).toMatchObject({
      content: {
        'application/json': {
          schema: {
            type: 'object',
            properties: {
              label: { type: 'string', maxLength: 100 },
              expiresInDays: { anyOf: [{ minimum: 1, maximum: 730 }, { enum: ['never'] }] },
              scopes: { type: 'array', minItems: 1, uniqueItems: true, items: { enum: expect.any(Array) } },
            },
          },
        },
      },
    });
    expect(requestBody).not.toHaveProperty('content.application/json.schema.required');
  });

  describe('describes real answers', () => {
    /** The answer, after it was held against the document: status, media type, headers, body. */
    async function checked(method: string, path: string, answer: ScimAnswer): Promise<ScimAnswer> {
      const responses = document.paths[path]?.[method.toLowerCase()]?.responses ?? {};
      const found = responses[String(answer.status)] ?? responses['default'] ?? {};
      const response = found['$ref'] ? (lookUp(String(found['$ref']), document) as JsonObject) : found;
      const type = answer.headers['content-type']?.split(';')[0];
      const content = (response['content'] ?? {}) as Record<string, { schema: JsonObject }>;
      const described = type === undefined ? undefined : content[type];
      expect({
        method,
        path,
        status: answer.status,
        type,
        isDescribed: described !== undefined || answer.text === '',
      }).toEqual(expect.objectContaining({ isDescribed: true }));
      if (described) expect(schemaFaults(described.schema, answer.body, document)).toEqual([]);
      else expect(content).toEqual({});
      for (const name of Object.keys((response['headers'] ?? {}) as JsonObject)) {
        expect(answer.headers).toHaveProperty(name.toLowerCase());
      }
      return answer;
    }

    const scim = async (method: string, template: string, url: string, body?: unknown): Promise<ScimAnswer> =>
      checked(method, `/v1/scim/v2${template}`, await client.send(method, url, body));

    const patchOp = (operation: unknown) => ({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [operation],
    });

    it('of users', async () => {
      const boss = await scim('POST', '/Users', '/Users', { schemas: [U], userName: 'boss', displayName: 'Boss' });
      const user = {
        schemas: [U, E, BADGE],
        userName: 'ada',
        externalId: '7',
        name: { givenName: 'Ada' },
        emails: [{ value: 'ada@acme.io', type: 'work', primary: true }],
        addresses: [{ country: 'UK' }],
        roles: ['admin'],
        [E]: { department: 'R', manager: { value: boss.body.id } },
        [BADGE]: { number: 7, pin: '0000' },
      };
      const { body } = await scim('POST', '/Users', '/Users', user);
      await client.post('/Groups', { schemas: [G], displayName: 'Eng', members: [{ value: body.id }] });
      const url = `/Users/${body.id}`;
      const read = await scim('GET', '/Users/{id}', url);
      expect(read.body).toMatchObject({ groups: [{ display: 'Eng' }], [BADGE]: { number: 7 } });
      await scim('GET', '/Users/{id}', `${url}?attributes=title`);
      await scim('PUT', '/Users/{id}', url, user);
      await scim('PATCH', '/Users/{id}', url, patchOp({ op: 'replace', path: 'title', value: 'CTO' }));
      await scim('GET', '/Users', '/Users?filter=userName+pr&count=1');
      await scim('GET', '/Users', '/Users?cursor=&count=1');
      await scim('POST', '/Users/.search', '/Users/.search', { count: 1 });
      await scim('POST', '/Users', '/Users', user);
      await scim('POST', '/Users', '/Users', {});
      await scim('GET', '/Users', '/Users?filter=nonsense');
      me = body.id;
      await scim('GET', '/Me', '/Me');
      me = undefined;
      expect(await scim('GET', '/Me', '/Me')).toMatchObject({ status: 501 });
      expect(await scim('DELETE', '/Users/{id}', url)).toMatchObject({ status: 204 });
      expect(await scim('GET', '/Users/{id}', url)).toMatchObject({ status: 404 });
    });

    it('of groups, of own resource types and of all together', async () => {
      const ada = await client.createUser({ schemas: [U], userName: 'ada2' });
      const group = { schemas: [G], displayName: 'Ops', externalId: '1', members: [{ value: ada.id }] };
      const { body } = await scim('POST', '/Groups', '/Groups', group);
      await scim('GET', '/Groups/{id}', `/Groups/${body.id}`);
      const rename = patchOp({ op: 'replace', path: 'displayName', value: 'Ops 2' });
      expect(await scim('PATCH', '/Groups/{id}', `/Groups/${body.id}`, rename)).toMatchObject({ status: 204 });
      const room = {
        schemas: [ROOM],
        label: 'Attic',
        area: 12.5,
        locked: true,
        opened: '2026-01-01T00:00:00Z',
        place: { floor: '3' },
        doors: [{ value: 'front', primary: true }],
      };
      const made = await scim('POST', '/Rooms', '/Rooms', room);
      expect(made.status).toBe(201);
      await scim('GET', '/Rooms/{id}', `/Rooms/${made.body.id}`);
      await scim('GET', '/Rooms', '/Rooms');
      const all = await scim('GET', '', '');
      expect(all.body.totalResults).toBeGreaterThan(2);
      await scim('POST', '/.search', '/.search', { filter: 'meta.resourceType eq "Room"' });
    });

    it('of bulk requests', async () => {
      const answer = await scim('POST', '/Bulk', '/Bulk', {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
        Operations: [
          { method: 'POST', path: '/Users', bulkId: 'one', data: { schemas: [U], userName: 'bulk' } },
          { method: 'DELETE', path: '/Users/unknown' },
        ],
      });
      expect(answer.body.Operations).toHaveLength(2);
      await scim('POST', '/Bulk', '/Bulk', {});
    });

    it.each([
      ['/ServiceProviderConfig', '/ServiceProviderConfig'],
      ['/ResourceTypes', '/ResourceTypes'],
      ['/ResourceTypes/{name}', '/ResourceTypes/User'],
      ['/ResourceTypes/{name}', '/ResourceTypes/Nobody'],
      ['/Schemas', '/Schemas'],
      ['/Schemas/{urn}', `/Schemas/${BADGE}`],
    ])('of discovery: %s', async (template, url) => {
      await scim('GET', template, url);
    });

    it('of tokens that are no good', async () => {
      const stranger = new ScimClient(host.url, 'scim_bad', 'acme', '/v1/scim/v2');
      expect(await checked('GET', '/v1/scim/v2/Users', await stranger.get('/Users'))).toMatchObject({ status: 401 });
    });

    it('of the admin API', async () => {
      const page = new ScimClient(host.url, '', 'acme', '/v1/api/organizations/acme/scim');
      const headers = { authorization: '', 'content-type': 'application/json' };
      const send = async (method: string, template: string, url: string, body?: unknown): Promise<ScimAnswer> => {
        const answer = await page.send(method, url, body, body === undefined ? { authorization: '' } : headers);
        return checked(method, `/v1/api/organizations/{slug}/scim${template}`, answer);
      };
      await client.createUser({ schemas: [U], userName: 'shown' });
      await send('GET', '', '');
      const { body } = await send('POST', '/tokens', '/tokens', { label: 'Entra', expiresInDays: 30 });
      expect(await send('POST', '/tokens', '/tokens', { expiresInDays: 0 })).toMatchObject({ status: 400 });
      const rotated = await send('POST', '/tokens/{id}/rotate', `/tokens/${body.id}/rotate`, { overlapHours: 24 });
      expect(rotated.body.replaces).toBe(body.id);
      await send('GET', '/tokens', '/tokens');
      await send('POST', '/tokens/{id}/rotation/complete', `/tokens/${body.id}/rotation/complete`, {});
      expect(await send('DELETE', '/tokens/{id}', `/tokens/${rotated.body.id}`)).toMatchObject({ status: 204 });
      await send('GET', '/identities', '/identities?limit=1');
      await send('GET', '/identities', '/identities?limit=none');
      await send('GET', '/guides', '/guides');
      await send('GET', '/guides/{id}', '/guides/entra');
      expect(await send('GET', '/guides/{id}', '/guides/unknown')).toMatchObject({ status: 404 });
      await send('GET', '/checklist', '/checklist');
      await send('GET', '/link-check', '/link-check');
      await send('GET', '/dead-letters', '/dead-letters?limit=1');
      await send('POST', '/dead-letters/replay', '/dead-letters/replay', { all: true });
      const unknown = { eventId: randomUUID(), consumer: 'unknown' };
      expect(await send('POST', '/dead-letters/skip', '/dead-letters/skip', unknown)).toMatchObject({ status: 404 });
      const { body: feed } = await send('GET', '/events', '/events?limit=1');
      await send('GET', '/events', `/events?after=${feed.next}&types=scim.user.deprovisioned`);
      await send('POST', '/pause', '/pause', {});
      await send('POST', '/resume', '/resume', {});
      const { body: log } = await send('GET', '/log', '/log?limit=1');
      await send('GET', '/log/{id}', `/log/${log.requests[0].id}`);
      await send('POST', '/log/{id}/reveal', `/log/${log.requests[0].id}/reveal`, {});
      expect(await send('GET', '/log/{id}', '/log/unknown')).toMatchObject({ status: 404 });
    });

    it('of leak reports', async () => {
      const scanner = new ScimClient(host.url, '', 'acme', '/v1/scim-leaks');
      const headers = { authorization: '', 'content-type': 'application/json' };
      for (const body of [{ tokens: ['x'] }, {}]) {
        await checked('POST', '/v1/scim-leaks', await scanner.send('POST', '', body, headers));
      }
    });
  });
});

describe('the OpenAPI document of a host without an admin API', () => {
  it('has the SCIM endpoints alone', async () => {
    const host = await startModuleHost();
    try {
      const { paths } = host.app.get(ScimOpenApi, { strict: false }).document() as Document;
      expect(Object.keys(paths).filter((path) => !path.startsWith('/scim/v2'))).toEqual([]);
    } finally {
      await host.stop();
    }
  });
});
