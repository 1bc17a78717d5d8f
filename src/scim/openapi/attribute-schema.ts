import type { JsonObject } from '../protocol/resource.js';
import { commonAttributes } from '../protocol/schemas/common.js';
import type { Attribute, ResourceType } from '../protocol/schemas/schema.js';

/** What the JSON Schema is of: a resource in an answer, a resource to be written, or a document that is always whole. */
export type Use = 'shown' | 'written' | 'whole';

/** JSON Schema of an object. */
export type ObjectSchema = {
  readonly type: 'object';
  readonly description?: string;
  readonly properties: JsonObject;
  readonly patternProperties?: JsonObject;
  readonly required?: readonly string[];
};

/** RFC 7643 §2 in JSON Schema: an object of these attributes. */
export function attributesSchema(attributes: readonly Attribute[], use: Use): ObjectSchema {
  const used = attributes.filter((attribute) => isUsed(attribute, use));
  const [links, others] = [used.filter(isLink), used.filter((attribute) => !isLink(attribute))];
  const patterns = links.map((attribute) => [`^\\${attribute.name}$`, valueSchema(attribute, use)] as const);
  return {
    ...objectSchema(
      Object.fromEntries(others.map((attribute) => [attribute.name, valueSchema(attribute, use)])),
      used.filter((attribute) => isRequired(attribute, use)).map(({ name }) => name),
    ),
    ...(patterns.length === 0 ? {} : { patternProperties: Object.fromEntries(patterns) }),
  };
}

/** As a pattern, because tools take every member of this name for a reference, where names of properties stand too. */
const isLink = ({ name }: Attribute): boolean => name === '$ref';

/** A resource with its extensions, each under its URN. */
export function resourceSchema({ description, schema, extensions }: ResourceType, use: Use): ObjectSchema {
  // A client names `schemas`, though what is stored follows from the data.
  const common = commonAttributes.map((each): Attribute =>
    each.name === 'schemas' && use === 'written' ? { ...each, mutability: 'readWrite' } : each,
  );
  const { required = [], ...base } = attributesSchema([...common, ...schema.attributes], use);
  const extended = extensions.map(({ schema: { id, attributes, ...extension } }): readonly [string, JsonObject] => [
    id,
    { description: extension.description, ...attributesSchema(attributes, use) },
  ]);
  const demanded = extensions.filter((each) => each.required && use === 'written').map((each) => each.schema.id);
  return {
    ...base,
    description,
    ...objectSchema({ ...base.properties, ...Object.fromEntries(extended) }, [...required, ...demanded]),
  };
}

export const objectSchema = (properties: JsonObject, required: readonly string[] = []): ObjectSchema => ({
  type: 'object',
  properties,
  ...(required.length === 0 ? {} : { required }),
});

function isUsed({ mutability, returned }: Attribute, use: Use): boolean {
  return use === 'written' ? mutability !== 'readOnly' : mutability !== 'writeOnly' && returned !== 'never';
}

/** Of an answer, `attributes` and `excludedAttributes` may take away whatever is not returned always. */
const isRequired = ({ required, returned }: Attribute, use: Use): boolean =>
  use === 'shown' ? returned === 'always' : required;

function valueSchema(attribute: Attribute, use: Use): JsonObject {
  const { description, mutability, multiValued } = attribute;
  const one =
    attribute.type === 'complex' ? attributesSchema(attribute.subAttributes ?? [], use) : simpleSchema(attribute);
  return {
    description,
    ...(mutability === 'readOnly' && use === 'shown' ? { readOnly: true } : {}),
    ...(mutability === 'writeOnly' ? { writeOnly: true } : {}),
    ...(multiValued ? { type: 'array', items: one } : one),
  };
}

/** Canonical values are examples: others are taken, too (RFC 7643 §7). */
function simpleSchema({ type, canonicalValues }: Attribute): JsonObject {
  const examples = canonicalValues === undefined ? {} : { examples: canonicalValues };
  switch (type) {
    case 'boolean':
    case 'integer':
      return { type };
    case 'decimal':
      return { type: 'number' };
    case 'dateTime':
      return { type: 'string', format: 'date-time' };
    case 'binary':
      return { type: 'string', contentEncoding: 'base64' };
    case 'string':
    case 'reference':
    case 'complex':
      return { type: 'string', ...examples };
  }
}
