import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Since when the plan is lost and SAML is off. What was lost before is not known, and stays unknown. */
export class AddEntitlementLosses1764460000000 implements MigrationInterface {
  name = 'AddEntitlementLosses1764460000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
ALTER TABLE organization ADD COLUMN plan_lost_at timestamptz(3);
ALTER TABLE sso_connection ADD COLUMN disabled_at timestamptz(3)`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
ALTER TABLE sso_connection DROP COLUMN disabled_at;
ALTER TABLE organization DROP COLUMN plan_lost_at`);
  }
}
