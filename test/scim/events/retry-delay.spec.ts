import { retryDelay } from '../../../src/scim/events/retry-delay.js';

const HOUR = 3_600_000;

describe('retryDelay', () => {
  it.each([
    [1, 1000],
    [2, 4000],
    [3, 16_000],
    [6, 1_024_000],
    [7, HOUR],
    [11, HOUR],
  ])('is four times as long each time, up to an hour: after %i failed tries around %i ms', (attempts, middle) => {
    for (const endless of [false, true]) {
      expect(retryDelay(attempts, endless, 0)).toBe(middle * 0.75);
      expect(retryDelay(attempts, endless, 0.5)).toBe(middle);
      expect(retryDelay(attempts, endless, 0.999_999_999)).toBe(middle * 1.25);
    }
  });

  it.each([
    ['at least', 0, 4],
    ['commonly', 0.5, 5.3],
  ])('spans an outage of hours before an event is given up: %s', (_what, random, hours) => {
    const delays = Array.from({ length: 11 }, (_, index) => retryDelay(index + 1, false, random) ?? 0);
    expect(delays.reduce((sum, delay) => sum + delay)).toBeGreaterThan(hours * HOUR);
  });

  it.each([12, 13, 1000])('gives an ordinary event up after %i tries', (attempts) => {
    expect(retryDelay(attempts, false, 0.5)).toBeNull();
  });

  it.each([12, 13, 31, 33, 1000, 100_000])(
    'tries one that takes something away hourly for ever: after %i tries',
    (attempts) => {
      expect(retryDelay(attempts, true, 0.5)).toBe(HOUR);
    },
  );
});
