import type { CanActivate, Type } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { ScimResourceRow } from './persistence/entities/resource.entity.js';
import type { ResourceType, SchemaExtension } from './protocol/schemas/schema.js';
import type { ScimEventAnnouncer, ScimEventPublisher } from './publishers/publisher.js';

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
      /**
       * Whether the identity provider may still take people out, e.g. for some weeks after a downgrade: else whoever leaves the
       * company meanwhile keeps their access. Then what only reads is answered, and these are done: a DELETE of a User, and of a
       * PUT or PATCH that makes a User inactive just that; what else it asks for is left out, and it may come again. In a bulk
       * request each operation counts by itself. All else is refused with 403 and `detail`: creations, re-activations, other
       * changes of Users, groups, resource types of the host's own. No token is generated or rotated. The
       * module keeps no time: answer so for as long as you want it. Default false: everything is refused.
       */
      readonly removals?: boolean;
      /**
       * As above, and the same as while it is allowed: a removal takes nobody's access whom a login by another connection proved.
       * Default: any of the organization's.
       */
      readonly ssoConnectionId?: string;
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
   * another one lacks makes tokens that the other one refuses. Take the old one out once `ScimTokensService.pepperUse`
   * counts no live token on it: each moves to the first key when it is used.
   * Default: none, which is refused when NODE_ENV is `production` and warned of otherwise. Cursors (RFC 9865) are sealed
   * with keys made from these; without, one process does not open the cursors of another, nor its own after a restart.
   */
  readonly peppers?: string;
  /** What every secret starts with, so that secret scanners can know it. Letters, digits and `_`. Default `scim`. */
  readonly prefix?: string;
  /** Whether an admin may make tokens that never expire. Default false: 730 days are the most. */
  readonly neverExpiring?: boolean;
}

/** What a request may be and take. */
export interface ScimLimits {
  /** Bytes of a request body. Default 1 MiB. */
  readonly bodyBytes?: number;
  /** The same for Groups, whose members come in one body. Default 16 MiB. */
  readonly groupBodyBytes?: number;
  /** Operations of a bulk request. Default 1,000. */
  readonly bulkOperations?: number;
  /** Bytes of a bulk request. Default 16 MiB. */
  readonly bulkBytes?: number;
  /**
   * Seconds that a bulk request may take; what was not begun by then is answered with 503. 1,000 operations may each cost much
   * more than one that is usual. Default 30.
   */
  readonly bulkSeconds?: number;
  /** Resources on a page when the client names no `count`. Default 100. */
  readonly pageDefault?: number;
  /** The most resources on a page; a larger `count` is capped. Default 1,000. */
  readonly pageMax?: number;
  /** Seconds that a cursor (RFC 9865) is good for after the page that gave it. Default 3,600. */
  readonly cursorSeconds?: number;
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
  bulkOperations: 1000,
  bulkBytes: 16 * 1024 * 1024,
  bulkSeconds: 30,
  pageDefault: 100,
  pageMax: 1000,
  cursorSeconds: 3600,
  statementTimeoutMs: 5000,
  ...options.limits,
});

/** The log of SCIM requests that an organization's admin sees. */
export interface ScimLogOptions {
  /** Whether requests are logged. Default true. */
  readonly enabled?: boolean;
  /** Whole days that an entry is kept, at least 1. Default 30. */
  readonly retentionDays?: number;
  /** Characters kept of a request's body, without passwords and tokens; 0: none. Default 16,384. */
  readonly bodyCharacters?: number;
}

const MOST_DAYS = 36_500;

/** The settings in force. @throws Error if they make no sense: a host should not start with them. */
export function logOf(options: ScimModuleOptions): Required<ScimLogOptions> {
  const settings = { enabled: true, retentionDays: 30, bodyCharacters: 16_384, ...options.log };
  const { retentionDays } = settings;
  if (!Number.isInteger(retentionDays) || retentionDays < 1 || retentionDays > MOST_DAYS) {
    throw new Error(`log.retentionDays must be whole days, 1 to ${MOST_DAYS}, not ${String(retentionDays)}.`);
  }
  return settings;
}

/** How long events are kept. */
export interface ScimEventOptions {
  /**
   * Whole days, at least 1, that an event is kept as it was told: in the feed, for handlers with `from: 'beginning'`, and with
   * what was delivered to whom. Then its personal data is erased and the rest is history. One that was not delivered, or was
   * given up, is kept until somebody has it replayed or skipped. Default 30.
   */
  readonly retentionDays?: number;
  /** Whole days, not fewer, that an event is kept as history: type, time, state, names of changed attributes. Default 400. */
  readonly historyDays?: number;
}

/** The settings in force. @throws Error if they make no sense: a host should not start with them. */
export function eventsOf(options: ScimModuleOptions): Required<ScimEventOptions> {
  const settings = { retentionDays: 30, ...options.events };
  const { retentionDays, historyDays = Math.max(400, retentionDays) } = settings;
  for (const [name, days, least] of [
    ['retentionDays', retentionDays, 1],
    ['historyDays', historyDays, retentionDays],
  ] as const) {
    if (!Number.isInteger(days) || days < least || days > MOST_DAYS) {
      throw new Error(`events.${name} must be whole days, ${least} to ${MOST_DAYS}, not ${String(days)}.`);
    }
  }
  return { retentionDays, historyDays };
}

