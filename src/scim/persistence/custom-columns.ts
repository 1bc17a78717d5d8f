import type { DataSource, EntityMetadata } from 'typeorm';
import { type AttributeReference, findAttribute } from '../protocol/attribute-path.js';
import { toComparable } from '../protocol/comparable.js';
import { isJsonObject } from '../protocol/json-object.js';
import type { Json, ResourceAttributes } from '../protocol/resource.js';
import { commonAttributes } from '../protocol/schemas/common.js';
import type { Attribute, AttributeType, ResourceType } from '../protocol/schemas/schema.js';
import { invalidValue } from '../protocol/scim-error.js';
import type { AttributeColumns, CustomResourceType } from '../scim.options.js';
import { type Column, leafOf, pathOf } from './filter-to-sql.js';

type ColumnMetadata = EntityMetadata['columns'][number];

/** A column of a host's table that an attribute stands in. */
export interface MappedColumn {
  readonly target: AttributeReference;
  /** The entity's. */
  readonly property: string;
  /** Quoted. */
  readonly name: string;
  /** Without length: a cast to `varchar(20)` would cut what an assignment refuses. */
  readonly type: string;
  /** As sent or as compared. */
  readonly holds: 'value' | 'key';
  /** Longest text, in characters. */
  readonly length: number | undefined;
  /** How filters and sorts read it; undefined where the column does not hold what they compare. */
  readonly filter: Column | undefined;
}

type Kind = Column['type'] | 'uuid';

/** What the module can write into; PostgreSQL's names. */
const KINDS: ReadonlyMap<string, Kind> = new Map([
  ['text', 'text'],
  ['character varying', 'text'],
  ['uuid', 'uuid'],
  ['boolean', 'boolean'],
  ['smallint', 'number'],
  ['integer', 'number'],
  ['bigint', 'number'],
  ['numeric', 'number'],
  ['double precision', 'number'],
  ['timestamp with time zone', 'timestamp'],
]);

const TEXT = ['text', 'character varying'];

/** Types that hold every value of an attribute's, or refuse it. */
const TYPES: Readonly<Record<AttributeType, readonly string[]>> = {
  string: [...TEXT, 'uuid'],
  reference: TEXT,
  binary: TEXT,
  boolean: ['boolean'],
  integer: ['smallint', 'integer', 'bigint'],
  decimal: ['numeric', 'double precision'],
  dateTime: ['timestamp with time zone'],
  complex: [],
};

const COMMON: readonly Attribute[] = commonAttributes;

/** An instant as compared has milliseconds. */
const INSTANT_PRECISION = 3;

export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** @throws Error that says what is wrong with the options. */
export function readColumns(
  { columns = {} }: CustomResourceType,
  resourceType: ResourceType,
  metadata: EntityMetadata,
  dataSource: DataSource,
): readonly MappedColumn[] {
  return Object.entries(columns).flatMap(([path, properties]) => {
    const target = findTarget(path, resourceType);
    return toPairs(properties).map(([holds, property]) => {
      const column = metadata.findColumnWithPropertyName(property);
      if (!column) throw new Error(`The entity ${metadata.name} has no column "${property}" for ${path}.`);
      return toMapped(target, holds, column, dataSource.driver.normalizeType(column));
    });
  });
}

/** What goes into the column. @throws ScimError 400 invalidValue where it is too long for it. */
export function columnValue({ target, holds, type, length }: MappedColumn, resource: ResourceAttributes): unknown {
  const value = valueAt(target, resource);
  if (value === undefined) return null;
  const isCompared = holds === 'key' || KINDS.get(type) === 'timestamp';
  const stored = isCompared ? toComparable(leafOf(target), value) : value;
  if (length !== undefined && typeof stored === 'string' && [...stored].length > length) {
    throw invalidValue(`${pathOf(target)} must not be longer than ${length} characters.`);
  }
  return stored ?? null;
}

