import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Devices, as `typeorm migration:generate` makes a table for an entity that extends ScimResourceRow. */
export class CreateDevices1764350000000 implements MigrationInterface {
  name = 'CreateDevices1764350000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
CREATE TABLE device (
  id uuid NOT NULL,
  organization_id text NOT NULL,
  connection_id uuid NOT NULL,
  external_id text COLLATE "C",
  attributes jsonb NOT NULL,
  search jsonb NOT NULL,
  version integer NOT NULL,
  created_at timestamptz(3) NOT NULL,
  modified_at timestamptz(3) NOT NULL,
  serial_number text NOT NULL,
  model text,
  owner_id text,
  CONSTRAINT "PK_2dc10972aa4e27c01378dad2c72" PRIMARY KEY (id),
  CONSTRAINT "UQ_6ae1888cdc6310b03dd1b42dc08" UNIQUE (organization_id, external_id),
  CONSTRAINT "UQ_69dc03cf05013f74c65da7d5957" UNIQUE (organization_id, serial_number),
  CONSTRAINT "FK_bab1f26227c9bda52ce42dbaaaa"
    FOREIGN KEY (organization_id, connection_id) REFERENCES scim_connection (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX "IDX_2aee7d5f54f7b7ac6d544e163e" ON device (organization_id, created_at, id);
CREATE INDEX "IDX_b7fc7ad4e022f0405b7403afc1" ON device (organization_id, owner_id)`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE device');
  }
}
