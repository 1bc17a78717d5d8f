import type { IdentityState } from './entities/provisioned-identity.entity.js';
import { MADE_DELIVERIES, writeEvents } from './outbox-statements.js';
import type { Statement } from './scim-database.js';
import { tombstoneHash } from './tombstone-statements.js';

/** What an erasure has to know of an identity. */
export interface ErasableRow {
  readonly organizationId: string;
  readonly id: string;
  readonly state: IdentityState;
  readonly accountId: string | null;
  readonly version: number;
  readonly eventSeq: number;
  readonly erasedAt: Date | null;
}

const ERASABLE = `
  i.organization_id AS "organizationId", i.id, i.state, i.account_id AS "accountId", i.version, i.event_seq AS "eventSeq",
  i.erased_at AS "erasedAt"`;

/** $1 organization, $2 id, in any state. In a transaction, and against those who are making it a member of a group. */
export const lockForErasure: Statement = {
  text: `SELECT ${ERASABLE} FROM scim_identity i WHERE i.organization_id = $1 AND i.id = $2 FOR UPDATE`,
};

/** $1 days, $2 ids that are left out: the one that was removed longest ago, and nobody else is erasing. In a transaction. */
export const claimErasable: Statement = {
  text: `
SELECT ${ERASABLE} FROM scim_identity i
WHERE i.state = 'deprovisioned' AND i.erased_at IS NULL AND i.state_changed_at < now() - make_interval(days => $1)
  AND NOT i.id = ANY ($2::uuid[])
ORDER BY i.state_changed_at LIMIT 1 FOR UPDATE SKIP LOCKED`,
};

/**
 * Links `l` of identity $2 of organization $1, and of its account, which nobody else is said by: those of a person who was
 * provisioned again lead to them.
 */
const OWN_LINKS = `
  l.organization_id = $1
  AND (l.identity_id = $2 OR l.account_id = (SELECT account_id FROM scim_identity WHERE organization_id = $1 AND id = $2))
  AND NOT EXISTS (
    SELECT 1 FROM scim_identity other
    WHERE other.organization_id = $1 AND other.id <> $2 AND other.state <> 'deprovisioned'
      AND (other.account_id = l.account_id OR other.external_id = l.name_id))`;

/** $1 organization, $2 identity. What the person is and was called: names, addresses, NameIDs. */
export const findNamesToErase: Statement = {
  text: `
WITH said AS (
  SELECT o.personal FROM scim_outbox o WHERE o.organization_id = $1 AND o.aggregate_id = $2 AND o.personal IS NOT NULL
), own AS (
  SELECT i.user_name, i.external_id, i.email_keys FROM scim_identity i WHERE i.organization_id = $1 AND i.id = $2
)
SELECT DISTINCT known.name FROM (
  SELECT user_name AS name FROM own UNION SELECT external_id FROM own UNION SELECT unnest(email_keys) FROM own
  UNION SELECT personal->>'userName' FROM said UNION SELECT personal->>'externalId' FROM said
  UNION SELECT email->>'value' FROM said, jsonb_path_query(said.personal, 'lax $.attributes.emails[*]') email
  UNION SELECT l.name_id FROM scim_link l WHERE ${OWN_LINKS}) known
WHERE known.name <> ''`,
};

/**
 * $1 organization, $2 identity, $3 events. A removed identity keeps its place, its account and its history, and nothing that
 * is personal; its NameIDs become hashes of its tombstone, so that nobody comes back by one. Yields nothing where it was
 * erased before.
 */
export const eraseIdentity: Statement = {
  text: `
WITH links AS (
  DELETE FROM scim_link l WHERE ${OWN_LINKS} RETURNING l.name_id
), remembered AS (
  UPDATE scim_tombstone t SET other_name_id_hashes = coalesce(t.other_name_id_hashes, '{}') || hashes.all_hashes
  FROM scim_connection c, LATERAL (SELECT array_agg(${tombstoneHash('links.name_id')}) AS all_hashes FROM links) hashes
  WHERE c.organization_id = $1 AND t.organization_id = $1 AND t.identity_id = $2 AND hashes.all_hashes IS NOT NULL
), silent AS (
  UPDATE scim_outbox SET personal = NULL WHERE organization_id = $1 AND aggregate_id = $2 AND personal IS NOT NULL
), changed AS (
  UPDATE scim_identity SET external_id = NULL, user_name = '', user_name_key = '', linked_by = NULL,
    attributes = '{}', search = '{}', email_keys = '{}', event_seq = event_seq + jsonb_array_length($3::jsonb), erased_at = clock_timestamp()
  WHERE organization_id = $1 AND id = $2 AND state = 'deprovisioned' AND erased_at IS NULL
  RETURNING *
), ${writeEvents('changed', 'user', ['$3', 'NULL', 'NULL'])}
SELECT ${MADE_DELIVERIES} FROM changed`,
};

/** $1 organization, $2 identity: what handlers said when they failed may quote the person. Not where one is at work. */
export const eraseDeliveryErrors: Statement = {
  text: `
UPDATE scim_outbox_delivery SET last_error = NULL
WHERE (event_seq, consumer) IN (
  SELECT d.event_seq, d.consumer FROM scim_outbox o JOIN scim_outbox_delivery d ON d.event_seq = o.seq
  WHERE o.organization_id = $1 AND o.aggregate_id = $2 AND d.last_error IS NOT NULL FOR UPDATE OF d SKIP LOCKED)`,
};
