import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Accounts, organizations and all that hangs on them. */
export class CreateHostTables1763900000000 implements MigrationInterface {
  name = 'CreateHostTables1763900000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statements of [ORGANIZATIONS, TEAMS, CREDENTIALS, SSO]) await queryRunner.query(statements);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
DROP TABLE demo_idp_key, sso_request, sso_connection, api_key, session, group_mapping, team_member, team, membership,
  organization, account`);
  }
}

const ORGANIZATIONS = `
CREATE TABLE account (
  id uuid PRIMARY KEY,
  email text,
  display_name text NOT NULL,
  password_hash text,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  CONSTRAINT account_email UNIQUE (email)
);
CREATE TABLE organization (
  id uuid PRIMARY KEY,
  slug text NOT NULL,
  name text NOT NULL,
  plan text NOT NULL,
  seat_limit integer NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  CONSTRAINT organization_slug UNIQUE (slug)
);
CREATE TABLE membership (
  organization_id uuid NOT NULL,
  account_id uuid NOT NULL,
  role text NOT NULL,
  status text NOT NULL,
  suspended_by text,
  identity_id text,
  display_name text,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (organization_id, account_id),
  CONSTRAINT membership_organization FOREIGN KEY (organization_id) REFERENCES organization (id) ON DELETE CASCADE,
  CONSTRAINT membership_account_id FOREIGN KEY (account_id) REFERENCES account (id) ON DELETE CASCADE
);
CREATE INDEX membership_account ON membership (account_id)`;

const TEAMS = `
CREATE TABLE team (
  id uuid PRIMARY KEY,
  organization_id uuid NOT NULL,
  name text NOT NULL,
  CONSTRAINT team_name UNIQUE (organization_id, name),
  CONSTRAINT team_organization_id UNIQUE (organization_id, id),
  CONSTRAINT team_organization FOREIGN KEY (organization_id) REFERENCES organization (id) ON DELETE CASCADE
);
CREATE TABLE team_member (
  team_id uuid NOT NULL,
  account_id uuid NOT NULL,
  organization_id uuid NOT NULL,
  source text NOT NULL,
  PRIMARY KEY (team_id, account_id),
  CONSTRAINT team_member_team FOREIGN KEY (organization_id, team_id)
    REFERENCES team (organization_id, id) ON DELETE CASCADE,
  CONSTRAINT team_member_membership FOREIGN KEY (organization_id, account_id)
    REFERENCES membership (organization_id, account_id) ON DELETE CASCADE
);
CREATE INDEX team_member_membership_key ON team_member (organization_id, account_id);
CREATE TABLE group_mapping (
  organization_id uuid NOT NULL,
  group_id text NOT NULL,
  team_id uuid NOT NULL,
  PRIMARY KEY (organization_id, group_id, team_id),
  CONSTRAINT group_mapping_team FOREIGN KEY (organization_id, team_id)
    REFERENCES team (organization_id, id) ON DELETE CASCADE
)`;

const CREDENTIALS = `
CREATE TABLE session (
  hash text PRIMARY KEY,
  organization_id uuid NOT NULL,
  account_id uuid NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  expires_at timestamptz(3) NOT NULL,
  CONSTRAINT session_membership FOREIGN KEY (organization_id, account_id)
    REFERENCES membership (organization_id, account_id) ON DELETE CASCADE
);
CREATE INDEX session_membership_key ON session (organization_id, account_id);
CREATE TABLE api_key (
  id uuid PRIMARY KEY,
  organization_id uuid NOT NULL,
  account_id uuid NOT NULL,
  hash text NOT NULL,
  label text,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  CONSTRAINT api_key_hash UNIQUE (hash),
  CONSTRAINT api_key_membership FOREIGN KEY (organization_id, account_id)
    REFERENCES membership (organization_id, account_id) ON DELETE CASCADE
);
CREATE INDEX api_key_membership_key ON api_key (organization_id, account_id)`;

const SSO = `
CREATE TABLE sso_connection (
  id uuid PRIMARY KEY,
  organization_id uuid NOT NULL,
  sign_on_url text NOT NULL,
  issuer text NOT NULL,
  certificate text NOT NULL,
  enabled boolean NOT NULL,
  allow_jit boolean NOT NULL DEFAULT true,
  CONSTRAINT sso_connection_organization_id UNIQUE (organization_id),
  CONSTRAINT sso_connection_organization FOREIGN KEY (organization_id) REFERENCES organization (id) ON DELETE CASCADE
);
CREATE TABLE sso_request (
  id text PRIMARY KEY,
  organization_id uuid NOT NULL,
  account_id uuid,
  browser_hash text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  CONSTRAINT sso_request_organization FOREIGN KEY (organization_id) REFERENCES organization (id) ON DELETE CASCADE,
  CONSTRAINT sso_request_account FOREIGN KEY (account_id) REFERENCES account (id) ON DELETE CASCADE
);
CREATE TABLE demo_idp_key (
  organization_id uuid PRIMARY KEY,
  private_key text NOT NULL,
  public_key text NOT NULL,
  CONSTRAINT demo_idp_key_organization FOREIGN KEY (organization_id) REFERENCES organization (id) ON DELETE CASCADE
)`;
