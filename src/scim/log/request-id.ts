import { randomBytes } from 'node:crypto';

/** Of the ids of one millisecond; more than a process can serve. */
const MOST = 0xfff;

let lastMs = 0;
let count = 0;

/**
 * A UUID of version 7 (RFC 9562 §5.7): those of one process are in the order of their requests, also within a millisecond, so
 * that a list by time has one order, and a page of it one end.
 */
export function newRequestId(nowMs: number): string {
  count = nowMs === lastMs ? Math.min(count + 1, MOST) : 0;
  lastMs = nowMs;
  const random = randomBytes(8);
  random[0] = ((random[0] ?? 0) & 0x3f) | 0x80;
  const time = nowMs.toString(16).padStart(12, '0');
  const rest = random.toString('hex');
  const counted = `7${count.toString(16).padStart(3, '0')}`;
  return [time.slice(0, 8), time.slice(8), counted, rest.slice(0, 4), rest.slice(4)].join('-');
}
