import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is done about events beside delivering them: a feed, retention, dead letters that are replayed or skipped. */
export class AddScimEventCare1764620000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(EVENTS);
    await queryRunner.query(DELIVERIES);
    await queryRunner.query(FAILED_ONES);
    await queryRunner.query('ALTER TABLE scim_consumer ADD COLUMN past_due_after bigint');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE scim_consumer DROP COLUMN past_due_after');
    await queryRunner.query(`UPDATE scim_outbox_delivery SET status = 'superseded' WHERE status = 'skipped'`);
    await queryRunner.query(`
      DROP INDEX scim_outbox_delivery_due, scim_outbox_delivery_terminal, scim_outbox_delivery_failed, scim_outbox_delivery_dead;
      ALTER TABLE scim_outbox_delivery DROP COLUMN organization_id, DROP COLUMN replayed, DROP COLUMN decided_by, DROP COLUMN decided_at,
        DROP CONSTRAINT scim_outbox_delivery_status_check,
        ADD CONSTRAINT scim_outbox_delivery_status_check CHECK (status IN ('pending', 'delivered', 'superseded', 'dead'));
      CREATE INDEX scim_outbox_delivery_due ON scim_outbox_delivery (next_at, event_seq) WHERE status = 'pending'`);
    await queryRunner.query(`
      DROP TABLE scim_feed;
      DROP INDEX scim_outbox_feed, scim_outbox_kept, scim_outbox_archived;
      ALTER TABLE scim_outbox DROP COLUMN archived_at, DROP COLUMN feed_position`);
  }
}

const EVENTS = `
ALTER TABLE scim_outbox ADD COLUMN archived_at timestamptz(3), ADD COLUMN feed_position bigint;
-- Those without a place come last, in their order.
CREATE INDEX scim_outbox_feed ON scim_outbox (organization_id, feed_position, seq) WHERE archived_at IS NULL;
CREATE INDEX scim_outbox_kept ON scim_outbox (created_at) WHERE archived_at IS NULL;
CREATE INDEX scim_outbox_archived ON scim_outbox (created_at) WHERE archived_at IS NOT NULL;
CREATE TABLE scim_feed (
  id uuid PRIMARY KEY,
  organization_id text NOT NULL UNIQUE,
  last_position bigint NOT NULL DEFAULT 0,
  horizon bigint NOT NULL DEFAULT 0,
  CONSTRAINT scim_feed_organization FOREIGN KEY (organization_id) REFERENCES scim_connection (organization_id) ON DELETE CASCADE
)`;

const DELIVERIES = `
ALTER TABLE scim_outbox_delivery
  ADD COLUMN organization_id text,
  ADD COLUMN replayed boolean NOT NULL DEFAULT false,
  ADD COLUMN decided_by text,
  ADD COLUMN decided_at timestamptz(3),
  DROP CONSTRAINT scim_outbox_delivery_status_check,
  ADD CONSTRAINT scim_outbox_delivery_status_check CHECK (status IN ('pending', 'delivered', 'superseded', 'dead', 'skipped')) NOT VALID;
DROP INDEX scim_outbox_delivery_due;
-- Neither of these two serves to look for older ones of an aggregate: where statistics are old, it would look as good as the right one.
CREATE INDEX scim_outbox_delivery_due ON scim_outbox_delivery (consumer, next_at, event_seq) WHERE status = 'pending' AND NOT terminal;
CREATE INDEX scim_outbox_delivery_terminal ON scim_outbox_delivery (consumer, next_at, event_seq) WHERE status = 'pending' AND terminal;
CREATE INDEX scim_outbox_delivery_failed ON scim_outbox_delivery (organization_id, event_seq, consumer)
  WHERE status IN ('pending', 'dead') AND organization_id IS NOT NULL;
CREATE INDEX scim_outbox_delivery_dead ON scim_outbox_delivery (aggregate_id) WHERE status = 'dead'`;

/** From now on whoever records a failure notes the organization. */
const FAILED_ONES = `
UPDATE scim_outbox_delivery d SET organization_id = o.organization_id FROM scim_outbox o
WHERE o.seq = d.event_seq AND (d.status = 'dead' OR d.status = 'pending' AND d.attempts > 0)`;
