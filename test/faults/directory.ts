import type { ScimClient } from '../support/scim-client.js';

/** The most operations that the module takes in one bulk request. */
const BULK = 1000;

/** Users named `<prefix>-0`, `<prefix>-1` …; their ids, in this order. */
export async function createUsers(client: ScimClient, count: number, prefix: string): Promise<string[]> {
  const operations = Array.from({ length: count }, (_, index) => ({
    method: 'POST',
    path: '/Users',
    bulkId: `${index}`,
    data: { userName: `${prefix}-${index}` },
  }));
  return (await sendBulk(client, operations)).map(({ location }) => location.split('/').at(-1) ?? '');
}

/** One change of each of these users. */
export async function setTitles(client: ScimClient, ids: readonly string[], title: string): Promise<void> {
  const data = { Operations: [{ op: 'replace', path: 'title', value: title }] };
  await sendBulk(
    client,
    ids.map((id) => ({ method: 'PATCH', path: `/Users/${id}`, data })),
  );
}

interface BulkEntry {
  readonly status: string;
  readonly location: string;
}

async function sendBulk(client: ScimClient, operations: readonly unknown[]): Promise<BulkEntry[]> {
  const entries: BulkEntry[] = [];
  for (let from = 0; from < operations.length; from += BULK) {
    const answer = await client.post('/Bulk', { Operations: operations.slice(from, from + BULK) });
    if (answer.status !== 200) throw new Error(answer.text);
    entries.push(...answer.body.Operations);
  }
  const failed = entries.find(({ status }) => Number(status) >= 300);
  if (failed || entries.length !== operations.length)
    throw new Error(`A bulk request failed: ${JSON.stringify(failed)}`);
  return entries;
}
