import type { Json, JsonObject, ResourceAttributes } from '../protocol/resource.js';
import { groupSchema } from '../protocol/schemas/group.js';
import type { Attribute, ResourceType, Schema } from '../protocol/schemas/schema.js';
import { userSchema } from '../protocol/schemas/user.js';
import { type ScimError, uniqueness } from '../protocol/scim-error.js';
import { violatedIndex, violatedKey } from './database-errors.js';

/** An attribute whose values are rows of `scim_unique_value`: one that is unique and has no column with an index. */
interface UniqueAttribute {
  /** With the URN of its schema where that is an extension. */
  readonly attribute: string;
  /** Where its value stands in a resource and in its search document. */
  readonly path: readonly string[];
}

/** Both kinds of uniqueness end there, because nobody may learn what another organization has. */
const UNIQUE: readonly Attribute['uniqueness'][] = ['server', 'global'];

/** Those that have an index of their own: `userName`, and `displayName` of groups. */
const INDEXED: ReadonlySet<Attribute> = new Set([...userSchema.attributes, ...groupSchema.attributes]);

const byResourceType = new WeakMap<ResourceType, readonly UniqueAttribute[]>();

function uniqueAttributesOf(resourceType: ResourceType): readonly UniqueAttribute[] {
  const known = byResourceType.get(resourceType);
  if (known) return known;
  const { schema, extensions } = resourceType;
  const found = [...uniqueIn(schema, false), ...extensions.flatMap((extension) => uniqueIn(extension.schema, true))];
  byResourceType.set(resourceType, found);
  return found;
}

const uniqueIn = ({ id, attributes }: Schema, isExtension: boolean): readonly UniqueAttribute[] =>
  attributes.flatMap((attribute) => {
    if (attribute.multiValued || INDEXED.has(attribute)) return [];
    const parts = attribute.type === 'complex' ? (attribute.subAttributes ?? []) : [undefined];
    return parts
      .filter((part) => UNIQUE.includes((part ?? attribute).uniqueness))
      .map((part) => {
        const names = [attribute.name, ...(part ? [part.name] : [])];
        const name = names.join('.');
        return isExtension ? { attribute: `${id}:${name}`, path: [id, ...names] } : { attribute: name, path: names };
      });
  });

export const hasUniqueValues = (resourceType: ResourceType): boolean => uniqueAttributesOf(resourceType).length > 0;

/** The jsonb parameter of `writeUniqueValues`: the same for every write of a resource type. */
export const uniqueParameter = (resourceType: ResourceType): string => JSON.stringify(uniqueAttributesOf(resourceType));

/**
 * CTEs that make the rows of `scim_unique_value` those of the resources that CTE `changed` yields: it has `id`,
 * `organization_id` and `search`. They stand in the statement that writes the resource, so that a write without such values
 * costs one look into an index. The statement fails on `scim_unique_value_pkey` where another resource has a value:
 * `uniqueViolation` says so.
 * @param resourceType SQL of the type's name
 * @param parameter SQL of `uniqueParameter`
 * @param live SQL about `c`, a row of `changed`: whether SCIM knows it still. Else its values are anybody's again.
 */
export const writeUniqueValues = (changed: string, resourceType: string, parameter: string, live = 'TRUE'): string => `
unique_wanted AS (
  SELECT c.id, c.organization_id, u.attribute, c.search #>> u.path AS value_key
  FROM ${changed} c, jsonb_to_recordset(${parameter}::jsonb) AS u(attribute text, path text[])
  WHERE ${live} AND c.search #>> u.path IS NOT NULL
), unique_dropped AS (
  DELETE FROM scim_unique_value v USING ${changed} c
  WHERE v.resource_id = c.id
    AND NOT EXISTS (SELECT 1 FROM unique_wanted w WHERE w.id = v.resource_id AND w.attribute = v.attribute AND w.value_key = v.value_key)
), unique_taken AS (
  INSERT INTO scim_unique_value (organization_id, resource_type, attribute, value_key, resource_id)
  SELECT w.organization_id, ${resourceType}, w.attribute, w.value_key, w.id FROM unique_wanted w
  WHERE NOT EXISTS (SELECT 1 FROM scim_unique_value v WHERE v.resource_id = w.id AND v.attribute = w.attribute AND v.value_key = w.value_key)
  -- everybody in one order, so that two who want the same two values do not wait for each other
  ORDER BY w.attribute, w.value_key
)`;

/** A CTE: the values of the resources that CTE `changed` yields, which are gone, are anybody's again. */
export const dropUniqueValues = (changed: string): string => `
unique_dropped AS (DELETE FROM scim_unique_value v USING ${changed} c WHERE v.resource_id = c.id)`;

/** 409 where a write failed because another resource has one of the values; undefined for every other error. */
export function uniqueViolation(
  error: unknown,
  resource: ResourceAttributes,
  resourceType: ResourceType,
): ScimError | undefined {
  if (violatedIndex(error) !== 'scim_unique_value_pkey') return undefined;
  const values = uniqueAttributesOf(resourceType).flatMap(({ attribute, path }) => {
    const value = valueAt(resource, path);
    return value === undefined ? [] : [{ attribute, value }];
  });
  // The database names the key, in its own language; where it says nothing, any of them may be meant.
  const key = violatedKey(error) ?? '';
  const named = values.filter(({ attribute }) => key.includes(`, ${attribute}, `));
  const taken = (named.length > 0 ? named : values).map(
    ({ attribute, value }) => `${attribute} ${JSON.stringify(value)}`,
  );
  return uniqueness(`There is already a ${resourceType.name} with the ${taken.join(' or the ')}.`);
}

function valueAt(resource: JsonObject, path: readonly string[]): Json | undefined {
  let value: Json | undefined = resource;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    value = (value as JsonObject)[name];
  }
  return value;
}
