import { binary, boolean, complex, dateTime, plural, reference, simple } from '../../src/scim/index.js';
import type { Schema, SchemaExtension } from '../../src/scim/index.js';

/** What no URN in `schemas` or in a path may be confused with: dots, digits, another URN's beginning. */
export const STAFF = 'urn:example:params:scim:schemas:extension:staff:1.0:User';
export const COMPANY = 'urn:example:params:scim:schemas:extension:company:1.0:User';
export const TEAM = 'urn:example:params:scim:schemas:extension:team:1.0:Group';

/** Every type of value and every characteristic, as a host could have them. */
export const staffSchema = {
  id: STAFF,
  name: 'Staff',
  description: 'What the company knows of its staff',
  attributes: [
    simple({ name: 'alias', description: 'As colleagues say.' }),
    simple({ name: 'badge', description: 'On the door card.', uniqueness: 'server' }),
    simple({ name: 'locker', description: 'A key.', type: 'integer', uniqueness: 'global' }),
    simple({ name: 'grade', description: 'Exact.', caseExact: true, canonicalValues: ['A1', 'B2'] }),
    boolean({ name: 'remote', description: 'Works from home.' }),
    simple({ name: 'level', description: 'A whole number.', type: 'integer' }),
    simple({ name: 'quota', description: 'A number.', type: 'decimal' }),
    dateTime({ name: 'hired', description: 'The first day.', mutability: 'immutable' }),
    reference({ name: 'page', description: 'A URL.', referenceTypes: ['external'] }),
    binary({ name: 'key', description: 'A public key.' }),
    simple({ name: 'pin', description: 'For the door.', mutability: 'writeOnly', returned: 'never' }),
    simple({ name: 'risk', description: 'The host finds out.', mutability: 'readOnly' }),
    simple({ name: 'rank', description: 'Always shown.', returned: 'always' }),
    simple({ name: 'notes', description: 'Shown on request.', returned: 'request' }),
    simple({ name: 'skills', description: 'Many.', multiValued: true }),
    simple({ name: 'years', description: 'Many.', type: 'integer', multiValued: true }),
    complex({
      name: 'desk',
      description: 'Where the person sits.',
      subAttributes: [
        simple({ name: 'code', description: 'Nobody shares it.', uniqueness: 'server', caseExact: true }),
        simple({ name: 'floor', description: 'A number.', type: 'integer' }),
        simple({ name: 'serial', description: 'Of the table.', mutability: 'immutable' }),
      ],
    }),
    plural({
      name: 'licences',
      description: 'Of software.',
      thing: 'licence',
      value: simple({ name: 'value', description: 'Its number.' }),
      types: ['editor', 'viewer'],
    }),
  ],
} as const satisfies Schema;

/** Required of every User that a host registers it for as such; shares the name `alias` with the other one. */
const companySchema = {
  id: COMPANY,
  name: 'Company',
  description: 'Whose employee',
  attributes: [
    simple({ name: 'number', description: 'Of the company.', required: true }),
    simple({ name: 'alias', description: 'Of the company.' }),
    simple({ name: 'status', description: 'The host finds out.', mutability: 'readOnly' }),
  ],
} as const satisfies Schema;

const teamSchema = {
  id: TEAM,
  name: 'Team',
  description: 'What the company knows of a team',
  attributes: [
    simple({ name: 'code', description: 'Nobody shares it.', uniqueness: 'server' }),
    simple({ name: 'budget', description: 'A number.', type: 'decimal' }),
    simple({ name: 'purpose', description: 'Given once.', mutability: 'immutable' }),
    simple({ name: 'head', description: 'The host finds out.', mutability: 'readOnly' }),
    simple({ name: 'tags', description: 'Many.', multiValued: true }),
    simple({ name: 'secret', description: 'Kept.', mutability: 'writeOnly', returned: 'never' }),
  ],
} as const satisfies Schema;

export const testExtensions: readonly SchemaExtension[] = [
  { resourceType: 'User', schema: staffSchema },
  { resourceType: 'User', schema: companySchema },
  { resourceType: 'Group', schema: teamSchema },
];
