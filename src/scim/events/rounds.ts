/** Work that is done every so often by this process. A round that takes long is not overtaken by the next one. */
export class Rounds {
  private timer: NodeJS.Timeout | undefined;
  private last: Promise<unknown> = Promise.resolve();
  private ended = false;

  /** @param work one round; `onError` hears what it throws, and the next one comes in its time. */
  constructor(
    private readonly work: () => Promise<unknown>,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** True from `stop` on: a round that has much to do leaves the rest. */
  get isStopping(): boolean {
    return this.ended;
  }

  start(intervalMs: number): void {
    // Unreferenced: waiting keeps no process alive.
    this.timer = setInterval(() => this.begin(), intervalMs).unref();
  }

  /** Resolves when no round is under way any more. */
  async stop(): Promise<void> {
    this.ended = true;
    clearInterval(this.timer);
    await this.last;
  }

  private begin(): void {
    this.last = this.last.then(this.work).catch(this.onError);
  }
}
