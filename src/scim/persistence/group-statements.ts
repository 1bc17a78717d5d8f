import type { ProvisionedGroup } from './entities/group.entity.js';
import { type DeliveryKey, MADE_DELIVERIES, writeEvents } from './outbox-statements.js';
import type { Statement } from './scim-database.js';
import { dropUniqueValues, writeUniqueValues } from './unique-values.js';

/** Select list that makes a row a `ProvisionedGroup`; `i` is the table or a CTE of its rows. */
export const GROUP = `
  i.id, i.organization_id AS "organizationId", i.connection_id AS "connectionId", i.external_id AS "externalId",
  i.display_name AS "displayName", i.display_name_key AS "displayNameKey", i.unique_name_key AS "uniqueNameKey",
  i.attributes, i.search,
  i.version, i.event_seq AS "eventSeq", i.created_at AS "createdAt", i.modified_at AS "modifiedAt"`;

/** What a writing statement yields. */
export type WrittenGroup = ProvisionedGroup & { readonly deliveries: readonly DeliveryKey[] };

/** A member as SCIM shows it. */
export interface MemberRow {
  readonly value: string;
  readonly type: 'User' | 'Group';
  readonly display: string;
}

/** $1 organization, $2 id. */
export const findGroup: Statement = {
  name: 'scim_find_group',
  text: `SELECT ${GROUP} FROM scim_group i WHERE i.organization_id = $1 AND i.id = $2`,
};

/**
 * $1 organization, $2 id. In a transaction and a statement of its own, after the identities were locked: what changes the
 * members afterwards sees every membership that was committed before.
 */
export const lockGroup: Statement = {
  name: 'scim_lock_group',
  text: `${findGroup.text} FOR NO KEY UPDATE`,
};

/**
 * $1 organization, $2 ids: which of them are live users. Locked in order and against removal (`lockForRemoval`), before any
 * group is, so that no member is added who is being removed. Not against other writes: of a user in a long list, say.
 */
export const lockMemberUsers: Statement = {
  name: 'scim_lock_member_users',
  text: `
SELECT i.id FROM scim_identity i
WHERE i.organization_id = $1 AND i.id = ANY ($2::uuid[]) AND i.state <> 'deprovisioned' ORDER BY i.id FOR KEY SHARE`,
};

/**
 * $1 organization: taken before a group becomes a member or is deleted, one at a time in an organization. Both lock several
 * groups, one for what it is and others for what they hold, and no order of ids suits both.
 */
export const lockNesting: Statement = {
  name: 'scim_lock_nesting',
  text: `SELECT 1 FROM scim_connection WHERE organization_id = $1 FOR NO KEY UPDATE`,
};

/** $1 organization, $2 ids: which of them are groups. Under `lockNesting`. */
export const lockMemberGroups: Statement = {
  name: 'scim_lock_member_groups',
  text: `
SELECT i.id FROM scim_group i WHERE i.organization_id = $1 AND i.id = ANY ($2::uuid[]) ORDER BY i.id FOR KEY SHARE`,
};

const MEMBERS = `
  SELECT m.group_id, m.position, m.member_id AS value, CASE WHEN m.user_id IS NULL THEN 'Group' ELSE 'User' END AS type,
    coalesce(g.display_name, u.attributes->>'displayName', u.user_name) AS display
  FROM scim_group_member m
  LEFT JOIN scim_identity u ON u.id = m.user_id
  LEFT JOIN scim_group g ON g.id = m.member_group_id`;

/** $1 group. In the order of joining. */
export const findMembers: Statement = {
  name: 'scim_find_members',
  text: `SELECT value, type, display FROM (${MEMBERS} WHERE m.group_id = $1) member ORDER BY position`,
};

/** $1 group, $2 users and $3 groups that are to become members: these and the members there are, each once or twice. */
export const findMembersAndOthers: Statement = {
  name: 'scim_find_members_and_others',
  text: `
SELECT value, type, display FROM (${MEMBERS} WHERE m.group_id = $1) member
UNION ALL SELECT u.id, 'User', coalesce(u.attributes->>'displayName', u.user_name) FROM scim_identity u WHERE u.id = ANY ($2::uuid[])
UNION ALL SELECT g.id, 'Group', g.display_name FROM scim_group g WHERE g.id = ANY ($3::uuid[])`,
};

