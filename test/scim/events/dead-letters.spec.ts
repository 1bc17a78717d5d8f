import { randomUUID } from 'node:crypto';
import {
  type GroupEvent,
  GroupDeleted,
  GroupMembersChanged,
  IdentityLinksService,
  OnScimEvent,
  ScimEventsService,
  ScimIdentitiesService,
  type UserEvent,
} from '../../../src/scim/index.js';
import type { ScimClient } from '../../support/scim-client.js';
import { adminExtras, settingsOf } from '../admin/admin-host.js';
import { Recorder } from './recorder.js';
import { type RelayHost, startRelayHost } from './relay-host.js';

/** Teams of a host that trusts what each event says. */
class Teams {
  failing = false;
  readonly members = new Map<string, Set<string>>();

  @OnScimEvent([GroupMembersChanged, GroupDeleted], { consumer: 'test.teams' })
  async change({ groupId, added = [], removed = [] }: GroupEvent): Promise<void> {
    if (this.failing) throw new Error('no teams today');
    const members = this.members.get(groupId) ?? new Set();
    for (const id of added) members.add(id);
    for (const id of removed) members.delete(id);
    this.members.set(groupId, members);
  }
}

let host: RelayHost;
let idp: ScimClient;

beforeAll(async () => {
  host = await startRelayHost({ providers: [Recorder, Teams], extras: adminExtras });
});

beforeEach(async () => {
  idp = await host.client();
});

afterEach(async () => {
  host.recorder.before = async () => {};
  host.app.get(Teams).failing = false;
  await host.age();
  await host.drain();
});

afterAll(() => host.stop());

const service = (): ScimEventsService => host.app.get(ScimEventsService, { strict: false });
const page = (owner?: string) => settingsOf(host, idp.organizationId, owner);

const set = (id: string, path: string, value: unknown) => idp.patch(`/Users/${id}`, [{ op: 'replace', path, value }]);
const createUser = async (userName = 'ada'): Promise<string> => (await idp.createUser({ userName })).id;

const failOn = (condition: (event: UserEvent) => boolean): void => {
  host.recorder.before = async (event) => {
    if (condition(event)) throw new Error('secret host internals');
  };
};

/** One more failure makes an ordinary event dead. */
const onTheLastTry = (): Promise<unknown> =>
  host.dataSource.query(`update scim_outbox_delivery set attempts = 11 where status = 'pending' and attempts = 1`);

/** What fails now is given up. */
async function giveUp(): Promise<void> {
  await host.drain();
  await onTheLastTry();
  await host.age();
  await host.drain();
}

/** A person whose event of this sequence is dead, with those after it handled. */
async function aPersonWithDeadEvent(changes: (id: string) => Promise<unknown>, sequence: number): Promise<string> {
  const id = await createUser();
  failOn((event) => event.identityId === id && event.sequence === sequence);
  await changes(id);
  await giveUp();
  host.recorder.before = async () => {};
  return id;
}

const [dead] = ['dead'] as const;

