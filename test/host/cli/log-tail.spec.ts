import { LogTail } from '../../../src/host/cli/log-tail.js';
import type { LoggedRequest, LogQuery } from '../../../src/scim/index.js';

/** A log whose requests come in whatever order. */
class Log {
  readonly requests: LoggedRequest[] = [];
  reads = 0;

  add(...seconds: number[]): void {
    for (const second of seconds) {
      const receivedAt = new Date(second * 1000);
      this.requests.push({ id: `request-${String(second).padStart(5, '0')}`, receivedAt } as LoggedRequest);
    }
  }

  readonly read = async ({ from, after, limit }: LogQuery): Promise<readonly LoggedRequest[]> => {
    this.reads += 1;
    const place = (request: { receivedAt: Date; id: string }): string =>
      `${request.receivedAt.toISOString()} ${request.id}`;
    return this.requests
      .filter((request) => !from || request.receivedAt >= from)
      .filter((request) => !after || place(request) < `${after.receivedAt} ${after.id}`)
      .sort((one, other) => (place(one) < place(other) ? 1 : -1))
      .slice(0, limit);
  };
}

const seconds = (requests: readonly LoggedRequest[]): number[] => requests.map(({ id }) => Number(id.slice(8)));
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_none, index) => from + index);

describe('the tail of a log', () => {
  it.each([
    ['fewer than there are', 3, [97, 98, 99]],
    ['none', 0, []],
    ['more than there are', 1000, range(0, 100)],
  ])('begins with the last ones, the oldest first: %s', async (_what, most, expected) => {
    const log = new Log();
    log.add(...range(0, 100));
    expect(seconds(await new LogTail(log.read).last(most))).toEqual(expected);
    expect(seconds(await new LogTail(log.read).begin(most))).toEqual(expected);
  });

  it('begins with all since a time, over as many pages as it takes', async () => {
    const log = new Log();
    log.add(...range(0, 1000));
    expect(seconds(await new LogTail(log.read).last(Infinity, new Date(300_000)))).toEqual(range(300, 1000));
    expect(seconds(await new LogTail(log.read).begin(Infinity, new Date(300_000)))).toEqual(range(300, 1000));
  });

  it('goes on with each new one once, and never with what it left out at the beginning', async () => {
    const log = new Log();
    log.add(...range(0, 100));
    const tail = new LogTail(log.read);
    expect(seconds(await tail.begin(1))).toEqual([99]);
    expect(seconds(await tail.next())).toEqual([]);
    log.add(100, 101);
    expect(seconds(await tail.next())).toEqual([100, 101]);
    expect(seconds(await tail.next())).toEqual([]);
    log.add(...range(102, 800));
    expect(seconds(await tail.next())).toEqual(range(102, 800));
  });

  it('goes on where there was nothing', async () => {
    const log = new Log();
    const tail = new LogTail(log.read);
    expect(await tail.begin(20)).toEqual([]);
    log.add(1, 2);
    expect(seconds(await tail.next())).toEqual([1, 2]);
  });

  it('has a request that took long in the next round, or, behind a page of newer ones, a few rounds later', async () => {
    const log = new Log();
    const tail = new LogTail(log.read);
    log.add(...range(100, 160));
    await tail.begin(20);
    log.add(101.5);
    expect(seconds(await tail.next())).toEqual([101.5]);
    log.add(...range(0, 300).map((index) => 160 + index / 100));
    await tail.next();
    log.add(120.5);
    const later: number[] = [];
    for (let round = 0; round < 20; round += 1) later.push(...seconds(await tail.next()));
    expect(later).toEqual([120.5]);
  });

  it('reads one page where nothing is new, whatever the last minute held', async () => {
    const log = new Log();
    log.add(...range(0, 5000).map((index) => 1000 + index / 100));
    const tail = new LogTail(log.read);
    await tail.begin(20);
    log.reads = 0;
    await tail.next();
    expect(log.reads).toBe(1);
  });
});
