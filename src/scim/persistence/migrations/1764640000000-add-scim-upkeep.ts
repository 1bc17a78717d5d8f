import type { MigrationInterface, QueryRunner } from 'typeorm';

/** So that old events are looked for in bounded steps, and a consumer that is gone leaves nothing behind. */
export class AddScimUpkeep1764640000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE scim_upkeep (
        name text PRIMARY KEY,
        place_at timestamptz(3),
        place_seq bigint
      );
      INSERT INTO scim_upkeep (name) VALUES ('archive'), ('delete');
      CREATE INDEX scim_outbox_delivery_given_up ON scim_outbox_delivery (consumer, next_at, event_seq) WHERE status = 'dead'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX scim_outbox_delivery_given_up; DROP TABLE scim_upkeep');
  }
}
