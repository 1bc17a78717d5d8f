/** RFC 7643 §5, §6, §7 and RFC 7644 §4: the documents that tell a client what the service provider can do. */
import type { JsonObject } from './resource.js';
import type { Attribute, ResourceType, Schema } from './schemas/schema.js';

export { metaSchemas } from './schemas/meta-schemas.js';

/** What is announced must be true: every number is the limit that is enforced. */
export interface Capabilities {
  readonly patch: boolean;
  readonly bulk: { readonly supported: boolean; readonly maxOperations: number; readonly maxPayloadSize: number };
  readonly filter: { readonly supported: boolean; readonly maxResults: number };
  readonly changePassword: boolean;
  readonly sort: boolean;
  readonly etag: boolean;
  /** RFC 9865 §4: `defaultPageSize` and `maxPageSize` in resources, `cursorTimeout` in seconds. */
  readonly pagination: {
    readonly cursor: boolean;
    readonly index: boolean;
    readonly defaultPaginationMethod: 'cursor' | 'index';
    readonly defaultPageSize: number;
    readonly maxPageSize: number;
    readonly cursorTimeout: number;
  };
}

/** @param baseUrl of the SCIM endpoints, without a slash at the end, e.g. `https://app.example.com/scim/v2`. */
export const toServiceProviderConfig = (capabilities: Capabilities, baseUrl: string): JsonObject => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
  patch: { supported: capabilities.patch },
  bulk: { ...capabilities.bulk },
  filter: { ...capabilities.filter },
  changePassword: { supported: capabilities.changePassword },
  sort: { supported: capabilities.sort },
  etag: { supported: capabilities.etag },
  pagination: { ...capabilities.pagination },
  authenticationSchemes: [
    {
      type: 'oauthbearertoken',
      name: 'OAuth Bearer Token',
      description: 'The SCIM token of the organization, sent in the Authorization header.',
      specUri: 'https://www.rfc-editor.org/rfc/rfc6750',
      primary: true,
    },
  ],
  meta: { resourceType: 'ServiceProviderConfig', location: `${baseUrl}/ServiceProviderConfig` },
});

export const toResourceTypeDocument = (resourceType: ResourceType, baseUrl: string): JsonObject => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'],
  id: resourceType.name,
  name: resourceType.name,
  endpoint: resourceType.endpoint,
  description: resourceType.description,
  schema: resourceType.schema.id,
  schemaExtensions: resourceType.extensions.map(({ schema, required }) => ({ schema: schema.id, required })),
  meta: { resourceType: 'ResourceType', location: `${baseUrl}/ResourceTypes/${resourceType.name}` },
});

export const toSchemaDocument = (schema: Schema, baseUrl: string): JsonObject => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
  id: schema.id,
  name: schema.name,
  description: schema.description,
  attributes: schema.attributes.map(toAttributeDocument),
  meta: { resourceType: 'Schema', location: `${baseUrl}/Schemas/${schema.id}` },
});

/** Microsoft Entra ID refuses null members (checklist P-058), so what an attribute does not have is left out. */
const toAttributeDocument = (attribute: Attribute): JsonObject => ({
  name: attribute.name,
  type: attribute.type,
  multiValued: attribute.multiValued,
  description: attribute.description,
  required: attribute.required,
  caseExact: attribute.caseExact,
  mutability: attribute.mutability,
  returned: attribute.returned,
  uniqueness: attribute.uniqueness,
  ...(attribute.canonicalValues === undefined ? {} : { canonicalValues: attribute.canonicalValues }),
  ...(attribute.referenceTypes === undefined ? {} : { referenceTypes: attribute.referenceTypes }),
  ...(attribute.subAttributes === undefined ? {} : { subAttributes: attribute.subAttributes.map(toAttributeDocument) }),
});
