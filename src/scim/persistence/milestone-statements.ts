import type { Statement } from './scim-database.js';

/** When an organization's connection reached what first; null: not yet. */
export interface MilestonesRow {
  readonly testedAt: Date | null;
  readonly firstUserAt: Date | null;
  readonly firstLinkAt: Date | null;
  readonly firstDeactivationAt: Date | null;
  readonly firstGroupAt: Date | null;
}

const firstEvent = (type: string): string => `
(SELECT o.created_at FROM scim_outbox o
 WHERE o.organization_id = c.organization_id AND o.type = '${type}'${type === 'scim.user.linked' ? '' : ' AND o.token_id IS NOT NULL'}
 ORDER BY o.seq LIMIT 1)`;

/** Answers that a good request gets. */
const SUCCESSES = [200, 201, 204] as const;

const firstSuccess = SUCCESSES.map(
  (status) => `
(SELECT min(l.received_at) FROM scim_log l
 WHERE l.organization_id = c.organization_id AND NOT l.is_refused AND l.status = ${status})`,
).join(', ');

/** A live one's creation, else any one's: of those that are gone, which was first is not worth a walk through all. Each in the order of an index. */
const FIRST_USER = `
coalesce(
  (SELECT i.created_at FROM scim_identity i
   WHERE i.organization_id = c.organization_id AND i.state <> 'deprovisioned' ORDER BY i.created_at, i.id LIMIT 1),
  (SELECT i.created_at FROM scim_identity i WHERE i.organization_id = c.organization_id ORDER BY i.id LIMIT 1))`;

/** The event, or what it left: events of long ago may be gone. */
const FIRST_LINK = `
coalesce(${firstEvent('scim.user.linked')},
  (SELECT i.state_changed_at FROM scim_identity i WHERE i.organization_id = c.organization_id AND i.account_id IS NOT NULL ORDER BY i.account_id LIMIT 1))`;

const FIRST_GROUP = `
coalesce(${firstEvent('scim.group.created')},
  (SELECT g.created_at FROM scim_group g WHERE g.organization_id = c.organization_id ORDER BY g.created_at, g.id LIMIT 1))`;

/** Without a log it is a used token that tells of requests; a person or a group does in any case. */
const TESTED = `
coalesce(least(${firstSuccess}),
  CASE WHEN $1 THEN (SELECT min(t.last_used_at) FROM scim_token t WHERE t.organization_id = c.organization_id) END,
  ${FIRST_USER}, ${FIRST_GROUP})`;

const MILESTONES: Readonly<Record<string, string>> = {
  tested_at: TESTED,
  first_user_at: FIRST_USER,
  first_link_at: FIRST_LINK,
  first_deactivation_at: `least(${firstEvent('scim.user.deactivated')}, ${firstEvent('scim.user.deprovisioned')})`,
  first_group_at: FIRST_GROUP,
};

const columns = Object.keys(MILESTONES);
const INCOMPLETE = `(${columns.map((column) => `c.${column} IS NULL`).join(' OR ')})`;

/** Each is looked for until it is found, by a step or two in an index. */
const notes = (page: string): string => `
WITH page AS (${page}), found AS (
  SELECT c.id, ${columns.map((column) => `CASE WHEN c.${column} IS NULL THEN ${MILESTONES[column]} END AS ${column}`).join(',\n  ')}
  FROM page JOIN scim_connection c ON c.id = page.id
), noted AS (
  UPDATE scim_connection c SET ${columns.map((column) => `${column} = coalesce(c.${column}, found.${column})`).join(', ')}
  FROM found WHERE c.id = found.id AND num_nonnulls(${columns.map((column) => `found.${column}`).join(', ')}) > 0
  RETURNING c.id
)
SELECT (SELECT id FROM page ORDER BY id DESC LIMIT 1) AS "lastId", (SELECT count(*)::integer FROM page) AS "seen",
  (SELECT count(*)::integer FROM noted) AS "noted"`;

/** What `noteMilestones` did. */
export interface NotedRow {
  /** Null: none was left. */
  readonly lastId: string | null;
  readonly seen: number;
  readonly noted: number;
}

/** $1 whether nothing is logged, $2 organization. */
export const noteMilestonesOf: Statement = {
  text: notes(`SELECT c.id FROM scim_connection c WHERE c.organization_id = $2 AND ${INCOMPLETE}`),
};

/** $1 whether nothing is logged, $2 id of the last connection before or null, $3 most of them. */
export const noteMilestones: Statement = {
  text: notes(`
SELECT c.id FROM scim_connection c WHERE ($2::uuid IS NULL OR c.id > $2) AND ${INCOMPLETE} ORDER BY c.id LIMIT $3`),
};

/** $1 organization. */
export const findMilestones: Statement = {
  text: `
SELECT tested_at AS "testedAt", first_user_at AS "firstUserAt", first_link_at AS "firstLinkAt",
  first_deactivation_at AS "firstDeactivationAt", first_group_at AS "firstGroupAt"
FROM scim_connection WHERE organization_id = $1`,
};
