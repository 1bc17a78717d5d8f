import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import type { ScimAnswer, ScimClient } from '../../support/scim-client.js';
import { expectScimError } from '../../support/scim-errors.js';

const U = 'urn:ietf:params:scim:schemas:core:2.0:User';
const G = 'urn:ietf:params:scim:schemas:core:2.0:Group';
const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

/** The rows of Appendix A with a strict side, each sent to two module instances of one process: what one takes, the other refuses. */
describe('the strict profile', () => {
  let hosts: { lenient: ModuleHost; strict: ModuleHost };
  let lenient: ScimClient;
  let strict: ScimClient;

  beforeAll(async () => {
    const [first, second] = await Promise.all([startModuleHost(), startModuleHost({ options: { strict: true } })]);
    hosts = { lenient: first, strict: second };
  });

  afterAll(() => Promise.all([hosts.lenient.stop(), hosts.strict.stop()]));

  beforeEach(async () => {
    [lenient, strict] = await Promise.all([hosts.lenient.client(), hosts.strict.client()]);
  });

  /** The same user of each organization, then one request about it. */
  const onUser = async (client: ScimClient, send: (path: string) => Promise<ScimAnswer>): Promise<ScimAnswer> => {
    const emails = [{ value: 'ada@acme.io', type: 'home' }];
    const { id } = await client.createUser({ schemas: [U], userName: 'ada', emails });
    return send(`/Users/${id}`);
  };

  const patched = (client: ScimClient, operation: unknown) => onUser(client, (path) => client.patch(path, [operation]));

  describe('replace of a value that a filter describes and nobody has (C1)', () => {
    const operation = { op: 'replace', path: 'emails[type eq "work"].value', value: 'work@acme.io' };

    it('makes the value by default', async () => {
      const { body } = await patched(lenient, operation);
      expect(body.emails).toContainEqual({ type: 'work', value: 'work@acme.io' });
    });

    it.each([
      operation,
      { op: 'replace', path: 'emails[type eq "work"]', value: { value: 'work@acme.io' } },
      { op: 'replace', path: 'emails[type eq "work"].value', value: null },
      { op: 'replace', path: 'addresses[type eq "work" and primary eq true].locality', value: 'London' },
      { op: 'replace', value: { 'emails[type eq "work"].value': 'work@acme.io' } },
    ])('is noTarget when strict: %j', async (each) => {
      expectScimError(await patched(strict, each), 400, 'noTarget');
    });

    it('changes the values that match in both', async () => {
      const replace = { op: 'replace', path: 'emails[type eq "home"].value', value: 'new@acme.io' };
      for (const client of [lenient, strict]) {
        const { body } = await patched(client, replace);
        expect(body.emails).toEqual([{ type: 'home', value: 'new@acme.io' }]);
      }
    });

    it('leaves "add" as it is in both: what does not exist is added (RFC 7644 §3.5.2.1)', async () => {
      for (const client of [lenient, strict]) {
        const { status, body } = await patched(client, { ...operation, op: 'add' });
        expect({ status, count: body.emails.length }).toEqual({ status: 200, count: 2 });
      }
    });
  });

  describe('remove with a list of what goes (C2)', () => {
    const team = async (client: ScimClient) => {
      const members = await Promise.all(
        ['ada', 'bob'].map((userName) => client.createUser({ schemas: [U], userName })),
      );
      const [ada, bob] = members.map(({ id }) => ({ value: id as string }));
      const { body } = await client.post('/Groups', { schemas: [G], displayName: 'Eng', members: [ada, bob] });
      return { path: `/Groups/${body.id}`, ada, bob };
    };

    const valuesOf = async (client: ScimClient, path: string): Promise<string[]> =>
      ((await client.get(path)).body.members ?? []).map(({ value }: { value: string }) => value);

    it('takes those away and no others by default', async () => {
      const { path, ada, bob } = await team(lenient);
      await lenient.patch(path, [{ op: 'remove', path: 'members', value: [ada] }]);
      expect(await valuesOf(lenient, path)).toEqual([bob?.value]);
    });

    it('is invalidValue when strict, and nobody is removed', async () => {
      const { path, ada, bob } = await team(strict);
      for (const value of [[ada], ada, ada?.value, []]) {
        expectScimError(await strict.patch(path, [{ op: 'remove', path: 'members', value }]), 400, 'invalidValue');
      }
      expect(await valuesOf(strict, path)).toEqual([ada?.value, bob?.value]);
    });

    it('is invalidValue for every multi-valued attribute when strict', async () => {
      const operation = { op: 'remove', path: 'emails', value: [{ value: 'ada@acme.io' }] };
      expect((await patched(lenient, operation)).body.emails).toBeUndefined();
      expectScimError(await patched(strict, operation), 400, 'invalidValue');
    });

    it('leaves a filter in the path, and a remove of all, as they are in both', async () => {
      for (const client of [lenient, strict]) {
        const { path, ada, bob } = await team(client);
        await client.patch(path, [{ op: 'remove', path: `members[value eq "${ada?.value}"]` }]);
        expect(await valuesOf(client, path)).toEqual([bob?.value]);
        await client.patch(path, [{ op: 'remove', path: 'members', value: null }]);
        expect(await valuesOf(client, path)).toEqual([]);
      }
    });
  });

  describe('booleans as text (C4)', () => {
    const requests: readonly [string, (client: ScimClient) => Promise<ScimAnswer>][] = [
      ['a POST', (client) => client.post('/Users', { schemas: [U], userName: 'bob', active: 'False' })],
      [
        'a PUT',
        (client) => onUser(client, (path) => client.put(path, { schemas: [U], userName: 'ada', active: 'false' })),
      ],
      ['a PATCH', (client) => patched(client, { op: 'replace', path: 'active', value: 'False' })],
      ['a PATCH without path', (client) => patched(client, { op: 'replace', value: { active: 'false' } })],
      ['a list of one', (client) => patched(client, { op: 'replace', path: 'active', value: ['False'] })],
      [
        'a part of a value',
        (client) => patched(client, { op: 'add', path: 'emails', value: [{ value: 'b@acme.io', primary: 'True' }] }),
      ],
      [
        'a part of a value with a filter',
        (client) => patched(client, { op: 'add', path: 'emails[type eq "home"].primary', value: 'true' }),
      ],
    ];

    it.each(requests)('are taken in %s by default', async (_what, send) => {
      const { status, text } = await send(lenient);
      expect([200, 201]).toContain(status);
      expect(text).not.toMatch(/"(true|false)"/i);
    });

    it.each(requests)('are invalidValue in %s when strict', async (_what, send) => {
      expectScimError(await send(strict), 400, 'invalidValue');
    });

    it('are no matter for real booleans', async () => {
      const { body } = await patched(strict, { op: 'replace', path: 'active', value: false });
      expect(body.active).toBe(false);
    });
  });

  describe('bodies that do not say what they are (P-085, P-130)', () => {
    it.each([[{}], [{ schemas: [] }], [{ schemas: null }], [{ schemas: ['urn:scim:schemas:core:2.0'] }]])(
      'are taken by default, and invalidSyntax in POST and PUT when strict: %j',
      async (schemas) => {
        const user = { ...schemas, userName: 'bob' };
        expect((await lenient.post('/Users', user)).status).toBe(201);
        expectScimError(await strict.post('/Users', user), 400, 'invalidSyntax');
        expect((await onUser(lenient, (path) => lenient.put(path, { ...user, userName: 'ada' }))).status).toBe(200);
        expectScimError(await onUser(strict, (path) => strict.put(path, user)), 400, 'invalidSyntax');
      },
    );

    it.each([[{}], [{ schemas: [] }], [{ schemas: [U] }]])(
      'are taken by default, and invalidSyntax in PATCH when strict: %j',
      async (schemas) => {
        const body = { ...schemas, Operations: [{ op: 'replace', path: 'title', value: 'CTO' }] };
        expect((await onUser(lenient, (path) => lenient.send('PATCH', path, body))).status).toBe(200);
        expectScimError(await onUser(strict, (path) => strict.send('PATCH', path, body)), 400, 'invalidSyntax');
      },
    );

    it('may name it in any case, beside schemas that nobody knows', async () => {
      const foreign = 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group';
      const created = await strict.post('/Groups', { schemas: [G.toUpperCase(), foreign], displayName: 'Eng' });
      expect(created.status).toBe(201);
      const body = { SCHEMAS: [PATCH_OP.toUpperCase()], Operations: [{ op: 'replace', path: 'title', value: 'CTO' }] };
      expect((await onUser(strict, (path) => strict.send('PATCH', path, body))).status).toBe(200);
    });
  });

  it('answers with registered schemas only, like the default (C10)', async () => {
    for (const client of [lenient, strict]) {
      const { body } = await client.post('/Groups', { schemas: [G, 'urn:unknown'], displayName: 'Eng' });
      expect(body.schemas).toEqual([G]);
    }
  });

  it('ignores another id in a PUT, as the RFC says (P-110)', async () => {
    const send = (path: string) => strict.put(path, { schemas: [U], userName: 'ada', id: 'another' });
    expect((await onUser(strict, send)).status).toBe(200);
  });
});
