import { boolean, complex, type Schema, type SchemaExtension, simple } from '../../src/scim/index.js';

export const staffSchema = {
  id: 'urn:acme:params:scim:schemas:extension:staff:1.0:User',
  name: 'Staff',
  description: 'What Acme knows of its staff',
  attributes: [
    simple({ name: 'badge', description: 'The number on the door card.', uniqueness: 'server' }),
    simple({ name: 'hired', description: 'The first day.', type: 'dateTime', mutability: 'immutable' }),
    boolean({ name: 'remote', description: 'Whether the person works from home.' }),
    simple({ name: 'skills', description: 'What the person can do.', multiValued: true }),
    complex({
      name: 'desk',
      description: 'Where the person sits.',
      subAttributes: [
        simple({ name: 'floor', description: 'The floor.', type: 'integer' }),
        simple({ name: 'place', description: 'The number of the desk.' }),
      ],
    }),
    simple({ name: 'seatType', description: 'What Acme bills for.', mutability: 'readOnly' }),
  ],
} as const satisfies Schema;

export const extensions: readonly SchemaExtension[] = [{ resourceType: 'User', schema: staffSchema }];
