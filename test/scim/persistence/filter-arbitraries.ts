import fc from 'fast-check';
import { commonAttributes } from '../../../src/scim/protocol/schemas/common.js';
import { enterpriseUserSchema } from '../../../src/scim/protocol/schemas/enterprise-user.js';
import { userResourceType } from '../../../src/scim/protocol/schemas/resource-types.js';
import type { Attribute, ResourceType } from '../../../src/scim/protocol/schemas/schema.js';

const E = enterpriseUserSchema.id;

/** Texts that meet one another by case, Unicode normal form, order beyond U+FFFF, wildcards, quotes and prefixes. */
export const texts: readonly string[] = [
  ['ada', 'Ada', 'ADA', 'adam', 'lada', 'a', 'b', 'work', 'home', 'Work', 'true', 'null', '1', '10', '2', ' ', ' a'],
  ['é', 'e\u0301', 'É', 'straße', 'STRASSE', 'İ', 'i', 'ı', 'K', 'k', 'ὈΔΥΣΣΕΎΣ', 'ὀδυσσεύς', 'σ', 'ς'],
  ['\u{1F600}', '\u{10000}', '\ue000', '\uffff', '\ufffd', '山田', 'ﬁ', '\u200d'],
  [
    '%',
    '_',
    'a%',
    'a_a',
    '\\',
    '\\\\',
    '\\%',
    "O'Malley",
    "'; drop table scim_identity; --",
    '"',
    '$1',
    '*',
    '{}',
    '[]',
  ],
  ['ada@acme.example', 'ADA@ACME.EXAMPLE', 'http://x/Ada', 'http://x/ada', 'QWRh', 'qwrh', 'User', 'x'.repeat(300)],
].flat();
/** Numbers whose order as text is another one, and such that JavaScript and PostgreSQL write differently. */
export const wholes: readonly number[] = [0, -1, 1, 2, 9, 10, 100, Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER];
export const numbers: readonly number[] = [...wholes, 0.1, 0.5, -0.5, 1.5, 1e-7, 1e21, 5e-324, 1.7976931348623157e308];
export const instants = [0, 1, 999, 1000, 3_600_000, 86_400_000].map((ms) => Date.UTC(2026, 0, 1) + ms);

const text = fc.constantFrom(...texts);
export const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { freq: 2 });
const base64 = fc.constantFrom('QWRh', 'qwrh', 'QWRhbQ==');

export const plural = (value: fc.Arbitrary<string>): fc.Arbitrary<unknown> =>
  optional(
    fc
      .uniqueArray(
        fc.record({
          value: optional(value),
          type: optional(fc.constantFrom('work', 'Work', 'home', 'other')),
          display: optional(text),
        }),
        { maxLength: 3, selector: (element) => JSON.stringify(element).toLowerCase() },
      )
      .chain((elements) =>
        fc.constantFrom(-1, 0, 1).map((primary) =>
          elements.map((element, index) => ({
            ...element,
            ...(primary === -1 ? {} : { primary: index === primary }),
          })),
        ),
      ),
  );

/** A User but for its name and external id, which are unique. */
export const people = fc.record({
  active: fc.boolean(),
  displayName: optional(text),
  title: optional(text),
  nickName: optional(text),
  userType: optional(text),
  profileUrl: optional(text),
  name: optional(fc.record({ givenName: optional(text), familyName: optional(text), formatted: optional(text) })),
  emails: plural(text),
  phoneNumbers: plural(text),
  roles: plural(text),
  photos: plural(text),
  x509Certificates: plural(base64),
  addresses: optional(
    fc.array(fc.record({ locality: optional(text), country: optional(text), type: optional(text) }), { maxLength: 2 }),
  ),
  [E]: optional(
    fc.record({
      department: optional(text),
      costCenter: optional(text),
      manager: optional(fc.record({ value: text })),
    }),
  ),
});

const TEXT_OPERATORS = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le', 'EQ', 'Co'];
const ORDER = ['eq', 'ne', 'gt', 'ge', 'lt', 'le'];

