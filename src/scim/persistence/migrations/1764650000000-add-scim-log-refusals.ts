import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Requests whose token was not good stand apart in the log: anybody who knows a token's public id can cause them. */
export class AddScimLogRefusals1764650000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
ALTER TABLE scim_log ADD COLUMN is_refused boolean NOT NULL DEFAULT false`);
    await queryRunner.query('UPDATE scim_log SET is_refused = true WHERE status = 401');
    await queryRunner.query(`
DROP INDEX scim_log_status;
CREATE INDEX scim_log_status ON scim_log (organization_id, is_refused, status, received_at, id)`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
DROP INDEX scim_log_status;
CREATE INDEX scim_log_status ON scim_log (organization_id, status, received_at, id)`);
    await queryRunner.query('ALTER TABLE scim_log DROP COLUMN is_refused');
  }
}
