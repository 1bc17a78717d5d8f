import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import {
  type AccountAccess,
  type Admission,
  type AdmissionAnswer,
  IdentityLinksService,
  ProvisionedIdentity,
  type SignInOutcome,
  type SsoLogin,
} from '../../src/scim/index.js';
import type { ModuleHost } from './module-host.js';
import type { ScimClient } from './scim-client.js';

/** An event as the outbox keeps it. */
export interface OutboxRow {
  readonly aggregateId: string;
  readonly sequence: number;
  readonly type: string;
  // eslint-disable-next-line typescript/no-explicit-any
  readonly payload: any;
  // eslint-disable-next-line typescript/no-explicit-any
  readonly personal: any;
  readonly tokenId: string | null;
  readonly requestId: string | null;
}

export type Admit = (admission: Admission, manager: EntityManager) => Promise<AdmissionAnswer>;

/** One organization of a module host: what its IdP sends, who signs in, and the rows that come of it. */
export class TestOrganization {
  readonly id: string;
  /** What the host was asked to admit, in order. */
  readonly admissions: Admission[] = [];

  constructor(
    readonly host: ModuleHost,
    readonly idp: ScimClient,
  ) {
    this.id = idp.organizationId;
  }

  static async of(host: ModuleHost): Promise<TestOrganization> {
    return new TestOrganization(host, await host.client());
  }

  /** A login that the host admits with the account it is given, else with a new one. */
  signIn(nameId: string, login: Partial<SsoLogin> = {}, admit?: Admit): Promise<SignInOutcome> {
    const all = { organizationId: this.id, ssoConnectionId: 'saml-1', nameId, ...login };
    return this.links.signIn(all, async (admission, manager) => {
      this.admissions.push(admission);
      return admit ? admit(admission, manager) : { accountId: admission.accountId ?? newAccount() };
    });
  }

  /** The account of a login that has to succeed. */
  async accountOf(nameId: string, login: Partial<SsoLogin> = {}): Promise<string> {
    const outcome = await this.signIn(nameId, login);
    if (outcome.result === 'refused') throw new Error(`The login was refused: ${outcome.reason}`);
    return outcome.accountId;
  }

  access(accountId: string): Promise<AccountAccess> {
    return this.links.access(this.id, accountId);
  }

  /** In any state. */
  identity(id: string): Promise<ProvisionedIdentity> {
    return this.host.dataSource.getRepository(ProvisionedIdentity).findOneByOrFail({ id });
  }

  /** The events of one identity, or of all, in the order of writing. */
  events(identityId?: string): Promise<OutboxRow[]> {
    return this.host.dataSource.query(
      `select aggregate_id as "aggregateId", aggregate_seq as sequence, type, payload, personal, token_id as "tokenId",
         request_id as "requestId"
       from scim_outbox where organization_id = $1 and aggregate_type = 'user' and ($2::uuid is null or aggregate_id = $2) order by seq`,
      [this.id, identityId ?? null],
    );
  }

  /** Without `scim.user.`. */
  async eventTypes(identityId?: string): Promise<string[]> {
    const events = await this.events(identityId);
    return events.map(({ type }) => type.replace('scim.user.', ''));
  }

  linkRows(): Promise<{ nameId: string; accountId: string; identityId: string | null }[]> {
    return this.host.dataSource.query(
      `select name_id as "nameId", account_id as "accountId", identity_id as "identityId" from scim_link
       where organization_id = $1 order by created_at, name_id`,
      [this.id],
    );
  }

  private get links(): IdentityLinksService {
    return this.host.app.get(IdentityLinksService, { strict: false });
  }
}

export const newAccount = (): string => `account-${randomUUID()}`;
