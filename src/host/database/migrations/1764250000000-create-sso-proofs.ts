import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Sign-ins that wait for their own browser, and assertions that were used. */
export class CreateSsoProofs1764250000000 implements MigrationInterface {
  name = 'CreateSsoProofs1764250000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
CREATE TABLE sso_pending_login (
  hash text PRIMARY KEY,
  connection_id uuid NOT NULL,
  account_id uuid,
  browser_hash text NOT NULL,
  login jsonb NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  CONSTRAINT sso_pending_login_connection FOREIGN KEY (connection_id) REFERENCES sso_connection (id) ON DELETE CASCADE,
  CONSTRAINT sso_pending_login_account FOREIGN KEY (account_id) REFERENCES account (id) ON DELETE CASCADE
);
CREATE TABLE sso_assertion (
  connection_id uuid NOT NULL,
  hash text NOT NULL,
  expires_at timestamptz(3) NOT NULL,
  PRIMARY KEY (connection_id, hash),
  CONSTRAINT sso_assertion_connection FOREIGN KEY (connection_id) REFERENCES sso_connection (id) ON DELETE CASCADE
);
CREATE INDEX sso_assertion_expires_at ON sso_assertion (expires_at)`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE sso_assertion, sso_pending_login');
  }
}
