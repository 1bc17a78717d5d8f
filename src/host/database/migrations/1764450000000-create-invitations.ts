import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Invitations, and members whom SCIM may not remove. */
export class CreateInvitations1764450000000 implements MigrationInterface {
  name = 'CreateInvitations1764450000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
CREATE TABLE invitation (
  id uuid PRIMARY KEY,
  organization_id uuid NOT NULL,
  email text NOT NULL,
  role text NOT NULL,
  hash text NOT NULL,
  invited_by uuid,
  created_at timestamptz(3) NOT NULL,
  expires_at timestamptz(3) NOT NULL,
  ended_by text,
  identity_id text,
  CONSTRAINT invitation_hash UNIQUE (hash),
  CONSTRAINT invitation_organization FOREIGN KEY (organization_id) REFERENCES organization (id) ON DELETE CASCADE,
  CONSTRAINT invitation_invited_by FOREIGN KEY (invited_by) REFERENCES account (id) ON DELETE SET NULL
);
CREATE UNIQUE INDEX invitation_open ON invitation (organization_id, email) WHERE ended_by IS NULL;
ALTER TABLE membership ADD COLUMN protected boolean NOT NULL DEFAULT false`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE membership DROP COLUMN protected; DROP TABLE invitation');
  }
}
