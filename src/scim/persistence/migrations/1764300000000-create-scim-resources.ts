import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Resources of the host's own types, and events about them. */
export class CreateScimResources1764300000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(RESOURCES);
    await queryRunner.query(aggregateTypes(`'user', 'token', 'group', 'resource'`));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE scim_resource');
    await queryRunner.query(`DELETE FROM scim_outbox WHERE aggregate_type = 'resource'`);
    await queryRunner.query(aggregateTypes(`'user', 'token', 'group'`));
  }
}

const RESOURCES = `
CREATE TABLE scim_resource (
  id uuid PRIMARY KEY,
  organization_id text NOT NULL,
  connection_id uuid NOT NULL,
  resource_type text COLLATE "C" NOT NULL,
  external_id text COLLATE "C",
  attributes jsonb NOT NULL,
  search jsonb NOT NULL,
  version integer NOT NULL,
  created_at timestamptz(3) NOT NULL,
  modified_at timestamptz(3) NOT NULL,
  CONSTRAINT scim_resource_connection
    FOREIGN KEY (organization_id, connection_id) REFERENCES scim_connection (organization_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX scim_resource_external_id ON scim_resource (organization_id, resource_type, external_id);
CREATE INDEX scim_resource_order ON scim_resource (organization_id, resource_type, created_at, id)`;

// The outbox is the history and may be long: nobody waits for its rows to be looked at, which are good already.
const aggregateTypes = (types: string): string => `
ALTER TABLE scim_outbox DROP CONSTRAINT scim_outbox_aggregate_type_check,
  ADD CONSTRAINT scim_outbox_aggregate_type_check CHECK (aggregate_type IN (${types})) NOT VALID`;
