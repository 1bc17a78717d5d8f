import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import { TestOrganization } from '../../support/test-organization.js';
import { bulk } from '../bulk/bulk-requests.js';

const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User';
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const INACTIVE = { op: 'replace', path: 'active', value: false };
const USER = { schemas: [CORE], userName: 'ada', externalId: 'E-1' };

let host: ModuleHost;

beforeAll(async () => {
  host = await startModuleHost({ options: { deliverEvents: false } });
});

afterAll(() => host.stop());

interface Answer {
  readonly status: number;
  // eslint-disable-next-line typescript/no-explicit-any
  readonly body: any;
}

type Send = (acme: TestOrganization, id: string, user: object) => Promise<Answer>;

/** Of one organization and no other test's. */
const aUser = () => ({ schemas: [CORE], userName: randomUUID(), externalId: randomUUID() });

const patch =
  (...operations: readonly unknown[]): Send =>
  (acme, id) =>
    acme.idp.patch(`/Users/${id}`, operations);

const put =
  (user: object): Send =>
  (acme, id, current) =>
    acme.idp.put(`/Users/${id}`, { ...current, ...user });

/** How "inactive" was seen or could be written: the key, the value, and whether it is understood. */
const SPELLINGS: readonly (readonly [key: string, value: unknown, outcome: 'applied' | 'refused'])[] = [
  ['active', false, 'applied'],
  // Entra's own job, and mappings with a Switch().
  ['active', 'False', 'applied'],
  ['active', 'false', 'applied'],
  ['active', 'FALSE', 'applied'],
  ['active', [false], 'applied'],
  ['active', ['False'], 'applied'],
  ['active', { value: false }, 'applied'],
  ['active', [{ value: 'False' }], 'applied'],
  ['Active', false, 'applied'],
  ['ACTIVE', 'False', 'applied'],
  [`${CORE}:active`, false, 'applied'],
  [`${CORE.toUpperCase()}:Active`, 'False', 'applied'],
  [CORE, { active: false }, 'applied'],
  [CORE, { Active: 'False' }, 'applied'],
  ['active', 0, 'refused'],
  ['active', '0', 'refused'],
  ['active', 'no', 'refused'],
  ['active', ' false ', 'refused'],
  ['active', null, 'refused'],
  ['active', '', 'refused'],
  ['active', [], 'refused'],
  ['active', {}, 'refused'],
  ['active', { active: false }, 'refused'],
  ['active', [false, true], 'refused'],
  [' active ', false, 'refused'],
  ['/active', false, 'refused'],
  ['User.active', false, 'refused'],
  ['active.value', false, 'refused'],
  ['active[value eq "True"].value', false, 'refused'],
  [`${CORE}.active`, false, 'refused'],
  [`${CORE}:active.value`, false, 'refused'],
  [`${ENTERPRISE}:active`, false, 'refused'],
  [ENTERPRISE, { active: false }, 'refused'],
  // Characters that nobody sees, or that look like others.
  ['active', '\u200bfalse', 'refused'],
  ['active', 'false\ufeff', 'refused'],
  ['active', '\u00a0False', 'refused'],
  ['active', 'fal\u00adse', 'refused'],
  ['active', ['false\u2060'], 'refused'],
  ['active', { 'value\u200b': false }, 'refused'],
  ['active\u200b', false, 'refused'],
  ['\ufeffactive', false, 'refused'],
  ['active\u00a0', 'False', 'refused'],
  ['act\u00adive', false, 'refused'],
  ['act\u200dive', 'false', 'refused'],
  ['\u0430ctive', false, 'refused'],
  ['\uff41\uff43\uff54\uff49\uff56\uff45', false, 'refused'],
  ['active\u0000', false, 'refused'],
  ['active\t', false, 'refused'],
  ['active!', false, 'refused'],
  ['"active"', false, 'refused'],
  [`${CORE}:active\u200b`, false, 'refused'],
  [`${CORE}\u200b:active`, false, 'refused'],
  [`${CORE}\u200b`, { active: false }, 'refused'],
  [`${CORE} `, { active: false }, 'refused'],
  [CORE, { 'active\u200b': false }, 'refused'],
  [CORE, { 'act\u00adive': false }, 'refused'],
  [ENTERPRISE, { '\u00adactive': false }, 'refused'],
];

