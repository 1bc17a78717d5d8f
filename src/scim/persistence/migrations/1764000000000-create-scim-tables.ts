import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The first tables. `COLLATE "C"` throughout: order and equality are by code point, folding happens in the module. */
export class CreateScimTables1764000000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(CONNECTION_AND_TOKEN);
    await queryRunner.query(IDENTITY);
    await queryRunner.query(LINK_AND_TOMBSTONE);
    await queryRunner.query(OUTBOX);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP TABLE scim_outbox_delivery, scim_outbox, scim_consumer, scim_tombstone, scim_link, scim_identity, scim_token, scim_connection`);
  }
}

const CONNECTION_AND_TOKEN = `
CREATE TABLE scim_connection (
  id uuid PRIMARY KEY,
  organization_id text NOT NULL UNIQUE,
  tombstone_key bytea NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  CONSTRAINT scim_connection_organization_id_id UNIQUE (organization_id, id)
);
CREATE TABLE scim_token (
  id uuid PRIMARY KEY,
  organization_id text NOT NULL,
  connection_id uuid NOT NULL,
  public_id text COLLATE "C" NOT NULL UNIQUE,
  hash bytea NOT NULL,
  key_id text,
  hint text NOT NULL,
  label text,
  scopes text[] NOT NULL,
  created_by text,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  expires_at timestamptz(3) NOT NULL,
  revoked_at timestamptz(3),
  last_used_at timestamptz(3),
  last_used_from text,
  last_used_client text,
  CONSTRAINT scim_token_connection
    FOREIGN KEY (organization_id, connection_id) REFERENCES scim_connection (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX scim_token_organization ON scim_token (organization_id, created_at)`;

const IDENTITY = `
CREATE TABLE scim_identity (
  id uuid PRIMARY KEY,
  organization_id text NOT NULL,
  connection_id uuid NOT NULL,
  external_id text COLLATE "C",
  user_name text NOT NULL,
  user_name_key text COLLATE "C" NOT NULL,
  state text NOT NULL CHECK (state IN ('provisioned', 'active', 'suspended', 'deprovisioned')),
  active boolean NOT NULL,
  account_id text,
  linked_by text CHECK (linked_by IN ('externalId', 'userName')),
  attributes jsonb NOT NULL,
  search jsonb NOT NULL,
  email_keys text[] COLLATE "C" NOT NULL,
  version integer NOT NULL,
  event_seq integer NOT NULL,
  created_at timestamptz(3) NOT NULL,
  modified_at timestamptz(3) NOT NULL,
  state_changed_at timestamptz(3) NOT NULL,
  CONSTRAINT scim_identity_organization_id_id UNIQUE (organization_id, id),
  CONSTRAINT scim_identity_active_is_linked CHECK ((state = 'active') <= (account_id IS NOT NULL)),
  CONSTRAINT scim_identity_provisioned_is_not CHECK ((state = 'provisioned') <= (account_id IS NULL)),
  CONSTRAINT scim_identity_connection
    FOREIGN KEY (organization_id, connection_id) REFERENCES scim_connection (organization_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX scim_identity_live_user_name ON scim_identity (organization_id, user_name_key) WHERE state <> 'deprovisioned';
CREATE UNIQUE INDEX scim_identity_live_external_id ON scim_identity (organization_id, external_id) WHERE state <> 'deprovisioned';
CREATE UNIQUE INDEX scim_identity_live_account ON scim_identity (organization_id, account_id) WHERE state <> 'deprovisioned';
CREATE INDEX scim_identity_account ON scim_identity (organization_id, account_id);
CREATE INDEX scim_identity_live_order ON scim_identity (organization_id, created_at, id) WHERE state <> 'deprovisioned';
CREATE INDEX scim_identity_live_emails ON scim_identity USING gin (email_keys) WHERE state <> 'deprovisioned'`;

const LINK_AND_TOMBSTONE = `
CREATE TABLE scim_link (
  id uuid PRIMARY KEY,
  organization_id text NOT NULL,
  sso_connection_id text NOT NULL,
  name_id text COLLATE "C" NOT NULL,
  name_id_key text COLLATE "C" NOT NULL,
  account_id text NOT NULL,
  identity_id uuid,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  last_login_at timestamptz(3) NOT NULL DEFAULT now(),
  CONSTRAINT scim_link_provisioned_identity
    FOREIGN KEY (organization_id, identity_id) REFERENCES scim_identity (organization_id, id)
);
CREATE UNIQUE INDEX scim_link_name_id ON scim_link (organization_id, name_id, sso_connection_id);
CREATE INDEX scim_link_name_id_key ON scim_link (organization_id, name_id_key);
CREATE UNIQUE INDEX scim_link_identity ON scim_link (organization_id, identity_id);
CREATE INDEX scim_link_account ON scim_link (organization_id, account_id);
CREATE TABLE scim_tombstone (
  identity_id uuid PRIMARY KEY,
  organization_id text NOT NULL,
  external_id_hash bytea,
  user_name_hash bytea NOT NULL,
  name_id_hash bytea,
  created_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX scim_tombstone_external_id ON scim_tombstone (organization_id, external_id_hash);
CREATE INDEX scim_tombstone_user_name ON scim_tombstone (organization_id, user_name_hash);
CREATE INDEX scim_tombstone_name_id ON scim_tombstone (organization_id, name_id_hash)`;

const OUTBOX = `
CREATE TABLE scim_outbox (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id uuid NOT NULL UNIQUE,
  organization_id text NOT NULL,
  aggregate_type text NOT NULL CHECK (aggregate_type IN ('user', 'token')),
  aggregate_id uuid NOT NULL,
  aggregate_seq integer NOT NULL,
  type text NOT NULL,
  payload jsonb NOT NULL,
  personal jsonb,
  token_id uuid,
  request_id text,
  created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp()
);
CREATE UNIQUE INDEX scim_outbox_aggregate ON scim_outbox (aggregate_id, aggregate_seq);
CREATE INDEX scim_outbox_organization ON scim_outbox (organization_id, seq);
CREATE TABLE scim_outbox_delivery (
  event_seq bigint NOT NULL,
  consumer text NOT NULL,
  aggregate_id uuid NOT NULL,
  status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'delivered', 'superseded', 'dead')),
  terminal boolean NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  next_at timestamptz(3) NOT NULL DEFAULT now(),
  last_error text,
  finished_at timestamptz(3),
  PRIMARY KEY (event_seq, consumer),
  CONSTRAINT scim_outbox_delivery_event FOREIGN KEY (event_seq) REFERENCES scim_outbox (seq) ON DELETE CASCADE
);
CREATE INDEX scim_outbox_delivery_due ON scim_outbox_delivery (next_at, event_seq) WHERE status = 'pending';
CREATE INDEX scim_outbox_delivery_open ON scim_outbox_delivery (aggregate_id, consumer, event_seq) WHERE status = 'pending';
CREATE TABLE scim_consumer (
  name text PRIMARY KEY,
  event_types text[] NOT NULL,
  registered_at timestamptz(3) NOT NULL DEFAULT now(),
  retired_at timestamptz(3)
)`;
