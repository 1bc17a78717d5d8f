import { retryDelay } from '../../../src/scim/events/retry-delay.js';

const HOUR = 3_600_000;

describe('retryDelay', () => {
  it.each([
    [1, 500, 1000],
    [2, 1000, 2000],
    [3, 2000, 4000],
    [8, 64_000, 128_000],
    [11, 512_000, 1_024_000],
  ])('doubles: after %i failed tries %i to %i ms', (attempts, least, most) => {
    expect(retryDelay(attempts, false, 0)).toBe(least);
    expect(retryDelay(attempts, false, 0.999_999_9)).toBe(most);
    expect(retryDelay(attempts, true, 0)).toBe(least);
  });

  it.each([12, 13, 1000])('gives an ordinary event up after %i tries', (attempts) => {
    expect(retryDelay(attempts, false, 0.5)).toBeNull();
  });

  it.each([13, 31, 33, 1000, 100_000])(
    'tries a terminal event for ever, within the hour: after %i tries',
    (attempts) => {
      expect(retryDelay(attempts, true, 0)).toBe(HOUR / 2);
      expect(retryDelay(attempts, true, 0.999_999_999)).toBe(HOUR);
    },
  );
});
