/** RFC 7643 §4.2 and §8.7.1: the Group schema. */
import { complex, reference, simple } from './attribute.js';
import type { Schema } from './schema.js';

export const groupSchema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:Group',
  name: 'Group',
  description: 'Group',
  attributes: [
    // Erratum 5368: required. Unique by decision, because Microsoft Entra ID finds groups by name (checklist P-073).
    simple({
      name: 'displayName',
      description: 'The name of the group, unique in the organization.',
      required: true,
      uniqueness: 'server',
    }),
    complex({
      name: 'members',
      description: 'The members of the group: users and groups.',
      multiValued: true,
      subAttributes: [
        simple({
          name: 'value',
          description: 'The id of the member.',
          required: true,
          caseExact: true,
          mutability: 'immutable',
        }),
        // `$ref` and `display` are immutable or absent in the RFC (erratum 6011 adds `display`); here both are computed
        // from `value`, and what is declared must be true.
        reference({
          name: '$ref',
          description: 'The URL of the member.',
          referenceTypes: ['User', 'Group'],
          mutability: 'readOnly',
        }),
        simple({
          name: 'type',
          description: 'The kind of the member.',
          canonicalValues: ['User', 'Group'],
          mutability: 'immutable',
        }),
        simple({ name: 'display', description: 'The name of the member.', mutability: 'readOnly' }),
      ],
    }),
  ],
} as const satisfies Schema;
