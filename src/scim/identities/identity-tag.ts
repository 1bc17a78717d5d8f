import { createHash } from 'node:crypto';
import type { GroupOfUser, IdentityRow } from '../persistence/identity-statements.js';

/**
 * RFC 7644 §3.14: weak, because equal states may be written differently. The computed groups are part of what is shown, so
 * they are part of the tag.
 */
export const identityTag = ({ version, groups }: Pick<IdentityRow, 'version' | 'groups'>): string =>
  groups.length === 0 ? `W/"${version}"` : `W/"${version}.${digestOf(groups)}"`;

const digestOf = (groups: readonly GroupOfUser[]): string =>
  createHash('sha256')
    .update(JSON.stringify(groups.map(({ value, display, type }) => [value, display, type])))
    .digest('base64url')
    .slice(0, 12);