/** Of a simple attribute or sub-attribute with one value. */
export function valueAt(
  { schema, extension, attribute, subAttribute }: AttributeReference,
  resource: ResourceAttributes,
): Json | undefined {
  const container: Json | undefined = extension ? resource[schema.id] : resource;
  const value = isJsonObject(container) ? container[attribute.name] : undefined;
  if (!subAttribute) return value;
  return isJsonObject(value) ? value[subAttribute.name] : undefined;
}

function findTarget(path: string, resourceType: ResourceType): AttributeReference {
  const target = findAttribute(resourceType, path);
  if (!target) throw new Error(`There is no attribute ${path} to keep in a column.`);
  const isList = target.attribute.multiValued || leafOf(target).multiValued;
  if (isList || leafOf(target).type === 'complex') {
    throw new Error(`${path} cannot stand in a column: only a simple attribute or sub-attribute with one value can.`);
  }
  if (COMMON.includes(target.attribute)) {
    throw new Error(`${path} cannot stand in a column of its own: every resource has it already.`);
  }
  return target;
}

function toPairs(properties: string | AttributeColumns): readonly (readonly [MappedColumn['holds'], string])[] {
  if (typeof properties === 'string') return [['value', properties]];
  const { value, key } = properties;
  return [
    ...(value === undefined ? [] : [['value', value] as const]),
    ...(key === undefined ? [] : [['key', key] as const]),
  ];
}

function toMapped(
  target: AttributeReference,
  holds: MappedColumn['holds'],
  column: ColumnMetadata,
  type: string,
): MappedColumn {
  const kind = column.isArray ? undefined : KINDS.get(type);
  const types = holds === 'key' && leafOf(target).type === 'dateTime' ? TEXT : TYPES[leafOf(target).type];
  if (kind === undefined || !types.includes(type)) {
    throw new Error(
      `${pathOf(target)} is of type ${leafOf(target).type}, which the column "${column.propertyName}" of type ${type}${column.isArray ? '[]' : ''} cannot hold.`,
    );
  }
  if (!column.isNullable && !isAlwaysThere(target)) {
    // A resource without a value would be the database's error and not ours.
    throw new Error(`The column "${column.propertyName}" must be nullable: ${pathOf(target)} may have no value.`);
  }
  const name = quoteName(column.databaseName);
  const length = column.length === '' ? undefined : Number(column.length);
  const filter = toFilter({ target, holds, column, kind });
  return { target, property: column.propertyName, name, type, holds, length, filter };
}

/** What clients must send: of a readOnly attribute the host decides when it has a value. */
const isAlwaysThere = ({ attribute, subAttribute, extension }: AttributeReference): boolean =>
  !extension && [attribute, subAttribute ?? attribute].every((each) => each.required && each.mutability !== 'readOnly');

interface Candidate {
  readonly target: AttributeReference;
  readonly holds: MappedColumn['holds'];
  readonly column: ColumnMetadata;
  readonly kind: Kind;
}

/** Undefined where the column does not hold what is compared, to the last digit. */
function toFilter({ target, holds, column, kind }: Candidate): Column | undefined {
  const sql = `i.${quoteName(column.databaseName)}`;
  const nullable = column.isNullable;
  switch (kind) {
    case 'text':
      if (holds === 'value' && !leafOf(target).caseExact) return undefined;
      if (column.collation === 'C') return { type: 'text', sql, nullable };
      // An index of the column's own collation answers equality and nothing else.
      return {
        type: 'text',
        sql: `${sql} COLLATE "C"`,
        equals: (parameter) => `${sql} = ${parameter}::text`,
        nullable,
      };
    case 'boolean':
      return { type: 'boolean', sql, nullable };
    case 'number':
      return isRounded(column) ? undefined : { type: 'number', sql, nullable };
    case 'timestamp':
      if ((column.precision ?? INSTANT_PRECISION) < INSTANT_PRECISION) return undefined;
      return { type: 'timestamp', sql, nullable };
    // As compared, a uuid in capitals is another text; in the column it is the same.
    case 'uuid':
      return undefined;
  }
}

const isRounded = ({ precision, scale }: ColumnMetadata): boolean =>
  typeof precision === 'number' || scale !== undefined;
