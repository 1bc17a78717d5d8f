import type { ResourceRoutes } from '../resources/resource-controller.js';
import type { CustomResourceType } from '../scim.options.js';

export const SCIM_CUSTOM_TYPES = Symbol.for('scim:custom-types');

/** Provider of the endpoint of a custom type. */
export const endpointToken = (name: string): symbol => Symbol.for(`scim:custom-endpoint:${name}`);

/** Where the types that a host added are served; `ResourceTypes` checks their names and endpoints. */
export const customRoutes = (definitions: readonly CustomResourceType[]): readonly ResourceRoutes[] =>
  definitions.map(({ type: { name, endpoint } }) => ({
    path: endpoint.replace(/^\//, ''),
    endpoint: endpointToken(name),
    scopes: { read: 'resources:read', write: 'resources:write' },
  }));
