import { type Query, until } from './scenario.js';

/** Waits until the events so far were delivered, by whoever delivers. Those that wait for their next try get it at once. */
export const whenSettled = (query: Query): Promise<void> =>
  until('no event waits any more', async () => {
    await query(HURRY);
    return (await countWaiting(query)) === 0;
  });

const HURRY = `
  update scim_outbox_delivery set next_at = now() where (event_seq, consumer) in (
    select event_seq, consumer from scim_outbox_delivery where status = 'pending' and next_at > now() for update skip locked)`;

export async function countWaiting(query: Query): Promise<number> {
  const [row] = await query<{ waiting: number }>(
    `select count(*)::int as waiting from scim_outbox_delivery where status = 'pending'`,
  );
  return row?.waiting ?? 0;
}

/** What is wrong with rows, events, deliveries and effects, once all is delivered. */
export async function findViolations(query: Query): Promise<string[]> {
  return [...(await find(query, ROW_CHECKS)), ...(await find(query, DELIVERY_CHECKS))];
}

async function find(query: Query, checks: Readonly<Record<string, string>>): Promise<string[]> {
  const found: string[] = [];
  for (const [what, text] of Object.entries(checks)) {
    const rows = await query<Record<string, unknown>>(text);
    if (rows.length > 0) found.push(`${what}: ${rows.length}, e.g. ${JSON.stringify(rows[0])}`);
  }
  return found;
}

/** What is wrong with rows and events, where nothing is delivered. */
export async function findStrays(query: Query): Promise<string[]> {
  return find(query, ROW_CHECKS);
}

/** How many there are of each. */
export async function countAll(query: Query): Promise<Record<string, number>> {
  const [row = {}] = await query<Record<string, number>>(`
    select (select count(*)::int from scim_identity) as rows, (select count(*)::int from scim_outbox where aggregate_type = 'user') as events,
      (select count(*)::int from effect) as effects`);
  return row;
}

/** Each yields a row for each thing that is wrong. */
const ROW_CHECKS = {
  'rows whose events are not 1, 2, 3 … up to their last one, and events without a row': `
    select i.id as row, o.aggregate_id as aggregate, i.event_seq, o.sequences
    from scim_identity i full join (
      select aggregate_id, array_agg(aggregate_seq order by seq) as sequences
      from scim_outbox where aggregate_type = 'user' group by aggregate_id) o on o.aggregate_id = i.id
    where i.id is null or o.aggregate_id is null or o.sequences <> array(select generate_series(1, i.event_seq))`,
  'users of one name': `
    select organization_id, user_name_key from scim_identity where state <> 'deprovisioned'
    group by 1, 2 having count(*) > 1`,
};

const DELIVERY_CHECKS = {
  'events that were neither delivered nor overtaken': `
    select o.type, d.status, d.last_error
    from scim_outbox o left join scim_outbox_delivery d on d.event_seq = o.seq
    where o.aggregate_type = 'user' and (d.status is null or d.status not in ('delivered', 'superseded'))`,
  'events that were overtaken by one that takes no access away': `
    select o.id, o.type from scim_outbox o join scim_outbox_delivery d on d.event_seq = o.seq and d.status = 'superseded'
    where not exists (
      select 1 from scim_outbox_delivery later
      where later.aggregate_id = d.aggregate_id and later.consumer = d.consumer and later.event_seq > d.event_seq
        and later.terminal and later.status = 'delivered')`,
  'events without effect, or with more than one': `
    select o.id, d.status, count(e.event_id)::int as effects
    from scim_outbox o join scim_outbox_delivery d on d.event_seq = o.seq left join effect e on e.event_id = o.id
    where o.aggregate_type = 'user'
    group by o.id, d.status having count(e.event_id) <> (d.status = 'delivered')::int`,
  'effects of no event': `
    select event_id from effect e where not exists (select 1 from scim_outbox o where o.id = e.event_id)`,
  'effects out of their order': `
    select * from (
      select event_id, sequence, lag(sequence) over (partition by identity_id order by place) as before from effect) e
    where before >= sequence`,
};
