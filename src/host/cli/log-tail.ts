import type { LoggedRequest, LogQuery } from '../../scim/index.js';

const PAGE = 200;
/**
 * How much later than its fellows a request may come into the log: it is written after its answer, of which a large bulk
 * request takes its time. Its place there is that of its arrival.
 */
const LATE_MS = 60_000;
/** Rounds that stop where nothing is new; the one after them looks at all that may have come late. */
const QUICK_ROUNDS = 20;

/** A page of the log, the newest first. */
type ReadPage = (page: Pick<LogQuery, 'from' | 'after' | 'limit'>) => Promise<readonly LoggedRequest[]>;

/** The end of a log that goes on: each request once, the oldest first. */
export class LogTail {
  /** Those of the last while, which are not new any more. */
  private readonly seen = new Map<string, Date>();
  /** Nothing older is new. */
  private from: Date | undefined;
  private rounds = 0;

  constructor(private readonly readPage: ReadPage) {}

  /** The last ones, as many as `most`. */
  async last(most: number, since?: Date): Promise<readonly LoggedRequest[]> {
    return (await this.walk({ from: since, most })).toReversed();
  }

  /** The same, before `next`. */
  async begin(most: number, since?: Date): Promise<readonly LoggedRequest[]> {
    this.from = since;
    const [newest] = await this.readPage({ from: since, limit: 1 });
    if (!newest) return [];
    const recent = await this.walk({ from: latest(since, before(newest)) });
    this.remember(recent);
    const older = await this.walk({ from: since, after: recent.at(-1), most: most - recent.length });
    return [...recent, ...older].slice(0, most).toReversed();
  }

  /** Those that came since. */
  async next(): Promise<readonly LoggedRequest[]> {
    this.rounds += 1;
    const isWhole = this.rounds % QUICK_ROUNDS === 0;
    const isNew = ({ id }: LoggedRequest): boolean => !this.seen.has(id);
    const found = await this.walk({ from: this.from, isDone: (page) => !isWhole && !page.some(isNew) });
    const fresh = found.filter(isNew);
    this.remember(fresh);
    return fresh.toReversed();
  }

  private async walk({ from, after, most = Infinity, isDone = () => false }: Walk): Promise<LoggedRequest[]> {
    const found: LoggedRequest[] = [];
    while (found.length < most) {
      const last = found.at(-1) ?? after;
      const limit = Math.min(PAGE, most - found.length);
      const place = last && { receivedAt: last.receivedAt.toISOString(), id: last.id };
      const page = await this.readPage({ from, after: place, limit });
      found.push(...page);
      if (page.length < limit || isDone(page)) break;
    }
    return found;
  }

  /** The newest one comes first. */
  private remember(requests: readonly LoggedRequest[]): void {
    const [newest] = requests;
    if (!newest) return;
    for (const { id, receivedAt } of requests) this.seen.set(id, receivedAt);
    this.from = latest(this.from, before(newest));
    for (const [id, receivedAt] of this.seen) if (receivedAt < this.from) this.seen.delete(id);
  }
}

interface Walk {
  readonly from: Date | undefined;
  /** The last one of what is known already. */
  readonly after?: LoggedRequest | undefined;
  readonly most?: number;
  /** Whether nothing of interest follows a page. */
  readonly isDone?: (page: readonly LoggedRequest[]) => boolean;
}

const before = ({ receivedAt }: LoggedRequest): Date => new Date(receivedAt.getTime() - LATE_MS);

const latest = (one: Date | undefined, other: Date): Date => (one && one > other ? one : other);
