import type { EntityManager } from 'typeorm';
import { ScimDatabase, type Statement } from '../../src/scim/persistence/scim-database.js';

export interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}

/** Notes how each statement that only reads ran. */
export class AnalyzingDatabase extends ScimDatabase {
  readonly plans: PlanNode[] = [];

  override async run<Row>(statement: Statement, values: readonly unknown[], manager?: EntityManager): Promise<Row[]> {
    if (/^\s*SELECT (?!.*\bFOR\b)/s.test(statement.text)) {
      const text = `EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ${statement.text}`;
      const [explained] = await super.run<{ 'QUERY PLAN': readonly { Plan: PlanNode }[] }>({ text }, values, manager);
      const plan = explained?.['QUERY PLAN'][0]?.Plan;
      if (plan) this.plans.push(plan);
    }
    return super.run<Row>(statement, values, manager);
  }
}

export const nodesOf = (node: PlanNode): readonly PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

/** Nodes that read a table. */
export const leavesOf = (plan: PlanNode): readonly PlanNode[] =>
  nodesOf(plan).filter((node) => node.Plans === undefined);

/** How many rows a node looked at. */
export const readBy = (node: PlanNode): number =>
  (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'];
