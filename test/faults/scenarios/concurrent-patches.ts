import { findStrays } from '../history.js';
import type { FaultContext, Findings, Scenario } from '../scenario.js';

const WRITERS = 50;

/** Each writer has a place of its own in one user's roles: who reads, changes and writes back must not undo the others. */
export const concurrentPatches: Scenario = {
  name: 'concurrent-patches',
  title: 'PATCHes of one user at once, each of another value, all take effect',
  run,
};

async function run({ quick, host, query }: FaultContext): Promise<Findings> {
  const rounds = quick ? 4 : 200;
  const client = await (await host({ providers: [] })).client();
  const slots = Array.from({ length: WRITERS }, (_, index) => `slot-${index}`);
  const { id } = await client.createUser({ userName: 'ada', roles: slots.map((type) => ({ type, value: 'round-0' })) });
  const violations: string[] = [];
  let slowest = 0;
  const begin = performance.now();
  for (let round = 1; round <= rounds; round += 1) {
    const value = `round-${round}`;
    const answers = await Promise.all(
      slots.map(async (slot) => {
        const start = performance.now();
        const answer = await client.patch(`/Users/${id}`, [
          { op: 'replace', path: `roles[type eq "${slot}"].value`, value },
        ]);
        slowest = Math.max(slowest, performance.now() - start);
        return answer;
      }),
    );
    for (const { status, text } of answers) if (status !== 200) violations.push(`answered ${status}: ${text}`);
    const { body } = await client.get(`/Users/${id}`);
    const lost = slots.filter((slot) => !hasRole(body.roles, slot, value));
    if (lost.length > 0 || body.roles.length !== WRITERS) violations.push(`lost in round ${round}: ${lost.join(', ')}`);
  }
  const took = performance.now() - begin;
  const [row] = await query<{ version: number; events: number }>(
    'select version, (select count(*)::int from scim_outbox where aggregate_id = i.id) as events from scim_identity i where id = $1',
    [id],
  );
  const written = 1 + rounds * WRITERS;
  if (row?.version !== written || row.events !== written) violations.push(`${written} writes: ${JSON.stringify(row)}`);
  return {
    counts: {
      rounds,
      patches: rounds * WRITERS,
      'patches a second': Math.round((rounds * WRITERS * 1000) / took),
      ...row,
    },
    times: { 'slowest patch': Math.round(slowest) },
    violations: [...violations, ...(await findStrays(query))],
  };
}

const hasRole = (roles: readonly { type: string; value: string }[], slot: string, value: string): boolean =>
  roles.some((role) => role.type === slot && role.value === value);
