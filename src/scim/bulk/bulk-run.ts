import type { EntityManager } from 'typeorm';
import { type BulkOperation, type BulkOutcome, type BulkRequest, describeId } from '../protocol/bulk.js';
import { type BulkPlan, planBulk } from '../protocol/bulk-order.js';
import { referenceIn } from '../protocol/bulk-references.js';
import { conflict, ScimError, unavailable } from '../protocol/scim-error.js';
import type { BulkWriter, Done, Task } from './bulk-writer.js';
import type { Addressed } from './bulk-address.js';

/** What a run works with. */
export interface BulkTools {
  readonly writer: BulkWriter;
  /** @throws ScimError for an operation that is refused by what it says alone. */
  readonly addressOf: (operation: BulkOperation, unknown: string | undefined) => Addressed;
  readonly transaction: <T>(work: (manager: EntityManager) => Promise<T>) => Promise<T>;
  /** What the client is told of whatever was thrown. */
  readonly toScimError: (error: unknown) => ScimError;
  /** Whether the request has had the time that it may take. */
  readonly isLate: () => boolean;
}

/** A task, or why there is none. */
type Planned = Task | Refused;

interface Refused {
  readonly error: ScimError;
}

/** One bulk request: which operations are done when, what became of each, and when it is over. */
export class BulkRun {
  /** Undefined: it was not processed. */
  readonly outcomes: (BulkOutcome | undefined)[];
  /** Set once an operation met what would meet all others too, or time ran out: 503, and nothing more is tried. */
  unavailable: ScimError | undefined;

  private readonly plan: BulkPlan;
  private readonly tasks: readonly Planned[];
  /** Consecutive creations that can be written together. */
  private pending: number[] = [];
  private errors = 0;
  /** By bulkId: what is there by now. */
  private readonly made = new Set<string>();

  constructor(
    private readonly request: BulkRequest,
    private readonly tools: BulkTools,
  ) {
    const { operations } = request;
    this.plan = planBulk(operations);
    this.outcomes = operations.map(() => undefined);
    this.tasks = operations.map((operation, index) => this.toTask(operation, this.plan.unknown[index]));
  }

  get hasWritten(): boolean {
    return this.outcomes.some((outcome) => outcome !== undefined && 'status' in outcome);
  }

  async process(): Promise<void> {
    for (const { operations, isCircular } of this.plan.steps) {
      if (this.isOver) return;
      if (this.tools.isLate()) {
        await this.flush();
        this.unavailable ??= unavailable('The request took too long; send again what was not done, in smaller ones.');
        return;
      }
      const [first = 0] = operations;
      await (isCircular ? this.processCircle(operations) : this.processOne(first));
    }
    await this.flush();
  }

  /** Says of all that was not tried that it was not. */
  giveUp(error: ScimError): void {
    if (this.errors >= this.mostErrors) return;
    for (const index of this.outcomes.keys()) if (!this.outcomes[index]) this.refuse(index, error);
  }

  private get mostErrors(): number {
    return this.request.failOnErrors ?? Infinity;
  }

  private get isOver(): boolean {
    return this.unavailable !== undefined || this.errors >= this.mostErrors;
  }

  private toTask(operation: BulkOperation, unknown: string | undefined): Planned {
    try {
      return { ...this.tools.addressOf(operation, unknown), operation };
    } catch (error) {
      return { error: this.tools.toScimError(error) };
    }
  }

  private async processOne(index: number): Promise<void> {
    if (!this.joinsPending(index)) await this.flush();
    if (this.isOver) return;
    const task = this.taskOf(index);
    if ('error' in task) this.refuse(index, task.error);
    else if (isSetMember(task)) this.pending.push(index);
    else await this.attempt([index], async () => [await this.tools.writer.write(task)]);
  }

  /** A creation that refers to none of those that wait for theirs. What will be refused has no effect on them either. */
  private joinsPending(index: number): boolean {
    const [first] = this.pending;
    if (first === undefined) return true;
    if (this.plan.needs[index]?.some((need) => this.pending.includes(need))) return false;
    const [other, task] = [this.tasks[first], this.taskOf(index)];
    if (!task || !other || 'error' in other) return false;
    if ('error' in task) return this.mostErrors === Infinity;
    return isSetMember(task) && task.served === other.served;
  }

