import type { DataSource, EntityMetadata } from 'typeorm';
import { type AttributeReference, findAttribute } from '../protocol/attribute-path.js';
import type { Attribute, ResourceType, Schema } from '../protocol/schemas/schema.js';
import type { CustomResourceType } from '../scim.options.js';
import { type MappedColumn, quoteName, readColumns } from './custom-columns.js';
import type { ResourceColumns } from './entities/resource.entity.js';
import { leafOf, literal, pathOf } from './filter-to-sql.js';

/** Where the resources of one custom type are kept. */
export interface CustomTable {
  readonly resourceType: ResourceType;
  /** As SQL names it. */
  readonly name: string;
  /** As PostgreSQL's errors name it. */
  readonly plainName: string;
  /** Set where the table holds other types, too: a condition about `i`, and the value of its column. */
  readonly discriminator: string | undefined;
  readonly columns: readonly MappedColumn[];
  /** By name of the constraint or index: the attributes that it keeps apart. */
  readonly uniques: ReadonlyMap<string, readonly AttributeReference[]>;
  /** The type as `unique-values.ts` is to see it: without the attributes whose values a unique index of the table keeps apart. */
  readonly elsewhereUnique: ResourceType;
}

/** Base columns by property; statements name them. */
const BASE_COLUMNS: Readonly<Record<keyof ResourceColumns, string>> = {
  id: 'id',
  organizationId: 'organization_id',
  connectionId: 'connection_id',
  externalId: 'external_id',
  attributes: 'attributes',
  search: 'search',
  version: 'version',
  createdAt: 'created_at',
  modifiedAt: 'modified_at',
};

/**
 * @param resourceType the type with its extensions.
 * @throws Error that says what is wrong with the host's entity or its `columns`.
 */
export function readTable(
  definition: CustomResourceType,
  resourceType: ResourceType,
  dataSource: DataSource,
): CustomTable {
  const { entity, columns } = definition;
  if (!entity) {
    if (columns) throw new Error('"columns" needs an "entity": the table scim_resource has no columns for them.');
    return genericTable(resourceType);
  }
  if (!dataSource.hasMetadata(entity)) {
    throw new Error(`${entity.name} is not among the entities of the DataSource, or not an @Entity().`);
  }
  const metadata = dataSource.getMetadata(entity);
  checkBase(metadata);
  const mapped = readColumns(definition, resourceType, metadata, dataSource);
  checkOthers(metadata, mapped);
  const { schema, tableName } = metadata;
  const uniques = uniquesOf(metadata);
  return {
    resourceType,
    name: schema ? `${quoteName(schema)}.${quoteName(tableName)}` : quoteName(tableName),
    plainName: tableName,
    discriminator: undefined,
    columns: mapped,
    uniques: new Map(uniques.map(({ name, properties }) => [name, toTargets(properties, mapped, resourceType)])),
    elsewhereUnique: withoutUniqueness(resourceType, indexedAttributes(mapped, uniques)),
  };
}

const genericTable = (resourceType: ResourceType): CustomTable => ({
  resourceType,
  name: 'scim_resource',
  plainName: 'scim_resource',
  discriminator: literal(resourceType.name),
  columns: [],
  uniques: new Map([['scim_resource_external_id', externalIdOf(resourceType)]]),
  elsewhereUnique: resourceType,
});

/** A naming strategy of the host's, or an entity that was not made from `ScimResourceRow`. */
function checkBase(metadata: EntityMetadata): void {
  for (const [property, name] of Object.entries(BASE_COLUMNS)) {
    const column = metadata.findColumnWithPropertyName(property);
    if (!column) throw new Error(`The entity ${metadata.name} has no "${property}": it must extend ScimResourceRow.`);
    if (column.databaseName !== name) {
      throw new Error(`The column of "${property}" must be named ${name}, not ${column.databaseName}.`);
    }
  }
  if (metadata.primaryColumns.length !== 1) throw new Error(`The primary key of ${metadata.name} must be "id" alone.`);
  if (metadata.tableName === 'scim_resource') throw new Error("The table scim_resource is the module's own.");
}

function checkOthers(metadata: EntityMetadata, mapped: readonly MappedColumn[]): void {
  const taken = new Set<string>(Object.keys(BASE_COLUMNS));
  for (const { property, target } of mapped) {
    if (taken.has(property)) throw new Error(`The column "${property}" is taken: it cannot hold ${pathOf(target)}.`);
    taken.add(property);
  }
  const unfilled = metadata.columns.find((column) => !taken.has(column.propertyName) && needsValue(column));
  if (unfilled) {
    throw new Error(
      `The column "${unfilled.propertyName}" needs a default, or must be nullable: no attribute stands in it.`,
    );
  }
}

const needsValue = (column: EntityMetadata['columns'][number]): boolean =>
  !column.isNullable &&
  column.default === undefined &&
  !column.isGenerated &&
  column.generatedType === undefined &&
  column.isInsert;

interface Unique {
  readonly name: string;
  readonly properties: readonly string[];
}

function uniquesOf({ uniques, indices }: EntityMetadata): readonly Unique[] {
  const indexes = indices.filter(({ isUnique, where }) => isUnique && !where);
  return [...uniques, ...indexes].map(({ name, columns }) => ({
    name,
    properties: columns.map(({ propertyName }) => propertyName),
  }));
}

/** Columns that hold what is compared, and that an index keeps unique. */
const indexedAttributes = (mapped: readonly MappedColumn[], uniques: readonly Unique[]): ReadonlySet<Attribute> =>
  new Set(
    mapped
      .filter(({ filter, property }) => filter && uniques.some(({ properties }) => isKeyOf(properties, property)))
      .map(({ target }) => leafOf(target)),
  );

function withoutUniqueness(resourceType: ResourceType, except: ReadonlySet<Attribute>): ResourceType {
  const withoutIn = (attribute: Attribute): Attribute => ({
    ...attribute,
    ...(except.has(attribute) ? { uniqueness: 'none' as const } : {}),
    ...(attribute.subAttributes ? { subAttributes: attribute.subAttributes.map(withoutIn) } : {}),
  });
  const inSchema = (schema: Schema): Schema => ({ ...schema, attributes: schema.attributes.map(withoutIn) });
  return {
    ...resourceType,
    schema: inSchema(resourceType.schema),
    extensions: resourceType.extensions.map((extension) => ({ ...extension, schema: inSchema(extension.schema) })),
  };
}

const ORGANIZATION = 'organizationId';

const isKeyOf = (properties: readonly string[], property: string): boolean =>
  properties.includes(property) && properties.every((each) => each === property || each === ORGANIZATION);

function toTargets(
  properties: readonly string[],
  mapped: readonly MappedColumn[],
  resourceType: ResourceType,
): readonly AttributeReference[] {
  const own = mapped.filter(({ property }) => properties.includes(property)).map(({ target }) => target);
  return [...(properties.includes('externalId') ? externalIdOf(resourceType) : []), ...own];
}

function externalIdOf(resourceType: ResourceType): readonly AttributeReference[] {
  const target = findAttribute(resourceType, 'externalId');
  return target ? [target] : [];
}
