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

/**
 * $1 organization, $2 state or null, $3 folded and $4 literal text or null, $5 and $6 creation time and id of the last row
 * of the page before or null, $7 limit. Newest first.
 */
export const searchIdentities: Statement = {
  text: `
SELECT i.id, i.user_name AS "userName", i.external_id AS "externalId", i.attributes->>'displayName' AS "displayName",
  i.state, i.account_id AS "accountId", i.created_at AS "createdAt", i.modified_at AS "modifiedAt"
FROM scim_identity i
WHERE i.organization_id = $1 AND i.state <> 'deprovisioned'
  AND ($2::text IS NULL OR i.state = $2)
  AND ($3::text IS NULL OR strpos(i.user_name_key, $3) > 0 OR strpos(i.external_id, $4::text) > 0
    OR strpos(i.search->>'displayName', $3) > 0 OR EXISTS (SELECT 1 FROM unnest(i.email_keys) email WHERE strpos(email, $3) > 0))
  AND ($5::timestamptz IS NULL OR (i.created_at, i.id) < ($5::timestamptz, $6::uuid))
ORDER BY i.created_at DESC, i.id DESC
LIMIT $7`,
};
