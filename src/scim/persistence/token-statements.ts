import type { Statement } from './scim-database.js';

/** A token as verification reads it; the database's clock decides. */
export interface VerifiableToken {
  readonly id: string;
  readonly organizationId: string;
  readonly publicId: string;
  readonly hash: Buffer;
  readonly keyId: string | null;
  readonly scopes: string[];
  readonly live: boolean;
  /** Ms until it expires or retires; negative once it has, null for never. */
  readonly endsInMs: number | null;
  /** Whether `last_used_at` is a minute old or more. */
  readonly useIsStale: boolean;
  /** Whether its connection is. */
  readonly isPaused: boolean;
}

/** Whether token `t` is good now; a rotation may end it before it expires, and it may have no end at all. */
const IS_LIVE = `(t.revoked_at IS NULL AND (least(t.expires_at, t.retires_at) > now()) IS NOT FALSE)`;

/** $1 public ids. One statement, however many a leak report names. */
export const findVerifiableTokens: Statement = {
  name: 'scim_find_verifiable_tokens',
  text: `
SELECT t.id, t.organization_id AS "organizationId", t.public_id AS "publicId", t.hash, t.key_id AS "keyId", t.scopes, ${IS_LIVE} AS live,
  (extract(epoch FROM least(t.expires_at, t.retires_at) - now()) * 1000)::double precision AS "endsInMs",
  (t.last_used_at IS NULL OR t.last_used_at < now() - interval '60 s') AS "useIsStale",
  c.paused_at IS NOT NULL AS "isPaused"
FROM scim_token t JOIN scim_connection c ON c.organization_id = t.organization_id AND c.id = t.connection_id
WHERE t.public_id = ANY ($1::text[])`,
};

/** $1 token id, $2 address, $3 client. At most one write a minute, whichever instance gets there first. */
export const touchToken: Statement = {
  name: 'scim_touch_token',
  text: `
UPDATE scim_token SET last_used_at = now(), last_used_from = $2, last_used_client = $3, first_used_at = coalesce(first_used_at, now())
WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < now() - interval '60 s')`,
};

/** $1 token id, $2 hash, $3 key id, $4 key id of the hash until now: the token was used while another pepper signs. */
export const rehashToken: Statement = {
  text: `UPDATE scim_token SET hash = $2, key_id = $3 WHERE id = $1 AND key_id IS NOT DISTINCT FROM $4`,
};

/** Live tokens of all organizations by the pepper that made their hash. */
export const countTokensByPepper: Statement = {
  text: `
SELECT t.key_id AS "keyId", count(*)::integer AS "liveTokens" FROM scim_token t
WHERE ${IS_LIVE} GROUP BY t.key_id ORDER BY t.key_id NULLS FIRST`,
};

/** $1 organization, unless it is being removed. In a transaction: whoever generates, rotates or revokes tokens takes turns. */
export const lockConnection: Statement = {
  text: `SELECT id FROM scim_connection WHERE organization_id = $1 AND removed_at IS NULL FOR NO KEY UPDATE`,
};

/** $1 organization. Those that are being replaced don't count. */
export const countLiveTokens: Statement = {
  text: `
SELECT count(*)::integer AS "count" FROM scim_token t
WHERE t.organization_id = $1 AND ${IS_LIVE} AND t.retires_at IS NULL`,
};

/**
 * $1 id, $2 organization, $3 connection, $4 public id, $5 hash, $6 key id, $7 hint, $8 label, $9 scopes, $10 creator,
 * $11 days until it expires or null.
 */
export const insertToken: Statement = {
  text: `
INSERT INTO scim_token (id, organization_id, connection_id, public_id, hash, key_id, hint, label, scopes, created_by, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, now() + make_interval(days => $11))
RETURNING created_at AS "createdAt", expires_at AS "expiresAt"`,
};

/** A token as its rotation reads it. */
export interface RotatableToken {
  readonly label: string | null;
  readonly scopes: string[];
  readonly live: boolean;
  readonly retiring: boolean;
  /** Whether it is itself the new one of a rotation that is under way. */
  readonly takingOver: boolean;
  /** Days from its creation to its end, null for never. */
  readonly lifeDays: number | null;
}

/** $1 organization, $2 id. Under the connection's lock. */
export const findToken: Statement = {
  text: `
SELECT t.label, t.scopes, ${IS_LIVE} AS live, t.retires_at IS NOT NULL AS retiring,
  EXISTS (SELECT FROM scim_token o WHERE o.replaced_by = t.id AND o.revoked_at IS NULL AND o.retires_at > now()) AS "takingOver",
  round(extract(epoch FROM t.expires_at - t.created_at) / 86400)::integer AS "lifeDays"
FROM scim_token t WHERE t.organization_id = $1 AND t.id = $2`,
};

/** A token as its events tell of it. */
export interface ToldToken {
  readonly id: string;
  readonly organizationId: string;
  readonly label: string | null;
  readonly hint: string;
}

const TOLD = `t.id, t.organization_id AS "organizationId", t.label, t.hint`;

/** $1 organization, $2 id, $3 successor, $4 hours of overlap. */
export const retireToken: Statement = {
  text: `
UPDATE scim_token t SET replaced_by = $3, retires_at = now() + make_interval(hours => $4)
WHERE t.organization_id = $1 AND t.id = $2 RETURNING ${TOLD}, t.retires_at AS "retiresAt"`,
};

