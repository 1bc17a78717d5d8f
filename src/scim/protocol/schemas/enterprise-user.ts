/** RFC 7643 §4.3 and §8.7.1: the enterprise extension of User. */
import { complex, reference, simple } from './attribute.js';
import type { Schema } from './schema.js';

export const enterpriseUserSchema = {
  id: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
  name: 'EnterpriseUser',
  description: 'Enterprise User',
  attributes: [
    simple({ name: 'employeeNumber', description: 'The number or code of the person in the organization.' }),
    simple({ name: 'costCenter', description: 'The name of a cost center.' }),
    simple({ name: 'organization', description: 'The name of an organization.' }),
    simple({ name: 'division', description: 'The name of a division.' }),
    simple({ name: 'department', description: 'The name of a department.' }),
    complex({
      name: 'manager',
      description: "The user's manager.",
      subAttributes: [
        // Erratum 8472: an id, so case matters.
        simple({ name: 'value', description: "The id of the manager's User resource.", caseExact: true }),
        // readWrite in the RFC; here it is computed from `value`, and what is declared must be true.
        reference({
          name: '$ref',
          description: "The URL of the manager's User resource.",
          referenceTypes: ['User'],
          mutability: 'readOnly',
        }),
        simple({ name: 'displayName', description: 'The name of the manager.', mutability: 'readOnly' }),
      ],
    }),
  ],
} as const satisfies Schema;
