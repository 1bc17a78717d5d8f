import type { ControllerRoute } from '../http/controller-routes.js';
import type { JsonObject } from '../protocol/resource.js';
import type { ServedResources } from '../resources/resource-endpoints.js';
import { adminOperation, LEAK_REPORT } from './admin-operations.js';
import { adminSchemas } from './admin-schemas.js';
import { resourceSchema } from './attribute-schema.js';
import { listSchema, messageSchemas } from './message-schemas.js';
import { ref, schemaRef } from './operation.js';
import { resourceOperations } from './resource-operations.js';
import { serviceOperations } from './service-operations.js';
import { sharedComponents } from './shared-components.js';

/** What the host may say about the document. */
export interface OpenApiAbout {
  /** Default `SCIM 2.0`. */
  readonly title?: string;
  /** Of the document, e.g. the host's own version. Default `2.0`. */
  readonly version?: string;
  /**
   * How the host's guards of the admin API want to be met: security schemes as OpenAPI writes them, by name; one of them
   * is enough. Default: the document does not say.
   */
  readonly adminSecurity?: Readonly<Record<string, JsonObject>>;
}

/** Everything that is served, with where it is. */
export interface ServedApi {
  /** What stands before every path. */
  readonly serverUrl: string;
  readonly bulkOperations: number;
  readonly resources: readonly ServedResources[];
  readonly scim: MountedRoutes;
  readonly admin?: MountedRoutes | undefined;
  readonly leakReports?: MountedRoutes | undefined;
}

interface MountedRoutes {
  /** E.g. `/scim/v2`. */
  readonly root: string;
  readonly routes: readonly ControllerRoute[];
}

const TOKEN = 'scimToken';

/** OpenAPI 3.1, whose schemas are JSON Schema. */
export function toOpenApiDocument(api: ServedApi, about: OpenApiAbout = {}): JsonObject {
  const { title = 'SCIM 2.0', version = '2.0', adminSecurity = {} } = about;
  const operations = [
    ...scimOperations(api),
    ...mounted(api.admin, (route) => ({
      tags: ['Admin'],
      ...adminOperation(route),
      ...securityOf(Object.keys(adminSecurity)),
    })),
    ...mounted(api.leakReports, (route) => ({ tags: ['Admin'], ...adminOperation(route, LEAK_REPORT), security: [] })),
  ];
  return {
    openapi: '3.1.0',
    info: { title, version },
    servers: [{ url: api.serverUrl }],
    paths: toPaths(operations),
    components: {
      ...sharedComponents,
      schemas: schemasOf(api),
      securitySchemes: {
        [TOKEN]: { type: 'http', scheme: 'bearer', description: 'The SCIM token of the organization.' },
        ...adminSecurity,
      },
    },
  };
}

interface PlacedOperation {
  readonly path: string;
  readonly method: string;
  readonly operation: JsonObject;
}

function mounted(
  served: MountedRoutes | undefined,
  describe: (route: ControllerRoute) => JsonObject,
): readonly PlacedOperation[] {
  if (served === undefined) return [];
  return served.routes.map((route) => {
    const path = [served.root, ...route.segments].join('/').replace(/:(\w+)/g, '{$1}');
    const { parameters = [], ...operation } = describe(route);
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => pathParameter(name));
    const all = [...inPath, ...(parameters as readonly JsonObject[])];
    return {
      path,
      // What is mounted for every method, because an adapter wants it so, answers to GET.
      method: route.method === 'ALL' ? 'get' : route.method.toLowerCase(),
      operation: {
        operationId: `${route.controller.name.replace(/Controller$/, '')}.${route.handler}`,
        ...operation,
        ...(all.length === 0 ? {} : { parameters: all }),
      },
    };
  });
}

const pathParameter = (name: string): JsonObject => ({ name, in: 'path', required: true, schema: { type: 'string' } });

function scimOperations(api: ServedApi): readonly PlacedOperation[] {
  const services = serviceOperations();
  return mounted(api.scim, (route) => {
    const [first = '', ...rest] = route.segments;
    const method = route.method === 'ALL' ? 'GET' : route.method;
    const served = api.resources.find(({ path }) => path === first);
    const described = served
      ? resourceOperations(served)[`${method} ${rest.join('/')}`]
      : services[`${method} ${route.segments.join('/')}`];
    const operation = described ?? { summary: route.handler, responses: {} };
    return {
      tags: [served?.path ?? 'Service'],
      ...operation,
      responses: { ...Object(operation['responses']), default: ref('responses', 'Scim.Error') },
      ...tokenSecurity(route),
    };
  });
}

/** Discovery is open; a token that is sent there is checked all the same. */
const tokenSecurity = ({ access, scope }: ControllerRoute): JsonObject => ({
  security: [...(access === 'discovery' ? [{}] : []), { [TOKEN]: scope === undefined ? [] : [scope] }],
});

const securityOf = (names: readonly string[]): JsonObject =>
  names.length === 0 ? {} : { security: names.map((name) => ({ [name]: [] })) };

function toPaths(operations: readonly PlacedOperation[]): JsonObject {
  const paths = new Map<string, Record<string, JsonObject>>();
  for (const { path, method, operation } of operations) {
    paths.set(path, { ...paths.get(path), [method]: operation });
  }
  return Object.fromEntries(paths);
}

function schemasOf({ resources, admin, bulkOperations }: ServedApi): JsonObject {
  const types = resources.map(({ endpoint }) => endpoint.resourceType);
  return {
    ...Object.fromEntries(
      types.flatMap((type) => [
        [type.name, resourceSchema(type, 'shown')],
        [`${type.name}.New`, resourceSchema(type, 'written')],
        [`${type.name}.List`, listSchema(schemaRef(type.name))],
      ]),
    ),
    'Scim.List': listSchema({ anyOf: types.map(({ name }) => schemaRef(name)) }),
    ...messageSchemas({ bulkOperations }),
    ...(admin ? adminSchemas : { 'Admin.Error': adminSchemas['Admin.Error'] ?? {} }),
  };
}