/** What becomes of people whom the identity provider removed. */
export interface ScimIdentityOptions {
  /**
   * Whole days, at least 1, after which a deprovisioned person is erased (see `ScimIdentitiesService.erase`); or `never`: only who
   * is erased by hand. Default 90.
   */
  readonly retentionDays?: number | 'never';
}

/** The settings in force. @throws Error if they make no sense: a host should not start with them. */
export function identitiesOf(options: ScimModuleOptions): Required<ScimIdentityOptions> {
  const settings = { retentionDays: 90, ...options.identities } as const;
  const { retentionDays } = settings;
  if (retentionDays === 'never') return { retentionDays };
  if (!Number.isInteger(retentionDays) || retentionDays < 1 || retentionDays > MOST_DAYS) {
    throw new Error(
      `identities.retentionDays must be whole days, 1 to ${MOST_DAYS}, or 'never', not ${String(retentionDays)}.`,
    );
  }
  return { retentionDays };
}

/** Options that may come from a factory. */
export interface ScimModuleOptions {
  /** Origin (and path before the global prefix, if a proxy adds one) of `meta.location`; never taken from the Host header. */
  readonly baseUrl: string;
  readonly organizations: ScimOrganizations;
  readonly tokens?: ScimTokenOptions;
  readonly limits?: ScimLimits;
  readonly log?: ScimLogOptions;
  readonly events?: ScimEventOptions;
  readonly identities?: ScimIdentityOptions;
  readonly uniqueness?: {
    /** Whether two groups of an organization may not share a name. Entra ID finds groups by name. Default true. */
    readonly groupDisplayName?: boolean;
  };
  /**
   * The letter of the RFCs where identity providers are known to differ from it: booleans are booleans, bodies name their
   * `schemas`, `replace` of a value that nobody has is `noTarget`, and `remove` has no list of values. Entra ID and others
   * need the default, false.
   */
  readonly strict?: boolean;
  readonly rateLimit?: {
    /** Sustained requests per second and organization, with bursts of five times that. 0 switches all limits off. Default 200. */
    readonly requestsPerSecond?: number;
    /**
     * The same for the operations of bulk requests, a budget of their own: one costs a fraction of a request. A request that
     * `limits.bulkOperations` allows always fits into an unused budget. Default: ten times `requestsPerSecond`.
     */
    readonly bulkOperationsPerSecond?: number;
  };
  /** Name the hot statements, so that PostgreSQL plans them once a connection. `false` for PgBouncer before 1.21. Default true. */
  readonly preparedStatements?: boolean;
  /**
   * Ways out for events beside `@OnScimEvent` handlers: `toClientProxy`, `toJetStream`, `toWebhook`, `toEventEmitter`,
   * `toEventBus`, or the host's own (docs/publishers.md). Default: none.
   */
  readonly publishers?: readonly (ScimEventPublisher | ScimEventAnnouncer)[];
  /** Whether this process delivers events to its handlers and publishers. Default true. */
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

/**
 * A public route that takes leaked tokens from secret scanners and revokes them: `POST {"tokens": ["…"], "source"?: "…"}`. It
 * answers 204, whatever it was sent.
 */
export interface ScimLeakReportOptions {
  /** E.g. `scim-leaks`: below the host's global prefix, and not below the SCIM path. */
  readonly path: string;
  /** The host's guards, e.g. one that checks a scanner's signature; their modules must be among `imports`. Default: none. */
  readonly guards?: readonly Type<CanActivate>[];
}

/** A resource type of the host's own, and where its resources are kept. */
export interface CustomResourceType {
  /** What it is, as RFC 7643 §6 and §7 describe it. */
  readonly type: ResourceType;
  /** The host's table for it, an entity of its DataSource. Default: the module's `scim_resource`, which takes every type. */
  readonly entity?: Type<ScimResourceRow>;
  /**
   * Attributes that stand in columns of `entity`, too: from the attribute's name (`serialNumber`, `warranty.ends`,
   * `urn:…:costCenter`) to the entity's property. The module writes them with every change, uses them in filters and
   * sorts, and leaves `uniqueness` to a unique index of organization and column. Default: none.
   */
  readonly columns?: Readonly<Record<string, string | AttributeColumns>>;
}

/** Properties of an entity that an attribute's value goes into. */
export interface AttributeColumns {
  /** As sent. */
  readonly value?: string;
  /** As compared: folded where `caseExact` is false, an instant in UTC. Filters, sorts and unique indexes want this one. */
  readonly key?: string;
}

/** Whose request it is. */
export interface ScimTokenHolder {
  readonly organizationId: string;
  readonly tokenId: string;
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
  /** Default: no such route. */
  readonly leakReports?: ScimLeakReportOptions;
  /**
   * The id of the User that a token stands for; `/Me` (RFC 7644 §3.11) is that User then, to read and to write as far as
   * the token's scopes go. Undefined: nobody, and `/Me` answers 501. Default: no token stands for anybody.
   */
  readonly me?: (holder: ScimTokenHolder) => string | undefined | Promise<string | undefined>;
  /** Schemas of the host's own that Users, Groups or other resources may use. */
  readonly extensions?: readonly SchemaExtension[];
  /** Resource types beside User and Group, each served at its `endpoint`. */
  readonly resourceTypes?: readonly CustomResourceType[];
}
