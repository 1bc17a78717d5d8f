import type { JsonObject } from '../protocol/resource.js';
import type { NewEvent } from './outbox-statements.js';
import { provenLinks } from './proven-links.js';
import type { Statement } from './scim-database.js';
import { tombstoneHash } from './tombstone-statements.js';

/** One identity of a set as `insertIdentities` takes it, in its jsonb parameter. Nobody's yet: it has no account. */
export interface NewIdentityRow {
  /** In the order of the request. */
  readonly place: number;
  readonly id: string;
  readonly external_id: string | null;
  readonly user_name: string;
  readonly user_name_key: string;
  readonly state: string;
  readonly active: boolean;
  readonly attributes: JsonObject;
  readonly search: JsonObject;
  readonly email_keys: readonly string[];
  readonly events: readonly NewEvent[];
}

/** What `insertIdentities` yields. */
export interface InsertedIdentities {
  /** Those that are there now; the others met a name that is taken, by an identity before them in the set or by another. */
  readonly ids: readonly string[];
  /** Whether the organization has a connection row; without, nothing was inserted. */
  readonly isConnected: boolean;
}

/**
 * $1 organization, $2 rows, $3 token id, $4 request id. `insertIdentity` for a set: with the events and deliveries of each,
 * and without what conflicts. Of two in the set that have the same name the first one stays.
 */
export const insertIdentities: Statement = {
  name: 'scim_insert_identities',
  text: `
WITH wanted AS MATERIALIZED (
  SELECT * FROM jsonb_to_recordset($2::jsonb) AS w(place integer, id uuid, external_id text, user_name text, user_name_key text,
    state text, active boolean, attributes jsonb, search jsonb, email_keys text[], events jsonb)
), changed AS (
  INSERT INTO scim_identity
    (id, organization_id, connection_id, external_id, user_name, user_name_key, state, active, attributes, search, email_keys,
     version, event_seq, created_at, modified_at, state_changed_at)
  SELECT w.id, c.organization_id, c.id, w.external_id, w.user_name, w.user_name_key, w.state, w.active, w.attributes, w.search,
    w.email_keys, 1, jsonb_array_length(w.events), clock.at, clock.at, clock.at
  FROM scim_connection c, (SELECT clock_timestamp() AS at) clock, wanted w
  WHERE c.organization_id = $1 ORDER BY w.place
  ON CONFLICT DO NOTHING
  RETURNING id, organization_id, external_id
), cleared AS (
  -- the IdP provisioned removed persons again: just-in-time logins are theirs again
  DELETE FROM scim_tombstone t USING scim_connection c, changed
  WHERE c.organization_id = $1 AND t.organization_id = $1 AND t.external_id_hash = ${tombstoneHash('changed.external_id')}
), event AS (
  INSERT INTO scim_outbox
    (id, organization_id, aggregate_type, aggregate_id, aggregate_seq, type, payload, personal, token_id, request_id)
  SELECT e.id, changed.organization_id, 'user', changed.id, e.sequence, e.type, e.payload, e.personal, $3::uuid, $4::text
  FROM changed JOIN wanted w ON w.id = changed.id,
    jsonb_to_recordset(w.events) AS e(id uuid, sequence integer, type text, payload jsonb, personal jsonb)
  ORDER BY w.place, e.sequence
  RETURNING seq, type, aggregate_id, id
), delivery AS (
  INSERT INTO scim_outbox_delivery (event_seq, consumer, aggregate_id, terminal)
  SELECT event.seq, consumer.name, event.aggregate_id, e.terminal
  FROM event JOIN wanted w ON w.id = event.aggregate_id,
    jsonb_to_recordset(w.events) AS e(id uuid, terminal boolean),
    scim_consumer consumer
  WHERE e.id = event.id AND consumer.retired_at IS NULL AND event.type = ANY (consumer.event_types)
)
SELECT coalesce((SELECT jsonb_agg(changed.id) FROM changed), '[]') AS ids,
  EXISTS (SELECT 1 FROM scim_connection c WHERE c.organization_id = $1) AS "isConnected"`,
};

/**
 * $1 organization, $2 external ids or nulls and $3 folded user names, item by item, $4 SSO connection or null (any): the
 * places (from 0) of those for whom `findProvenLinks` would find anything.
 */
export const findPlacesWithProvenLinks: Statement = {
  name: 'scim_find_places_with_proven_links',
  text: `
SELECT w.place::integer - 1 AS place
FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS w(external_id, user_name_key, place)
WHERE EXISTS (SELECT 1 FROM ${provenLinks({ organization: '$1', externalId: 'w.external_id', userName: 'w.user_name_key', ssoConnection: '$4' })})`,
};

/** A name that a live identity has. */
export interface TakenName {
  readonly id: string;
  readonly userNameKey: string | null;
  readonly externalId: string | null;
}

/** $1 organization, $2 folded user names, $3 external ids: those that live identities have, and whose they are. */
export const findTakenNames: Statement = {
  name: 'scim_find_taken_names',
  text: `
SELECT i.id, i.user_name_key AS "userNameKey", NULL AS "externalId" FROM scim_identity i
WHERE i.organization_id = $1 AND i.user_name_key = ANY ($2::text[]) AND i.state <> 'deprovisioned'
UNION ALL
SELECT i.id, NULL, i.external_id FROM scim_identity i
WHERE i.organization_id = $1 AND i.external_id = ANY ($3::text[]) AND i.state <> 'deprovisioned'`,
};
