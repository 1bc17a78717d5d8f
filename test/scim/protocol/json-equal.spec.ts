import { jsonEqual } from '../../../src/scim/protocol/json-equal.js';
import type { Json } from '../../../src/scim/protocol/resource.js';

describe('jsonEqual', () => {
  it.each<[Json, Json]>([
    ['a', 'a'],
    [1, 1],
    [null, null],
    [[], []],
    [{}, {}],
    [
      { a: 1, b: [{ c: true }] },
      { b: [{ c: true }], a: 1 },
    ],
    [{ a: 1 }, Object.assign(Object.create(null), { a: 1 })],
  ])('takes %j and %j as equal', (left, right) => {
    expect(jsonEqual(left, right)).toBe(true);
  });

  it.each<[Json, Json]>([
    ['a', 'A'],
    ['1', 1],
    [null, {}],
    [[], {}],
    [{}, []],
    [
      [1, 2],
      [2, 1],
    ],
    [[1], [1, 2]],
    [{ a: 1 }, { a: 1, b: 1 }],
    [{ a: 1 }, { b: 1 }],
    [{ toString: 1 }, { a: 1 }],
    [{ a: null }, {}],
  ])('tells %j and %j apart, both ways', (left, right) => {
    expect(jsonEqual(left, right)).toBe(false);
    expect(jsonEqual(right, left)).toBe(false);
  });
});
