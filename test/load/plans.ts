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
  for (const { text, values } of statements) {
    if (!/^(select|with)/i.test(text)) continue;
    const plans = [
      await explain(dataSource, `EXPLAIN ${text}`, values),
      await explain(dataSource, `EXPLAIN (GENERIC_PLAN) ${text}`, []),
    ];
    for (const [index, plan] of plans.entries()) {
      for (const line of plan) {
        const scan = /Seq Scan on .*?(?=\s+\()/.exec(line)?.[0];
        if (scan !== undefined && !SMALL.test(scan)) notes.add(`${scan}${index === 1 ? ' (generic plan)' : ''}`);
      }
    }
  }
  return [...notes];
}

async function explain(dataSource: DataSource, text: string, values: readonly unknown[]): Promise<string[]> {
  try {
    const rows: { 'QUERY PLAN': string }[] = await dataSource.query(text, [...values]);
    return rows.map((row) => row['QUERY PLAN']);
  } catch (error) {
    return [`no plan: ${String(error)}`];
  }
}
