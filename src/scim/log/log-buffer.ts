import type { LogEntry } from '../persistence/log-statements.js';

const MOST_ENTRIES = 10_000;
const MOST_CHARACTERS = 16 * 1024 * 1024;
/** Organizations of whose losses account is kept. */
const MOST_ACCOUNTS = 10_000;

/** Entries that wait to be written, in a bound: what comes when it is full is dropped and counted. */
export class LogBuffer {
  private entries: LogEntry[] = [];
  private characters = 0;
  private readonly losses = new Map<string, number>();

  get size(): number {
    return this.entries.length;
  }

  push(entry: LogEntry): void {
    if (this.entries.length >= MOST_ENTRIES || this.characters + sizeOf(entry) > MOST_CHARACTERS) {
      this.countLoss(entry);
      return;
    }
    this.entries.push(entry);
    this.characters += sizeOf(entry);
  }

  /** The oldest, as many as fit into one statement. */
  first(most: number, mostCharacters: number): readonly LogEntry[] {
    let characters = 0;
    const end = this.entries.findIndex((entry, index) => {
      characters += sizeOf(entry);
      return index === most || (index > 0 && characters > mostCharacters);
    });
    return this.entries.slice(0, end === -1 ? this.entries.length : end);
  }

  /** Those that `first` gave are done with. */
  shift(count: number): void {
    for (const entry of this.entries.slice(0, count)) this.characters -= sizeOf(entry);
    this.entries = this.entries.slice(count);
  }

  countLoss({ organizationId }: LogEntry): void {
    if (this.losses.size >= MOST_ACCOUNTS) this.losses.clear();
    this.losses.set(organizationId, (this.losses.get(organizationId) ?? 0) + 1);
  }

  /** Entries of an organization that were lost since this process began. */
  lossesOf(organizationId: string): number {
    return this.losses.get(organizationId) ?? 0;
  }

  waitingOf(organizationId: string): number {
    return this.entries.filter((entry) => entry.organizationId === organizationId).length;
  }
}

/** Without the parts that are always short. */
const sizeOf = ({ body, query, detail, path, personKeys }: LogEntry): number =>
  500 +
  path.length +
  (body?.length ?? 0) +
  (query?.length ?? 0) +
  (detail?.length ?? 0) +
  personKeys.reduce((sum, key) => sum + key.length, 0);
