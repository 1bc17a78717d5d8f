import { UsersService } from '../../../src/scim/index.js';
import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import { TestOrganization } from '../../support/test-organization.js';

let host: ModuleHost;

beforeAll(async () => {
  host = await startModuleHost({ options: { deliverEvents: false } });
});

afterAll(() => host.stop());

describe('the outbox', () => {
  it('dates a change by when it was made, not by when its transaction began', async () => {
    const acme = await TestOrganization.of(host);
    const { id } = await acme.idp.createUser({ userName: 'ada' });
    const users = host.app.get(UsersService, { strict: false });
    const began = await host.dataSource.transaction(async (manager) => {
      // As long as the wait for a lock.
      const [{ at }] = await manager.query('select clock_timestamp() as at, pg_sleep(0.02)');
      await manager.query('select pg_sleep(0.02)');
      const Operations = [{ op: 'replace', path: 'active', value: false }];
      const schemas = ['urn:ietf:params:scim:api:messages:2.0:PatchOp'];
      await users.patch(acme.id, id, { schemas, Operations }, { manager });
      return (at as Date).getTime() + 20;
    });
    const { modifiedAt, stateChangedAt } = await acme.identity(id);
    const [{ at }] = await host.dataSource.query(
      'select max(created_at) as at from scim_outbox where aggregate_id = $1',
      [id],
    );
    for (const time of [modifiedAt, stateChangedAt, at as Date]) expect(time.getTime()).toBeGreaterThan(began);
  });

  it('tells the state after each change, what changed, and whose request it was', async () => {
    const acme = await TestOrganization.of(host);
    const { id } = await acme.idp.createUser({ userName: 'ada', externalId: 'E-1' });
    const account = await acme.accountOf('E-1');
    await acme.idp.put(`/Users/${id}`, { userName: 'ada', title: 'Dr', active: false });
    await acme.idp.delete(`/Users/${id}`);
    const [{ id: tokenId }] = await host.dataSource.query('select id from scim_token where organization_id = $1', [
      acme.id,
    ]);
    const request = { aggregateId: id, tokenId, requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) };
    const names = { userName: 'ada', externalId: 'E-1' };
    const suspended = { state: 'suspended', accountId: account };
    expect(await acme.events()).toEqual([
      {
        ...request,
        sequence: 1,
        type: 'scim.user.provisioned',
        payload: { state: 'provisioned', version: 1, changed: ['externalId', 'userName', 'active'] },
        personal: { ...names, attributes: { ...names, active: true } },
      },
      {
        aggregateId: id,
        tokenId: null,
        requestId: null,
        sequence: 2,
        type: 'scim.user.linked',
        payload: { state: 'active', version: 1, changed: [], accountId: account },
        personal: names,
      },
      {
        ...request,
        sequence: 3,
        type: 'scim.user.updated',
        payload: { ...suspended, version: 2, changed: ['title'] },
        personal: { ...names, attributes: { ...names, title: 'Dr', active: false } },
      },
      {
        ...request,
        sequence: 4,
        type: 'scim.user.deactivated',
        payload: { ...suspended, version: 2, changed: ['active'] },
        personal: names,
      },
      {
        ...request,
        sequence: 5,
        type: 'scim.user.deprovisioned',
        payload: { state: 'deprovisioned', accountId: account, version: 3, changed: [] },
        personal: names,
      },
    ]);
    expect(await acme.identity(id)).toMatchObject({ eventSeq: 5, version: 3 });
  });

  it('says nothing of a write that changes nothing', async () => {
    const acme = await TestOrganization.of(host);
    const user = await acme.idp.createUser({
      userName: 'ada',
      externalId: 'E-1',
      title: 'Dr',
      emails: [{ value: 'a@b.example' }],
    });
    const path = `/Users/${user.id}`;
    const before = await acme.identity(user.id);
    const answers = [
      await acme.idp.put(path, user),
      await acme.idp.patch(path, [{ op: 'replace', path: 'title', value: 'Dr' }]),
      await acme.idp.patch(path, [{ op: 'replace', value: { active: 'True' } }]),
      await acme.idp.patch(path, [{ op: 'add', path: 'emails', value: [{ value: 'a@b.example' }] }]),
      await acme.idp.patch(path, [{ op: 'remove', path: 'nickName' }]),
      await acme.idp.patch(path, [{ op: 'replace', path: 'password', value: 'canary-Passw0rd-1' }]),
      await acme.idp.patch(path, [
        { op: 'replace', path: 'title', value: 'Mrs' },
        { op: 'replace', path: 'title', value: 'Dr' },
      ]),
    ];
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(await acme.identity(user.id)).toEqual(before);
    expect(await acme.eventTypes()).toEqual(['provisioned']);
  });

  it('says nothing of a write that fails', async () => {
    const acme = await TestOrganization.of(host);
    await acme.idp.createUser({ userName: 'bob', externalId: 'E-2' });
    const { id } = await acme.idp.createUser({ userName: 'ada' });
    const before = await acme.identity(id);
    const answers = [
      await acme.idp.post('/Users', { userName: 'ADA' }),
      await acme.idp.post('/Users', { userName: 'eve', externalId: 'E-2' }),
      await acme.idp.put(`/Users/${id}`, { userName: 'bob' }),
      await acme.idp.patch(`/Users/${id}`, [
        { op: 'replace', path: 'title', value: 'Dr' },
        { op: 'replace', path: 'externalId', value: 'E-2' },
      ]),
      await acme.idp.patch(`/Users/${id}`, [
        { op: 'replace', path: 'title', value: 'Dr' },
        { op: 'replace', path: 'active', value: 'maybe' },
      ]),
    ];
    expect(answers.map(({ status, body }) => [status, body.scimType])).toEqual([
      [409, 'uniqueness'],
      [409, 'uniqueness'],
      [409, 'uniqueness'],
      [409, 'uniqueness'],
      [400, 'invalidValue'],
    ]);
    expect(await acme.identity(id)).toEqual(before);
    expect(await acme.eventTypes()).toEqual(['provisioned', 'provisioned']);
  });

  it('holds no password and no token', async () => {
    const acme = await TestOrganization.of(host);
    const password = 'canary-Passw0rd-2';
    const { id } = await acme.idp.createUser({ userName: 'ada', password });
    await acme.idp.patch(`/Users/${id}`, [{ op: 'replace', value: { title: 'Dr', password } }]);
    await acme.idp.put(`/Users/${id}`, { userName: 'ada', title: 'Mrs', password });
    await acme.idp.delete(`/Users/${id}`);
    const rows = await host.dataSource.query('select o::text as text from scim_outbox o where organization_id = $1', [
      acme.id,
    ]);
    expect(rows).toHaveLength(5);
    for (const { text } of rows) {
      expect(text).not.toContain(password);
      expect(text).not.toContain('password');
      expect(text).not.toContain(acme.idp.token.slice(-49));
    }
  });
});
