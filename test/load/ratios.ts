import type { ScimAnswer, ScimClient } from '../support/scim-client.js';
import { userId, userName } from './fill-directory.js';
import { type Rate, rate, type Workload } from './measure.js';
import { aUser, findByName, setActive } from './workloads.js';

const WRITERS = 8;
const ROUNDS = 5;

type Send = (round: number) => Promise<ScimAnswer>;

interface Pair {
  readonly name: string;
  readonly ours: Send;
  readonly theirs: Send;
}

const json = { 'content-type': 'application/json', authorization: '' };
let made = 0;

function pairsOf(scim: ScimClient, plain: ScimClient, users: number): readonly Pair[] {
  const any = (round: number): number => 1 + ((round * 104_729) % users);
  return [
    {
      name: 'W1 POST a user',
      ours: () => scim.post('/Users', aUser(`rate-${made++}`)),
      theirs: () => plain.post('', aUser(`rate-${made++}`), json),
    },
    {
      name: 'W2 filter userName eq',
      ours: (round) => findByName(scim, any(round)),
      theirs: (round) => plain.get(`?userName=${encodeURIComponent(userName(any(round)))}`),
    },
    {
      name: 'W3 GET a user',
      ours: (round) => scim.get(`/Users/${userId(any(round))}`),
      theirs: (round) => plain.get(`/${userId(any(round))}`),
    },
    {
      name: 'W4 PATCH active (Okta)',
      ours: (round) => setActive(scim, any(round), round % 2 === 0),
      theirs: (round) => plain.send('PATCH', `/${userId(any(round))}`, { active: round % 2 === 0 }, json),
    },
  ];
}

/** The plain controller's requests one after the other, to know what the machine makes of a single statement. */
export const plainWorkloads = (plain: ScimClient, users: number): readonly Workload[] =>
  pairsOf(plain, plain, users).map(({ name, theirs }, index) => ({
    name: `plain controller: ${name}`,
    status: [201, 200, 200, 204][index] ?? 200,
    send: theirs,
  }));

/** Requests a second of the module and of a plain controller, in turns, so that both meet the same machine. */
export async function compareWithPlain(
  scim: ScimClient,
  plain: ScimClient,
  { users, seconds }: { readonly users: number; readonly seconds: number },
): Promise<void> {
  console.info(
    `\n| ${WRITERS} connections | module, requests/s | plain, requests/s | ratio: median (all) | CPU ms: module, plain, ratio |\n| --- | --- | --- | --- | --- |`,
  );
  for (const { name, ours, theirs } of pairsOf(scim, plain, users)) {
    const results: { readonly ours: Rate; readonly theirs: Rate }[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      results.push({ ours: await successful(ours, seconds / 2), theirs: await successful(theirs, seconds / 2) });
    }
    const [rateOfOurs, rateOfTheirs] = [results.map((each) => each.ours), results.map((each) => each.theirs)];
    const ratios = results.map((each) => each.ours.perSecond / each.theirs.perSecond);
    const [cpu, plainCpu] = [median(rateOfOurs.map((each) => each.cpu)), median(rateOfTheirs.map((each) => each.cpu))];
    const columns = [
      name,
      median(rateOfOurs.map((each) => each.perSecond)).toFixed(0),
      median(rateOfTheirs.map((each) => each.perSecond)).toFixed(0),
      `${median(ratios).toFixed(2)} (${ratios.map((each) => each.toFixed(2)).join(', ')})`,
      `${cpu.toFixed(2)}, ${plainCpu.toFixed(2)}, ${(cpu / plainCpu).toFixed(2)}`,
    ];
    console.info(`| ${columns.join(' | ')} |`);
  }
}

const median = (values: readonly number[]): number =>
  values.toSorted((left, right) => left - right)[values.length >> 1] ?? 0;

let offset = 0;

async function successful(send: Send, seconds: number): Promise<Rate> {
  // Each time other users, so that a PATCH finds something to change.
  offset += 50_000;
  const measured = await rate(WRITERS, seconds, (round) => send(offset + round));
  const failed = Object.keys(measured.statuses).filter((status) => Number(status) >= 300);
  if (failed.length > 0) throw new Error(`Some requests failed: ${JSON.stringify(measured.statuses)}`);
  return measured;
}
