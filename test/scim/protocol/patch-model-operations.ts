import fc from 'fast-check';
import type { Json } from '../../../src/scim/protocol/resource.js';
import { EXTENSION } from './patch-model.js';
import { anyOf, element, LISTS, partsOf, text, textValue, wrong } from './patch-model-arbitraries.js';
import type { ModelOperation, ModelPath, Where } from './patch-model-values.js';
import { RESOURCE_ID } from './patching.js';

const comparison = (list: string): fc.Arbitrary<Where> =>
  fc.constantFrom(...Object.keys(partsOf(list))).chain((name): fc.Arbitrary<Where> => {
    const operators =
      name === 'primary' ? (['eq', 'ne'] as const) : (['eq', 'eq', 'eq', 'ne', 'co', 'sw', 'ew'] as const);
    return fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          type: fc.constant('compare' as const),
          operator: fc.constantFrom(...operators),
          name: fc.constant(name),
          value: anyOf(list, name) as fc.Arbitrary<string | boolean>,
        }),
      },
      { weight: 1, arbitrary: fc.constant({ type: 'present' as const, name }) },
    );
  });

const where = (list: string): fc.Arbitrary<Where> => {
  const joined = fc.record({
    type: fc.constantFrom('and' as const, 'and' as const, 'or' as const),
    terms: fc.array(comparison(list), { minLength: 2, maxLength: 3 }),
  });
  const negated = comparison(list).map((term) => ({ type: 'not' as const, term }));
  return fc.oneof(
    { weight: 5, arbitrary: comparison(list) },
    { weight: 2, arbitrary: joined },
    { weight: 1, arbitrary: negated },
  );
};

const op = fc.constantFrom('add', 'replace', 'Add', 'Replace', 'REPLACE');
const remove = fc.constantFrom('remove', 'Remove');

const setting = (path: ModelPath, value: fc.Arbitrary<Json>): fc.Arbitrary<ModelOperation> =>
  fc.record({ op, path: fc.constant(path), value });

const nameValue = fc.oneof(
  { weight: 6, arbitrary: fc.record({ givenName: textValue, familyName: text }, { requiredKeys: [] }) },
  { weight: 1, arbitrary: fc.constantFrom<Json>(null, 'Ada', 1) },
) as fc.Arbitrary<Json>;

const managerValue = fc.oneof(
  { weight: 6, arbitrary: fc.record({ value: textValue, displayName: text }, { requiredKeys: [] }) },
  { weight: 1, arbitrary: fc.constantFrom<Json>(null, 1) },
) as fc.Arbitrary<Json>;

const listValue = (list: string): fc.Arbitrary<Json> =>
  fc.oneof(
    { weight: 12, arbitrary: fc.array(element(list), { minLength: 1, maxLength: 3 }) },
    { weight: 4, arbitrary: element(list) },
    { weight: 1, arbitrary: fc.constantFrom<Json>(null, [], 1, [1]) },
  );

const single: readonly (readonly [ModelPath, fc.Arbitrary<Json>])[] = [
  [{ attribute: 'userName' }, textValue],
  [{ attribute: 'externalId' }, textValue],
  [{ attribute: 'displayName' }, textValue],
  [{ attribute: 'title' }, textValue],
  [{ attribute: 'active' }, fc.oneof(fc.boolean(), fc.constantFrom<Json>(true, false, true, false, null, 'maybe', 1))],
  [{ attribute: 'name' }, nameValue],
  [{ attribute: 'name', sub: 'givenName' }, textValue],
  [{ attribute: 'name', sub: 'familyName' }, textValue],
  [{ attribute: `${EXTENSION}:department` }, textValue],
  [{ attribute: `${EXTENSION}:employeeNumber` }, textValue],
  [{ attribute: `${EXTENSION}:manager` }, managerValue],
  [{ attribute: `${EXTENSION}:manager`, sub: 'value' }, textValue],
];

const extensionValue = fc.record(
  { employeeNumber: textValue, department: text, manager: managerValue, unknown: text },
  { requiredKeys: [] },
) as fc.Arbitrary<Json>;

/** Changes of whole attributes, of sub-attributes and of what value filters select. */
const paths: fc.Arbitrary<ModelOperation> = fc.oneof(
  { weight: 4, arbitrary: fc.oneof(...single.map(([path, value]) => setting(path, value))) },
  { weight: 2, arbitrary: fc.record({ op: remove, path: fc.constantFrom(...single.map(([path]) => path)) }) },
  { weight: 6, arbitrary: fc.constantFrom(...LISTS).chain(listOperation) },
  { weight: 1, arbitrary: setting({ attribute: EXTENSION }, extensionValue) },
  { weight: 1, arbitrary: fc.record({ op: remove, path: fc.constant({ attribute: EXTENSION }) }) },
  { weight: 1, arbitrary: fc.constant({ op: 'replace', path: { attribute: EXTENSION }, value: null }) },
);