  private async flush(): Promise<void> {
    const indexes = this.pending;
    this.pending = [];
    const tasks = indexes.map((index) => this.tasks[index]).filter(isTask);
    const { writer } = this.tools;
    const [only] = tasks;
    if (only && tasks.length === 1) await this.attempt(indexes, async () => [await writer.write(only)]);
    else if (only) await this.attempt(indexes, () => writer.writeMany(tasks, this.mostErrors - this.errors));
  }

  /** All of them or none: each one refers to each other one. */
  private async processCircle(indexes: readonly number[]): Promise<void> {
    await this.flush();
    if (this.isOver) return;
    const tasks = indexes.map((index) => this.taskOf(index));
    let turn = tasks.findIndex((task) => 'error' in task);
    const write = (manager: EntityManager): Promise<Done[]> =>
      this.tools.writer.writeCircle(tasks.filter(isTask), manager, (task) => (turn = tasks.indexOf(task)));
    try {
      const refused = tasks[turn];
      if (refused && 'error' in refused) throw refused.error;
      for (const [place, done] of (await this.tools.transaction(write)).entries()) this.accept(indexes[place], done);
    } catch (thrown) {
      const error = this.tools.toScimError(thrown);
      const culprit = this.request.operations[indexes[turn] ?? -1]?.bulkId;
      // Before the first turn, and where nothing can be done, it is nobody's own.
      const meetsAll = turn < 0 || error.status === 503;
      for (const [place, index] of indexes.entries()) {
        const task = tasks[place];
        const own = isRefused(task) ? task.error : undefined;
        this.refuse(index, place === turn || meetsAll ? error : (own ?? failedWith(culprit)));
      }
    }
  }

  /** The task, or why there is none: also what it refers to was not made. */
  private taskOf(index: number): Planned {
    const task = this.tasks[index];
    if (!task) throw new Error('There is no such operation.');
    if ('error' in task) return task;
    const failed = this.plan.needs[index]?.find((need) => isRefused(this.outcomes[need]));
    return failed === undefined ? task : { error: failedWith(this.request.operations[failed]?.bulkId) };
  }

  private async attempt(
    indexes: readonly number[],
    work: () => Promise<readonly (Done | { readonly error: unknown })[]>,
  ): Promise<void> {
    try {
      for (const [place, outcome] of (await work()).entries()) {
        const index = indexes[place];
        if (index === undefined) continue;
        if ('error' in outcome) this.refuse(index, this.tools.toScimError(outcome.error));
        else this.accept(index, outcome);
      }
    } catch (error) {
      const refusal = this.tools.toScimError(error);
      for (const index of indexes) this.refuse(index, refusal);
    }
  }

  private accept(index: number | undefined, done: Done): void {
    if (index === undefined) return;
    this.outcomes[index] = done;
    const operation = this.request.operations[index];
    if (operation?.method === 'POST' && operation.bulkId !== undefined) this.made.add(operation.bulkId);
  }

  private refuse(index: number, error: ScimError): void {
    const task = this.tasks[index];
    const operation = this.request.operations[index];
    if (!operation || !task) return;
    const served = 'error' in task ? undefined : task.served;
    const reference = referenceIn(operation.target);
    // RFC 7644 §3.7: the location is there except where a POST failed; then what refers to its resource has none either.
    const isNowhere = operation.method === 'POST' || (reference !== undefined && !this.made.has(reference));
    const location = isNowhere ? {} : { location: this.tools.writer.locationOf(operation, served) };
    this.outcomes[index] = { error, ...location };
    this.errors += 1;
    if (error.status === 503) this.unavailable ??= error;
  }
}

const isRefused = (value: unknown): value is Refused =>
  typeof value === 'object' && value !== null && 'error' in value && value.error instanceof ScimError;

const isTask = (task: Planned | undefined): task is Task => !!task && !('error' in task);

const isSetMember = ({ method, served }: Task): boolean =>
  method === 'POST' && served.endpoint.createMany !== undefined;

const failedWith = (bulkId: string | undefined): ScimError =>
  conflict(`It refers to the bulkId ${describeId(bulkId ?? '')}, whose operation failed.`);