type Way = (key: string, value: unknown) => Send;

const inBulk =
  (method: string, data: (key: string, value: unknown, user: object) => object): Way =>
  (key, value) =>
  async (organization, id, user) => {
    const operation = { method, path: `/Users/${id}`, data: data(key, value, user) };
    const [entry] = await bulk(organization.idp, [operation]);
    return { status: Number(entry?.status), body: entry?.response };
  };

const aPatch = (operation: object) => ({ schemas: [PATCH_OP], Operations: [operation] });

const WAYS: Readonly<Record<string, Way>> = {
  'PATCH with a path': (path, value) => patch({ op: 'replace', path, value }),
  'PATCH, Add, with a path': (path, value) => patch({ op: 'Add', path, value }),
  'PATCH without a path': (key, value) => patch({ op: 'Replace', value: { [key]: value } }),
  'PATCH without a path, with another change': (key, value) =>
    patch({ op: 'add', value: { title: 'Dr', [key]: value } }),
  PUT: (key, value) => put({ [key]: value }),
  'PATCH in Bulk': inBulk('PATCH', (path, value) => aPatch({ op: 'REPLACE', path, value })),
  'PATCH without a path in Bulk': inBulk('PATCH', (key, value) => aPatch({ op: 'replace', value: { [key]: value } })),
  'PUT in Bulk': inBulk('PUT', (key, value, user) => ({ ...user, [key]: value })),
};

describe('"inactive", by whatever request,', () => {
  let acme: TestOrganization;
  beforeAll(async () => {
    acme = await TestOrganization.of(host);
  });

  /** `applied` and `refused` are all of it: state, events, access and what is read; anything else is what there is. */
  async function outcomeOf(send: Send): Promise<unknown> {
    const user = aUser();
    const { id } = await acme.idp.createUser(user);
    const account = await acme.accountOf(user.externalId);
    const { status, body } = await send(acme, id, user);
    const { state, active } = await acme.identity(id);
    const events = (await acme.eventTypes(id)).filter((type) => type !== 'updated').join();
    const access = await acme.access(account);
    const read = (await acme.idp.get(`/Users/${id}`)).body.active;
    const facts = { status, state, active, events, access: access.type, read, scimType: body?.scimType };
    if (isDeepStrictEqual(facts, SUSPENDED)) return 'applied';
    const { scimType, ...others } = facts;
    return isDeepStrictEqual(others, UNCHANGED) && typeof scimType === 'string' ? 'refused' : facts;
  }

  it.each(SPELLINGS)('written %j: %j is everywhere suspended or everywhere refused', async (key, value, expected) => {
    const outcomes = Object.entries(WAYS).map(async ([way, send]) => [way, await outcomeOf(send(key, value))] as const);
    const everywhere = Object.keys(WAYS).map((way) => [way, expected]);
    expect(Object.fromEntries(await Promise.all(outcomes))).toEqual(Object.fromEntries(everywhere));
  });

  it.each(SPELLINGS)('written %j: %j in a creation never makes somebody active', async (key, value, expected) => {
    const { status, body } = await acme.idp.post('/Users', { ...aUser(), [key]: value });
    if (expected === 'refused')
      return expect({ status, type: body.scimType }).toEqual({ status: 400, type: expect.any(String) });
    expect(status).toBe(201);
    expect(await acme.identity(body.id)).toMatchObject({ state: 'suspended', active: false });
  });

  it.each([
    ['replace, in any case', 'rEPLACE', 'applied'],
    ['add, in any case', 'ADD', 'applied'],
    ['remove', 'remove', 'refused'],
    ['Remove (Entra)', 'Remove', 'refused'],
    ['an op that there is not', 'deactivate', 'refused'],
    ['no op', undefined, 'refused'],
  ])('takes %s for what it says', async (_what, op, expected) => {
    expect(await outcomeOf(patch({ op, path: 'active', value: false }))).toBe(expected);
  });

  it.each([
    ['no value', patch({ op: 'replace', path: 'active' }), 'refused'],
    ['nothing but the value', patch({ op: 'replace', value: false }), 'refused'],
    ['two keys that disagree', patch({ op: 'replace', value: { active: true, Active: false } }), 'refused'],
    ['two keys that disagree, by PUT', put({ active: true, [CORE]: { active: false } }), 'refused'],
    ['a wrong last operation', patch(INACTIVE, { op: 'add', path: 'shoe', value: 'x' }), 'refused'],
    ['a last operation of several', patch({ op: 'add', path: 'title', value: 'Dr' }, INACTIVE), 'applied'],
    ['the same twice', patch(INACTIVE, INACTIVE), 'applied'],
    ['back and forth', patch(INACTIVE, { ...INACTIVE, value: true }, INACTIVE), 'applied'],
  ] as const)('is refused as a whole or applied as a whole: %s', async (_what, send, expected) => {
    expect(await outcomeOf(send)).toBe(expected);
  });
});

