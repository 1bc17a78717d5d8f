import fc from 'fast-check';
import type { Json } from '../../../src/scim/protocol/resource.js';
import { EXTENSION } from './patch-model.js';
import type { Element, Resource } from './patch-model-values.js';

// Few values, so that elements, filters and operations meet.
const PARTS: Readonly<Record<string, Readonly<Record<string, readonly Json[]>>>> = {
  emails: plural(['a@x', 'A@x', 'b@x', 'c@x']),
  roles: plural(['admin', 'Admin', 'user']),
  photos: plural(['http://x/a', 'http://x/A']),
  addresses: {
    locality: ['Oslo', 'oslo', 'Bergen'],
    country: ['NO', 'SE'],
    type: ['work', 'Work', 'home'],
    primary: [true, false],
  },
};

function plural(value: readonly string[]): Readonly<Record<string, readonly Json[]>> {
  return { value, type: ['work', 'Work', 'home'], display: ['d', 'D', 'e'], primary: [true, false] };
}

export const LISTS = Object.keys(PARTS);
export const partsOf = (list: string): Readonly<Record<string, readonly Json[]>> => PARTS[list] ?? {};
export const anyOf = (list: string, name: string): fc.Arbitrary<Json> =>
  fc.constantFrom(...(partsOf(list)[name] ?? []));
export const text = fc.constantFrom('x', 'X', 'y', 'z');
const unassigned = fc.constantFrom<Json>(null, [], '');
export const wrong = fc.constantFrom<Json>(1, { a: 1 }, true);
export const textValue = fc.oneof(
  { weight: 24, arbitrary: text },
  { weight: 6, arbitrary: unassigned },
  { weight: 1, arbitrary: wrong },
);

/** An element that says something: with a `value`, or a part of an address. */
export const element = (list: string): fc.Arbitrary<Element> => {
  const names = Object.keys(partsOf(list));
  const requiredKeys = names.filter((name) => name === 'value' || name === 'locality');
  const parts = Object.fromEntries(names.map((name) => [name, anyOf(list, name)]));
  return fc.record(parts, { requiredKeys }) as fc.Arbitrary<Element>;
};

/** What makes two elements the same. */
const keyOf = (list: string, each: Element): string =>
  JSON.stringify(
    Object.entries(each)
      .filter(([name]) => name !== 'primary' && name !== 'display')
      .map(([name, value]) => [name, list === 'photos' && name === 'value' ? value : String(value).toLowerCase()])
      .toSorted(),
  );

/** As stored: no two values the same, at most one of them primary. */
const storedList = (list: string): fc.Arbitrary<Json[]> =>
  fc
    .uniqueArray(element(list), { minLength: 1, maxLength: 4, selector: (each) => keyOf(list, each) })
    .map((elements) => {
      const first = elements.findIndex(({ primary }) => primary === true);
      return elements.map((each, index) =>
        each['primary'] === true && index !== first ? { ...each, primary: false } : each,
      );
    });

const nameParts = fc.record({ givenName: text, familyName: text, formatted: text }, { requiredKeys: [] });
const notEmpty = <T extends object>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  arbitrary.filter((value) => Object.keys(value).length > 0);

const extensionValues = notEmpty(
  fc.record({ employeeNumber: text, department: text, manager: fc.record({ value: text }) }, { requiredKeys: [] }),
);

export const resources: fc.Arbitrary<Resource> = fc.record(
  {
    userName: text,
    active: fc.boolean(),
    externalId: text,
    displayName: text,
    title: text,
    name: notEmpty(nameParts),
    ...Object.fromEntries(LISTS.map((list) => [list, storedList(list)])),
    [EXTENSION]: extensionValues,
  },
  { requiredKeys: ['userName', 'active'] },
) as fc.Arbitrary<Resource>;
