import type { Statement } from './scim-database.js';

/** $1 organization. */
export const countIdentities: Statement = {
  text: `
SELECT state, count(*)::integer AS "count" FROM scim_identity
WHERE organization_id = $1 AND state <> 'deprovisioned' GROUP BY state`,
};

/** $1 organization. */
export const findLastActivity: Statement = {
  text: `SELECT max(last_used_at) AS "lastActivityAt" FROM scim_token WHERE organization_id = $1`,
};
