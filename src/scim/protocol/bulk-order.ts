/** RFC 7644 §3.7.1: in which order the operations of a bulk request can be done, whatever refers to what. */
import type { BulkOperation } from './bulk.js';
import { referencesOf } from './bulk-references.js';

/** One operation, or several that refer to one another in a circle; by their places in the request. */
interface BulkStep {
  readonly operations: readonly number[];
  readonly isCircular: boolean;
}

export interface BulkPlan {
  /** Each after what it refers to, else in the order of the request. */
  readonly steps: readonly BulkStep[];
  /** By operation: the operations whose resources it refers to. */
  readonly needs: readonly (readonly number[])[];
  /** By operation: the first bulkId that no POST of the request has. */
  readonly unknown: readonly (string | undefined)[];
}

export function planBulk(operations: readonly BulkOperation[]): BulkPlan {
  const makers = new Map<string, number>();
  for (const [index, { method, bulkId }] of operations.entries()) {
    if (method === 'POST' && bulkId !== undefined) makers.set(bulkId, index);
  }
  const references = operations.map((operation) => [...referencesOf(operation)]);
  const needs = references.map((bulkIds) => bulkIds.flatMap((bulkId) => makers.get(bulkId) ?? []));
  const unknown = references.map((bulkIds) => bulkIds.find((bulkId) => !makers.has(bulkId)));
  return { steps: new Walk(needs).steps(), needs, unknown };
}

interface Visit {
  readonly node: number;
  /** Place of the need that is looked at next. */
  next: number;
}

/** Tarjan's strongly connected components, which come out after all that they need. Without recursion: chains are long. */
class Walk {
  private readonly found: (number | undefined)[] = [];
  private readonly lowest: number[] = [];
  private readonly open: number[] = [];
  private readonly isOpen = new Set<number>();
  private readonly done: BulkStep[] = [];
  private count = 0;

  constructor(private readonly needs: readonly (readonly number[])[]) {}

  steps(): readonly BulkStep[] {
    for (const node of this.needs.keys()) if (this.found[node] === undefined) this.walk(node);
    return this.done;
  }

  private walk(root: number): void {
    const path: Visit[] = [this.enter(root)];
    for (let visit = path.at(-1); visit; visit = path.at(-1)) {
      const need = this.needs[visit.node]?.[visit.next];
      visit.next += 1;
      if (need === undefined) {
        path.pop();
        this.leave(visit.node);
        const above = path.at(-1);
        if (above) this.lower(above.node, this.lowest[visit.node]);
      } else if (this.found[need] === undefined) path.push(this.enter(need));
      else if (this.isOpen.has(need)) this.lower(visit.node, this.found[need]);
    }
  }

  private enter(node: number): Visit {
    this.found[node] = this.lowest[node] = this.count;
    this.count += 1;
    this.open.push(node);
    this.isOpen.add(node);
    return { node, next: 0 };
  }

  private leave(node: number): void {
    if (this.lowest[node] !== this.found[node]) return;
    const operations = this.open.splice(this.open.lastIndexOf(node)).sort((left, right) => left - right);
    for (const each of operations) this.isOpen.delete(each);
    const isCircular = operations.length > 1 || (this.needs[node]?.includes(node) ?? false);
    this.done.push({ operations, isCircular });
  }

  private lower(node: number, to: number | undefined): void {
    this.lowest[node] = Math.min(this.lowest[node] ?? 0, to ?? Infinity);
  }
}
