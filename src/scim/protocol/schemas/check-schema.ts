/** RFC 7643 §2 and §7: what is wrong with a schema that a host wrote, found when the host starts and not by its clients. */
import type { Attribute, Schema } from './schema.js';

/** Everything that is wrong with one schema by itself, in words for the host's developer; none where all is well. */
export function schemaProblems({ id, name, description, attributes }: Schema): readonly string[] {
  return [
    ...urnProblems(id),
    ...(isText(name) && isText(description) ? [] : ['it needs a name and a description']),
    ...(attributes.length === 0 ? ['it has no attributes'] : []),
    ...repeated(attributes).map(
      (each) => `"${each}" is there more than once; names are compared without regard to case`,
    ),
    ...attributes.flatMap((attribute) => attributeProblems(attribute, id)),
  ].map((problem) => `The schema ${JSON.stringify(id)}: ${problem}.`);
}

const isText = (value: unknown): boolean => typeof value === 'string' && value.trim() !== '';

// RFC 8141, without the characters that mean something in a URL's path, a filter, a PATCH path or a list of attributes.
const URN = /^urn:[a-z0-9][a-z0-9-]{0,31}:[a-z0-9._~+@:-]*[a-z0-9]$/i;
const MAX_URN_LENGTH = 200;
const MESSAGES = 'urn:ietf:params:scim:api:';

function urnProblems(id: string): readonly string[] {
  if (!isText(id) || !URN.test(id)) {
    return [
      'its id must be a URN such as "urn:example:scim:schemas:extension:acme:2.0:User", of letters, digits and . _ ~ + @ : -',
    ];
  }
  if (id.length > MAX_URN_LENGTH) return [`its URN has more than ${MAX_URN_LENGTH} characters`];
  return id.toLowerCase().startsWith(MESSAGES) ? [`URNs that begin with ${MESSAGES} are those of messages`] : [];
}

/** Names that stand more than once, in any case. */
function repeated(attributes: readonly Attribute[]): readonly string[] {
  const names = attributes.map(({ name }) => String(name).toLowerCase());
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}

const KEYWORDS = {
  type: ['string', 'boolean', 'decimal', 'integer', 'dateTime', 'reference', 'binary', 'complex'],
  mutability: ['readOnly', 'readWrite', 'immutable', 'writeOnly'],
  returned: ['always', 'never', 'default', 'request'],
  uniqueness: ['none', 'server', 'global'],
} as const satisfies { readonly [K in keyof Attribute]?: readonly Attribute[K][] };

/** @param outer the complex attribute that it is a part of. */
function attributeProblems(attribute: Attribute, urn: string, outer?: Attribute): readonly string[] {
  const label = outer ? `${outer.name}.${attribute.name}` : attribute.name;
  const parts = attribute.subAttributes ?? [];
  const problems = [
    ...nameProblems(attribute, outer),
    ...keywordProblems(attribute),
    ...shapeProblems(attribute, outer),
    ...accessProblems(attribute),
    ...uniquenessProblems(attribute, `${urn}:${label}`, outer),
    ...repeated(parts).map((name) => `its sub-attribute "${name}" is there more than once`),
  ].map((problem) => `attribute "${label}": ${problem}`);
  return outer ? problems : [...problems, ...parts.flatMap((part) => attributeProblems(part, urn, attribute))];
}

// RFC 7643 §2.1: ATTRNAME = ALPHA *( "$" / "-" / "_" / DIGIT / ALPHA ), and `$ref` of §2.4.
const NAME = /^[a-z][a-z0-9$_-]*$/i;

function nameProblems({ name, description }: Attribute, outer: Attribute | undefined): readonly string[] {
  const problems = isText(description) ? [] : ['it needs a description'];
  if (outer && name === '$ref') return problems;
  if (typeof name !== 'string' || !NAME.test(name)) {
    return [...problems, 'a name begins with a letter and holds letters, digits, "$", "-" and "_"'];
  }
  return name in {} ? [...problems, 'every object of JavaScript has a member of that name'] : problems;
}

const keywordProblems = (attribute: Attribute): readonly string[] =>
  (Object.keys(KEYWORDS) as (keyof typeof KEYWORDS)[]).flatMap((characteristic) => {
    const allowed: readonly string[] = KEYWORDS[characteristic];
    const value = attribute[characteristic];
    return allowed.includes(value)
      ? []
      : [`its ${characteristic} is ${JSON.stringify(value)}, not one of ${allowed.join(', ')}`];
  });

function shapeProblems(attribute: Attribute, outer: Attribute | undefined): readonly string[] {
  const { type, referenceTypes } = attribute;
  return [
    ...(outer ? partProblems(attribute) : complexProblems(attribute)),
    ...(type === 'reference' && (referenceTypes ?? []).length === 0
      ? ['a reference needs referenceTypes, e.g. "external", "uri" or the name of a resource type']
      : []),
    ...(type !== 'reference' && referenceTypes !== undefined ? ['only a reference has referenceTypes'] : []),
  ];
}

const partProblems = ({ type, multiValued, subAttributes }: Attribute): readonly string[] => [
  ...(type === 'complex' || subAttributes !== undefined ? ['a sub-attribute cannot be complex itself'] : []),
  ...(multiValued ? ['a sub-attribute has one value; make the complex attribute multi-valued instead'] : []),
];

function complexProblems({ type, subAttributes }: Attribute): readonly string[] {
  if (type !== 'complex') return subAttributes === undefined ? [] : ['only a complex attribute has subAttributes'];
  return (subAttributes ?? []).length === 0 ? ['it is complex and needs subAttributes'] : [];
}

function accessProblems({ mutability, returned, required }: Attribute): readonly string[] {
  return [
    ...(required && mutability === 'readOnly' ? ['what is readOnly cannot be required of a client'] : []),
    ...(mutability === 'writeOnly' && returned !== 'never' ? ['what is writeOnly must have returned "never"'] : []),
    ...(mutability === 'readOnly' && returned === 'never'
      ? ['what is readOnly and never returned is of no use to anybody']
      : []),
  ];
}

/** Together with its organization, type and value, the name must fit into an entry of an index. */
const MAX_UNIQUE_LABEL = 300;

function uniquenessProblems(attribute: Attribute, label: string, outer: Attribute | undefined): readonly string[] {
  const { uniqueness, type, multiValued, returned } = attribute;
  if (uniqueness === 'none') return [];
  return [
    ...(type === 'complex' ? ['a complex attribute cannot be unique; a sub-attribute can'] : []),
    ...(multiValued || outer?.multiValued ? ['values of a multi-valued attribute cannot be unique'] : []),
    ...(returned === 'never' || outer?.returned === 'never'
      ? ['a value that is never returned cannot be unique: the error would tell that somebody has it']
      : []),
    ...(label.length > MAX_UNIQUE_LABEL
      ? [`a unique attribute's name has at most ${MAX_UNIQUE_LABEL} characters with its URN`]
      : []),
  ];
}
