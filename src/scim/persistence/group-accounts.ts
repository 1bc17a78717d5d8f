import type { Statement } from './scim-database.js';

/** A group with the host's accounts of those who are in it, each once. */
export interface GroupAccounts {
  readonly groupId: string;
  readonly externalId: string | null;
  readonly accountIds: readonly string[];
}

/** $1 organization. */
export const existsGroup: Statement = {
  name: 'scim_exists_group',
  text: 'SELECT EXISTS (SELECT 1 FROM scim_group WHERE organization_id = $1) AS found',
};

/** $1 organization, $2 external ids, $3 ids. */
const NAMED = `
  SELECT g.id, g.external_id FROM scim_group g
  WHERE g.organization_id = $1 AND (g.external_id = ANY ($2::text[]) OR g.id = ANY ($3::uuid[]))`;

/** Whose account is in: `i` is an identity. */
const LINKED = `i.organization_id = $1 AND i.account_id IS NOT NULL AND i.state IN ('active', 'suspended')`;

const RESULT = `named.id AS "groupId", named.external_id AS "externalId"`;

/** $1 organization, $2 external ids, $3 ids: from the groups down, whose members are all wanted. */
export const accountsOfEverybody: Statement = {
  name: 'scim_accounts_of_everybody',
  text: `
WITH RECURSIVE named AS (${NAMED}),
below(top, id) AS (
  SELECT named.id, named.id FROM named
  UNION
  SELECT below.top, m.member_group_id FROM below JOIN scim_group_member m ON m.group_id = below.id
  WHERE m.member_group_id IS NOT NULL
)
SELECT ${RESULT}, array_agg(DISTINCT i.account_id) AS "accountIds"
FROM named JOIN below ON below.top = named.id JOIN scim_group_member m ON m.group_id = below.id
  JOIN scim_identity i ON i.id = m.user_id AND ${LINKED}
GROUP BY named.id, named.external_id`,
};

/** $1 organization, $2 external ids, $3 ids, $4 identities: from the people up, so that a group's others are not read. */
export const accountsOfPeople: Statement = {
  name: 'scim_accounts_of_people',
  text: `
WITH RECURSIVE named AS (${NAMED}),
above(account_id, id) AS (
  SELECT i.account_id, m.group_id FROM scim_identity i JOIN scim_group_member m ON m.member_id = i.id
  WHERE i.id = ANY ($4::uuid[]) AND ${LINKED}
  UNION
  SELECT above.account_id, m.group_id FROM above JOIN scim_group_member m ON m.member_id = above.id
)
SELECT ${RESULT}, array_agg(above.account_id) AS "accountIds"
FROM above JOIN named ON named.id = above.id
GROUP BY named.id, named.external_id`,
};
