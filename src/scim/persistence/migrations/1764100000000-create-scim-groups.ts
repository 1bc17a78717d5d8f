import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Groups, and one row for each member of each group. */
export class CreateScimGroups1764100000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(GROUPS);
    await queryRunner.query(GROUPS_OF);
    await queryRunner.query(aggregateTypes(`'user', 'token', 'group'`));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP FUNCTION scim_groups_of(uuid)');
    await queryRunner.query('DROP TABLE scim_group_member, scim_group');
    await queryRunner.query(`DELETE FROM scim_outbox WHERE aggregate_type = 'group'`);
    await queryRunner.query(aggregateTypes(`'user', 'token'`));
  }
}

const GROUPS = `
CREATE TABLE scim_group (
  id uuid PRIMARY KEY,
  organization_id text NOT NULL,
  connection_id uuid NOT NULL,
  external_id text COLLATE "C",
  display_name text NOT NULL,
  display_name_key text COLLATE "C" NOT NULL,
  unique_name_key text COLLATE "C",
  version integer NOT NULL,
  event_seq integer NOT NULL,
  created_at timestamptz(3) NOT NULL,
  modified_at timestamptz(3) NOT NULL,
  CONSTRAINT scim_group_organization_id_id UNIQUE (organization_id, id),
  CONSTRAINT scim_group_connection
    FOREIGN KEY (organization_id, connection_id) REFERENCES scim_connection (organization_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX scim_group_unique_name ON scim_group (organization_id, unique_name_key);
CREATE UNIQUE INDEX scim_group_external_id ON scim_group (organization_id, external_id);
CREATE INDEX scim_group_name ON scim_group (organization_id, display_name_key);
CREATE INDEX scim_group_order ON scim_group (organization_id, created_at, id);
CREATE TABLE scim_group_member (
  group_id uuid NOT NULL,
  organization_id text NOT NULL,
  user_id uuid,
  member_group_id uuid,
  member_id uuid NOT NULL,
  position bigint GENERATED ALWAYS AS IDENTITY,
  PRIMARY KEY (group_id, member_id),
  CONSTRAINT scim_group_member_is_one CHECK (num_nonnulls(user_id, member_group_id) = 1 AND member_id = coalesce(user_id, member_group_id)),
  CONSTRAINT scim_group_member_is_not_itself CHECK (member_id <> group_id),
  CONSTRAINT scim_group_member_group FOREIGN KEY (organization_id, group_id) REFERENCES scim_group (organization_id, id) ON DELETE CASCADE,
  CONSTRAINT scim_group_member_user FOREIGN KEY (organization_id, user_id) REFERENCES scim_identity (organization_id, id) ON DELETE CASCADE,
  CONSTRAINT scim_group_member_nested FOREIGN KEY (organization_id, member_group_id) REFERENCES scim_group (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX scim_group_member_member ON scim_group_member (member_id);
CREATE INDEX scim_group_member_user_id ON scim_group_member (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX scim_group_member_nested_id ON scim_group_member (member_group_id) WHERE member_group_id IS NOT NULL;
CREATE INDEX scim_group_member_order ON scim_group_member (group_id, position)`;

/**
 * The groups a user is in, those above them included, as jsonb: value, display, key (the display name as compared), type.
 * A function, because the planner takes a recursive query to yield hundreds of rows, and would plan a page of users for that.
 * Each group by its key (OFFSET 0 keeps the planner from joining): for hundreds it would read all groups there are.
 */
const GROUPS_OF = `
CREATE FUNCTION scim_groups_of(wanted uuid) RETURNS jsonb LANGUAGE plpgsql STABLE COST 50 AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM scim_group_member m WHERE m.member_id = wanted) THEN
    RETURN '[]'::jsonb;
  END IF;
  RETURN (
    WITH RECURSIVE above(id, direct) AS (
      SELECT m.group_id, TRUE FROM scim_group_member m WHERE m.member_id = wanted
      UNION SELECT m.group_id, FALSE
      FROM above, LATERAL (SELECT i.group_id FROM scim_group_member i WHERE i.member_id = above.id OFFSET 0) m
    ), effective AS (
      SELECT above.id, bool_or(above.direct) AS direct FROM above GROUP BY above.id
    )
    SELECT jsonb_agg(jsonb_build_object('value', g.id, 'display', g.display_name, 'key', g.display_name_key,
      'type', CASE WHEN e.direct THEN 'direct' ELSE 'indirect' END) ORDER BY g.display_name_key, g.id)
    FROM effective e,
      LATERAL (SELECT i.id, i.display_name, i.display_name_key FROM scim_group i WHERE i.id = e.id OFFSET 0) g);
END $$`;

const aggregateTypes = (types: string): string => `
ALTER TABLE scim_outbox DROP CONSTRAINT scim_outbox_aggregate_type_check,
  ADD CONSTRAINT scim_outbox_aggregate_type_check CHECK (aggregate_type IN (${types}))`;
