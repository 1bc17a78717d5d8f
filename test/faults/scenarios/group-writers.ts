import type { ScimAnswer, ScimClient } from '../../support/scim-client.js';
import { createUsers } from '../directory.js';
import type { Random } from '../random.js';
import type { FaultContext, Findings, Query, Scenario } from '../scenario.js';

/** People whom the writers fight over; the others stay in the group. */
const CONTESTED = 100;

/** Many writers add and remove the same people of one large group, one of them now and then says who all its members are. */
export const groupWriters: Scenario = {
  name: 'group-writers',
  title:
    'Many writers on one group: its members are what the answered requests make of it in the order of their versions',
  run,
};

type Members = ReadonlySet<string>;

interface Change {
  readonly apply: (members: Members) => Members;
  readonly send: () => Promise<ScimAnswer>;
}

async function run({ quick, host, query, random }: FaultContext): Promise<Findings> {
  const [writers, size, requests] = quick ? [16, 300, 4] : [64, 5000, 20];
  const client = await (await host({ providers: [] })).client();
  const ids = await createUsers(client, size + CONTESTED / 2, 'user');
  const initial = ids.slice(0, size);
  const created = await client.post('/Groups', { displayName: 'All', members: initial.map((value) => ({ value })) });
  const path = `/Groups/${created.body.id}`;
  const done: { readonly version: number; readonly change: Change }[] = [];
  const violations: string[] = [];
  let slowest = 0;
  const write = async (writer: number): Promise<void> => {
    for (let request = 0; request < requests; request += 1) {
      const change = nextChange({ client, path, ids, random, isWhole: writer === 0 && request % 5 === 0 });
      const start = performance.now();
      const { status, headers, text } = await change.send();
      slowest = Math.max(slowest, performance.now() - start);
      const version = Number(/^W\/"(\d+)"$/.exec(headers.etag ?? '')?.[1]);
      if (status >= 300 || !(version > 0)) violations.push(`answered ${status}: ${text.slice(0, 200)}`);
      else done.push({ version, change });
    }
  };
  await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
  const { body } = await client.get(path);
  const members = new Set<string>(body.members.map(({ value }: { value: string }) => value));
  const last = Number(/\d+/.exec(body.meta.version)?.[0]);
  const replayed = replay(new Set(initial), last, done, violations);
  if (!isEqual(members, replayed))
    violations.push('the members are not what the requests make in order of their versions');
  if (members.size !== body.members.length) violations.push('somebody is a member twice');
  if (!isEqual(members, await replayEvents(query, created.body.id)))
    violations.push('the members are not what the events tell');
  return {
    counts: {
      writers,
      'members at first': size,
      'members at last': members.size,
      requests: writers * requests,
      versions: last,
    },
    times: { 'slowest request': Math.round(slowest) },
    violations,
  };
}

interface Choice {
  readonly client: ScimClient;
  readonly path: string;
  readonly ids: readonly string[];
  readonly random: Random;
  readonly isWhole: boolean;
}

function nextChange({ client, path, ids, random, isWhole }: Choice): Change {
  const contested = ids.slice(-CONTESTED);
  if (isWhole) {
    const all = [...ids.slice(0, -CONTESTED), ...contested.filter(() => random.next() < 0.5)];
    return {
      apply: () => new Set(all),
      send: () => client.put(path, { displayName: 'All', members: all.map((value) => ({ value })) }),
    };
  }
  const some = Array.from({ length: random.integer(1, 3) }, () => random.pick(contested));
  const members = some.map((value) => ({ value }));
  const patch =
    (operation: object): (() => Promise<ScimAnswer>) =>
    () =>
      client.patch(path, [operation]);
  const without = (current: Members): Members => new Set([...current].filter((id) => !some.includes(id)));
  switch (random.integer(1, 4)) {
    case 1:
      return { apply: without, send: patch({ op: 'remove', path: 'members', value: members }) };
    case 2: {
      const filter = some.map((id) => `value eq "${id}"`).join(' or ');
      return { apply: without, send: patch({ op: 'remove', path: `members[${filter}]` }) };
    }
    default:
      return {
        apply: (current) => new Set([...current, ...some]),
        send: patch({ op: 'add', path: 'members', value: members }),
      };
  }
}

/** Of the requests that name one version, one made it and the others changed nothing. */
function replay(
  initial: Members,
  last: number,
  done: readonly { readonly version: number; readonly change: Change }[],
  violations: string[],
): Members {
  let members = initial;
  for (let version = 1; version <= last; version += 1) {
    const changes = done.filter((each) => each.version === version).map(({ change }) => change);
    const after = [members, ...changes.map(({ apply }) => apply(members))].find(
      (candidate) =>
        (version === 1) === isEqual(candidate, members) &&
        changes.every(({ apply }) => isEqual(apply(candidate), candidate)),
    );
    if (!after) violations.push(`no request explains version ${version}: ${changes.length} named it`);
    else members = after;
  }
  return members;
}

async function replayEvents(query: Query, groupId: string): Promise<Members> {
  const events = await query<{ added: string[] | null; removed: string[] | null }>(
    `select payload->'added' as added, payload->'removed' as removed from scim_outbox where aggregate_id = $1 order by aggregate_seq`,
    [groupId],
  );
  const members = new Set<string>();
  for (const { added, removed } of events) {
    for (const id of added ?? []) members.add(id);
    for (const id of removed ?? []) members.delete(id);
  }
  return members;
}

const isEqual = (one: Members, other: Members): boolean =>
  one.size === other.size && [...one].every((id) => other.has(id));
