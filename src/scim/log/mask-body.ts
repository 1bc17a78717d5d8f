import { isJsonArray, isJsonObject, toObject } from '../protocol/json-object.js';
import type { Json, JsonObject } from '../protocol/resource.js';
import { isId } from '../persistence/is-id.js';
import { MASK, maskAttributePath, maskFilter } from './mask-filter.js';
import { lastName } from './redact-body.js';
import { REMOVED } from './secrets.js';

/** Members whose values say how a message is built, and nothing of anybody. */
const SHOWN: ReadonlySet<string> = new Set([
  'schemas',
  'type',
  'primary',
  'active',
  'method',
  'bulkid',
  'version',
  'resourcetype',
  'startindex',
  'count',
  'sortby',
  'sortorder',
  'attributes',
  'excludedattributes',
  'failonerrors',
  '…',
]);
/** Ids of ours, which name nobody outside this database. */
const IDS: ReadonlySet<string> = new Set(['id', 'value', 'members', '$ref', 'location', 'manager']);

/** The body as an admin sees it at first: names, types and the form of the message stay, what it says of a person does not. */
export function maskBody(value: Json, name = ''): Json {
  if (isJsonArray(value)) return value.map((element) => maskBody(element, name));
  if (isJsonObject(value)) return maskObject(value);
  if (SHOWN.has(name.toLowerCase()) || value === null || typeof value === 'boolean') return value;
  return typeof value === 'string' ? maskText(value, name.toLowerCase()) : MASK;
}

function maskObject(object: JsonObject): JsonObject {
  const path = Object.entries(object).find(([key]) => /^path$/i.test(key))?.[1];
  const target = typeof path === 'string' && !path.startsWith('/') ? lastName(path) : '';
  return toObject(
    Object.entries(object).map(([key, value]) => [
      maskName(key),
      maskBody(value, /^value$/i.test(key) && target !== '' ? target : lastName(key) || key),
    ]),
  );
}

/** Entra ID writes paths as names of members, with filters in them. */
const maskName = (key: string): string => (/["[]/.test(key) ? maskAttributePath(key) : key);

function maskText(text: string, name: string): string {
  // How an empty text or a boolean is written is what one looks for.
  if (text === '' || text === REMOVED || /^(true|false)$/i.test(text)) return text;
  if (name === 'op') return /^(add|remove|replace)$/i.test(text) ? text : MASK;
  if (name === 'path') return text.startsWith('/') ? maskPath(text) : maskAttributePath(text);
  if (name === 'filter') return maskFilter(text);
  if (IDS.has(name)) return isId(text) || text.startsWith('bulkId:') ? text : MASK;
  return MASK;
}

/** The path of a request: what stands where an id should is shown only if it is one. */
export function maskPath(path: string): string {
  const [empty = '', endpoint = '', id, ...rest] = path.split('/');
  const isOpen = id === undefined || isId(id) || id.startsWith('.') || /^(Schemas|ResourceTypes)$/i.test(endpoint);
  return [empty, endpoint, ...(id === undefined ? [] : [isOpen ? id : MASK]), ...rest.map(() => MASK)].join('/');
}