/** $1 groups: the members of a page of them. */
export const findMembersOfGroups: Statement = {
  name: 'scim_find_members_of_groups',
  text: `
SELECT group_id AS "groupId", value, type, display FROM (${MEMBERS} WHERE m.group_id = ANY ($1::uuid[])) member ORDER BY position`,
};

/** Rows of members to be: user ids and group ids in the order in which the client named them. */
const wantedMembers = (users: string, groups: string): string => `
  SELECT id, id AS user_id, NULL::uuid AS member_group_id, place FROM unnest(${users}::uuid[]) WITH ORDINALITY AS wanted(id, place)
  UNION ALL
  SELECT id, NULL, id, place FROM unnest(${groups}::uuid[]) WITH ORDINALITY AS wanted(id, place)`;

/**
 * $1 organization, $2 id, $3 external id, $4 name, $5 its key, $6 its unique key or null, $7 users, $8 groups, $9 events,
 * $10 token id, $11 request id, $12 attributes of extensions, $13 search document, $14 unique attributes.
 * Yields nothing where the organization has no connection row.
 */
export const insertGroup: Statement = {
  name: 'scim_insert_group',
  text: `
WITH changed AS (
  INSERT INTO scim_group (id, organization_id, connection_id, external_id, display_name, display_name_key, unique_name_key,
    attributes, search, version, event_seq, created_at, modified_at)
  SELECT $2::uuid, c.organization_id, c.id, $3::text, $4::text, $5::text, $6::text, $12::jsonb, $13::jsonb, 1, jsonb_array_length($9::jsonb), clock.at, clock.at
  FROM scim_connection c, (SELECT clock_timestamp() AS at) clock WHERE c.organization_id = $1
  RETURNING *
), added AS (
  INSERT INTO scim_group_member (group_id, organization_id, user_id, member_group_id, member_id)
  SELECT changed.id, changed.organization_id, wanted.user_id, wanted.member_group_id, wanted.id
  FROM changed, (${wantedMembers('$7', '$8')}) wanted ORDER BY wanted.place
), ${writeUniqueValues('changed', `'Group'`, '$14')}, ${writeEvents('changed', 'group', ['$9', '$10', '$11'])}
SELECT ${GROUP}, ${MADE_DELIVERIES} FROM changed i`,
};

/**
 * $1 organization, $2 id, $3 external id, $4 name, $5 its key, $6 its unique key or null, $7 names of changed attributes,
 * $8 users and $9 groups to add, $10 member ids to remove, $11 whether to remove all others, $12 token id, $13 request id,
 * $14 attributes of extensions, $15 search document, $16 unique attributes.
 * Under `lockGroup`. Writes `scim.group.updated` where attributes changed and `scim.group.members_changed` where members
 * did, with who came and went; yields nothing where neither did. Never reads members that are not named.
 */
export const updateGroup: Statement = {
  name: 'scim_update_group',
  text: `
WITH wanted AS (${wantedMembers('$8', '$9')}),
named AS (
  DELETE FROM scim_group_member m WHERE m.group_id = $2 AND m.member_id = ANY ($10::uuid[]) RETURNING m.member_id
),
-- Apart from those that are named: an OR of both would read every member to find one.
others AS (
  DELETE FROM scim_group_member m
  WHERE $11::boolean AND m.group_id = $2 AND m.member_id NOT IN (SELECT wanted.id FROM wanted)
    AND NOT m.member_id = ANY ($10::uuid[])
  RETURNING m.member_id
),
removed AS (SELECT member_id FROM named UNION ALL SELECT member_id FROM others),
added AS (
  INSERT INTO scim_group_member (group_id, organization_id, user_id, member_group_id, member_id)
  SELECT $2, $1, wanted.user_id, wanted.member_group_id, wanted.id FROM wanted ORDER BY wanted.place
  ON CONFLICT (group_id, member_id) DO NOTHING
  RETURNING member_id
),
difference AS (
  SELECT coalesce((SELECT jsonb_agg(member_id) FROM added), '[]') AS added,
    coalesce((SELECT jsonb_agg(member_id) FROM removed), '[]') AS removed
),
happening AS (
  SELECT row_number() OVER (ORDER BY place)::integer AS place, type, detail FROM (
    SELECT 1 AS place, 'scim.group.updated' AS type, jsonb_build_object('changed', to_jsonb($7::text[])) AS detail
    WHERE cardinality($7::text[]) > 0
    UNION ALL
    SELECT 2, 'scim.group.members_changed', jsonb_build_object('changed', '["members"]'::jsonb, 'added', d.added, 'removed', d.removed)
    FROM difference d WHERE d.added <> '[]' OR d.removed <> '[]') happened
),
changed AS (
  UPDATE scim_group SET external_id = $3, display_name = $4, display_name_key = $5, unique_name_key = $6,
    attributes = $14, search = $15,
    version = version + 1, event_seq = event_seq + (SELECT count(*) FROM happening)::integer,
    modified_at = greatest(clock_timestamp()::timestamptz(3), modified_at + interval '1 ms')
  WHERE organization_id = $1 AND id = $2 AND EXISTS (SELECT 1 FROM happening)
  RETURNING *
),
happened AS (
  SELECT jsonb_agg(jsonb_build_object('id', gen_random_uuid(), 'type', h.type, 'terminal', false, 'personal', NULL,
    'sequence', c.event_seq - (SELECT count(*) FROM happening) + h.place,
    'payload', h.detail || jsonb_strip_nulls(jsonb_build_object('displayName', c.display_name, 'externalId', c.external_id, 'version', c.version)))) AS events
  FROM changed c, happening h
), ${writeUniqueValues('changed', `'Group'`, '$16')}, ${writeEvents('changed', 'group', ['(SELECT events FROM happened)', '$12', '$13'])}
SELECT ${GROUP}, ${MADE_DELIVERIES} FROM changed i`,
};

