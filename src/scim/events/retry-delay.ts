/** An ordinary event is given up (dead letter) after this many tries: about five and a half hours. */
const MOST_ATTEMPTS = 12;

const SECOND_MS = 1000;
const HOUR_MS = 3_600_000;

/**
 * Milliseconds until the next try after `attempts` failed ones, or null: give up.
 * Four times as long each time, from 1 s up to an hour: 1 s, 4 s, 16 s, a minute, 4 and 17 minutes, then hourly; for ever
 * where `endless`. `random` in [0, 1) moves a try by up to a quarter, so that what failed together is not tried
 * together.
 */
export function retryDelay(attempts: number, endless: boolean, random: number): number | null {
  if (!endless && attempts >= MOST_ATTEMPTS) return null;
  const middle = Math.min(SECOND_MS * 4 ** Math.min(attempts - 1, 30), HOUR_MS);
  return Math.round(middle * (0.75 + random / 2));
}
