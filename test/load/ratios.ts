import type { ScimAnswer, ScimClient } from '../support/scim-client.js';
import { userId, userName } from './fill-directory.js';
import { rate } from './measure.js';
import { aUser, findByName, setActive } from './workloads.js';

const WRITERS = 8;
const ROUNDS = 3;

type Send = (round: number) => Promise<ScimAnswer>;

/** Requests a second of the module and of a plain controller, in turns, so that both meet the same machine. */
export async function compareWithPlain(
  scim: ScimClient,
  plain: ScimClient,
  { users, seconds }: { readonly users: number; readonly seconds: number },
): Promise<void> {
  const json = { 'content-type': 'application/json', authorization: '' };
  const any = (round: number): number => 1 + ((round * 104_729) % users);
  let made = 0;
  const pairs: readonly (readonly [string, Send, Send])[] = [
    [
      'W1 POST a user',
      () => scim.post('/Users', aUser(`rate-${made++}`)),
      () => plain.post('', aUser(`rate-${made++}`), json),
    ],
    [
      'W2 filter userName eq',
      (round) => findByName(scim, any(round)),
      (round) => plain.get(`?userName=${encodeURIComponent(userName(any(round)))}`),
    ],
    [
      'W3 GET a user',
      (round) => scim.get(`/Users/${userId(any(round))}`),
      (round) => plain.get(`/${userId(any(round))}`),
    ],
    [
      'W4 PATCH active (Okta)',
      (round) => setActive(scim, any(round), round % 2 === 0),
      (round) => plain.send('PATCH', `/${userId(any(round))}`, { active: round % 2 === 0 }, json),
    ],
  ];
  console.info(
    `\n| ${WRITERS} connections | module, requests/s | plain, requests/s | ratios |\n| --- | --- | --- | --- |`,
  );
  for (const [name, ours, theirs] of pairs) {
    const results: { readonly ours: number; readonly theirs: number }[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      results.push({
        ours: await successful(ours, seconds / 2),
        theirs: await successful(theirs, seconds / 2),
      });
    }
    const ratios = results.map((result) => (result.ours / result.theirs).toFixed(2));
    const median = (values: readonly number[]): string => (values.toSorted((a, b) => a - b)[1] ?? 0).toFixed(0);
    const columns = [median(results.map((each) => each.ours)), median(results.map((each) => each.theirs))];
    console.info(`| ${name} | ${columns.join(' | ')} | ${ratios.join(', ')} |`);
  }
}

let offset = 0;

async function successful(send: Send, seconds: number): Promise<number> {
  // Each time other users, so that a PATCH finds something to change.
  offset += 50_000;
  const { perSecond, statuses } = await rate(WRITERS, seconds, (round) => send(offset + round));
  const failed = Object.keys(statuses).filter((status) => Number(status) >= 300);
  if (failed.length > 0) throw new Error(`Some requests failed: ${JSON.stringify(statuses)}`);
  return perSecond;
}
