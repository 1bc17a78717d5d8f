export { ScimModule } from './scim.module.js';
export type {
  ScimAdminOptions,
  ScimEntitlement,
  ScimLimits,
  ScimModuleExtras,
  ScimModuleOptions,
  ScimOrganizations,
  ScimRemovalDecision,
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
export {
  type GeneratedToken,
  type NewToken,
  ScimTokensService,
  type TokenSummary,
} from './tokens/scim-tokens.service.js';
export { TOKEN_SCOPES, type TokenScope } from './tokens/token-scopes.js';

export {
  type AccountAccess,
  type Admission,
  type AdmissionAnswer,
  IdentityLinksService,
  type SignInOutcome,
} from './identities/identity-links.service.js';
export type { WriteContext } from './identities/identity-store.js';
export type { RefusalReason, SsoLogin } from './identities/sign-in.js';
export { type UserList, UsersService } from './users/users.service.js';
export { type GroupList, type GroupQuery, GroupsService, type GroupWriteContext } from './groups/groups.service.js';

export { OnScimEvent, type OnScimEventOptions, type ScimEventContext } from './events/on-scim-event.js';
export {
  GroupCreated,
  GroupDeleted,
  GroupEvent,
  type GroupEventFields,
  GroupMembersChanged,
  GroupUpdated,
  type ScimEventClass,
  TokenCreated,
  TokenEvent,
  type TokenEventFields,
  TokenRevoked,
  UserDeactivated,
  UserDeprovisioned,
  UserEvent,
  type UserEventFields,
  UserLinked,
  UserProvisioned,
  UserReactivated,
  UserUpdated,
} from './events/scim-events.js';
export { ScimEventsService } from './events/scim-events.service.js';

export type { Json, JsonObject, ResourceAttributes } from './protocol/resource.js';
export { ScimError, type ScimType } from './protocol/scim-error.js';
