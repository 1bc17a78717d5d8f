import { randomUUID } from 'node:crypto';
import { ScimEventsService } from '../../../src/scim/index.js';
import { ScimEventUpkeep } from '../../../src/scim/events/scim-event-upkeep.js';
import { eventsOf, type ScimModuleOptions } from '../../../src/scim/scim.options.js';
import type { ScimClient } from '../../support/scim-client.js';
import { adminExtras, settingsOf } from '../admin/admin-host.js';
import { type RelayHost, startRelayHost } from './relay-host.js';

let host: RelayHost;
let idp: ScimClient;

beforeAll(async () => {
  host = await startRelayHost({ extras: adminExtras });
});

beforeEach(async () => {
  idp = await host.client();
});

afterAll(() => host.stop());

interface Listed {
  readonly type: string;
  readonly subject: string;
  readonly sequence: string;
}

const read = async (query = '', organizationId = idp.organizationId) =>
  (await settingsOf(host, organizationId).send('GET', `/events${query}`)).body;
const subjects = (events: readonly Listed[]): string[] => events.map(({ subject }) => subject);
const createUser = async (userName: string): Promise<string> => (await idp.createUser({ userName })).id;
const setTitle = (id: string, value: string) => idp.patch(`/Users/${id}`, [{ op: 'replace', path: 'title', value }]);

/** All that there is after a cursor, a page of `limit` after the other. */
async function readAll(
  after: string | undefined,
  limit: number,
  types = '',
): Promise<{ events: Listed[]; next: string }> {
  const events: Listed[] = [];
  for (let next = after; ;) {
    const page = await read(
      `?limit=${limit}${next === undefined ? '' : `&after=${next}`}${types && `&types=${types}`}`,
    );
    events.push(...page.events);
    ({ next } = page);
    if (!page.hasMore) return { events, next: next ?? '' };
  }
}

/** As if they had been written so many days ago. */
const age = (days: number, condition = 'true'): Promise<unknown> =>
  host.dataSource.query(
    `update scim_outbox set created_at = now() - make_interval(days => $1) where organization_id = $2 and ${condition}`,
    [days, idp.organizationId],
  );

/** The first change of a column is given up by the database, as a deadlock would be. */
async function failOnce(column: string, work: () => Promise<void>): Promise<void> {
  await host.dataSource.query(`
    create sequence failures;
    create function fail_once() returns trigger language plpgsql as $$ begin
      if nextval('failures') = 1 then raise exception 'a deadlock' using errcode = '40P01'; end if;
      return new;
    end $$;
    create trigger fail_once before update of ${column} on scim_outbox for each row execute function fail_once()`);
  try {
    await work();
    const [{ failures }] = await host.dataSource.query(`select last_value > 1 as failures from failures`);
    expect(failures).toBe(true);
  } finally {
    await host.dataSource.query(
      'drop trigger fail_once on scim_outbox; drop function fail_once; drop sequence failures',
    );
  }
}

const tidy = (): Promise<{ archived: number; deleted: number }> =>
  host.app.get(ScimEventUpkeep, { strict: false }).tick();