/**
 * $1 organization, $2 member: the groups that it is in directly, and itself if it is a group, locked in order. Not against
 * those who only hold a group in place: they may be waiting for another of these.
 */
export const lockGroupsOf: Statement = {
  name: 'scim_lock_groups_of',
  text: `
SELECT i.id FROM scim_group i
WHERE i.organization_id = $1 AND (i.id = $2 OR i.id IN (SELECT group_id FROM scim_group_member WHERE member_id = $2))
ORDER BY i.id FOR NO KEY UPDATE`,
};

/**
 * $1 organization, $2 member, $3 token id, $4 request id. Under `lockGroupsOf`: out of every group at once, each with a new
 * version and its `members_changed`.
 */
export const removeFromGroups: Statement = {
  name: 'scim_remove_from_groups',
  text: `
WITH removed AS (
  DELETE FROM scim_group_member WHERE organization_id = $1 AND member_id = $2 RETURNING group_id
),
changed AS (
  UPDATE scim_group SET version = version + 1, event_seq = event_seq + 1,
    modified_at = greatest(clock_timestamp()::timestamptz(3), modified_at + interval '1 ms')
  FROM removed WHERE scim_group.id = removed.group_id
  RETURNING scim_group.*
),
event AS (
  INSERT INTO scim_outbox (id, organization_id, aggregate_type, aggregate_id, aggregate_seq, type, payload, token_id, request_id)
  SELECT gen_random_uuid(), c.organization_id, 'group', c.id, c.event_seq, 'scim.group.members_changed',
    jsonb_strip_nulls(jsonb_build_object('changed', '["members"]'::jsonb, 'added', '[]'::jsonb, 'removed', jsonb_build_array($2::uuid),
      'displayName', c.display_name, 'externalId', c.external_id, 'version', c.version)), $3::uuid, $4::text
  FROM changed c ORDER BY c.id
  RETURNING seq, type, aggregate_id
),
delivery AS (
  INSERT INTO scim_outbox_delivery (event_seq, consumer, aggregate_id, terminal)
  SELECT event.seq, consumer.name, event.aggregate_id, false
  FROM event JOIN scim_consumer consumer ON consumer.retired_at IS NULL AND event.type = ANY (consumer.event_types)
  RETURNING event_seq, consumer
)
SELECT ${MADE_DELIVERIES}`,
};

/** $1 organization, $2 id, $3 events, $4 token id, $5 request id. Under `lockGroupsOf`, when it is in no group any more. */
export const deleteGroup: Statement = {
  name: 'scim_delete_group',
  text: `
WITH changed AS (DELETE FROM scim_group WHERE organization_id = $1 AND id = $2 RETURNING *),
${dropUniqueValues('changed')}, ${writeEvents('changed', 'group', ['$3', '$4', '$5'])}
SELECT ${GROUP}, ${MADE_DELIVERIES} FROM changed i`,
};
