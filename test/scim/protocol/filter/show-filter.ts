import { boolean, simple } from '../../../../src/scim/protocol/schemas/attribute.js';
import type { AttributeReference } from '../../../../src/scim/protocol/attribute-path.js';
import type { Filter } from '../../../../src/scim/protocol/filter/filter.js';
import type { ResourceType } from '../../../../src/scim/protocol/schemas/schema.js';
import { ScimError } from '../../../../src/scim/protocol/scim-error.js';

/** A resource type with the types of attribute that RFC 7643 does not use. */
export const thing: ResourceType = {
  name: 'Thing',
  endpoint: '/Things',
  description: '',
  schema: {
    id: 'urn:thing',
    name: 'Thing',
    description: '',
    attributes: [
      simple({ name: 'count', description: '', type: 'integer' }),
      simple({ name: 'weight', description: '', type: 'decimal' }),
      simple({ name: 'tags', description: '', multiValued: true }),
      boolean({ name: 'and', description: '' }),
    ],
  },
  extensions: [],
};

/** The tree as text: every group in parentheses, an extension's attribute with its schema's name. */
export const show = (filter: Filter): string => {
  switch (filter.type) {
    case 'and':
    case 'or':
      return `(${filter.terms.map(show).join(` ${filter.type} `)})`;
    case 'not':
      return `not ${show(filter.term)}`;
    case 'some':
      return `${showPath(filter.target)}[${show(filter.where)}]`;
    case 'present':
      return `${showPath(filter.target)} pr`;
    case 'compare':
      return `${showPath(filter.target)} ${filter.operator} ${JSON.stringify(filter.value)}`;
  }
};

const showPath = ({ schema, extension, attribute, subAttribute }: AttributeReference) =>
  [extension ? `${schema.name}:` : '', attribute.name, subAttribute === undefined ? '' : `.${subAttribute.name}`].join(
    '',
  );

/** What `run` is refused with; another kind of error fails the test. */
export const refusal = (run: () => unknown): ScimError => {
  try {
    run();
  } catch (error) {
    if (error instanceof ScimError) return error;
    throw error;
  }
  throw new Error('Nothing was refused.');
};
