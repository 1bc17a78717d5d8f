export { ScimModule } from './scim.module.js';
export { applyServerTimeouts, type ServerTimeouts, type TimedServer } from './http/server-timeouts.js';
export type {
  AttributeColumns,
  CustomResourceType,
  ScimAdminOptions,
  ScimEntitlement,
  ScimEventOptions,
  ScimIdentityOptions,
  ScimLeakReportOptions,
  ScimLimits,
  ScimLogOptions,
  ScimModuleExtras,
  ScimModuleOptions,
  ScimOrganizations,
  ScimRemovalDecision,
  ScimTokenHolder,
  ScimTokenOptions,
} from './scim.options.js';

export { scimEntities } from './persistence/scim-entities.js';
export type { ListQuery } from './persistence/list-rows.js';
export { scimMigrations } from './persistence/scim-migrations.js';
export {
  type IdentityState,
  type LinkedBy,
  ProvisionedIdentity,
} from './persistence/entities/provisioned-identity.entity.js';

export { ScimEntitlements } from './tokens/scim-entitlements.js';
export type { RevocationReason } from './persistence/entities/token.entity.js';
export { type PepperUse, ScimTokensService, type TokenSummary } from './tokens/scim-tokens.service.js';
export type { RotatedToken } from './tokens/scim-token-rotations.js';
export type { GeneratedToken } from './tokens/scim-token-store.js';
export { isScimToken } from './tokens/token.js';
export type { LeakReport, NewToken, OverlapHours, TokenRotation } from './tokens/token-wishes.js';
export { TOKEN_SCOPES, type TokenScope } from './tokens/token-scopes.js';

export {
  type AccountAccess,
  type Admission,
  type AdmissionAnswer,
  IdentityLinksService,
  type SignInOutcome,
} from './identities/identity-links.service.js';
export type { RemovedAccount } from './identities/account-removals.js';
export type { WriteContext } from './identities/identity-store.js';
export type { RefusalReason, SsoLogin } from './identities/sign-in.js';
export type { HistoryEntry, HistoryPage, HistoryQuery } from './people/identity-history.js';
export {
  type IdentityDetails,
  type IdentityPage,
  type IdentityPlace,
  type IdentityQuery,
  type IdentitySummary,
  ScimIdentitiesService,
} from './people/scim-identities.service.js';
export { type UserList, UsersService } from './users/users.service.js';
export {
  type GroupAccountsQuery,
  type GroupList,
  type GroupQuery,
  GroupsService,
  type GroupWriteContext,
} from './groups/groups.service.js';
export type { GroupAccounts } from './persistence/group-accounts.js';

export { type CustomResourceList, ScimResourcesService } from './custom/scim-resources.service.js';
export { ScimResourceRow } from './persistence/entities/resource.entity.js';

export { OnScimEvent, type OnScimEventOptions, type ScimEventContext } from './events/on-scim-event.js';
export {
  ConnectionEvent,
  type ConnectionEventFields,
  GroupEvent,
  type GroupEventFields,
  ResourceEvent,
  type ResourceEventFields,
  TokenEvent,
  type TokenEventFields,
  UserEvent,
  type UserEventFields,
} from './events/event-fields.js';
export {
  ConnectionPaused,
  ConnectionResumed,
  GroupCreated,
  GroupDeleted,
  GroupMembersChanged,
  GroupUpdated,
  ResourceCreated,
  ResourceDeleted,
  ResourceUpdated,
  type ScimEvent,
  type ScimEventClass,
  TokenCreated,
  TokenExpired,
  TokenExpiring,
  TokenLeaked,
  TokenRevoked,
  TokenRotated,
  UserDeactivated,
  type ErasureReason,
  type UnlinkReason,
  UserDeprovisioned,
  UserErased,
  UserLinked,
  UserProvisioned,
  UserReactivated,
  UserUnlinked,
  UserUpdated,
} from './events/scim-events.js';
export type {
  Backlog,
  DeadLetter,
  DeadLetterFilter,
  DeadLetterQuery,
  DeadLetterState,
} from './events/scim-dead-letters.js';
export { type Decision, ScimEventsService } from './events/scim-events.service.js';
export type { FeedPage, FeedQuery } from './events/scim-feed.js';

export { type ScimCloudEvent, toCloudEvent } from './publishers/cloud-event.js';
export type {
  ScimEventAnnouncer,
  ScimEventPublisher,
  ScimPublishContext,
  ScimPublisherOptions,
} from './publishers/publisher.js';
export { type ClientProxyOptions, type EventClient, toClientProxy } from './publishers/to-client-proxy.js';
export { type EventBusLike, toEventBus } from './publishers/to-event-bus.js';
export { type AsyncEventEmitter, toEventEmitter } from './publishers/to-event-emitter.js';
export {
  type JetStreamMessageOptions,
  type JetStreamOptions,
  type JetStreamPublisherClient,
  toJetStream,
} from './publishers/to-jet-stream.js';
export { toWebhook, type WebhookOptions } from './publishers/to-webhook.js';

export {
  type ConnectionHealth,
  type RequestCount,
  ScimConnectionsService,
} from './connections/scim-connections.service.js';
export type { Checklist, ChecklistItem } from './connections/checklist.js';
export type { LinkCheck } from './connections/judge-links.js';
export type { LinkFinding, Verdict } from './connections/link-findings.js';
export type { NameShape } from './connections/name-shape.js';
export type { SentAttribute } from './connections/sent-names.js';
export { type GuideListing, ScimGuides } from './admin/scim-guides.service.js';
export type {
  ChecklistItemId,
  GuideField,
  GuideId,
  GuideSection,
  GuideStep,
  LinkKeyChoice,
  SetupGuide,
} from './guides/guide.js';
export type { Cadence } from './guides/idp-cadence.js';
export {
  type LoggedRequest,
  type LoggedRequestDetails,
  type LogQuery,
  ScimLogService,
} from './log/scim-log.service.js';
export type { Idp } from './log/recognise-idp.js';

export type { OpenApiAbout } from './openapi/open-api-document.js';
export { ScimOpenApi } from './openapi/scim-open-api.service.js';
export { fold } from './protocol/comparable.js';
export type { Json, JsonObject, ResourceAttributes } from './protocol/resource.js';
export type {
  AttributesOf,
  NewResourceOf,
  NewScimGroup,
  NewScimUser,
  ResourceOf,
  ScimGroup,
  ScimGroupOf,
  ScimUser,
  ScimUserOf,
  WritableAttributesOf,
} from './protocol/resource-of.js';
export { binary, boolean, complex, dateTime, plural, reference, simple } from './protocol/schemas/attribute.js';
export type { Attribute, AttributeType, ResourceType, Schema, SchemaExtension } from './protocol/schemas/schema.js';
export { ScimError, type ScimType } from './protocol/scim-error.js';
