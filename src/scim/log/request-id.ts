import { randomUUID } from 'node:crypto';

/** Of the ids of one millisecond; more than a process can serve. */
const MOST = 0xfff;
const VARIANT_AT = 'xxxxxxxx-xxxx-xxxx-'.length;

let lastMs = 0;
let count = 0;

/**
 * A UUID of version 7 (RFC 9562 §5.7): those of one process are in the order of their requests, also within a millisecond, so
 * that a list by time has one order, and a page of it one end.
 */
export function newRequestId(nowMs: number): string {
  count = nowMs === lastMs ? Math.min(count + 1, MOST) : 0;
  lastMs = nowMs;
  const time = nowMs.toString(16).padStart(12, '0');
  const counted = `7${count.toString(16).padStart(3, '0')}`;
  // The variant and 62 random bits stand in the same place in version 4.
  return `${time.slice(0, 8)}-${time.slice(8)}-${counted}-${randomUUID().slice(VARIANT_AT)}`;
}