const INITIAL = 'provisioned,linked';
const UNCHANGED = { status: 400, state: 'active', active: true, events: INITIAL, access: 'allowed', read: true };
const SUSPENDED = {
  status: 200,
  state: 'suspended',
  active: false,
  events: `${INITIAL},deactivated`,
  access: 'denied',
  read: false,
  scimType: undefined,
};

describe('the states of a user', () => {
  const activate = patch({ op: 'replace', path: 'active', value: true });
  const deactivate = patch(INACTIVE);

  it('goes provisioned, suspended, provisioned and removed without a login', async () => {
    const acme = await TestOrganization.of(host);
    const { id } = await acme.idp.createUser(USER);
    expect((await acme.identity(id)).state).toBe('provisioned');
    await deactivate(acme, id, USER);
    expect((await acme.identity(id)).state).toBe('suspended');
    expect(await acme.signIn('E-1')).toEqual({ result: 'refused', reason: 'suspended' });
    await activate(acme, id, USER);
    expect(await acme.identity(id)).toMatchObject({ state: 'provisioned', accountId: null });
    await acme.idp.delete(`/Users/${id}`);
    expect((await acme.identity(id)).state).toBe('deprovisioned');
    expect(await acme.eventTypes(id)).toEqual(['provisioned', 'deactivated', 'reactivated', 'deprovisioned']);
  });

  it('goes active, suspended and back with the same id and the same link, and from suspended to removed', async () => {
    const acme = await TestOrganization.of(host);
    const { id } = await acme.idp.createUser(USER);
    const account = await acme.accountOf('E-1');
    await deactivate(acme, id, USER);
    expect(await acme.identity(id)).toMatchObject({ state: 'suspended', accountId: account, linkedBy: 'externalId' });
    await put({ active: true })(acme, id, USER);
    expect(await acme.identity(id)).toMatchObject({ state: 'active', accountId: account, linkedBy: 'externalId' });
    await deactivate(acme, id, USER);
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
    await activate(acme, created.id, USER);
    expect(await acme.signIn('E-1')).toMatchObject({ result: 'linked', identityId: created.id });
  });

  it.each([
    ['PUT without active', put({ title: 'Dr' })],
    ['PATCH of something else', patch({ op: 'add', path: 'title', value: 'Dr' })],
    ['active false again', deactivate],
  ])('stays suspended: %s', async (_what, send) => {
    const acme = await TestOrganization.of(host);
    const { id } = await acme.idp.createUser({ ...USER, active: false });
    expect(await send(acme, id, USER)).toMatchObject({ status: 200, body: { active: false } });
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
    const answer = await send(acme, id, USER);
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
