import type { MigrationInterface, QueryRunner } from 'typeorm';

/** People who are erased, accounts that were unlinked, organizations that are removed; indexes for lists of people by state. */
export class AddScimErasure1764610000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(IDENTITIES);
    await queryRunner.query(TOMBSTONES);
    await queryRunner.query(UNLINKED_ACCOUNTS);
    await queryRunner.query('ALTER TABLE scim_connection ADD COLUMN removed_at timestamptz(3)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE scim_connection DROP COLUMN removed_at');
    await queryRunner.query('DROP TABLE scim_unlinked_account');
    await queryRunner.query('ALTER TABLE scim_tombstone DROP COLUMN other_name_id_hashes');
    await queryRunner.query('DROP INDEX scim_identity_state, scim_identity_erasable');
    await queryRunner.query('ALTER TABLE scim_identity DROP COLUMN erased_at');
  }
}

const IDENTITIES = `
ALTER TABLE scim_identity ADD COLUMN erased_at timestamptz(3);
CREATE INDEX scim_identity_state ON scim_identity (organization_id, state, created_at, id);
CREATE INDEX scim_identity_erasable ON scim_identity (state_changed_at) WHERE state = 'deprovisioned' AND erased_at IS NULL`;

const TOMBSTONES = `
ALTER TABLE scim_tombstone ADD COLUMN other_name_id_hashes bytea[];
CREATE INDEX scim_tombstone_other_name_ids ON scim_tombstone USING gin (other_name_id_hashes)`;

const UNLINKED_ACCOUNTS = `
CREATE TABLE scim_unlinked_account (
  organization_id text NOT NULL,
  account_id text NOT NULL,
  identity_id uuid NOT NULL,
  unlinked_at timestamptz(3) NOT NULL,
  PRIMARY KEY (organization_id, account_id),
  CONSTRAINT scim_unlinked_account_connection
    FOREIGN KEY (organization_id) REFERENCES scim_connection (organization_id) ON DELETE CASCADE
)`;
