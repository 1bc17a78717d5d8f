import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The log of requests, who looked into it, and connections that are paused. */
export class CreateScimLog1764500000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      'ALTER TABLE scim_connection ADD COLUMN paused_at timestamptz(3), ADD COLUMN paused_by text',
    );
    await queryRunner.query(LOG);
    await queryRunner.query(REVEALS);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE scim_log_reveal');
    await queryRunner.query('DROP TABLE scim_log');
    await queryRunner.query('ALTER TABLE scim_connection DROP COLUMN paused_at, DROP COLUMN paused_by');
  }
}

const LOG = `
CREATE TABLE scim_log (
  id uuid PRIMARY KEY,
  organization_id text NOT NULL,
  connection_id uuid NOT NULL,
  received_at timestamptz(3) NOT NULL,
  method text NOT NULL,
  path text NOT NULL,
  query text,
  status smallint NOT NULL,
  status_class smallint NOT NULL,
  scim_type text,
  detail text,
  duration_ms integer NOT NULL,
  client text,
  address text,
  token_id uuid,
  idp text,
  person_keys text[] COLLATE "C" NOT NULL,
  body text,
  body_bytes integer,
  CONSTRAINT scim_log_connection
    FOREIGN KEY (organization_id, connection_id) REFERENCES scim_connection (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX scim_log_newest ON scim_log (organization_id, status_class, received_at, id);
CREATE INDEX scim_log_status ON scim_log (organization_id, status, received_at, id);
CREATE INDEX scim_log_age ON scim_log (received_at);
CREATE INDEX scim_log_people ON scim_log USING gin (person_keys)`;

const REVEALS = `
CREATE TABLE scim_log_reveal (
  id uuid PRIMARY KEY,
  organization_id text NOT NULL,
  connection_id uuid NOT NULL,
  entry_id uuid NOT NULL,
  actor_id text,
  revealed_at timestamptz(3) NOT NULL DEFAULT now(),
  CONSTRAINT scim_log_reveal_connection
    FOREIGN KEY (organization_id, connection_id) REFERENCES scim_connection (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX scim_log_reveal_entry ON scim_log_reveal (organization_id, entry_id);
CREATE INDEX scim_log_reveal_age ON scim_log_reveal (revealed_at)`;
