import {
  ConfigurableModuleBuilder,
  Controller,
  type DynamicModule,
  type FactoryProvider,
  Module,
  type Provider,
  SetMetadata,
  type Type,
  UseFilters,
  UseGuards,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { getDataSourceToken } from '@nestjs/typeorm';
import { AdminCaller, SCIM_ADMIN } from './admin/admin-caller.js';
import { mountAdmin } from './admin/admin-controllers.js';
import { JsonOnlyGuard } from './admin/json-only.guard.js';
import { LeakReportsController } from './admin/leak-reports.controller.js';
import { AdminExceptionFilter } from './admin/admin-exception.filter.js';
import { AdminOverview } from './admin/admin-overview.js';
import { ScimGuides } from './admin/scim-guides.service.js';
import { BulkController } from './bulk/bulk.controller.js';
import { BulkService } from './bulk/bulk.service.js';
import { ScimConnectionsService } from './connections/scim-connections.service.js';
import { ScimLinkCheck } from './connections/scim-link-check.js';
import { ScimMilestones } from './connections/scim-milestones.js';
import { customProviders } from './custom/custom-resource.endpoint.js';
import { customRoutes } from './custom/custom-types.js';
import { ScimResourcesService } from './custom/scim-resources.service.js';
import { DiscoveryController } from './discovery/discovery.controller.js';
import { ScimConsumers } from './events/scim-consumers.js';
import { ScimDelivery } from './events/scim-delivery.js';
import { ScimDeadLetters } from './events/scim-dead-letters.js';
import { ScimEventUpkeep } from './events/scim-event-upkeep.js';
import { ScimEventsService } from './events/scim-events.service.js';
import { ScimFeed } from './events/scim-feed.js';
import { ScimPastEvents } from './events/scim-past-events.js';
import { ScimRelay } from './events/scim-relay.js';
import { GroupStore } from './groups/group-store.js';
import { GroupsService } from './groups/groups.service.js';
import { GroupsEndpoint, groupsRoutes } from './groups/groups.endpoint.js';
import { mountControllers, subclass } from './http/mount-controllers.js';
import { ScimBearerStrategy } from './http/scim-bearer.strategy.js';
import { ScimExceptionFilter } from './http/scim-exception.filter.js';
import { SCIM_PATH, ScimPaths } from './http/scim-paths.js';
import { ScimRateLimits } from './http/scim-rate-limits.js';
import { ScimRequestClaim } from './http/scim-request-claim.js';
import { ScimResponder } from './http/scim-responder.js';
import { ScimRoutes } from './http/scim-routes.js';
import { ScimTokenGuard } from './http/scim-token.guard.js';
import { UnknownEndpointController } from './http/unknown-endpoint.controller.js';
import { AccountRemovals } from './identities/account-removals.js';
import { IdentitiesService } from './identities/identities.service.js';
import { IdentityBatches } from './identities/identity-batches.js';
import { IdentityLinksService } from './identities/identity-links.service.js';
import { IdentityRemovals } from './identities/identity-removals.js';
import { IdentityStore } from './identities/identity-store.js';
import { OrganizationRemovals } from './identities/organization-removals.js';
import { RefusedLogins } from './identities/refused-logins.js';
import { ScimLog } from './log/scim-log.js';
import { ScimLogService } from './log/scim-log.service.js';
import { ScimLogUpkeep } from './log/scim-log-upkeep.js';
import { MeController, SCIM_ME } from './me/me.controller.js';
import { SCIM_EXTRAS, ScimOpenApi } from './openapi/scim-open-api.service.js';
import { IdentityErasure } from './people/identity-erasure.js';
import { IdentityHistory } from './people/identity-history.js';
import { PeopleUpkeep } from './people/people-upkeep.js';
import { ScimIdentitiesService } from './people/scim-identities.service.js';
import { SCIM_DATA_SOURCE, ScimDatabase } from './persistence/scim-database.js';
import { strict } from './protocol/leniency.js';
import { ResourceTypes } from './protocol/resource-types.js';
import { ScimPublishers } from './publishers/scim-publishers.js';
import { type ResourceRoutes, resourceController } from './resources/resource-controller.js';
import { ResourceEndpoints } from './resources/resource-endpoints.js';
import { ResourceLists } from './resources/resource-lists.js';
import { ScimCursors } from './resources/scim-cursors.js';
import {
  SCIM_OPTIONS,
  type ScimAdminOptions,
  type ScimLeakReportOptions,
  type ScimModuleExtras,
  type ScimModuleOptions,
} from './scim.options.js';
import { RootQueries } from './search/root-queries.js';
import { SearchController } from './search/search.controller.js';
import { ScimEntitlements } from './tokens/scim-entitlements.js';
import { ScimTokenRotations } from './tokens/scim-token-rotations.js';
import { ScimTokenStore } from './tokens/scim-token-store.js';
import { ScimTokenUpkeep } from './tokens/scim-token-upkeep.js';
import { ScimTokenUses } from './tokens/scim-token-uses.js';
import { ScimTokenVerifier } from './tokens/scim-token-verifier.js';
import { ScimTokensService } from './tokens/scim-tokens.service.js';
import { UsersEndpoint, usersRoutes } from './users/users.endpoint.js';
import { UsersService } from './users/users.service.js';

const DEFAULT_PATH = 'scim/v2';

const STANDARD_ROUTES: readonly ResourceRoutes[] = [usersRoutes, groupsRoutes];

/** Endpoints beside those of the resource types. */
const OTHER_CONTROLLERS: readonly Type[] = [DiscoveryController, BulkController, SearchController];

/** What a host may inject. */
const EXPORTED: readonly Type[] = [
  ScimTokensService,
  ScimEntitlements,
  IdentityLinksService,
  ScimIdentitiesService,
  UsersService,
  GroupsService,
  ScimResourcesService,
  ScimEventsService,
  ScimLogService,
  ScimConnectionsService,
  ScimGuides,
  ScimOpenApi,
];

const PROVIDERS: readonly Type[] = [
  ...EXPORTED,
  ScimDatabase,
  ScimConsumers,
  ScimPublishers,
  ScimDelivery,
  ScimRelay,
  ScimDeadLetters,
  ScimFeed,
  ScimPastEvents,
  ScimEventUpkeep,
  ScimTokenVerifier,
  ScimTokenUses,
  ScimTokenStore,
  ScimTokenRotations,
  ScimTokenUpkeep,
  ScimLog,
  ScimLogUpkeep,
  ScimMilestones,
  ScimLinkCheck,
  RefusedLogins,
  IdentityStore,
  GroupStore,
  IdentityRemovals,
  IdentitiesService,
  IdentityErasure,
  IdentityHistory,
  AccountRemovals,
  OrganizationRemovals,
  PeopleUpkeep,
  IdentityBatches,
  BulkService,
  ScimCursors,
  ResourceLists,
  RootQueries,
  UsersEndpoint,
  GroupsEndpoint,
  ScimPaths,
  ScimResponder,
  ScimExceptionFilter,
  ScimRequestClaim,
  ScimRateLimits,
  ScimBearerStrategy,
  ScimTokenGuard,
];

const { ConfigurableModuleClass } = new ConfigurableModuleBuilder<ScimModuleOptions>({
  moduleName: 'Scim',
  optionsInjectionToken: SCIM_OPTIONS,
})
  .setClassMethodName('forRoot')
  .setExtras<ScimModuleExtras>({}, (definition, extras) => assemble(definition, extras))
  .build();

/**
 * SCIM 2.0 for the organizations of a host: `ScimModule.forRootAsync({ imports, inject, useFactory, path?, admin?, … })`.
 *
 * The host's DataSource needs `scimEntities` and `scimMigrations`; the host answers {@link ScimOrganizations} and handles
 * events with {@link OnScimEvent}. Import it once.
 */
@Module({})
export class ScimModule extends ConfigurableModuleClass {}

function assemble(definition: DynamicModule, extras: ScimModuleExtras): DynamicModule {
  const path = (extras.path ?? DEFAULT_PATH).replace(/^\/+|\/+$/g, '');
  const { admin, leakReports, me, metadata = {}, resourceTypes = [] } = extras;
  const routes = [...STANDARD_ROUTES, ...customRoutes(resourceTypes)];
  const scimControllers = [...OTHER_CONTROLLERS, ...(me ? [MeController] : []), ...routes.map(resourceController)];
  const controllers = mountControllers([...scimControllers, UnknownEndpointController], path, metadata);
  return {
    ...definition,
    imports: [...(definition.imports ?? []), DiscoveryModule],
    controllers: [
      ...controllers,
      ...(admin ? mountAdmin(admin) : []),
      ...(leakReports ? [mountLeakReports(leakReports, metadata)] : []),
    ],
    providers: [
      ...(definition.providers ?? []),
      ...PROVIDERS,
      { provide: SCIM_DATA_SOURCE, useExisting: getDataSourceToken(extras.dataSource) },
      { provide: SCIM_PATH, useValue: path },
      { provide: SCIM_EXTRAS, useValue: extras },
      resourceTypesProvider(extras),
      ...customProviders(resourceTypes),
      ResourceEndpoints.provide(routes),
      { provide: ScimRoutes, useValue: new ScimRoutes(scimControllers) },
      ...(admin ? adminProviders(admin) : []),
      ...(me ? [{ provide: SCIM_ME, useValue: me }] : []),
    ],
    exports: [...EXPORTED],
  };
}

/** Made here once, so that what is wrong with the host's schemas is told where they are given. */
function resourceTypesProvider({ extensions, resourceTypes = [] }: ScimModuleExtras): FactoryProvider<ResourceTypes> {
  const custom = resourceTypes.map(({ type }) => type);
  const types = new ResourceTypes(extensions, custom);
  return {
    provide: ResourceTypes,
    inject: [SCIM_OPTIONS],
    useFactory: (options: ScimModuleOptions) =>
      options.strict === true ? new ResourceTypes(extensions, custom, strict) : types,
  };
}

/** With the host's metadata, because a global guard would else keep out who has no session. */
function mountLeakReports(
  { path, guards = [] }: ScimLeakReportOptions,
  metadata: Readonly<Record<string, unknown>>,
): Type {
  const mounted = subclass(LeakReportsController);
  Controller({ path, version: VERSION_NEUTRAL })(mounted);
  UseGuards(...guards, JsonOnlyGuard)(mounted);
  UseFilters(AdminExceptionFilter)(mounted);
  for (const [key, value] of Object.entries(metadata)) SetMetadata(key, value)(mounted);
  return mounted;
}

const adminProviders = (admin: ScimAdminOptions): Provider[] => [
  AdminCaller,
  AdminOverview,
  AdminExceptionFilter,
  { provide: SCIM_ADMIN, useValue: admin },
];
