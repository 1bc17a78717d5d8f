import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Events about connections: paused and resumed. */
export class AddScimConnectionEvents1764630000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(aggregateTypes(`'user', 'token', 'group', 'resource', 'connection'`));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DELETE FROM scim_outbox WHERE aggregate_type = 'connection'`);
    await queryRunner.query(aggregateTypes(`'user', 'token', 'group', 'resource'`));
  }
}

// Nobody waits for the rows of a long history to be looked at, which are good already.
const aggregateTypes = (types: string): string => `
ALTER TABLE scim_outbox DROP CONSTRAINT scim_outbox_aggregate_type_check,
  ADD CONSTRAINT scim_outbox_aggregate_type_check CHECK (aggregate_type IN (${types})) NOT VALID`;
