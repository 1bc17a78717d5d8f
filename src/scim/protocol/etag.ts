/** RFC 7644 §3.14 with RFC 9110 §13.1: versions of resources in conditional requests. */
import { preconditionFailed } from './scim-error.js';

/** A list of entity tags; what stands in the quotes may hold commas. */
const TAG = /(?:W\/)?("[^"]*")/g;

/**
 * Whether a condition (`If-Match`, `If-None-Match`) names the version of a resource that exists. Weak comparison for both:
 * RFC 9110 asks for strong comparison in `If-Match`, under which SCIM's own weak tags would never match (checklist P-284).
 */
export function namesVersion(condition: string, version: string): boolean {
  if (condition.trim() === '*') return true;
  const opaque = version.replace(/^W\//, '');
  return [...condition.matchAll(TAG)].some(([, tag]) => tag === opaque);
}

/** @throws ScimError 412 where there is a condition and it does not name the version. */
export function checkVersion(version: string, ifMatch: string | undefined): void {
  if (ifMatch === undefined || namesVersion(ifMatch, version)) return;
  throw preconditionFailed(`The resource has changed: its version is ${version}.`);
}
