import type { DataSource } from 'typeorm';
import type { LoggedStatement } from './statement-log.js';

/** Tables of a few rows: reading all of them is the quickest way. */
const SMALL = /on scim_(consumer|connection|token)\b/;

/**
 * Sequential scans and sorts in the plans of statements, for the parameters that they had and as PostgreSQL plans a named
 * statement for any parameters.
 */
export async function notesOf(dataSource: DataSource, statements: readonly LoggedStatement[]): Promise<string[]> {
  const notes = new Set<string>();
  for (const { text, values } of statements.filter((each) => /^(select|with)/i.test(each.text))) {
    const plan = await explain(dataSource, `EXPLAIN ${text}`, values);
    for (const scan of scansIn(plan)) notes.add(scan);
    const generic = await explain(dataSource, `EXPLAIN (GENERIC_PLAN) ${text}`, []);
    for (const scan of scansIn(generic)) notes.add(`${scan} (generic plan)`);
  }
  return [...notes];
}

const scansIn = (plan: readonly string[]): readonly string[] =>
  plan.flatMap((line) => /Seq Scan on .*?(?=\s+\()/.exec(line)?.[0] ?? []).filter((scan) => !SMALL.test(scan));

async function explain(dataSource: DataSource, text: string, values: readonly unknown[]): Promise<string[]> {
  try {
    const rows: { 'QUERY PLAN': string }[] = await dataSource.query(text, [...values]);
    return rows.map((row) => row['QUERY PLAN']);
  } catch (error) {
    return [`no plan: ${String(error)}`];
  }
}