function listOperation(attribute: string): fc.Arbitrary<ModelOperation> {
  const selected = where(attribute).map((each) => ({ attribute, where: each }));
  const one = element(attribute).map(({ locality, ...rest }) => ({
    ...rest,
    ...(locality === 'oslo' ? {} : { locality }),
  }));
  const part = fc.tuple(where(attribute), fc.constantFrom(...Object.keys(partsOf(attribute)))).chain(([each, sub]) => {
    const value = fc.oneof(
      { weight: 6, arbitrary: anyOf(attribute, sub) },
      { weight: 1, arbitrary: fc.constant(null) },
    );
    return fc.record({ op, path: fc.constant({ attribute, sub, where: each }), value });
  });
  const removal = fc
    .tuple(selected, fc.option(fc.constantFrom(...Object.keys(partsOf(attribute))), { nil: undefined }))
    .chain(([path, sub]) => fc.record({ op: remove, path: fc.constant(sub === undefined ? path : { ...path, sub }) }));
  const removedValues = fc.oneof(listValue(attribute), fc.constantFrom<Json>(null, []));
  return fc.oneof(
    { weight: 3, arbitrary: setting({ attribute }, listValue(attribute)) },
    { weight: 2, arbitrary: fc.record({ op, path: selected, value: stripped(one) }) },
    { weight: 4, arbitrary: part },
    { weight: 2, arbitrary: removal },
    { weight: 1, arbitrary: fc.record({ op: remove, path: fc.constant({ attribute }) }) },
    {
      weight: 2,
      arbitrary: fc.record({ op: remove, path: fc.constant({ attribute }), value: objectsOnly(removedValues) }),
    },
  );
}

/** Without what is undefined. */
const stripped = (arbitrary: fc.Arbitrary<Record<string, Json | undefined>>): fc.Arbitrary<Json> =>
  arbitrary.map((value) => JSON.parse(JSON.stringify(value)) as Json);

/** A list to remove is read as values are: what is none is refused elsewhere. */
const objectsOnly = (arbitrary: fc.Arbitrary<Json>): fc.Arbitrary<Json> =>
  arbitrary.filter((value) => value !== 1 && !(Array.isArray(value) && value.includes(1)));

const pathless: fc.Arbitrary<ModelOperation> = fc.record({
  op,
  value: fc.record(
    {
      displayName: textValue,
      title: text,
      active: fc.boolean(),
      name: nameValue,
      emails: listValue('emails'),
      addresses: listValue('addresses'),
      [EXTENSION]: extensionValue,
      id: fc.constantFrom(RESOURCE_ID, RESOURCE_ID, RESOURCE_ID, 'another'),
      schemas: fc.constant([]),
      meta: fc.constant({ version: '1' }),
      groups: fc.constant([{ value: 'g' }]),
      favoriteColor: wrong,
    },
    { requiredKeys: [] },
  ) as fc.Arbitrary<Json>,
});

const readOnly: fc.Arbitrary<ModelOperation> = fc.record({
  op: fc.oneof(op, remove),
  path: fc.constantFrom(
    { attribute: 'id' },
    { attribute: 'groups' },
    { attribute: 'meta', sub: 'created' },
    { attribute: `${EXTENSION}:manager`, sub: 'displayName' },
  ),
  value: text,
});

/** Refused whatever the resource is (P-131 to P-138, P-187, P-188); the path is sent as it stands. */
const faulty: fc.Arbitrary<ModelOperation> = fc.constantFrom<ModelOperation>(
  { op: 'move', path: { attribute: 'title' }, value: 'x', fault: 'invalidSyntax' },
  { op: 'add', path: { attribute: 'title' }, fault: 'invalidValue' },
  { op: 'replace', value: 'x', fault: 'invalidValue' },
  { op: 'remove', fault: 'noTarget' },
  ...[
    'emails[',
    'emails[type eq "work"]]',
    'name..givenName',
    '.name',
    'emails[0]',
    'a b',
    'name.givenName.x',
    'color',
  ].map((attribute) => ({ op: 'replace', path: { attribute }, value: 'x', fault: 'invalidPath' as const })),
  { op: 'replace', path: { attribute: 'name[givenName eq "x"]' }, value: 'x', fault: 'invalidPath' },
  { op: 'remove', path: { attribute: 'emails[type xx "work"]' }, fault: 'invalidFilter' },
  { op: 'remove', path: { attribute: 'emails[type eq work]' }, fault: 'invalidFilter' },
);

export const operationLists: fc.Arbitrary<ModelOperation[]> = fc.array(
  fc.oneof(
    { weight: 30, arbitrary: paths },
    { weight: 6, arbitrary: pathless },
    { weight: 1, arbitrary: readOnly },
    { weight: 1, arbitrary: faulty },
  ),
  { minLength: 1, maxLength: 5 },
);