describe('the feed of events', () => {
  it('gives CloudEvents in their order, and then what is new', async () => {
    const id = await createUser('ada');
    const first = await read();
    expect(first).toEqual({ events: expect.any(Array), next: expect.any(String), hasMore: false });
    expect(first.events.at(-1)).toMatchObject({
      specversion: '1.0',
      id: expect.any(String),
      source: 'https://app.example.com',
      type: 'scim.user.provisioned',
      subject: `Users/${id}`,
      organizationid: idp.organizationId,
      data: { identityId: id, userName: 'ada', state: 'provisioned', attributes: { userName: 'ada' } },
    });
    expect(first.events[0]).toMatchObject({ type: 'scim.token.created' });
    const empty = await read(`?after=${first.next}`);
    expect(empty).toEqual({ events: [], next: first.next, hasMore: false });
    await setTitle(id, 'Dr');
    const { events, next } = await read(`?after=${empty.next}`);
    expect(events).toMatchObject([{ type: 'scim.user.updated', sequence: '0000000002', data: { changed: ['title'] } }]);
    await idp.delete(`/Users/${id}`);
    expect((await read(`?after=${next}`)).events).toMatchObject([{ type: 'scim.user.deprovisioned' }]);
    expect((await read(`?after=${first.next}`)).events).toHaveLength(2);
  });

  it('comes in pages of the wanted types', async () => {
    const ids = [await createUser('a'), await createUser('b'), await createUser('c')];
    for (const id of ids) await setTitle(id, 'Dr');
    const { events } = await readAll(undefined, 2, 'scim.user.updated');
    expect(subjects(events)).toEqual(ids.map((id) => `Users/${id}`));
    expect((await readAll(undefined, 1)).events).toHaveLength(7);
  });

  it('misses no event of a transaction that commits late, and waits for none', async () => {
    const { next } = await read();
    const runner = host.dataSource.createQueryRunner();
    await runner.startTransaction();
    await runner.query(
      `insert into scim_outbox (id, organization_id, aggregate_type, aggregate_id, aggregate_seq, type, payload)
       values (gen_random_uuid(), $1, 'group', gen_random_uuid(), 1, 'scim.group.created', '{"displayName":"late"}')`,
      [idp.organizationId],
    );
    const id = await createUser('early');
    const early = await read(`?after=${next}`);
    expect(subjects(early.events)).toEqual([`Users/${id}`]);
    await runner.commitTransaction();
    await runner.release();
    expect((await read(`?after=${early.next}`)).events).toMatchObject([{ data: { displayName: 'late' } }]);
    const again = await read(`?after=${next}`);
    expect(subjects(again.events)[0]).toBe(`Users/${id}`);
  });

  it('gives each event once to each of many who read while others write', async () => {
    const writers = Promise.all(
      Array.from({ length: 20 }, async (_, index) => setTitle(await createUser(`user-${index}`), 'Dr')),
    );
    let isOver = false;
    const over = writers.then(() => (isOver = true));
    const readers = Array.from({ length: 3 }, async () => {
      const events: Listed[] = [];
      for (let next: string | undefined, wasOver = false; !wasOver;) {
        wasOver = isOver;
        const page: { events: Listed[]; next: string } = await readAll(next, 7);
        events.push(...page.events);
        ({ next } = page);
      }
      return events.map(({ subject, sequence }) => `${subject} ${sequence}`);
    });
    const [one = [], ...others] = await Promise.all(readers);
    await over;
    expect(new Set(one).size).toBe(41);
    expect(one).toHaveLength(41);
    for (const other of others) expect(other).toEqual(one);
    for (const [place, key] of one.entries()) {
      const [subject, sequence] = key.split(' ');
      if (sequence === '0000000002') expect(one.indexOf(`${subject} 0000000001`)).toBeLessThan(place);
    }
  });

  it('gives the places of events again where the database chose that for the victim of a deadlock', async () => {
    const id = await createUser('ada');
    await failOnce('feed_position', async () => expect(subjects((await read()).events)).toContain(`Users/${id}`));
  });

  it.each([0, -1, 1.5, 1001, Number.NaN, Infinity])('has no page of %p events', async (limit) => {
    const service = host.app.get(ScimEventsService, { strict: false });
    await expect(service.feed(idp.organizationId, { limit })).rejects.toThrow(
      `limit must be a whole number from 1 to 1000, not ${limit}.`,
    );
  });

  it('knows the cursor of another organization as none of its own', async () => {
    const { next } = await read();
    const other = randomUUID();
    await host.client(other);
    await read('', other);
    const answer = await settingsOf(host, other).send('GET', `/events?after=${next}`);
    expect(answer).toMatchObject({ status: 400, body: { message: expect.stringContaining('not a cursor') } });
  });

  it('is empty for an organization that the module does not know', async () => {
    const empty = await read('', randomUUID());
    expect(empty).toEqual({ events: [], next: 'begin', hasMore: false });
    expect((await read(`?after=${empty.next}`)).events).toHaveLength(1);
  });

  it.each(['after=junk', 'after=', 'limit=0', 'limit=1001', 'types=scim.user.unknown', 'types=', 'after=_w', 'page=2'])(
    'refuses %s',
    async (query) => {
      expect((await settingsOf(host, idp.organizationId).send('GET', `/events?${query}`)).status).toBe(400);
    },
  );

  it('stops before an event that only a newer release knows', async () => {
    const { next } = await read();
    const earlier = await createUser('ada');
    await host.dataSource.query(
      `insert into scim_outbox (id, organization_id, aggregate_type, aggregate_id, aggregate_seq, type, payload)
       values (gen_random_uuid(), $1, 'user', gen_random_uuid(), 1, 'scim.user.praised', '{}')`,
      [idp.organizationId],
    );
    const later = await createUser('bob');
    const before = await read(`?after=${next}`);
    expect(subjects(before.events)).toEqual([`Users/${earlier}`]);
    // Whoever asked again at once would do so until the release is gone.
    expect(before.hasMore).toBe(false);
    expect(await read(`?after=${before.next}`)).toEqual({ events: [], next: before.next, hasMore: false });
    expect(subjects((await read(`?after=${before.next}&types=scim.user.provisioned`)).events)).toEqual([
      `Users/${later}`,
    ]);
    await host.dataSource.query(`delete from scim_outbox where type = 'scim.user.praised'`);
    expect(subjects((await read(`?after=${before.next}`)).events)).toEqual([`Users/${later}`]);
  });
});

