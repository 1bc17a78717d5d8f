import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import type { ScimAnswer } from '../../support/scim-client.js';
import { TestOrganization } from '../../support/test-organization.js';

const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User';
const USER = { schemas: [CORE], userName: 'ada', externalId: 'E-1' };

let host: ModuleHost;

beforeAll(async () => {
  host = await startModuleHost({ options: { deliverEvents: false } });
});

afterAll(() => host.stop());

type Send = (acme: TestOrganization, id: string) => Promise<ScimAnswer>;

const patch =
  (...operations: readonly unknown[]): Send =>
  (acme, id) =>
    acme.idp.patch(`/Users/${id}`, operations);

const put =
  (user: object): Send =>
  (acme, id) =>
    acme.idp.put(`/Users/${id}`, { ...USER, ...user });

/** How "inactive" was seen or could be written: each has to end suspended or refused, never answered 2xx and ignored. */
const forms: readonly (readonly [string, Send])[] = [
  ['PATCH replace with a path', patch({ op: 'replace', path: 'active', value: false })],
  ['PATCH Replace, capitalized (Entra)', patch({ op: 'Replace', path: 'active', value: false })],
  ['PATCH with "False" (Entra)', patch({ op: 'Replace', path: 'active', value: 'False' })],
  ['PATCH with "false"', patch({ op: 'replace', path: 'active', value: 'false' })],
  ['PATCH with "FALSE"', patch({ op: 'replace', path: 'active', value: 'FALSE' })],
  ['PATCH with 0', patch({ op: 'replace', path: 'active', value: 0 })],
  ['PATCH with "0"', patch({ op: 'replace', path: 'active', value: '0' })],
  ['PATCH with "no"', patch({ op: 'replace', path: 'active', value: 'no' })],
  ['PATCH with null', patch({ op: 'replace', path: 'active', value: null })],
  ['PATCH with an empty text', patch({ op: 'replace', path: 'active', value: '' })],
  ['PATCH with a list', patch({ op: 'replace', path: 'active', value: [false] })],
  ['PATCH with an object (Okta, misread)', patch({ op: 'replace', path: 'active', value: { active: false } })],
  ['PATCH with [{value}]', patch({ op: 'replace', path: 'active', value: [{ value: false }] })],
  ['PATCH without a value', patch({ op: 'replace', path: 'active' })],
  ['PATCH add with a path', patch({ op: 'add', path: 'active', value: false })],
  ['PATCH remove with a path', patch({ op: 'remove', path: 'active' })],
  ['PATCH of the key Active', patch({ op: 'replace', path: 'Active', value: false })],
  ["PATCH with the attribute's URN", patch({ op: 'replace', path: `${CORE}:active`, value: false })],
  ['PATCH without a path (Okta)', patch({ op: 'replace', value: { active: false } })],
  ['PATCH without a path and with "False"', patch({ op: 'Replace', value: { active: 'False' } })],
  ['PATCH without a path, of the key ACTIVE', patch({ op: 'replace', value: { ACTIVE: false } })],
  ['PATCH without a path, of the URN as key', patch({ op: 'replace', value: { [`${CORE}:active`]: false } })],
  ["PATCH without a path, of the schema's object", patch({ op: 'replace', value: { [CORE]: { active: false } } })],
  ['PATCH add without a path', patch({ op: 'add', value: { active: false } })],
  ['PATCH with another change', patch({ op: 'replace', value: { title: 'Dr', active: false } })],
  [
    'PATCH as the last of several',
    patch({ op: 'add', path: 'title', value: 'Dr' }, { op: 'replace', path: 'active', value: false }),
  ],
  ['PUT with false', put({ active: false })],
  ['PUT with "False"', put({ active: 'False' })],
  ['PUT with 0', put({ active: 0 })],
  ['PUT with null', put({ active: null })],
  ['PUT with the key Active', put({ Active: false })],
];

describe('"inactive", in whatever form,', () => {
  it.each(forms)('suspends or is refused: %s', async (_form, send) => {
    const acme = await TestOrganization.of(host);
    const { id } = await acme.idp.createUser(USER);
    const account = await acme.accountOf('E-1');
    const answer = await send(acme, id);
    const { state, active } = await acme.identity(id);
    const types = await acme.eventTypes(id);
    if (answer.status === 400) {
      expect(answer.body).toMatchObject({ status: '400', scimType: expect.any(String) });
      expect({ state, active }).toEqual({ state: 'active', active: true });
      expect(types).toEqual(['provisioned', 'linked']);
      return;
    }
    expect(answer.status).toBe(200);
    expect(answer.body.active).toBe(false);
    expect({ state, active }).toEqual({ state: 'suspended', active: false });
    expect(types.filter((type) => type !== 'updated')).toEqual(['provisioned', 'linked', 'deactivated']);
    expect(await acme.access(account)).toMatchObject({ type: 'denied', reason: 'suspended' });
    expect((await acme.idp.filterUsers('active eq false')).body.totalResults).toBe(1);
  });

  it.each([
    ['a boolean with a path', forms[0]],
    ['Entra\'s "False"', forms[2]],
    ["Okta's form", forms[18]],
    ['PUT', forms[26]],
  ])('is understood and not only refused: %s', async (_what, form) => {
    const acme = await TestOrganization.of(host);
    const { id } = await acme.idp.createUser(USER);
    expect(await form?.[1](acme, id)).toMatchObject({ status: 200, body: { active: false } });
  });
});

