import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Milestones of a set-up, kept with the connection; what they are found by; and refused logins for the link check. */
export class AddScimMilestones1764600000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE scim_connection ADD COLUMN tested_at timestamptz(3), ADD COLUMN first_user_at timestamptz(3),
        ADD COLUMN first_link_at timestamptz(3), ADD COLUMN first_deactivation_at timestamptz(3), ADD COLUMN first_group_at timestamptz(3)`);
    await queryRunner.query(INDEXES);
    await queryRunner.query(REFUSED_LOGINS);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE scim_refused_login');
    await queryRunner.query('DROP INDEX scim_link_newest, scim_outbox_milestones');
    await queryRunner.query(`
      ALTER TABLE scim_connection DROP COLUMN tested_at, DROP COLUMN first_user_at, DROP COLUMN first_link_at,
        DROP COLUMN first_deactivation_at, DROP COLUMN first_group_at`);
  }
}

/** Of the events few: those of an ordinary change or creation are in none of it. */
const INDEXES = `
CREATE INDEX scim_outbox_milestones ON scim_outbox (organization_id, type, seq)
  WHERE type = 'scim.user.linked' OR (token_id IS NOT NULL AND type IN ('scim.user.deactivated', 'scim.user.deprovisioned', 'scim.group.created'));
CREATE INDEX scim_link_newest ON scim_link (organization_id, created_at, id)`;

const REFUSED_LOGINS = `
CREATE TABLE scim_refused_login (
  organization_id text NOT NULL,
  connection_id uuid NOT NULL,
  name_id text COLLATE "C" NOT NULL,
  name_id_key text COLLATE "C" NOT NULL,
  sso_connection_id text NOT NULL,
  reason text NOT NULL,
  refused_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (organization_id, name_id),
  CONSTRAINT scim_refused_login_connection
    FOREIGN KEY (organization_id, connection_id) REFERENCES scim_connection (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX scim_refused_login_age ON scim_refused_login (refused_at)`;
