/** An ordinary event is given up (dead letter) after this many tries: about three hours. */
const MOST_ATTEMPTS = 12;

const HOUR_MS = 3_600_000;

/**
 * Milliseconds until the next try after `attempts` failed ones, or null: give up.
 * Doubles from 1 s up to an hour. Terminal events are never given up. `random` in [0, 1) spreads tries, so that
 * what failed together is not tried together.
 */
export function retryDelay(attempts: number, terminal: boolean, random: number): number | null {
  if (!terminal && attempts >= MOST_ATTEMPTS) return null;
  const ceiling = Math.min(1000 * 2 ** Math.min(attempts - 1, 30), HOUR_MS);
  return Math.round(ceiling / 2 + (random * ceiling) / 2);
}
