import pg from 'pg';

export const ORGANIZATION = 'large';

export interface DirectorySize {
  readonly users: number;
  /** Users of another organization in the same tables. */
  readonly others: number;
  readonly groupSizes: readonly number[];
}

const E = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

/** The id of the user with that number; numbers begin at 1. */
export const userId = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
export const userName = (number: number): string => `person-${number}@acme.example`;
export const groupId = (size: number): string => `00000000-0000-4000-9000-${String(size).padStart(12, '0')}`;
export const groupName = (size: number): string => `Group of ${size}`;

/**
 * Rows as the module writes them, in bulk SQL, because 100,000 POSTs take minutes: users of about 900 bytes with their
 * events, groups whose members are the first users, teams of 20 all over the directory, logins of people whom nobody
 * provisioned, and tombstones.
 */
export async function fillDirectory(url: string, { users, others, groupSizes }: DirectorySize): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(INSERT_USERS, [ORGANIZATION, '00000000', users]);
    await client.query(INSERT_USERS, ['small', '00000001', others]);
    await client.query(INSERT_EVENTS, [ORGANIZATION, 'small']);
    for (const size of groupSizes)
      await client.query(INSERT_GROUP, [ORGANIZATION, groupId(size), groupName(size), size]);
    await client.query(INSERT_TEAMS, [ORGANIZATION, Math.floor(users / 50)]);
    await client.query(INSERT_LINKS, [ORGANIZATION, Math.floor(users / 5)]);
    await client.query('VACUUM ANALYZE');
  } finally {
    await client.end();
  }
}

const INSERT_USERS = `
INSERT INTO scim_identity (id, organization_id, connection_id, external_id, user_name, user_name_key, state, active,
  attributes, search, email_keys, version, event_seq, created_at, modified_at, state_changed_at)
SELECT ($2 || '-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, $1, c.id, 'external-' || n, name, name, 'provisioned', true,
  document, replace(lower(document::text), lower('${E}'), '${E}')::jsonb, ARRAY[name], 1, 1, at, at, at
FROM scim_connection c, generate_series(1, $3::integer) n,
  LATERAL (SELECT 'person-' || n || '@acme.example' AS name, now() - interval '1 day' + n * interval '1 ms' AS at) one,
  LATERAL (SELECT jsonb_build_object(
    'displayName', 'Person ' || n,
    'title', 'Engineer ' || n % 50,
    'preferredLanguage', 'en-US',
    'name', jsonb_build_object('givenName', 'Given' || n, 'familyName', 'Family' || n % 1000, 'formatted', 'Given' || n || ' Family' || n % 1000),
    'emails', jsonb_build_array(jsonb_build_object('value', name, 'type', 'work', 'primary', true)),
    'phoneNumbers', jsonb_build_array(
      jsonb_build_object('value', '+1 425 555 ' || n, 'type', 'work'), jsonb_build_object('value', '+1 206 555 ' || n, 'type', 'mobile')),
    'addresses', jsonb_build_array(jsonb_build_object('type', 'work', 'streetAddress', n || ' Main Street', 'locality', 'Redmond',
      'region', 'WA', 'postalCode', '98052', 'country', 'US')),
    '${E}', jsonb_build_object('employeeNumber', n::text, 'department', 'Department ' || n % 40, 'costCenter', '' || n % 100)
  ) AS document) made
WHERE c.organization_id = $1`;

const INSERT_EVENTS = `
INSERT INTO scim_outbox (id, organization_id, aggregate_type, aggregate_id, aggregate_seq, type, payload, personal)
SELECT gen_random_uuid(), i.organization_id, 'user', i.id, 1, 'scim.user.provisioned',
  jsonb_build_object('state', i.state, 'version', 1, 'changed', '[]'::jsonb), jsonb_build_object('userName', i.user_name)
FROM scim_identity i WHERE i.organization_id IN ($1, $2)`;

const INSERT_GROUP = `
WITH made AS (
  INSERT INTO scim_group (id, organization_id, connection_id, display_name, display_name_key, unique_name_key, version,
    event_seq, created_at, modified_at)
  SELECT $2, $1, c.id, $3, lower($3), lower($3), 1, 0, now(), now() FROM scim_connection c WHERE c.organization_id = $1
  RETURNING id, organization_id
)
INSERT INTO scim_group_member (group_id, organization_id, user_id, member_id)
SELECT made.id, made.organization_id, i.id, i.id
FROM made, (SELECT id FROM scim_identity WHERE organization_id = $1 ORDER BY id LIMIT $4::integer) i ORDER BY i.id`;

/** Two users of five are in one. */
const INSERT_TEAMS = `
WITH made AS (
  INSERT INTO scim_group (id, organization_id, connection_id, display_name, display_name_key, unique_name_key, version,
    event_seq, created_at, modified_at)
  SELECT ('00000000-0000-4000-a000-' || lpad(n::text, 12, '0'))::uuid, $1, c.id, 'Team ' || n, 'team ' || n, 'team ' || n, 1, 0, now(), now()
  FROM scim_connection c, generate_series(1, $2::integer) n WHERE c.organization_id = $1
  RETURNING id, organization_id, substr(display_name, 6)::integer AS n
)
INSERT INTO scim_group_member (group_id, organization_id, user_id, member_id)
SELECT made.id, made.organization_id, i.id, i.id
FROM made, generate_series(0, 19) place,
  LATERAL (SELECT ('00000000-0000-4000-8000-' || lpad((made.n * 50 - 49 + place)::text, 12, '0'))::uuid AS id) i`;

const INSERT_LINKS = `
WITH tombstone AS (
  INSERT INTO scim_tombstone (identity_id, organization_id, user_name_hash)
  SELECT gen_random_uuid(), $1, sha256(n::text::bytea) FROM generate_series(1, $2::integer / 4) n
)
INSERT INTO scim_link (id, organization_id, sso_connection_id, name_id, name_id_key, account_id)
SELECT gen_random_uuid(), $1, 'sso', 'login-' || n, 'login-' || n, 'account-' || n FROM generate_series(1, $2::integer) n`;
