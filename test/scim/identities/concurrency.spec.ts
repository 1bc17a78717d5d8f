import { randomUUID } from 'node:crypto';
import { UsersService } from '../../../src/scim/index.js';
import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import type { ScimAnswer } from '../../support/scim-client.js';
import { TestOrganization } from '../../support/test-organization.js';

let host: ModuleHost;

beforeAll(async () => {
  host = await startModuleHost();
});

afterAll(() => host.stop());

const times = <T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)));

/** How many answers there were of each status. */
function statuses(answers: readonly ScimAnswer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

describe('requests at the same time', () => {
  it.each([
    ['user name', () => ({ userName: 'ada' })],
    ['user name in other letters', (index: number) => ({ userName: index % 2 ? 'ada' : 'ADA' })],
    ['external id', (index: number) => ({ userName: `user-${index}`, externalId: 'E-1' })],
  ])('create one user of one %s, and refuse the others as a uniqueness', async (_what, user) => {
    const acme = await TestOrganization.of(host);
    const answers = await times(64, (index) => acme.idp.post('/Users', user(index)));
    expect(statuses(answers)).toEqual({ 201: 1, 409: 63 });
    for (const { status, body } of answers) if (status === 409) expect(body.scimType).toBe('uniqueness');
    expect(await acme.eventTypes()).toEqual(['provisioned']);
    expect((await acme.idp.get('/Users')).body.totalResults).toBe(1);
  });

  it('make the first connection of an organization once', async () => {
    const organizationId = randomUUID();
    const users = host.app.get(UsersService, { strict: false });
    await times(16, (index) => users.create(organizationId, { userName: `user-${index}` }));
    const rows = await host.dataSource.query('select from scim_connection where organization_id = $1', [
      organizationId,
    ]);
    expect(rows).toHaveLength(1);
  });

  it('lose no change of one user', async () => {
    const acme = await TestOrganization.of(host);
    const { id } = await acme.idp.createUser({ userName: 'ada' });
    const answers = await times(50, (index) =>
      acme.idp.patch(`/Users/${id}`, [{ op: 'add', path: 'emails', value: [{ value: `${index}@acme.example` }] }]),
    );
    expect(statuses(answers)).toEqual({ 200: 50 });
    const { body } = await acme.idp.get(`/Users/${id}`);
    const values: string[] = body.emails.map(({ value }: { value: string }) => value);
    expect(new Set(values).size).toBe(50);
    expect(body.meta.version).toBe('W/"51"');
    const events = await acme.events(id);
    expect(events.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 51 }, (_, index) => index + 1));
    expect(new Set(answers.map((answer) => answer.headers.etag)).size).toBe(50);
  });

  it('change a user once where they say the same', async () => {
    const acme = await TestOrganization.of(host);
    const { id } = await acme.idp.createUser({ userName: 'ada' });
    const answers = await times(20, () =>
      acme.idp.patch(`/Users/${id}`, [{ op: 'replace', path: 'active', value: false }]),
    );
    expect(statuses(answers)).toEqual({ 200: 20 });
    expect(await acme.eventTypes(id)).toEqual(['provisioned', 'deactivated']);
  });

  it('never bring a removed user back', async () => {
    const acme = await TestOrganization.of(host);
    await times(16, async (round) => {
      const { id } = await acme.idp.createUser({ userName: `user-${round}` });
      const [removed, ...changed] = await Promise.all([
        acme.idp.delete(`/Users/${id}`),
        acme.idp.patch(`/Users/${id}`, [{ op: 'replace', path: 'title', value: 'Dr' }]),
        acme.idp.put(`/Users/${id}`, { userName: `user-${round}`, active: true, title: 'Mrs' }),
        acme.idp.patch(`/Users/${id}`, [{ op: 'replace', path: 'active', value: false }]),
      ]);
      expect(removed.status).toBe(204);
      for (const { status } of changed) expect([200, 404]).toContain(status);
      expect((await acme.idp.get(`/Users/${id}`)).status).toBe(404);
      expect((await acme.eventTypes(id)).at(-1)).toBe('deprovisioned');
      const { state, eventSeq } = await acme.identity(id);
      expect({ state, events: (await acme.events(id)).length }).toEqual({ state: 'deprovisioned', events: eventSeq });
    });
  });

  it('remove a user once', async () => {
    const acme = await TestOrganization.of(host);
    const { id } = await acme.idp.createUser({ userName: 'ada' });
    const answers = await times(16, () => acme.idp.delete(`/Users/${id}`));
    expect(statuses(answers)).toEqual({ 204: 1, 404: 15 });
    expect(await acme.eventTypes()).toEqual(['provisioned', 'deprovisioned']);
  });

  it('create and remove a user of one name in turns, without a failure of ours', async () => {
    const acme = await TestOrganization.of(host);
    const answers = await times(12, async () => {
      const seen: ScimAnswer[] = [];
      for (let round = 0; round < 4; round += 1) {
        const created = await acme.idp.post('/Users', { userName: 'ada', externalId: 'E-1' });
        seen.push(created);
        if (created.status === 201) seen.push(await acme.idp.delete(`/Users/${created.body.id}`));
      }
      return seen;
    });
    const { 201: created = 0, 204: removed = 0, 409: refused = 0, ...others } = statuses(answers.flat());
    expect(others).toEqual({});
    expect(removed).toBe(created);
    expect(created + refused).toBe(48);
    expect((await acme.idp.get('/Users')).body.totalResults).toBe(0);
    expect(await acme.eventTypes()).toHaveLength(created + removed);
  });

  it('sign people in while they are deactivated, and end with nobody in', async () => {
    const acme = await TestOrganization.of(host);
    await times(12, async (index) => {
      const { id } = await acme.idp.createUser({ userName: `user-${index}`, externalId: `E-${index}` });
      const [login, answer] = await Promise.all([
        acme.signIn(`E-${index}`),
        acme.idp.patch(`/Users/${id}`, [{ op: 'replace', path: 'active', value: false }]),
      ]);
      expect(answer.status).toBe(200);
      expect(await acme.identity(id)).toMatchObject({ state: 'suspended', active: false });
      if (login.result === 'refused') expect(login.reason).toBe('suspended');
      else expect(await acme.access(login.accountId)).toMatchObject({ type: 'denied', reason: 'suspended' });
    });
  });

  it('sign people in while they are provisioned, and end with everybody linked after their next login', async () => {
    const acme = await TestOrganization.of(host);
    await times(12, async (index) => {
      const [account, { id }] = await Promise.all([
        acme.accountOf(`E-${index}`),
        acme.idp.createUser({ userName: `user-${index}`, externalId: `E-${index}` }),
      ]);
      expect(await acme.accountOf(`E-${index}`)).toBe(account);
      expect(await acme.identity(id)).toMatchObject({ state: 'active', accountId: account });
    });
  });

  it('rename two users to one name and let one have it', async () => {
    const acme = await TestOrganization.of(host);
    const users = await times(8, (index) => acme.idp.createUser({ userName: `user-${index}` }));
    const answers = await Promise.all(
      users.map(({ id }) => acme.idp.patch(`/Users/${id}`, [{ op: 'replace', path: 'userName', value: 'ada' }])),
    );
    expect(statuses(answers)).toEqual({ 200: 1, 409: 7 });
    expect((await acme.eventTypes()).filter((type) => type === 'updated')).toHaveLength(1);
  });
});