/** $1 organization, $2 id, $3 reason. Yields nothing where it is revoked already or unknown. */
export const revokeToken: Statement = {
  text: `
UPDATE scim_token t SET revoked_at = now(), revoked_because = $3
WHERE t.organization_id = $1 AND t.id = $2 AND t.revoked_at IS NULL
RETURNING ${TOLD}, (least(t.expires_at, t.retires_at) > now()) IS NOT FALSE AS "wasLive", t.replaced_by AS "replacedBy"`,
};

/** $1 organization, $2 id. Yields nothing where no rotation of it is under way. */
export const completeRotation: Statement = {
  text: `
UPDATE scim_token t SET revoked_at = now(), revoked_because = 'rotated'
WHERE t.organization_id = $1 AND t.id = $2 AND t.revoked_at IS NULL AND t.retires_at > now()
RETURNING ${TOLD}, t.replaced_by AS "replacedBy"`,
};

/** $1 organization, $2 id: it lives on as if nothing had been. Yields the new token; nothing where no rotation is under way. */
export const cancelRotation: Statement = {
  text: `
WITH old AS (
  SELECT o.id, o.replaced_by FROM scim_token o
  WHERE o.organization_id = $1 AND o.id = $2 AND o.revoked_at IS NULL AND o.retires_at > now()
    AND (o.expires_at > now()) IS NOT FALSE FOR UPDATE
)
UPDATE scim_token t SET replaced_by = NULL, retires_at = NULL FROM old WHERE t.id = old.id
RETURNING old.replaced_by AS "replacedBy"`,
};

/** $1 organization, $2 id of a new token that is no more: those that it was to replace live on. */
export const restorePredecessor: Statement = {
  text: `
UPDATE scim_token t SET replaced_by = NULL, retires_at = NULL
WHERE t.organization_id = $1 AND t.replaced_by = $2 AND t.revoked_at IS NULL AND t.retires_at > now()`,
};

/**
 * $1 most rows: ends rotations whose overlap is over, or whose new token has been in use while the old one was silent for an
 * hour. Skips what another instance is at.
 */
export const endRotations: Statement = {
  text: `
UPDATE scim_token t SET revoked_at = least(t.retires_at, now()), revoked_because = 'rotated'
WHERE t.id IN (
  SELECT o.id FROM scim_token o
  WHERE o.revoked_at IS NULL AND o.retires_at IS NOT NULL AND (o.retires_at <= now() OR EXISTS (
    SELECT FROM scim_token t WHERE t.id = o.replaced_by AND ${IS_LIVE}
      AND greatest(t.first_used_at, o.last_used_at) < now() - interval '1 h' AND t.first_used_at IS NOT NULL))
  ORDER BY o.retires_at, o.id LIMIT $1 FOR UPDATE OF o SKIP LOCKED)
RETURNING ${TOLD}, t.replaced_by AS "replacedBy"`,
};

/** A token of whose end its organization is to be told. */
export interface EndingToken extends ToldToken {
  readonly expiresAt: Date;
  /** 90, 30, 7 or 1; 0: it has expired. */
  readonly daysLeft: number;
}

/**
 * $1 most rows: takes down that the end of each is told, so that nobody else tells it. Of warnings that came too late only the
 * last is given, and none to a token that was never to live that long. One that is being replaced needs none.
 */
export const claimWarnings: Statement = {
  text: `
WITH due AS (
  SELECT t.id, step.days
  FROM scim_token t
  CROSS JOIN LATERAL (
    SELECT min(days) AS days FROM unnest(ARRAY[0, 1, 7, 30, 90]) days WHERE t.expires_at <= now() + make_interval(days => days)) step
  WHERE t.revoked_at IS NULL AND t.retires_at IS NULL AND t.expires_at <= now() + interval '90 days'
    AND t.warned_days IS DISTINCT FROM 0
    AND (t.warned_days IS NULL OR t.warned_days > step.days)
    AND (step.days = 0 OR t.expires_at - t.created_at > make_interval(days => step.days, hours => 2))
  ORDER BY t.expires_at, t.id LIMIT $1 FOR UPDATE OF t SKIP LOCKED
)
UPDATE scim_token t SET warned_days = due.days FROM due WHERE t.id = due.id
RETURNING ${TOLD}, t.expires_at AS "expiresAt", t.warned_days::integer AS "daysLeft"`,
};

/** $1 organization. Newest first; `state` by the database's clock. */
export const listTokens: Statement = {
  text: `
SELECT t.id, t.label, t.hint, t.scopes, t.created_at AS "createdAt", t.created_by AS "createdBy", t.expires_at AS "expiresAt",
  t.last_used_at AS "lastUsedAt", t.last_used_from AS "lastUsedFrom", t.last_used_client AS "lastUsedClient",
  t.replaced_by AS "replacedBy", t.retires_at AS "retiresAt", coalesce(t.revoked_at, CASE WHEN t.retires_at <= now() THEN t.retires_at END) AS "revokedAt",
  CASE WHEN t.revoked_at IS NULL AND t.retires_at <= now() THEN 'rotated' ELSE t.revoked_because END AS "revokedBecause",
  CASE
    WHEN t.revoked_at IS NOT NULL OR t.retires_at <= now() THEN 'revoked'
    WHEN t.expires_at <= now() THEN 'expired'
    WHEN t.retires_at IS NOT NULL THEN 'retiring'
    ELSE 'live' END AS state
FROM scim_token t WHERE t.organization_id = $1 ORDER BY t.created_at DESC, t.id`,
};
