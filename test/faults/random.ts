import { createHash } from 'node:crypto';

/** Numbers that a seed decides. What several processes make of them in which order, no seed decides. */
export interface Random {
  /** At least 0, less than 1. */
  next(): number;
  /** A whole number, `least` and `most` among them. */
  integer(least: number, most: number): number;
  pick<T>(values: readonly T[]): T;
}

/** A generator for one purpose, so that one scenario alone meets the same numbers as among the others. */
export function seededRandom(seed: number, purpose: string): Random {
  // mulberry32
  let state = createHash('sha256').update(`${seed} ${purpose}`).digest().readUInt32LE(0);
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const integer = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1));
  return {
    next,
    integer,
    pick<T>(values: readonly T[]): T {
      const value = values[integer(0, values.length - 1)];
      if (value === undefined) throw new Error('There is nothing to pick from.');
      return value;
    },
  };
}