describe('old events', () => {
  it('become history: without what is personal, without deliveries, and not in the feed', async () => {
    const id = await createUser('ada');
    await setTitle(id, 'Dr');
    await host.drain();
    await age(31, `aggregate_seq = 1`);
    expect((await tidy()).archived).toBe(2);
    expect((await read()).events).toMatchObject([{ type: 'scim.user.updated' }]);
    expect(await host.deliveries(id)).toMatchObject([{ type: 'updated' }]);
    expect(
      await host.dataSource.query(
        `select type, payload->>'state' as state, personal from scim_outbox where aggregate_id = $1 and archived_at is not null`,
        [id],
      ),
    ).toEqual([{ type: 'scim.user.provisioned', state: 'provisioned', personal: null }]);
    await age(400, 'archived_at is not null');
    expect((await tidy()).deleted).toBe(1);
    await idp.delete(`/Users/${id}`);
    await host.drain();
    expect(host.recorder.sequencesOf(id)).toEqual([1, 2, 3]);
  });

  it('leave the last number of a token behind, from which its next event counts on', async () => {
    await age(500);
    expect(await tidy()).toMatchObject({ archived: 1 });
    const { body } = await settingsOf(host, idp.organizationId).send('GET', '/tokens');
    await settingsOf(host, idp.organizationId).send('DELETE', `/tokens/${body.tokens[0].id}`);
    expect(
      await host.dataSource.query(
        `select type, aggregate_seq from scim_outbox where organization_id = $1 order by seq`,
        [idp.organizationId],
      ),
    ).toEqual([
      { type: 'scim.token.created', aggregate_seq: 1 },
      { type: 'scim.token.revoked', aggregate_seq: 2 },
    ]);
  });

  it('are kept where they were not delivered or given up, and so is what came after them', async () => {
    const [waiting, given] = [await createUser('a'), await createUser('b')];
    for (const id of [waiting, given]) await setTitle(id, 'Dr');
    await host.dataSource.query(
      `update scim_outbox_delivery set status = case when aggregate_id = $1 then 'dead' else 'delivered' end
       where aggregate_id in ($1, $2) and (aggregate_id = $1) = (event_seq in (select seq from scim_outbox where aggregate_seq = 1))`,
      [given, waiting],
    );
    await age(31, `aggregate_type = 'user'`);
    expect((await tidy()).archived).toBe(0);
    await host.dataSource.query(`update scim_outbox_delivery set status = 'skipped' where aggregate_id in ($1, $2)`, [
      given,
      waiting,
    ]);
    expect((await tidy()).archived).toBe(4);
    expect(await host.deliveries(given)).toMatchObject([{ status: 'skipped' }, { status: 'skipped' }]);
  });

  it('wait for the next round where an earlier one of the same person was let go behind its back', async () => {
    const id = await createUser('ada');
    await setTitle(id, 'Dr');
    await host.drain();
    await age(31);
    await host.dataSource.query(
      `update scim_upkeep set place_at = created_at, place_seq = seq from scim_outbox
       where name = 'archive' and aggregate_id = $1 and aggregate_seq = 1`,
      [id],
    );
    expect(await tidy()).toEqual({ archived: 0, deleted: 0 });
    expect((await tidy()).archived).toBe(3);
  });

  it('are archived all the same where the database chose that for the victim of a deadlock', async () => {
    await createUser('ada');
    await host.drain();
    await age(31);
    await failOnce('archived_at', async () => expect((await tidy()).archived).toBe(2));
  });

  it.each(['read', 'unread'])('tell a reader of a gap who had not come so far, whether they were %s', async (which) => {
    const { next: start } = await read();
    await createUser('ada');
    await createUser('bob');
    const { next: end } = which === 'read' ? await read() : { next: undefined };
    await host.drain();
    await age(31);
    await tidy();
    const gone = await settingsOf(host, idp.organizationId).send('GET', `/events?after=${start}`);
    expect(gone).toMatchObject({ status: 410, body: { message: expect.stringContaining('no longer kept') } });
    const id = await createUser('eve');
    expect(subjects((await read()).events)).toEqual([`Users/${id}`]);
    if (end) expect(subjects((await read(`?after=${end}`)).events)).toEqual([`Users/${id}`]);
  });

  it.each([
    [{ retentionDays: 0 }, 'events.retentionDays must be whole days, 1 to 36500, not 0.'],
    [{ retentionDays: 1.5 }, 'events.retentionDays must be whole days, 1 to 36500, not 1.5.'],
    [{ retentionDays: 30, historyDays: 29 }, 'events.historyDays must be whole days, 30 to 36500, not 29.'],
  ])('are not kept by %j', (events, message) => {
    expect(() => eventsOf({ events } as unknown as ScimModuleOptions)).toThrow(message);
  });

  it('are kept as history no shorter than as events', () => {
    expect(eventsOf({ events: { retentionDays: 1000 } } as unknown as ScimModuleOptions).historyDays).toBe(1000);
    expect(eventsOf({} as unknown as ScimModuleOptions)).toEqual({ retentionDays: 30, historyDays: 400 });
  });
});