describe('the states of a user', () => {
  const activate = patch({ op: 'replace', path: 'active', value: true });
  const deactivate = patch({ op: 'replace', path: 'active', value: false });

  it('goes provisioned, suspended, provisioned and removed without a login', async () => {
    const acme = await TestOrganization.of(host);
    const { id } = await acme.idp.createUser(USER);
    expect((await acme.identity(id)).state).toBe('provisioned');
    await deactivate(acme, id);
    expect((await acme.identity(id)).state).toBe('suspended');
    expect(await acme.signIn('E-1')).toEqual({ result: 'refused', reason: 'suspended' });
    await activate(acme, id);
    expect(await acme.identity(id)).toMatchObject({ state: 'provisioned', accountId: null });
    await acme.idp.delete(`/Users/${id}`);
    expect((await acme.identity(id)).state).toBe('deprovisioned');
    expect(await acme.eventTypes(id)).toEqual(['provisioned', 'deactivated', 'reactivated', 'deprovisioned']);
  });

  it('goes active, suspended and back with the same id and the same link, and from suspended to removed', async () => {
    const acme = await TestOrganization.of(host);
    const { id } = await acme.idp.createUser(USER);
    const account = await acme.accountOf('E-1');
    await deactivate(acme, id);
    expect(await acme.identity(id)).toMatchObject({ state: 'suspended', accountId: account, linkedBy: 'externalId' });
    await put({ active: true })(acme, id);
    expect(await acme.identity(id)).toMatchObject({ state: 'active', accountId: account, linkedBy: 'externalId' });
    await deactivate(acme, id);
    await acme.idp.delete(`/Users/${id}`);
    expect(await acme.access(account)).toMatchObject({ type: 'denied', reason: 'deprovisioned' });
    expect(await acme.eventTypes(id)).toEqual([
      'provisioned',
      'linked',
      'deactivated',
      'reactivated',
      'deactivated',
      'deprovisioned',
    ]);
  });

  it('is suspended from birth where active is false', async () => {
    const acme = await TestOrganization.of(host);
    const created = await acme.idp.createUser({ ...USER, active: false });
    expect(created.active).toBe(false);
    expect(await acme.identity(created.id)).toMatchObject({ state: 'suspended', version: 1 });
    expect(await acme.eventTypes()).toEqual(['provisioned']);
    expect(await acme.signIn('E-1')).toEqual({ result: 'refused', reason: 'suspended' });
    await activate(acme, created.id);
    expect(await acme.signIn('E-1')).toMatchObject({ result: 'linked', identityId: created.id });
  });

  it.each([
    ['PUT without active', put({ title: 'Dr' })],
    ['PATCH of something else', patch({ op: 'add', path: 'title', value: 'Dr' })],
    ['active false again', deactivate],
  ])('stays suspended: %s', async (_what, send) => {
    const acme = await TestOrganization.of(host);
    const { id } = await acme.idp.createUser({ ...USER, active: false });
    expect(await send(acme, id)).toMatchObject({ status: 200, body: { active: false } });
    expect((await acme.identity(id)).state).toBe('suspended');
  });

  it.each([
    ['deactivation by PATCH', deactivate],
    ['deactivation by PUT', put({ active: false, title: 'Dr' })],
    ['removal', ((acme, id) => acme.idp.delete(`/Users/${id}`)) as Send],
  ])('stays as it is where the host refuses a %s', async (_what, send) => {
    const acme = await TestOrganization.of(host);
    const { id } = await acme.idp.createUser(USER);
    host.organizations.protectedAccounts.add(await acme.accountOf('E-1'));
    const before = await acme.identity(id);
    const answer = await send(acme, id);
    expect(answer.status).toBe(409);
    expect(answer.body).toEqual({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      status: '409',
      detail: 'Last owner.',
    });
    expect(await acme.identity(id)).toEqual(before);
    expect(await acme.eventTypes()).toEqual(['provisioned', 'linked']);
    expect(await acme.signIn('E-1')).toMatchObject({ result: 'linked' });
  });

  it('stays as it is where the host cannot say', async () => {
    const acme = await TestOrganization.of(host);
    const { id } = await acme.idp.createUser(USER);
    await acme.accountOf('E-1');
    const before = await acme.identity(id);
    host.organizations.undecided = true;
    const answer = await acme.idp.delete(`/Users/${id}`);
    host.organizations.undecided = false;
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
    expect(await acme.identity(id)).toEqual(before);
  });
});
