import { ScimClient } from '../../support/scim-client.js';
import { createUsers, setTitles } from '../directory.js';
import { CONSUMER } from '../effects.js';
import { type FaultContext, type Findings, percentile, type Query, type Scenario, until } from '../scenario.js';

const LEAVERS = 'leaver';

/** Somebody has to be out while the events of a large directory wait. */
export const backlog: Scenario = {
  name: 'backlog',
  title: 'A deactivation is delivered before all the events that waited already',
  run,
};

async function run({ quick, host, processes, query, serve }: FaultContext): Promise<Findings> {
  const [waiting, leavers] = quick ? [2000, 6] : [50_000, 40];
  if (!quick) processes.prepare();
  // It takes requests and delivers nothing: what it writes, the other process has to find.
  const other = await host();
  const idp = await other.client();
  await query(FILL, [idp.organizationId, waiting, CONSUMER]);
  const ids = await createUsers(idp, leavers, LEAVERS);
  // Half of them have older events that wait, too.
  await setTitles(idp, ids.slice(0, leavers / 2), 'Dr');
  // In the quick form the others take their time, so that they last.
  const conduct = quick ? { slowFor: { prefix: 'waiting', ms: 20 } } : {};
  const app = await serve(conduct);
  await until('the waiting ones are being delivered', async () => (await countWaiting(query)).delivered > 0);
  const clients = [new ScimClient(app.url, idp.token, idp.organizationId), idp];
  const violations: string[] = [];
  for (const [index, id] of ids.entries()) {
    const answer = await clients[index % 2]?.patch(`/Users/${id}`, [{ op: 'replace', path: 'active', value: false }]);
    if (answer?.status !== 200) violations.push(`answered ${answer?.status}: ${answer?.text}`);
    await until('the deactivation is delivered', async () => (await deactivations(query)).length > index);
  }
  const left = await countWaiting(query);
  const times = await deactivations(query);
  const own = times.filter(({ id }) => ids.indexOf(id) % 2 === 0).map(({ ms }) => ms);
  const others = times.filter(({ id }) => ids.indexOf(id) % 2 === 1).map(({ ms }) => ms);
  if (left.waiting === 0) violations.push('nothing waited any more when the last deactivation was delivered');
  if (times.length !== leavers) violations.push(`${times.length} effects of ${leavers} deactivations`);
  const late = await query<{ id: string }>(LATE, [ids]);
  if (late.length > 0) violations.push(`${late.length} events took effect after the deactivation of their identity`);
  return {
    counts: {
      'events that waited at first': waiting,
      'that waited at last': left.waiting,
      deactivations: times.length,
    },
    times: {
      'to the effect, through the process that delivers, median': percentile(own, 0.5),
      'through the process that delivers, longest': percentile(own, 1),
      'to the effect, through another process, median': percentile(others, 0.5),
      'through another process, longest': percentile(others, 1),
    },
    violations,
  };
}

async function countWaiting(query: Query): Promise<{ waiting: number; delivered: number }> {
  const [row] = await query<{ waiting: number; delivered: number }>(`
    select (count(*) filter (where d.status = 'pending'))::int as waiting, (count(*) filter (where d.status = 'delivered'))::int as delivered
    from scim_outbox_delivery d`);
  return row ?? { waiting: 0, delivered: 0 };
}

/** Those that took effect. */
const deactivations = (query: Query): Promise<{ id: string; ms: number }[]> =>
  query(`
    select o.aggregate_id as id, (extract(epoch from e.at - o.created_at) * 1000)::float as ms
    from scim_outbox o join effect e on e.event_id = o.id where o.type = 'scim.user.deactivated'`);

/** What gives access, after what takes it. */
const LATE = `
  select e.event_id as id from effect e
  join effect cut on cut.identity_id = e.identity_id and cut.place < e.place
  where e.identity_id = any($1::uuid[])`;

/** $1 organization, $2 how many, $3 consumer: identities with an event that waits, as the module writes them. */
const FILL = `
  with identity as (
    insert into scim_identity (id, organization_id, connection_id, user_name, user_name_key, state, active,
      attributes, search, email_keys, version, event_seq, created_at, modified_at, state_changed_at)
    select gen_random_uuid(), $1, c.id, 'waiting-' || n, 'waiting-' || n, 'provisioned', true, '{}', '{}', '{}', 1, 1, now(), now(), now()
    from scim_connection c, generate_series(1, $2::integer) n where c.organization_id = $1
    returning *
  ), event as (
    insert into scim_outbox (id, organization_id, aggregate_type, aggregate_id, aggregate_seq, type, payload, personal)
    select gen_random_uuid(), organization_id, 'user', id, 1, 'scim.user.provisioned',
      jsonb_build_object('state', state, 'version', 1, 'changed', '[]'::jsonb), jsonb_build_object('userName', user_name)
    from identity
    returning seq, aggregate_id
  )
  insert into scim_outbox_delivery (event_seq, consumer, aggregate_id, terminal) select seq, $3, aggregate_id, false from event`;
