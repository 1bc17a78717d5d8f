/** RFC 7644 §3.10: attribute names as clients write them, bound to the schemas of a resource type. */
import { isAscii } from './comparable.js';
import { commonAttributes } from './schemas/common.js';
import type { Attribute, ResourceType, Schema } from './schemas/schema.js';

/**
 * What a name such as `emails.value` or `urn:…:User:manager` means.
 * Inside a value path (`emails[type eq "work"]`) `attribute` is still the outer attribute and `subAttribute` the inner one.
 * A common attribute (`id`, `externalId`, `meta`, `schemas`) has the resource type's base schema as its `schema`.
 */
export interface AttributeReference {
  readonly schema: Schema;
  /** True where the value stands under the schema's URN in the resource. */
  readonly extension: boolean;
  readonly attribute: Attribute;
  readonly subAttribute?: Attribute;
}

/**
 * The attribute a client's name means, in any case: `userName`, `name.givenName`, `urn:…:User:name.givenName`,
 * `urn:…:enterprise:2.0:User:department`. An extension's attribute may be named without its URN where no other
 * attribute of the resource type has that name. The same name always gives the same object.
 */
export const findAttribute = (resourceType: ResourceType, name: string): AttributeReference | undefined =>
  namesOf(resourceType).attributes.get(foldName(name));

/** The first of what `pick` makes of the attributes that the resource types have under a name. */
export const findAttributeIn = (
  resourceTypes: readonly ResourceType[],
  name: string,
  pick: (reference: AttributeReference) => AttributeReference | undefined = (reference) => reference,
): AttributeReference | undefined => {
  for (const resourceType of resourceTypes) {
    const reference = findAttribute(resourceType, name);
    const picked = reference && pick(reference);
    if (picked) return picked;
  }
  return undefined;
};

/** Whether the resource type has the attribute; else, none of its resources has a value of it. */
export const hasAttribute = ({ schema, extensions }: ResourceType, reference: AttributeReference): boolean =>
  schema === reference.schema || extensions.some((extension) => extension.schema === reference.schema);

/** The extension a URN alone means, in any case. */
export const findExtension = (resourceType: ResourceType, name: string): Schema | undefined =>
  namesOf(resourceType).extensions.get(foldName(name));

export const findSubAttribute = (attribute: Attribute, name: string): Attribute | undefined =>
  subAttributesOf(attribute).get(foldName(name));

/** Names are ASCII (RFC 7643 §2.1): no other letter may turn into one by folding, as the Kelvin sign does. */
export const foldName = (name: string): string =>
  isAscii(name) ? name.toLowerCase() : name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

interface Names {
  readonly attributes: ReadonlyMap<string, AttributeReference>;
  readonly extensions: ReadonlyMap<string, Schema>;
}

// Maps and not objects: a client's name must not reach `__proto__` or `constructor`.
const namesByResourceType = new WeakMap<ResourceType, Names>();
const namesByAttribute = new WeakMap<Attribute, ReadonlyMap<string, Attribute>>();

const namesOf = (resourceType: ResourceType): Names => {
  let names = namesByResourceType.get(resourceType);
  if (names === undefined) {
    names = toNames(resourceType);
    namesByResourceType.set(resourceType, names);
  }
  return names;
};

const subAttributesOf = (attribute: Attribute): ReadonlyMap<string, Attribute> => {
  let names = namesByAttribute.get(attribute);
  if (names === undefined) {
    names = new Map((attribute.subAttributes ?? []).map((sub) => [foldName(sub.name), sub]));
    namesByAttribute.set(attribute, names);
  }
  return names;
};

const toNames = ({ schema, extensions }: ResourceType): Names => {
  const attributes = new Map<string, AttributeReference>();
  for (const [name, reference] of toEntries(schema, [...schema.attributes, ...commonAttributes], false)) {
    attributes.set(name, reference);
    attributes.set(`${foldName(schema.id)}:${name}`, reference);
  }
  const taken = new Set(attributes.keys());
  for (const extension of extensions) {
    const entries = toEntries(extension.schema, extension.schema.attributes, true);
    for (const [name, reference] of entries) {
      attributes.set(`${foldName(extension.schema.id)}:${name}`, reference);
      const outer = foldName(reference.attribute.name);
      const rivals = extensions.filter(({ schema: { attributes: theirs } }) => hasName(theirs, outer));
      if (!taken.has(outer) && rivals.length === 1) attributes.set(name, reference);
    }
  }
  return { attributes, extensions: new Map(extensions.map((each) => [foldName(each.schema.id), each.schema])) };
};

const hasName = (attributes: readonly Attribute[], folded: string): boolean =>
  attributes.some(({ name }) => foldName(name) === folded);

const toEntries = (
  schema: Schema,
  attributes: readonly Attribute[],
  extension: boolean,
): readonly (readonly [string, AttributeReference])[] =>
  attributes.flatMap((attribute) => {
    const outer = foldName(attribute.name);
    return [
      [outer, { schema, extension, attribute }] as const,
      ...(attribute.subAttributes ?? []).map(
        (subAttribute) =>
          [`${outer}.${foldName(subAttribute.name)}`, { schema, extension, attribute, subAttribute }] as const,
      ),
    ];
  });
