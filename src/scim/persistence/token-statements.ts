import type { Statement } from './scim-database.js';

/** A token as verification reads it; the database's clock decides. */
export interface VerifiableToken {
  readonly id: string;
  readonly organizationId: string;
  readonly hash: Buffer;
  readonly keyId: string | null;
  readonly scopes: string[];
  readonly live: boolean;
  /** Ms until it expires; negative once it has. */
  readonly expiresInMs: number;
  /** Whether `last_used_at` is a minute old or more. */
  readonly useIsStale: boolean;
}

/** $1 public id. */
export const findVerifiableToken: Statement = {
  name: 'scim_find_verifiable_token',
  text: `
SELECT t.id, t.organization_id AS "organizationId", t.hash, t.key_id AS "keyId", t.scopes,
  (t.revoked_at IS NULL AND t.expires_at > now()) AS live,
  (extract(epoch FROM t.expires_at - now()) * 1000)::double precision AS "expiresInMs",
  (t.last_used_at IS NULL OR t.last_used_at < now() - interval '60 s') AS "useIsStale"
FROM scim_token t WHERE t.public_id = $1`,
};

/** $1 token id, $2 address, $3 client. At most one write a minute, whichever instance gets there first. */
export const touchToken: Statement = {
  name: 'scim_touch_token',
  text: `
UPDATE scim_token SET last_used_at = now(), last_used_from = $2, last_used_client = $3
WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < now() - interval '60 s')`,
};

/** $1 token id, $2 hash, $3 key id: the token was used while another pepper signs. */
export const rehashToken: Statement = {
  text: `UPDATE scim_token SET hash = $2, key_id = $3 WHERE id = $1`,
};

/** $1 organization. In a transaction: whoever generates or revokes tokens takes turns. */
export const lockConnection: Statement = {
  text: `SELECT id FROM scim_connection WHERE organization_id = $1 FOR UPDATE`,
};

/** $1 organization. */
export const countLiveTokens: Statement = {
  text: `
SELECT count(*)::integer AS "count" FROM scim_token
WHERE organization_id = $1 AND revoked_at IS NULL AND expires_at > now()`,
};

/**
 * $1 id, $2 organization, $3 connection, $4 public id, $5 hash, $6 key id, $7 hint, $8 label, $9 scopes, $10 creator,
 * $11 days until it expires.
 */
export const insertToken: Statement = {
  text: `
INSERT INTO scim_token (id, organization_id, connection_id, public_id, hash, key_id, hint, label, scopes, created_by, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, now() + make_interval(days => $11))
RETURNING created_at AS "createdAt", expires_at AS "expiresAt"`,
};

/** $1 organization, $2 id. */
export const findToken: Statement = {
  text: `SELECT id FROM scim_token WHERE organization_id = $1 AND id = $2`,
};

/** $1 organization, $2 id. Yields nothing where it is revoked already or unknown. */
export const revokeToken: Statement = {
  text: `
UPDATE scim_token SET revoked_at = now()
WHERE organization_id = $1 AND id = $2 AND revoked_at IS NULL RETURNING label, hint`,
};

/** $1 organization. Newest first; `state` by the database's clock. */
export const listTokens: Statement = {
  text: `
SELECT t.id, t.label, t.hint, t.scopes, t.created_at AS "createdAt", t.created_by AS "createdBy", t.expires_at AS "expiresAt",
  t.last_used_at AS "lastUsedAt", t.last_used_from AS "lastUsedFrom", t.last_used_client AS "lastUsedClient",
  CASE WHEN t.revoked_at IS NOT NULL THEN 'revoked' WHEN t.expires_at <= now() THEN 'expired' ELSE 'live' END AS state
FROM scim_token t WHERE t.organization_id = $1 ORDER BY t.created_at DESC, t.id`,
};
