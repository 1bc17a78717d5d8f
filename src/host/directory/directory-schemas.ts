import { complex, type ResourceType, type Schema, type SchemaExtension, simple } from '../../scim/index.js';

/** What the building wants to know of people, beyond the standard. */
const badgeSchema = {
  id: 'urn:example:params:scim:schemas:extension:badge:2.0:User',
  name: 'Badge',
  description: 'The card that opens doors.',
  attributes: [
    simple({
      name: 'badgeNumber',
      description: 'The number on the card; nobody else has it.',
      caseExact: true,
      uniqueness: 'server',
    }),
    simple({ name: 'building', description: 'Where the person works.' }),
  ],
} as const satisfies Schema;

export const badgeExtension: SchemaExtension = { resourceType: 'User', schema: badgeSchema };

/** What people may be given in another system of the company; the module keeps it in its own table. */
export const entitlementType = {
  name: 'Entitlement',
  endpoint: '/Entitlements',
  description: 'Entitlement',
  schema: {
    id: 'urn:example:params:scim:schemas:2.0:Entitlement',
    name: 'Entitlement',
    description: 'Something that people may be given.',
    attributes: [
      simple({ name: 'displayName', description: 'Its name.', required: true, uniqueness: 'server' }),
      simple({ name: 'type', description: 'What kind it is.', canonicalValues: ['licence', 'room', 'vehicle'] }),
      simple({ name: 'description', description: 'What it is for.' }),
    ],
  },
  extensions: [],
} as const satisfies ResourceType;

/** A device of the organization, in a table of the host's own. */
export const deviceType = {
  name: 'Device',
  endpoint: '/Devices',
  description: 'Device',
  schema: {
    id: 'urn:example:params:scim:schemas:2.0:Device',
    name: 'Device',
    description: 'A computer or telephone.',
    attributes: [
      simple({
        name: 'serialNumber',
        description: 'As its maker gave it.',
        required: true,
        caseExact: true,
        mutability: 'immutable',
        uniqueness: 'server',
      }),
      simple({ name: 'model', description: 'What it is called.' }),
      complex({
        name: 'owner',
        description: 'Who has it.',
        subAttributes: [simple({ name: 'value', description: 'The id of a User.', required: true, caseExact: true })],
      }),
    ],
  },
  extensions: [],
} as const satisfies ResourceType;
