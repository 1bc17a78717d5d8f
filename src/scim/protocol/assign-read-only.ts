/** RFC 7643 §2.2: values of readOnly attributes, which the service provider gives and no client changes. */
import { findAttribute, findExtension, foldName } from './attribute-path.js';
import { isJsonObject, isObject, toObject, withMember } from './json-object.js';
import { leniencyOf } from './leniency.js';
import { quote } from './quote.js';
import { describe } from './read-simple.js';
import { readValue, toAssigned } from './read-value.js';
import type { Json, ResourceAttributes } from './resource.js';
import { groupSchema } from './schemas/group.js';
import type { Attribute, ResourceType, Schema } from './schemas/schema.js';
import { userSchema } from './schemas/user.js';
import { invalidPath, invalidValue } from './scim-error.js';

/**
 * A new resource with these values; those it does not name stay.
 * @param values by the URN of an extension, or of the base schema of a type of the host's own, then by the name of a readOnly
 * attribute of it; null takes a value away.
 * @throws ScimError 400 invalidPath for what is no such attribute; invalidValue.
 */
export function assignReadOnly(
  current: ResourceAttributes,
  values: unknown,
  resourceType: ResourceType,
): ResourceAttributes {
  let resource = toObject(Object.entries(current));
  for (const [urn, members] of Object.entries(asObject(values))) {
    const schema = findSchema(resourceType, urn);
    const isBase = schema === resourceType.schema;
    const before = isBase ? resource : resource[schema.id];
    let after = isJsonObject(before) ? before : toObject([]);
    for (const [name, input] of Object.entries(asObject(members))) {
      const attribute = findAttribute(resourceType, `${schema.id}:${name}`)?.attribute;
      if (attribute?.mutability !== 'readOnly' || !schema.attributes.includes(attribute)) {
        throw invalidPath(`${quote(name)} is no readOnly attribute of ${schema.id}.`);
      }
      after = withMember(after, attribute.name, readOwn(attribute, input, `${schema.id}:${name}`, resourceType));
    }
    resource = isBase ? after : withMember(resource, schema.id, Object.keys(after).length === 0 ? undefined : after);
  }
  return resource;
}

/** What is readOnly in the standard's base schemas is computed, and nobody's to give. */
const COMPUTED: readonly Schema[] = [userSchema, groupSchema];

function findSchema(resourceType: ResourceType, urn: string): Schema {
  const { schema, name } = resourceType;
  if (foldName(urn) === foldName(schema.id) && !COMPUTED.includes(schema)) return schema;
  const extension = findExtension(resourceType, urn);
  if (extension === undefined) throw invalidPath(`${quote(urn)} is no extension of ${name}.`);
  return extension;
}

const readOwn = (attribute: Attribute, input: unknown, label: string, resourceType: ResourceType): Json | undefined =>
  toAssigned(readValue(toWritable(attribute), input, label, leniencyOf(resourceType)));

/** The same attribute as one that may be written, with its parts: what is readOnly is else passed over. */
const toWritable = (attribute: Attribute): Attribute => ({
  ...attribute,
  mutability: 'readWrite',
  ...(attribute.subAttributes === undefined ? {} : { subAttributes: attribute.subAttributes.map(toWritable) }),
});

function asObject(input: unknown): Readonly<Record<string, unknown>> {
  if (!isObject(input)) throw invalidValue(`Values stand in objects, by URN and by name, not in ${describe(input)}.`);
  return input;
}
