import type { EntityManager } from 'typeorm';
import { ScimDatabase, type Statement } from '../../src/scim/persistence/scim-database.js';

/** Notes the plan of each statement before it runs. */
export class ExplainingDatabase extends ScimDatabase {
  readonly plans: string[] = [];

  override async run<Row>(statement: Statement, values: readonly unknown[], manager?: EntityManager): Promise<Row[]> {
    const lines = await super.run<{ 'QUERY PLAN': string }>({ text: `EXPLAIN ${statement.text}` }, values, manager);
    this.plans.push(lines.map((line) => line['QUERY PLAN']).join('\n'));
    return super.run<Row>(statement, values, manager);
  }
}
