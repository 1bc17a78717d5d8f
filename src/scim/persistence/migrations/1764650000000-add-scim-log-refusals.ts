import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Requests with a forged token stand apart in the log: anybody who knows a token's public id can cause them. Of those from before,
 * nobody knows any more which 401 was for a secret that is wrong, and which for a right one that had ended: all count as forged.
 */
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