describe('dead letters', () => {
  it('are shown to the admin without what the handler said, with counts', async () => {
    const id = await aPersonWithDeadEvent((user) => set(user, 'title', 'Dr'), 2);
    const other = await createUser('bob');
    await host.drain();
    failOn(({ identityId }) => identityId === other);
    await set(other, 'active', false);
    await host.drain();

    const { body, text } = await page().send('GET', '/dead-letters');
    expect(text).not.toContain('secret host internals');
    expect(body).toEqual({
      counts: { open: 1, failing: 1, dead: 1, atLeast: false },
      oldestOpenAt: expect.any(String),
      deliveries: [
        {
          eventId: expect.any(String),
          consumer: 'test.record',
          type: 'scim.user.updated',
          occurredAt: expect.any(String),
          sequence: 2,
          subject: { type: 'user', id, name: 'ada' },
          state: 'dead',
          takesAway: false,
          attempts: 12,
          nextTryAt: null,
          givenUpAt: expect.any(String),
          heldBack: 0,
        },
        expect.objectContaining({
          type: 'scim.user.deactivated',
          subject: { type: 'user', id: other, name: 'bob' },
          state: 'failing',
          takesAway: true,
          nextTryAt: expect.any(String),
          givenUpAt: null,
        }),
      ],
    });
    expect((await page().send('GET', '')).body.events).toEqual({ ...body.counts, oldestOpenAt: body.oldestOpenAt });
    expect((await page().send('GET', '/dead-letters?state=dead')).body.deliveries).toHaveLength(1);
    expect((await page().send('GET', '/dead-letters?consumer=test.teams')).body.deliveries).toEqual([]);
    expect((await settingsOf(host).send('GET', '/dead-letters')).body.counts).toMatchObject({ open: 0, dead: 0 });
    const [letter] = await service().deadLetters({ organizationId: idp.organizationId, state: dead });
    expect(letter).toMatchObject({ organizationId: idp.organizationId, lastError: 'secret host internals' });
    expect((await service().backlog()).dead).toBeGreaterThanOrEqual(1);
  });

  it('come in pages', async () => {
    const ids = [await createUser('a'), await createUser('b'), await createUser('c')];
    failOn(({ organizationId }) => organizationId === idp.organizationId);
    await host.drain();
    const seen: string[] = [];
    for (let cursor: string | undefined = ''; cursor !== undefined;) {
      const { body } = await page().send('GET', `/dead-letters?limit=2${cursor && `&cursor=${cursor}`}`);
      seen.push(...body.deliveries.map((letter: { subject: { id: string } }) => letter.subject.id));
      cursor = body.nextCursor;
    }
    expect(seen).toEqual(ids);
  });

  it('are replayed, once', async () => {
    const id = await aPersonWithDeadEvent((user) => set(user, 'title', 'Dr'), 2);
    const { deliveries } = (await page().send('GET', '/dead-letters')).body;
    const letter = { eventId: deliveries[0].eventId, consumer: 'test.record' };
    expect((await settingsOf(host).send('POST', '/dead-letters/replay', letter)).status).toBe(404);
    expect((await page('boss').send('POST', '/dead-letters/replay', letter)).body).toEqual({ replayed: 1 });
    await host.drain();
    expect(await host.effects(id)).toEqual([1, 2]);
    expect(await page().send('POST', '/dead-letters/replay', letter)).toMatchObject({
      status: 409,
      body: { message: 'The event was delivered already.' },
    });
    expect(
      await host.dataSource.query(
        `select decided_by from scim_outbox_delivery where aggregate_id = $1 and decided_at is not null`,
        [id],
      ),
    ).toEqual([{ decided_by: 'boss' }]);
  });

  it('are replayed all together, and then in their order', async () => {
    const id = await createUser();
    await host.drain();
    for (const title of ['a', 'b', 'c']) await set(id, 'title', title);
    failOn(({ identityId }) => identityId === id);
    for (let times = 0; times < 3; times += 1) await giveUp();
    expect((await host.deliveries(id)).map(({ status }) => status)).toEqual(['delivered', dead, dead, dead]);
    host.recorder.before = async () => {};
    expect((await page().send('POST', '/dead-letters/replay', { all: true, state: 'failing' })).body).toEqual({
      replayed: 0,
    });
    expect((await page().send('POST', '/dead-letters/replay', { all: true })).body).toEqual({ replayed: 3 });
    await host.drain();
    expect(await host.effects(id)).toEqual([1, 2, 3, 4]);
  });

  it('that are replayed late tell the state of now', async () => {
    const id = await aPersonWithDeadEvent(async (user) => {
      await set(user, 'title', 'Dr');
      await set(user, 'title', 'Prof');
      await set(user, 'userName', 'ada2');
    }, 2);
    expect(await host.effects(id)).toEqual([1, 3, 4]);
    await service().replay({ organizationId: idp.organizationId });
    await host.drain();
    expect(host.recorder.seen.at(-1)).toMatchObject({
      sequence: 2,
      changed: ['title'],
      version: 4,
      userName: 'ada2',
      attributes: { userName: 'ada2', title: 'Prof' },
    });
  });

  it('give nothing back that was taken since', async () => {
    const id = await createUser();
    await host.drain();
    await set(id, 'active', false);
    await host.drain();
    failOn(({ identityId, type }) => identityId === id && type === 'scim.user.reactivated');
    await set(id, 'active', true);
    await giveUp();
    await set(id, 'active', false);
    await host.drain();
    host.recorder.before = async () => {};
    expect(await service().replay({ organizationId: idp.organizationId })).toBe(1);
    await host.drain();
    expect(await host.effects(id)).toEqual([1, 2, 4]);
    expect((await host.deliveries(id)).at(2)).toMatchObject({ type: 'reactivated', status: 'superseded' });
  });

  it('name no account whose link was ended since', async () => {
    const id = await createUser();
    const login = { organizationId: idp.organizationId, ssoConnectionId: 'saml', nameId: 'ada' };
    const links = host.app.get(IdentityLinksService, { strict: false });
    await links.signIn(login, async () => ({ accountId: 'account-colleague' }));
    await set(id, 'active', false);
    await host.drain();
    failOn(({ identityId, type }) => identityId === id && type === 'scim.user.reactivated');
    await set(id, 'active', true);
    await giveUp();
    host.recorder.before = async () => {};
    await host.app.get(ScimIdentitiesService, { strict: false }).unlink(idp.organizationId, id);
    await service().replay({ organizationId: idp.organizationId });
    await host.drain();
    const told = host.recorder.seen.at(-1);
    expect(told).toMatchObject({ type: 'scim.user.reactivated', identityId: id, state: 'provisioned' });
    expect(told).not.toHaveProperty('accountId');
  });

  it('bring nobody into a group who left it since', async () => {
    const [ada, bob] = [await createUser('ada'), await createUser('bob')];
    const { id } = (await idp.post('/Groups', { displayName: 'Team' })).body;
    await host.drain();
    const teams = host.app.get(Teams);
    const change = (op: string, path: string, value?: unknown) => idp.patch(`/Groups/${id}`, [{ op, path, value }]);
    teams.failing = true;
    await change('add', 'members', [{ value: ada }, { value: bob }]);
    await giveUp();
    teams.failing = false;
    await change('remove', `members[value eq "${ada}"]`);
    await host.drain();
    expect([...(teams.members.get(id) ?? [])]).toEqual([]);
    await service().replay({ organizationId: idp.organizationId, consumer: 'test.teams' });
    await host.drain();
    expect([...(teams.members.get(id) ?? [])]).toEqual([bob]);
  });

  it('are skipped: what they held back goes on, and who did it is kept', async () => {
    const id = await createUser();
    await host.drain();
    failOn(({ identityId, sequence }) => identityId === id && sequence === 2);
    await set(id, 'active', false);
    await set(id, 'active', true);
    await host.drain();
    const { deliveries } = (await page().send('GET', '/dead-letters')).body;
    expect(deliveries).toMatchObject([{ state: 'failing', takesAway: true, heldBack: 1 }]);
    const letter = { eventId: deliveries[0].eventId, consumer: 'test.record' };
    expect((await settingsOf(host).send('POST', '/dead-letters/skip', letter)).status).toBe(404);
    const skipped = await page('boss').send('POST', '/dead-letters/skip', letter);
    expect({ status: skipped.status, text: skipped.text }).toEqual({ status: 204, text: '' });
    await host.drain();
    expect(await host.effects(id)).toEqual([1, 3]);
    expect(
      await host.dataSource.query(
        `select status, decided_by, decided_at is not null as dated from scim_outbox_delivery where aggregate_id = $1 order by event_seq offset 1 limit 1`,
        [id],
      ),
    ).toEqual([{ status: 'skipped', decided_by: 'boss', dated: true }]);
    expect((await page().send('POST', '/dead-letters/skip', letter)).status).toBe(409);
    expect((await page().send('GET', '/dead-letters')).body.deliveries).toEqual([]);
  });

  it('that are tried again later are tried now, with those that waited for them', async () => {
    const id = await createUser();
    failOn(({ identityId }) => identityId === id);
    await set(id, 'title', 'Dr');
    await host.drain();
    host.recorder.before = async () => {};
    expect(await host.tick()).toBe(0);
    expect(await service().replay({ organizationId: idp.organizationId, state: 'failing' })).toBe(1);
    await host.drain();
    expect(await host.effects(id)).toEqual([1, 2]);
    expect((await host.deliveries(id)).map(({ attempts }) => attempts)).toEqual([2, 1]);
  });

  it('are left alone while a process is at them', async () => {
    const id = await createUser();
    failOn(({ identityId }) => identityId === id);
    await host.drain();
    const [letter] = await service().deadLetters({ organizationId: idp.organizationId });
    const other = host.dataSource.createQueryRunner();
    await other.startTransaction();
    await other.query('select from scim_outbox_delivery where aggregate_id = $1 for update', [id]);
    expect(await service().replay({ organizationId: idp.organizationId })).toBe(0);
    const { eventId, consumer } = letter ?? {};
    await expect(service().skip({ eventId, consumer })).rejects.toMatchObject({ status: 409 });
    await other.rollbackTransaction();
    await other.release();
  });

  it('are explained by what was asked for where several consumers had the event', async () => {
    const id = await createUser();
    failOn(({ identityId }) => identityId === id);
    await host.drain();
    const [letter] = await service().deadLetters({ organizationId: idp.organizationId });
    const { eventId = '', eventSeq } = letter ?? {};
    await host.dataSource.query(
      `insert into scim_outbox_delivery (event_seq, consumer, organization_id, aggregate_id, terminal, status, attempts, finished_at)
       select event_seq, 'test.teams', organization_id, aggregate_id, terminal, 'dead', 12, now()
       from scim_outbox_delivery where event_seq = $1`,
      [eventSeq],
    );
    const other = host.dataSource.createQueryRunner();
    await other.startTransaction();
    await other.query('select from scim_outbox_delivery where event_seq = $1 for update', [eventSeq]);
    try {
      for (const state of ['failing', 'dead'] as const) {
        await expect(service().replay({ eventId, state })).rejects.toThrow('is being handled at this moment');
      }
    } finally {
      await other.rollbackTransaction();
      await other.release();
    }
  });

  it('are never skipped without a name', async () => {
    await expect(service().skip({})).rejects.toThrow('Name the event or the consumer');
    await expect(service().skip({ organizationId: idp.organizationId })).rejects.toThrow('Name');
  });

  it.each(['replay', 'skip'] as const)('are said not to be there where there is none to %s', async (decide) => {
    const id = await createUser();
    failOn(({ identityId }) => identityId === id);
    await host.drain();
    const [letter] = await service().deadLetters({ organizationId: idp.organizationId });
    const eventId = letter?.eventId ?? '';
    for (const unknown of [
      { eventId: randomUUID() },
      { eventId: 'no id' },
      { eventId, consumer: 'test.teams' },
      { eventId, organizationId: randomUUID() },
    ]) {
      await expect(service()[decide](unknown)).rejects.toMatchObject({ status: 404 });
    }
    await expect(service()[decide]({ eventId, state: 'dead' })).rejects.toThrow('The event is failing, not dead.');
    expect(await service()[decide]({ eventId })).toBe(1);
    await host.age();
    host.recorder.before = async () => {};
    await host.drain();
    await expect(service()[decide]({ eventId })).rejects.toMatchObject({ status: 409 });
  });

  it.each([0, 1001, 1.5])('come in no page of %p', async (limit) => {
    await expect(service().deadLetters({ limit })).rejects.toMatchObject({ status: 400 });
  });

  it('belong to consumers whose names are known', async () => {
    expect(await service().consumers()).toEqual(['test.record', 'test.teams']);
  });

  it('that have not failed are not to be decided on', async () => {
    await createUser();
    const [{ eventId }] = await host.dataSource.query(
      `select id as "eventId" from scim_outbox where organization_id = $1 and aggregate_type = 'user'`,
      [idp.organizationId],
    );
    const answer = await page().send('POST', '/dead-letters/skip', { eventId, consumer: 'test.record' });
    expect(answer).toMatchObject({ status: 409, body: { message: expect.stringContaining('has not failed') } });
  });

  it.each([
    ['replay', {}],
    ['replay', { all: true, eventId: randomUUID() }],
    ['replay', { all: false }],
    ['replay', { eventId: randomUUID() }],
    ['replay', { consumer: 'test.record' }],
    ['replay', { eventId: randomUUID(), consumer: 'test.record', state: 'dead' }],
    ['replay', { all: true, state: 'delivered' }],
    ['skip', {}],
    ['skip', { all: true }],
    ['skip', { eventId: 'x', consumer: 'test.record' }],
    ['skip', { eventId: randomUUID(), consumer: '' + String.fromCharCode(0) }],
  ])('refuse to %s %j', async (verb, body) => {
    expect((await page().send('POST', `/dead-letters/${verb}`, body)).status).toBe(400);
  });

  it.each([
    'state=delivered',
    'limit=0',
    'limit=201',
    'cursor=junk',
    `cursor=${Buffer.from('1').toString('base64url')}`,
  ])('refuse a query for %s', async (query) => {
    expect((await page().send('GET', `/dead-letters?${query}`)).status).toBe(400);
  });
});
