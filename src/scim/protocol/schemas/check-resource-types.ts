/** RFC 7643 §3.3 and §6: what is wrong with a host's extensions and resource types, found when the host starts. */
import { schemaProblems } from './check-schema.js';
import { commonAttributes } from './common.js';
import { metaSchemas } from './meta-schemas.js';
import { groupResourceType, userResourceType } from './resource-types.js';
import type { Attribute, ResourceType, Schema, SchemaExtension } from './schema.js';

const STANDARD: readonly ResourceType[] = [userResourceType, groupResourceType];

/** Everything that is wrong, in words for the host's developer; none where all is well. */
export function resourceTypeProblems(
  extensions: readonly SchemaExtension[],
  custom: readonly ResourceType[],
): readonly string[] {
  const types = [...STANDARD, ...custom];
  const own = new Set([...extensions.map(({ schema }) => schema), ...custom.flatMap(schemasOf)]);
  return [
    ...[...own].flatMap(schemaProblems),
    ...urnProblems([...own]),
    ...extensions.flatMap((extension) => targetProblems(extension, types)),
    ...types.flatMap((type) => extensionProblems(type, extensions)),
    ...custom.flatMap((type, index) => typeProblems(type, [...STANDARD, ...custom.slice(0, index)])),
  ];
}

const schemasOf = ({ schema, extensions }: ResourceType): readonly Schema[] => [
  schema,
  ...extensions.map((each) => each.schema),
];

const CORE = 'urn:ietf:params:scim:schemas:core:';

/** One URN is one schema, and never the name of an attribute of another one, with which paths would confuse it. */
function urnProblems(own: readonly Schema[]): readonly string[] {
  const standard = [...STANDARD.flatMap(schemasOf), ...metaSchemas];
  const all = [...standard, ...own];
  return own.flatMap((schema, index) => {
    const urn = fold(schema.id);
    const isTaken = standard.some(({ id }) => fold(id) === urn);
    const isRepeated = own.slice(0, index).some(({ id }) => fold(id) === urn);
    const named = all.find((each) => namesOf(each).includes(urn));
    return [
      ...(isTaken ? [`The schema "${schema.id}" has the URN of one of the standard's schemas.`] : []),
      ...(isRepeated ? [`Two schemas have the URN "${schema.id}".`] : []),
      ...(named ? [`The URN "${schema.id}" is the name of an attribute of the schema "${named.id}", too.`] : []),
    ];
  });
}

const namesOf = ({ id, attributes }: Schema): readonly string[] =>
  attributes.flatMap(({ name, subAttributes = [] }) => {
    const outer = `${fold(id)}:${fold(name)}`;
    return [outer, ...subAttributes.map((part) => `${outer}.${fold(part.name)}`)];
  });

const targetProblems = (
  { resourceType, schema }: SchemaExtension,
  types: readonly ResourceType[],
): readonly string[] =>
  types.some(({ name }) => name === resourceType)
    ? []
    : [
        `The extension "${schema.id}" is for the resource type "${resourceType}", which does not exist: there are ${types
          .map(({ name }) => name)
          .join(', ')}.`,
      ];

function extensionProblems(type: ResourceType, extensions: readonly SchemaExtension[]): readonly string[] {
  const own = extensions.filter(({ resourceType }) => resourceType === type.name);
  const added = STANDARD.includes(type) ? own : [...type.extensions, ...own];
  const taken = [...type.schema.attributes, ...commonAttributes].map(({ name }) => fold(name));
  return added.flatMap(({ schema, required = false }, index) => {
    const isRepeated = added.slice(0, index).some((each) => each.schema === schema);
    const clashes = schema.attributes.filter(({ name }) => taken.includes(fold(name)));
    return [
      ...(isRepeated ? [`The extension "${schema.id}" is there twice for ${type.name}.`] : []),
      ...(fold(schema.id).startsWith(CORE)
        ? [`The extension "${schema.id}": URNs that begin with ${CORE} are those of base schemas.`]
        : []),
      ...clashes.map(
        ({ name }) => `The extension "${schema.id}": every ${type.name} has an attribute "${name}" already.`,
      ),
      ...(required && schema.attributes.every(({ mutability }) => mutability === 'readOnly')
        ? [`The extension "${schema.id}" is required, but clients cannot write any of its attributes.`]
        : []),
    ];
  });
}

const NAME = /^[a-z][a-z0-9_-]*$/i;
const ENDPOINT = /^\/[a-z][a-z0-9_-]*$/i;
/** Endpoints of the protocol (RFC 7644 §3.2). */
const RESERVED: readonly string[] = ['/me', '/bulk', '/schemas', '/resourcetypes', '/serviceproviderconfig'];

function typeProblems({ name, endpoint, schema }: ResourceType, before: readonly ResourceType[]): readonly string[] {
  const taken = commonAttributes.map((each) => fold(each.name));
  const clashes = schema.attributes.filter((attribute: Attribute) => taken.includes(fold(attribute.name)));
  return [
    ...(NAME.test(name) ? [] : ['a name begins with a letter and holds letters, digits, "_" and "-"']),
    ...(ENDPOINT.test(endpoint) ? [] : ['an endpoint is a slash and one name, e.g. "/Devices"']),
    ...(RESERVED.includes(fold(endpoint)) ? [`the endpoint "${endpoint}" is one of the protocol's own`] : []),
    ...(before.some((each) => fold(each.name) === fold(name)) ? ['there is a resource type of that name'] : []),
    ...(before.some((each) => fold(each.endpoint) === fold(endpoint))
      ? [`another resource type has the endpoint "${endpoint}"`]
      : []),
    ...clashes.map((attribute) => `every resource has an attribute "${attribute.name}" already`),
  ].map((problem) => `The resource type "${name}": ${problem}.`);
}

const fold = (text: string): string => String(text).toLowerCase();
