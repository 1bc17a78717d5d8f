import {
  GroupCreated,
  GroupDeleted,
  type GroupEvent,
  GroupMembersChanged,
  GroupUpdated,
  OnScimEvent,
} from '../../../src/scim/index.js';
import type { ScimClient } from '../../support/scim-client.js';
import { Recorder } from './recorder.js';
import { type RelayHost, startRelayHost } from './relay-host.js';

const CONSUMER = 'test.groups';

/** A host's handler of groups, which fails on what a test picks. */
class GroupRecorder {
  readonly seen: GroupEvent[] = [];
  fails: (event: GroupEvent) => boolean = () => false;

  @OnScimEvent([GroupCreated, GroupUpdated, GroupMembersChanged, GroupDeleted], { consumer: CONSUMER })
  async record(event: GroupEvent): Promise<void> {
    if (this.fails(event)) throw new Error('the handler failed');
    this.seen.push(event);
  }
}

let host: RelayHost;
let idp: ScimClient;
let recorder: GroupRecorder;
let user: string;
let made = 0;
const logged: string[] = [];

beforeAll(async () => {
  host = await startRelayHost({ providers: [Recorder, GroupRecorder] });
  recorder = host.app.get(GroupRecorder, { strict: false });
  idp = await host.client();
  user = (await idp.createUser({ userName: 'ada' })).id;
  const note = (...parts: unknown[]): void => void logged.push(parts.map(String).join(' '));
  host.app.useLogger({ log: note, error: note, warn: note });
});

beforeEach(() => {
  recorder.fails = () => false;
  logged.length = 0;
});

afterAll(() => host.stop());

/** A group with one member, whose creation was handled. */
async function aGroup(): Promise<string> {
  const group = { displayName: `Group ${(made += 1)}`, members: [{ value: user }] };
  const { id } = (await idp.post('/Groups', group)).body;
  await host.drain();
  return id;
}

async function tryTimes(count: number): Promise<void> {
  for (let tries = 0; tries < count; tries += 1) {
    await host.age();
    await host.tick();
  }
}

const patch = (id: string, operation: object) => idp.patch(`/Groups/${id}`, [operation]);
const removeMember = (id: string) => patch(id, { op: 'remove', path: `members[value eq "${user}"]` });
const addMember = (id: string) => patch(id, { op: 'add', path: 'members', value: [{ value: user }] });
const typesSeen = (id: string): string[] =>
  recorder.seen.filter(({ groupId }) => groupId === id).map(({ type }) => type.replace('scim.group.', ''));
const alerts = (): number => logged.filter((line) => line.includes('[scim-alert]')).length;

describe('an event by which a group takes something away', () => {
  it.each([
    ['a member that left', removeMember, 'members_changed'],
    [
      'a member that was replaced',
      (id: string) => patch(id, { op: 'replace', path: 'members', value: [] }),
      'members_changed',
    ],
    ['the group that was deleted', (id: string) => idp.delete(`/Groups/${id}`), 'deleted'],
  ])('is tried for ever: %s', async (_what, take, type) => {
    const id = await aGroup();
    recorder.fails = ({ groupId }) => groupId === id;
    await take(id);
    await tryTimes(15);
    expect((await host.deliveries(id, CONSUMER)).at(-1)).toMatchObject({
      status: 'pending',
      attempts: 15,
      waits: true,
    });
    expect(alerts()).toBe(11);
    recorder.fails = () => false;
    await tryTimes(1);
    expect(typesSeen(id)).toEqual(['created', type]);
  });

  it('is tried for ever also where the member was deleted', async () => {
    const leaver = (await idp.createUser({ userName: `leaver-${made}` })).id;
    const id = await aGroup();
    await patch(id, { op: 'add', path: 'members', value: [{ value: leaver }] });
    await host.drain();
    recorder.fails = ({ groupId }) => groupId === id;
    await idp.delete(`/Users/${leaver}`);
    await tryTimes(15);
    expect((await host.deliveries(id, CONSUMER)).at(-1)).toMatchObject({ status: 'pending', attempts: 15 });
    recorder.fails = () => false;
    await tryTimes(1);
    expect(recorder.seen.at(-1)).toMatchObject({ groupId: id, removed: [leaver] });
  });

  it('overtakes nothing and makes nothing void: the group is told of in order', async () => {
    const id = await aGroup();
    recorder.fails = ({ groupId, type }) => groupId === id && type === GroupUpdated.type;
    await patch(id, { op: 'replace', path: 'displayName', value: `Renamed ${id}` });
    await removeMember(id);
    await addMember(id);
    await tryTimes(3);
    expect(typesSeen(id)).toEqual(['created']);
    recorder.fails = () => false;
    await host.age();
    await host.drain();
    expect(typesSeen(id)).toEqual(['created', 'updated', 'members_changed', 'members_changed']);
    expect((await host.deliveries(id, CONSUMER)).map(({ status }) => status)).toEqual(Array(4).fill('delivered'));
  });
});

describe('an event by which a group only gives', () => {
  it.each([
    ['a new member', addMember],
    ['a new name', (id: string) => patch(id, { op: 'replace', path: 'displayName', value: `Other ${id}` })],
  ])('is given up after twelve tries: %s', async (_what, give) => {
    const id = await aGroup();
    await removeMember(id);
    await host.drain();
    recorder.fails = ({ groupId }) => groupId === id;
    await give(id);
    await tryTimes(12);
    expect((await host.deliveries(id, CONSUMER)).at(-1)).toMatchObject({ status: 'dead', attempts: 12 });
    expect(alerts()).toBe(1);
  });
});
