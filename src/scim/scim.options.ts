import type { CanActivate, Type } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { SchemaExtension } from './protocol/resource-types.js';
import type { ResourceType } from './protocol/schemas/schema.js';

/** What the module's providers read; set once at start-up. */
export const SCIM_OPTIONS = Symbol.for('scim:options');

/** Whether an organization may use SCIM now. */
export type ScimEntitlement =
  | {
      readonly allowed: true;
      /**
       * The SSO connection whose NameIDs belong to the people this organization's IdP provisions. With it, a login
       * proven by another connection never links an identity at its creation. Default: any of the organization's.
       */
      readonly ssoConnectionId?: string;
    }
  | {
      readonly allowed: false;
      /** What the settings page asks for. */
      readonly missing: readonly ('plan' | 'saml' | 'other')[];
      /** For the identity provider's administrator, e.g. "SCIM needs an Enterprise plan." */
      readonly detail: string;
    };

/** Whether an account may lose its access, and if not, why: text for the identity provider's administrator. */
export type ScimRemovalDecision = { readonly allowed: true } | { readonly allowed: false; readonly detail: string };

/** The one thing a host must implement: what the module cannot know about organizations. */
export interface ScimOrganizations {
  /**
   * Asked on every SCIM request (cached for at most 5 s, see {@link ScimEntitlements.forget}) and, uncached, when a
   * token is generated. A rejection answers 503: a host that cannot say is not taken for a yes or a no.
   */
  entitlement(organizationId: string): Promise<ScimEntitlement>;
  /**
   * Asked inside the transaction that deactivates or removes the identity linked to `accountId`. A refusal becomes 409 with
   * `detail`, and nothing changes.
   *
   * With `manager`, count under a lock of yours and record your yes, e.g. take the role or the membership away: of two
   * owners who are removed at once, each would else see the other one still there, and none would be left.
   */
  mayRemove(organizationId: string, accountId: string, manager: EntityManager): Promise<ScimRemovalDecision>;
}

/** How tokens are made and kept. */
export interface ScimTokenOptions {
  /**
   * Keys that token hashes are made with: `kid:secret` pairs separated by commas; the first signs, all verify. To change
   * keys, append the new one on every instance first, then move it to the front: an instance that signs with a key which
   * another one lacks makes tokens that the other one refuses. Take the old one out once every token was used since.
   * Default: none, which is refused when NODE_ENV is `production` and warned of otherwise.
   */
  readonly peppers?: string;
  /** What every secret starts with, so that secret scanners can know it. Letters, digits and `_`. Default `scim`. */
  readonly prefix?: string;
}

/** What a request may be and take. */
export interface ScimLimits {
  /** Bytes of a request body. Default 1 MiB. */
  readonly bodyBytes?: number;
  /** The same for Groups, whose members come in one body. Default 16 MiB. */
  readonly groupBodyBytes?: number;
  /** Resources on a page when the client names no `count`. Default 100. */
  readonly pageDefault?: number;
  /** The most resources on a page; a larger `count` is capped. Default 1,000. */
  readonly pageMax?: number;
  /**
   * Milliseconds that a statement may take, the wait for its connection included, before the answer is 503 and the
   * connection is destroyed. A limit of this side: the host's pool and server keep theirs. Default 5,000.
   */
  readonly statementTimeoutMs?: number;
}

/** The limits in force. */
export const limitsOf = (options: ScimModuleOptions): Required<ScimLimits> => ({
  bodyBytes: 1024 * 1024,
  groupBodyBytes: 16 * 1024 * 1024,
  pageDefault: 100,
  pageMax: 1000,
  statementTimeoutMs: 5000,
  ...options.limits,
});

/** Options that may come from a factory. */
export interface ScimModuleOptions {
  /** Origin (and path before the global prefix, if a proxy adds one) of `meta.location`; never taken from the Host header. */
  readonly baseUrl: string;
  readonly organizations: ScimOrganizations;
  readonly tokens?: ScimTokenOptions;
  readonly limits?: ScimLimits;
  readonly uniqueness?: {
    /** Whether two groups of an organization may not share a name. Entra ID finds groups by name. Default true. */
    readonly groupDisplayName?: boolean;
  };
  readonly rateLimit?: {
    /** Sustained requests per second and organization, with bursts of five times that. 0 switches all limits off. Default 200. */
    readonly requestsPerSecond?: number;
  };
  /** Name the hot statements, so that PostgreSQL plans them once a connection. `false` for PgBouncer before 1.21. Default true. */
  readonly preparedStatements?: boolean;
  /** Whether this process delivers events to its handlers. Default true. */
  readonly deliverEvents?: boolean;
}

/** The admin API under the host's own path and guards. Nothing is served without an answer from `organizationOf`. */
export interface ScimAdminOptions {
  /** E.g. `api/organizations/:slug/scim`. */
  readonly path: string;
  /** The host's guards, resolved inside ScimModule: their module must be among `imports`. */
  readonly guards: readonly Type<CanActivate>[];
  /** The organization of a request that passed the guards; undefined answers 404. */
  readonly organizationOf: (request: unknown) => string | undefined;
  /** The account id of the admin, kept as a token's creator. */
  readonly actorOf?: (request: unknown) => string | undefined;
}

/** Options that must be known before the factory runs. */
export interface ScimModuleExtras {
  /** Path of the SCIM endpoints below the host's global prefix. Default `scim/v2`. */
  readonly path?: string;
  /** Name of the host's TypeORM DataSource. Default: the default one. */
  readonly dataSource?: string;
  /** Metadata put on the SCIM controllers, e.g. `{ isPublic: true }` for a host's global guard. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly admin?: ScimAdminOptions;
  /** Schemas of the host's own that Users, Groups or other resources may use. */
  readonly extensions?: readonly SchemaExtension[];
  /** Resource types beside User and Group. */
  readonly resourceTypes?: readonly ResourceType[];
}
