import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Values that are unique without a column of their own, and groups with further attributes. */
export class CreateScimExtensions1764200000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UNIQUE_VALUES);
    await queryRunner.query(GROUP_ATTRIBUTES);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE scim_group DROP COLUMN attributes, DROP COLUMN search');
    await queryRunner.query('DROP TABLE scim_unique_value');
  }
}

const UNIQUE_VALUES = `
CREATE TABLE scim_unique_value (
  organization_id text NOT NULL,
  resource_type text COLLATE "C" NOT NULL,
  attribute text COLLATE "C" NOT NULL,
  value_key text COLLATE "C" NOT NULL,
  resource_id uuid NOT NULL,
  PRIMARY KEY (organization_id, resource_type, attribute, value_key),
  CONSTRAINT scim_unique_value_connection
    FOREIGN KEY (organization_id) REFERENCES scim_connection (organization_id) ON DELETE CASCADE
);
CREATE INDEX scim_unique_value_resource ON scim_unique_value (resource_id)`;

// With defaults, so that instances of the version before may go on writing during a deployment.
const GROUP_ATTRIBUTES = `
ALTER TABLE scim_group
  ADD COLUMN attributes jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN search jsonb NOT NULL DEFAULT '{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:group"]}'`;
