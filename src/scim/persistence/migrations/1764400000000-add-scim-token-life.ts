import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tokens that replace one another, warn of their end, or have none. */
export class AddScimTokenLife1764400000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(COLUMNS);
    await queryRunner.query(PAST);
    await queryRunner.query(RULES);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    // What has no end gets the longest life there is, and what retires its real end.
    await queryRunner.query(`
      UPDATE scim_token SET expires_at = coalesce(least(expires_at, retires_at), created_at + interval '730 days')`);
    await queryRunner.query(`
      ALTER TABLE scim_token
        DROP CONSTRAINT scim_token_successor,
        DROP CONSTRAINT scim_token_organization_id_id,
        DROP COLUMN warned_days,
        DROP COLUMN replaced_by,
        DROP COLUMN retires_at,
        DROP COLUMN revoked_because,
        DROP COLUMN first_used_at,
        ALTER COLUMN expires_at SET NOT NULL`);
  }
}

const COLUMNS = `
ALTER TABLE scim_token
  ALTER COLUMN expires_at DROP NOT NULL,
  ADD COLUMN warned_days smallint,
  ADD COLUMN replaced_by uuid,
  ADD COLUMN retires_at timestamptz(3),
  ADD COLUMN revoked_because text,
  ADD COLUMN first_used_at timestamptz(3)`;

/** Nobody is to be told today of what expired long ago. */
const PAST = `
UPDATE scim_token SET
  first_used_at = last_used_at,
  warned_days = CASE WHEN expires_at <= now() THEN 0 END,
  revoked_because = CASE WHEN revoked_at IS NOT NULL THEN 'admin' END`;

const RULES = `
ALTER TABLE scim_token
  ADD CONSTRAINT scim_token_revoked_because_check CHECK (revoked_because IN ('admin', 'rotated', 'rotation-cancelled', 'leaked')),
  ADD CONSTRAINT scim_token_rotation_check CHECK ((replaced_by IS NULL) = (retires_at IS NULL)),
  ADD CONSTRAINT scim_token_organization_id_id UNIQUE (organization_id, id);
ALTER TABLE scim_token
  ADD CONSTRAINT scim_token_successor FOREIGN KEY (organization_id, replaced_by) REFERENCES scim_token (organization_id, id);
CREATE INDEX scim_token_expiring ON scim_token (expires_at) WHERE revoked_at IS NULL AND warned_days IS DISTINCT FROM 0;
CREATE INDEX scim_token_retiring ON scim_token (retires_at) WHERE revoked_at IS NULL AND retires_at IS NOT NULL;
CREATE INDEX scim_token_replaced_by ON scim_token (replaced_by) WHERE replaced_by IS NOT NULL`;
