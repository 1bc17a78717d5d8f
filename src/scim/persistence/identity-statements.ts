import { enterpriseUserSchema } from '../protocol/schemas/enterprise-user.js';
import { UUID } from './is-id.js';
import type { ProvisionedIdentity } from './entities/provisioned-identity.entity.js';
import { tombstoneHash } from './tombstone-statements.js';
import { MADE_DELIVERIES, writeEvents } from './outbox-statements.js';
import { provenLinks } from './proven-links.js';
import type { Statement } from './scim-database.js';
import { writeUniqueValues } from './unique-values.js';

/** A group of a user, as SCIM shows it. */
export interface GroupOfUser {
  readonly value: string;
  readonly display: string;
  readonly type: 'direct' | 'indirect';
}

/** An identity as it is read: without what is there for filters only. */
export type StoredIdentity = Omit<ProvisionedIdentity, 'search' | 'emailKeys' | 'erasedAt'>;

/** With what SCIM computes for it. */
export interface IdentityRow extends StoredIdentity {
  /** That it is in. */
  readonly groups: readonly GroupOfUser[];
  /** How the user whose id `manager.value` is, is called; null where it is nobody's. */
  readonly managerName: string | null;
}

/** The id in `manager.value`, as a uuid; null for every other text: an IdP may name managers by ids of its own. */
const MANAGER_ID = `(CASE WHEN i.attributes #>> '{${enterpriseUserSchema.id},manager,value}' ~ '${UUID.source}'
    THEN i.attributes #>> '{${enterpriseUserSchema.id},manager,value}' END)::uuid`;

/** Select list that makes a row an `IdentityRow`; `i` is the table or a CTE of its rows. */
export const IDENTITY = `
  i.id, i.organization_id AS "organizationId", i.connection_id AS "connectionId", i.external_id AS "externalId",
  i.user_name AS "userName", i.user_name_key AS "userNameKey", i.state, i.active, i.account_id AS "accountId",
  i.linked_by AS "linkedBy", i.attributes, i.version, i.event_seq AS "eventSeq",
  i.created_at AS "createdAt", i.modified_at AS "modifiedAt", i.state_changed_at AS "stateChangedAt",
  scim_groups_of(i.id) AS groups,
  (SELECT coalesce(m.attributes->>'displayName', m.user_name) FROM scim_identity m
   WHERE m.organization_id = i.organization_id AND m.id = ${MANAGER_ID} AND m.state <> 'deprovisioned') AS "managerName"`;

/** $1 organization, $2 id. */
export const findIdentity: Statement = {
  name: 'scim_find_identity',
  text: `
SELECT ${IDENTITY} FROM scim_identity i
WHERE i.organization_id = $1 AND i.id = $2 AND i.state <> 'deprovisioned'`,
};

/** $1 organization, $2 id. In a transaction: nobody else writes the identity; it may become a member of groups. */
export const lockIdentity: Statement = {
  name: 'scim_lock_identity',
  text: `${findIdentity.text} FOR NO KEY UPDATE`,
};

/** The same before it is deprovisioned: whoever is making it a member (`lockMemberUsers`) is waited for, and nobody begins. */
export const lockForRemoval: Statement = {
  name: 'scim_lock_identity_for_removal',
  text: `${findIdentity.text} FOR UPDATE`,
};

/**
 * $1 organization, $2 id, $3 external id, $4 user name, $5 its key, $6 state, $7 active, $8 account, $9 linked by,
 * $10 attributes, $11 search document, $12 e-mail keys, $13 events, $14 token id, $15 request id,
 * $16 unique attributes. Yields nothing where the organization has no connection row.
 */
export const insertIdentity: Statement = { name: 'scim_insert_identity', text: insertText('') };

/**
 * The same parameters, and $17 SSO connection or null (any). Yields nothing also where exactly one login proved before whose
 * this identity is: it is to be linked, in a transaction.
 */
export const insertUnprovenIdentity: Statement = {
  name: 'scim_insert_unproven_identity',
  text: insertText(
    `AND (SELECT count(*) FROM ${provenLinks({ organization: '$1', externalId: '$3', userName: '$5', ssoConnection: '$17' })}) <> 1`,
  ),
};

function insertText(condition: string): string {
  return `
WITH changed AS (
  INSERT INTO scim_identity
    (id, organization_id, connection_id, external_id, user_name, user_name_key, state, active, account_id, linked_by,
     attributes, search, email_keys, version, event_seq, created_at, modified_at, state_changed_at)
  SELECT $2::uuid, c.organization_id, c.id, $3::text, $4::text, $5::text, $6::text, $7::boolean, $8::text, $9::text,
    $10::jsonb, $11::jsonb, $12::text[], 1, jsonb_array_length($13::jsonb), clock.at, clock.at, clock.at
  FROM scim_connection c, (SELECT clock_timestamp() AS at) clock
  WHERE c.organization_id = $1 ${condition}
  RETURNING *
), cleared AS (
  -- the IdP provisioned a removed person again: just-in-time logins are theirs again
  DELETE FROM scim_tombstone t USING scim_connection c
  WHERE c.organization_id = $1 AND t.organization_id = $1
    AND t.external_id_hash = ${tombstoneHash('$3')} AND EXISTS (SELECT 1 FROM changed)
), ${writeUniqueValues('changed', `'User'`, '$16')}, ${writeEvents('changed', 'user', ['$13', '$14', '$15'])}
SELECT ${IDENTITY}, ${MADE_DELIVERIES} FROM changed i`;
}

/**
 * $1 organization, $2 id, $3 the event_seq that was read (guard), $4 external id, $5 user name, $6 its key, $7 state,
 * $8 active, $9 account, $10 linked by, $11 attributes, $12 search document, $13 e-mail keys, $14 events, $15 token id,
 * $16 request id, $17 whether something that SCIM shows changed, $18 unique attributes. Yields nothing where somebody else
 * wrote meanwhile.
 */
export const updateIdentity: Statement = {
  name: 'scim_update_identity',
  text: `
WITH changed AS (
  UPDATE scim_identity SET
    external_id = $4, user_name = $5, user_name_key = $6, state = $7, active = $8, account_id = $9, linked_by = $10,
    attributes = $11, search = $12, email_keys = $13,
    version = version + $17::boolean::integer,
    modified_at = CASE WHEN $17::boolean THEN greatest(clock_timestamp()::timestamptz(3), modified_at + interval '1 ms') ELSE modified_at END,
    event_seq = event_seq + jsonb_array_length($14::jsonb),
    state_changed_at = CASE WHEN state = $7 THEN state_changed_at ELSE clock_timestamp() END
  WHERE organization_id = $1 AND id = $2 AND event_seq = $3 AND state <> 'deprovisioned'
  RETURNING *
), ${writeUniqueValues('changed', `'User'`, '$18', `c.state <> 'deprovisioned'`)},
${writeEvents('changed', 'user', ['$14', '$15', '$16'])}
SELECT ${IDENTITY}, ${MADE_DELIVERIES} FROM changed i`,
};