/** Any filter over the attributes of a resource type, as text. `known` are ids, places and versions that exist. */
export function filters(known: readonly string[], resourceType = userResourceType): fc.Arbitrary<string> {
  const anyText = fc.oneof(
    { weight: 5, arbitrary: text },
    {
      weight: 2,
      arbitrary: fc.constantFrom('%', '_', 'a%', '\\', '\\%', 'Ada', 'ADA', 'QWRh', 'M', 'http://x/A', 'a'),
    },
    { weight: 1, arbitrary: fc.constantFrom(...known) },
    { weight: 1, arbitrary: fc.constantFrom(...known).map((value) => value.slice(0, 12).toUpperCase()) },
    {
      weight: 1,
      arbitrary: fc.string({ unit: 'grapheme', maxLength: 3 }).filter((value) => !/\0|\p{Surrogate}/u.test(value)),
    },
    { weight: 1, arbitrary: fc.constant('') },
  );
  const comparison = (path: string, attribute: Attribute): fc.Arbitrary<string> => {
    const operands: [string[], fc.Arbitrary<string>][] = [[['pr', 'PR', 'eq null', 'ne null'], fc.constant('')]];
    const leaf =
      attribute.type === 'complex' ? attribute.subAttributes?.find(({ name }) => name === 'value') : attribute;
    if (leaf?.type === 'boolean') operands.push([['eq', 'ne'], fc.constantFrom('true', 'false', '"True"')]);
    else if (leaf?.type === 'dateTime') operands.push([ORDER, dates]);
    else if (leaf?.type === 'integer') operands.push([ORDER, fc.constantFrom(...wholes).map(String)]);
    else if (leaf?.type === 'decimal') operands.push([ORDER, fc.constantFrom(...numbers).map(String)]);
    else if (leaf?.type === 'binary') operands.push([['eq', 'ne'], anyText.map((value) => JSON.stringify(value))]);
    else if (leaf) operands.push([TEXT_OPERATORS, anyText.map((value) => JSON.stringify(value))]);
    return fc
      .oneof(...operands.map(([operators, operand]) => fc.tuple(fc.constantFrom(...operators), operand)))
      .map(([operator, operand]) => `${path} ${operator} ${operand}`.trim());
  };
  const outside = fc.oneof(...paths(resourceType).map(([path, attribute]) => comparison(path, attribute)));
  const { filter } = fc.letrec<{ filter: string; term: string }>((tie) => ({
    filter: joined(tie('term')),
    term: fc.oneof(
      { depthSize: 'small', maxDepth: 3, withCrossShrink: true },
      { weight: 5, arbitrary: outside },
      { weight: 3, arbitrary: valuePaths(resourceType, comparison) },
      { weight: 1, arbitrary: tie('filter').map((inner) => `(${inner})`) },
      { weight: 2, arbitrary: tie('filter').map((inner) => `not (${inner})`) },
    ),
  }));
  return fc.oneof({ weight: 1, arbitrary: outside }, { weight: 2, arbitrary: filter });
}

const dates = fc
  .tuple(fc.constantFrom(...instants), fc.constantFrom(0, 60, -330), fc.constantFrom(-1, 0, 1))
  .map(([instant, offset, nudge]) => {
    const local = new Date(instant + nudge + offset * 60_000).toISOString().slice(0, -1);
    const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60].map((part) =>
      String(part).padStart(2, '0'),
    );
    return `"${local}${offset === 0 ? 'Z' : `${offset < 0 ? '-' : '+'}${hours}:${minutes}`}"`;
  });

const joined = (term: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .array(fc.tuple(term, fc.constantFrom('and', 'or', 'AND')), { minLength: 1, maxLength: 3 })
    .map((terms) => terms.map(([each, word], index) => (index === 0 ? each : `${word} ${each}`)).join(' '));

/** `emails[…]`, and Entra's `emails[…].value eq …`. */
function valuePaths(
  { schema, extensions }: ResourceType,
  comparison: (path: string, attribute: Attribute) => fc.Arbitrary<string>,
): fc.Arbitrary<string> {
  const listsOf = (
    attributes: readonly Attribute[],
    prefix: string,
  ): { name: string; subAttributes: readonly Attribute[] }[] =>
    attributes
      .filter(({ multiValued, type }) => multiValued && type === 'complex')
      .map(({ name, subAttributes = [] }) => ({ name: prefix + name, subAttributes }));
  const outer = [
    ...listsOf(schema.attributes, ''),
    ...extensions.flatMap((extension) => listsOf(extension.schema.attributes, `${extension.schema.id}:`)),
  ];
  return fc.oneof(
    ...outer.map(({ name, subAttributes }) => {
      const inner = fc.oneof(...subAttributes.map((each) => comparison(each.name, each)));
      const where = joined(
        fc.oneof(
          { weight: 3, arbitrary: inner },
          { weight: 1, arbitrary: joined(inner).map((each) => `not (${each})`) },
        ),
      );
      const after = fc.oneof(...subAttributes.map((each) => comparison(`.${each.name}`, each)));
      return fc.tuple(where, fc.option(after)).map(([each, then]) => `${name}[${each}]${then ?? ''}`);
    }),
  );
}

/** Every attribute and sub-attribute that can be filtered by, as clients write them. */
function paths({ schema, extensions }: ResourceType): [string, Attribute][] {
  const all = (attributes: readonly Attribute[], prefix: string): [string, Attribute][] =>
    attributes
      .filter(({ returned }) => returned !== 'never')
      .flatMap((attribute) => [
        [prefix + attribute.name, attribute] as [string, Attribute],
        ...(attribute.subAttributes ?? []).map(
          (sub) => [`${prefix}${attribute.name}.${sub.name}`, sub] as [string, Attribute],
        ),
      ]);
  return [
    ...all(schema.attributes, ''),
    ...all(commonAttributes, ''),
    ...extensions.flatMap(({ schema: { id, attributes } }) => [...all(attributes, `${id}:`), ...all(attributes, '')]),
  ];
}
