/** RFC 7643 §3 and §3.1: the attributes every resource has; they belong to no schema and are not listed by `/Schemas`. */
import { complex, dateTime, reference, simple } from './attribute.js';
import type { Attribute } from './schema.js';

export const commonAttributes = [
  // Which schemas a resource uses follows from its data, so a client's list is never stored. A URN is compared without
  // regard to case (RFC 7644 §3.10).
  reference({
    name: 'schemas',
    description: 'The URNs of the schemas the resource uses.',
    referenceTypes: ['uri'],
    multiValued: true,
    required: true,
    caseExact: false,
    mutability: 'readOnly',
    returned: 'always',
  }),
  simple({
    name: 'id',
    description: 'The identifier the service provider gave the resource; it never changes and is never used again.',
    required: true,
    caseExact: true,
    mutability: 'readOnly',
    returned: 'always',
    uniqueness: 'server',
  }),
  // RFC 7643 §3.1 leaves uniqueness to the client; linking an SSO login by externalId needs it enforced.
  simple({
    name: 'externalId',
    description: 'The identifier the provisioning client knows the resource by.',
    caseExact: true,
    uniqueness: 'server',
  }),
  complex({
    name: 'meta',
    description: 'What the service provider knows about the resource itself.',
    mutability: 'readOnly',
    subAttributes: [
      simple({
        name: 'resourceType',
        description: 'The name of the resource type.',
        caseExact: true,
        mutability: 'readOnly',
      }),
      dateTime({ name: 'created', description: 'When the resource was created.', mutability: 'readOnly' }),
      dateTime({ name: 'lastModified', description: 'When the resource last changed.', mutability: 'readOnly' }),
      reference({
        name: 'location',
        description: 'The URL of the resource.',
        referenceTypes: ['uri'],
        mutability: 'readOnly',
      }),
      simple({
        name: 'version',
        description: 'The version of the resource, equal to its ETag.',
        caseExact: true,
        mutability: 'readOnly',
      }),
    ],
  }),
] as const satisfies readonly Attribute[];
