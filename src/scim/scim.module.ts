import {
  ConfigurableModuleBuilder,
  Controller,
  type DynamicModule,
  Module,
  type Provider,
  type Type,
  UseFilters,
  UseGuards,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { getDataSourceToken } from '@nestjs/typeorm';
import { AdminController, SCIM_ADMIN } from './admin/admin.controller.js';
import { AdminExceptionFilter } from './admin/admin-exception.filter.js';
import { AdminOverview } from './admin/admin-overview.js';
import { DiscoveryController } from './discovery/discovery.controller.js';
import { ScimConsumers } from './events/scim-consumers.js';
import { ScimDelivery } from './events/scim-delivery.js';
import { ScimEventsService } from './events/scim-events.service.js';
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
import { IdentitiesService } from './identities/identities.service.js';
import { IdentityLinksService } from './identities/identity-links.service.js';
import { IdentityStore } from './identities/identity-store.js';
import { SCIM_DATA_SOURCE, ScimDatabase } from './persistence/scim-database.js';
import { ResourceTypes } from './protocol/resource-types.js';
import { type ResourceRoutes, resourceController } from './resources/resource-controller.js';
import { ResourceEndpoints } from './resources/resource-endpoints.js';
import { SCIM_OPTIONS, type ScimAdminOptions, type ScimModuleExtras, type ScimModuleOptions } from './scim.options.js';
import { ScimEntitlements } from './tokens/scim-entitlements.js';
import { ScimTokenVerifier } from './tokens/scim-token-verifier.js';
import { ScimTokensService } from './tokens/scim-tokens.service.js';
import { UsersEndpoint, usersRoutes } from './users/users.endpoint.js';
import { UsersService } from './users/users.service.js';

const DEFAULT_PATH = 'scim/v2';

const ROUTES: readonly ResourceRoutes[] = [usersRoutes, groupsRoutes];

const SCIM_CONTROLLERS: readonly Type[] = [DiscoveryController, ...ROUTES.map(resourceController)];

/** What a host may inject. */
const EXPORTED: readonly Type[] = [
  ScimTokensService,
  ScimEntitlements,
  IdentityLinksService,
  UsersService,
  GroupsService,
  ScimEventsService,
];

const PROVIDERS: readonly Type[] = [
  ...EXPORTED,
  ScimDatabase,
  ScimConsumers,
  ScimDelivery,
  ScimRelay,
  ScimTokenVerifier,
  IdentityStore,
  GroupStore,
  IdentitiesService,
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
  const { admin, metadata = {} } = extras;
  const controllers = mountControllers([...SCIM_CONTROLLERS, UnknownEndpointController], path, metadata);
  return {
    ...definition,
    imports: [...(definition.imports ?? []), DiscoveryModule],
    controllers: [...controllers, ...(admin ? [mountAdmin(admin)] : [])],
    providers: [
      ...(definition.providers ?? []),
      ...PROVIDERS,
      { provide: SCIM_DATA_SOURCE, useExisting: getDataSourceToken(extras.dataSource) },
      { provide: SCIM_PATH, useValue: path },
      { provide: ResourceTypes, useValue: new ResourceTypes(extras.extensions, extras.resourceTypes) },
      ResourceEndpoints.provide(ROUTES),
      { provide: ScimRoutes, useValue: new ScimRoutes(SCIM_CONTROLLERS) },
      ...(admin ? adminProviders(admin) : []),
    ],
    exports: [...EXPORTED],
  };
}

function mountAdmin(admin: ScimAdminOptions): Type {
  const mounted = subclass(AdminController);
  Controller({ path: admin.path, version: VERSION_NEUTRAL })(mounted);
  UseGuards(...admin.guards)(mounted);
  UseFilters(AdminExceptionFilter)(mounted);
  return mounted;
}

const adminProviders = (admin: ScimAdminOptions): Provider[] => [
  AdminOverview,
  AdminExceptionFilter,
  { provide: SCIM_ADMIN, useValue: admin },
];
