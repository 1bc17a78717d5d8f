/** RFC 7644 §3.5.2 figure 7: what the `path` of a PATCH operation points at. */
import { findAttribute, findExtension, findSubAttribute, foldName, type AttributeReference } from './attribute-path.js';
import type { Filter } from './filter/filter.js';
import { parseValueFilter } from './filter/parse-filter.js';
import { quote } from './quote.js';
import type { ResourceType, Schema } from './schemas/schema.js';
import { invalidPath } from './scim-error.js';

export type PatchPath = SchemaPath | AttributePath;

/** The URN of a schema alone: all its attributes together. */
export interface SchemaPath {
  readonly type: 'schema';
  readonly schema: Schema;
  readonly extension: boolean;
}

export interface AttributePath {
  readonly type: 'attribute';
  readonly target: AttributeReference;
  /** What stood in brackets: only these values of the multi-valued attribute are meant. */
  readonly where?: Filter;
}

/**
 * @throws ScimError 400 invalidPath where the path is malformed or names no attribute of the resource type, invalidFilter
 * where what stands in the brackets is no filter
 */
export function parsePatchPath(text: string, resourceType: ResourceType): PatchPath {
  const bracket = text.indexOf('[');
  const path = bracket < 0 ? findPlainPath(text, resourceType) : parseValuePath(text, bracket, resourceType);
  if (path === undefined) throw invalidPath(`The path ${quote(text)} names no attribute of ${resourceType.name}.`);
  return path;
}

/**
 * The path that a key of a value without path is (Entra, idp-traffic.md §1.6); undefined where its first name is unknown,
 * because unknown keys are ignored.
 * @throws ScimError as `parsePatchPath`, where the key begins with a known attribute but does not go on well
 */
export function findPathOfKey(key: string, resourceType: ResourceType): PatchPath | undefined {
  const plain = findPlainPath(key, resourceType);
  if (plain !== undefined) return plain;
  const end = key.includes('[') ? key.indexOf('[') : key.lastIndexOf('.');
  return end > 0 && findAttribute(resourceType, key.slice(0, end)) ? parsePatchPath(key, resourceType) : undefined;
}

/** The attribute as error messages call it, e.g. `emails.value`; the filter is left out. */
export const labelOf = (target: AttributeReference): string =>
  target.subAttribute === undefined ? outerLabelOf(target) : `${outerLabelOf(target)}.${target.subAttribute.name}`;

/** The same without the sub-attribute. */
export const outerLabelOf = ({ schema, extension, attribute }: AttributeReference): string =>
  extension ? `${schema.id}:${attribute.name}` : attribute.name;

function findPlainPath(text: string, resourceType: ResourceType): PatchPath | undefined {
  const target = findAttribute(resourceType, text);
  if (target !== undefined) return { type: 'attribute', target };
  const schema = findExtension(resourceType, text);
  if (schema !== undefined) return { type: 'schema', schema, extension: true };
  const isBase = foldName(text) === foldName(resourceType.schema.id);
  return isBase ? { type: 'schema', schema: resourceType.schema, extension: false } : undefined;
}

/** `emails[type eq "work"]`, `emails[type eq "work"].value`; undefined where a name is unknown. */
function parseValuePath(text: string, open: number, resourceType: ResourceType): PatchPath | undefined {
  const outer = findAttribute(resourceType, text.slice(0, open));
  if (outer === undefined) return undefined;
  if (!outer.attribute.multiValued || outer.attribute.type !== 'complex' || outer.subAttribute !== undefined) {
    throw invalidPath(`The path ${quote(text)} has brackets after what is no list of objects.`);
  }
  const close = findClosingBracket(text, open);
  const inside = text.slice(open + 1, close);
  if (close < 0 || /^\d*$/.test(inside.trim())) {
    throw invalidPath(`The brackets in the path ${quote(text)} must hold a filter and be closed.`);
  }
  const rest = text.slice(close + 1);
  const subAttribute = rest.startsWith('.') ? findSubAttribute(outer.attribute, rest.slice(1)) : undefined;
  if (rest !== '' && subAttribute === undefined) return undefined;
  const where = parseValueFilter(inside, outer);
  return { type: 'attribute', target: subAttribute === undefined ? outer : { ...outer, subAttribute }, where };
}

/** Brackets inside a JSON string belong to the string. */
function findClosingBracket(text: string, open: number): number {
  let quoted = false;
  for (let index = open + 1; index < text.length; index += 1) {
    const character = text[index];
    if (character === '\\' && quoted) index += 1;
    else if (character === '"') quoted = !quoted;
    else if (character === ']' && !quoted) return index;
  }
  return -1;
}
