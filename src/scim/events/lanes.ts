/** Each takes a connection of the host's pool, of which there are ten unless the host says otherwise. */
export const LANES = 4;
/** For publishers, whose receivers may be slow: lanes of their own, so that a handler that cuts access never waits for them. */
export const PUBLISHER_LANES = 3;

/** What a lane is taken for. */
export interface Passenger {
  readonly aggregateId: string;
  readonly consumer: string;
}

interface Waiting {
  readonly passenger: Passenger;
  readonly admit: () => void;
}

/**
 * Bounds how many deliveries this process works on at a time, whoever asked for them. A consumer that hangs leaves a lane to
 * the others. Of one identity and consumer it is one at a time, because they must not overtake each other. Those who wait are
 * served before those who only try.
 */
export class Lanes {
  private readonly busy = new Map<string, string>();
  private readonly queue: Waiting[] = [];
  private readonly whenEmpty: (() => void)[] = [];

  constructor(private readonly count: number = LANES) {}

  hasRoomFor(consumer: string): boolean {
    if (this.busy.size >= this.count) return false;
    return [...this.busy.values()].filter((name) => name === consumer).length < this.count - 1;
  }

  /** Whether it has a lane now; then `leave` must follow. */
  enter(passenger: Passenger): boolean {
    const key = keyOf(passenger);
    if (this.busy.has(key) || !this.hasRoomFor(passenger.consumer)) return false;
    this.busy.set(key, passenger.consumer);
    return true;
  }

  /** The same, after waiting for up to `ms`. */
  async enterWithin(passenger: Passenger, ms: number): Promise<boolean> {
    if (this.enter(passenger)) return true;
    return new Promise((resolve) => {
      const waiting = { passenger, admit: () => (clearTimeout(timer), resolve(true)) };
      const giveUp = (): void => {
        this.queue.splice(this.queue.indexOf(waiting), 1);
        resolve(false);
      };
      const timer = setTimeout(giveUp, ms).unref();
      this.queue.push(waiting);
    });
  }

  leave(passenger: Passenger): void {
    this.busy.delete(keyOf(passenger));
    const admitted = this.queue.filter((waiting) => this.enter(waiting.passenger));
    for (const waiting of admitted) {
      this.queue.splice(this.queue.indexOf(waiting), 1);
      waiting.admit();
    }
    if (this.busy.size === 0) for (const resolve of this.whenEmpty.splice(0)) resolve();
  }

  /** Resolves when nothing is worked on. */
  async empty(): Promise<void> {
    if (this.busy.size > 0) await new Promise<void>((resolve) => this.whenEmpty.push(resolve));
  }
}

const keyOf = ({ aggregateId, consumer }: Passenger): string => `${aggregateId} ${consumer}`;
