import fc from 'fast-check';
import type { BulkOperation } from '../../../src/scim/protocol/bulk.js';
import { planBulk } from '../../../src/scim/protocol/bulk-order.js';
import { referencesOf, rewriteData } from '../../../src/scim/protocol/bulk-references.js';

const operation = (fields: Partial<BulkOperation>): BulkOperation => ({
  method: 'POST',
  endpoint: 'Users',
  target: undefined,
  bulkId: undefined,
  version: undefined,
  data: undefined,
  refused: undefined,
  ...fields,
});

const ids: Readonly<Record<string, string>> = { a: 'id-of-a', b: 'id-of-b', 'with "quotes"': 'id-of-q' };
const resolved = (method: string, data: unknown): unknown =>
  rewriteData(operation({ method, data }), (bulkId) => ids[bulkId]);

describe('references by bulkId', () => {
  it.each([
    ['a member', 'POST', { members: [{ value: 'bulkId:a' }] }, { members: [{ value: 'id-of-a' }] }],
    [
      'a manager',
      'PUT',
      { 'urn:x': { manager: { value: 'bulkId:b' } } },
      { 'urn:x': { manager: { value: 'id-of-b' } } },
    ],
    ['a bare text', 'POST', { manager: 'bulkId:a' }, { manager: 'id-of-a' }],
    ['one that is unknown', 'POST', { manager: 'bulkId:c' }, { manager: 'bulkId:c' }],
    ['a text that goes on before it', 'POST', { title: 'x bulkId:a' }, { title: 'x bulkId:a' }],
    ['the prefix alone', 'POST', { title: 'bulkId:' }, { title: 'bulkId:' }],
    ['another case', 'POST', { title: 'bulkid:a' }, { title: 'bulkid:a' }],
    ['a key', 'POST', { 'bulkId:a': 1 }, { 'bulkId:a': 1 }],
    [
      'the value of a PATCH',
      'PATCH',
      { Operations: [{ op: 'add', path: 'members', value: [{ value: 'bulkId:a' }] }] },
      { Operations: [{ op: 'add', path: 'members', value: [{ value: 'id-of-a' }] }] },
    ],
    [
      'the value of a PATCH without path',
      'PATCH',
      { operations: [{ op: 'add', Value: { members: [{ value: 'bulkId:a' }] } }] },
      { operations: [{ op: 'add', Value: { members: [{ value: 'id-of-a' }] } }] },
    ],
    [
      'the filter in a path',
      'PATCH',
      { Operations: [{ op: 'remove', path: 'members[value eq "bulkId:a" or value eq "bulkId:b"]' }] },
      { Operations: [{ op: 'remove', path: 'members[value eq "id-of-a" or value eq "id-of-b"]' }] },
    ],
    [
      'the filter in a path, escaped',
      'PATCH',
      { Operations: [{ op: 'remove', path: String.raw`members[value eq "bulkId:with \"quotes\""]` }] },
      { Operations: [{ op: 'remove', path: 'members[value eq "id-of-q"]' }] },
    ],
    [
      'the filter in a key that is a path',
      'PATCH',
      { Operations: [{ op: 'replace', value: { 'members[value eq "bulkId:a"].display': 'x' } }] },
      { Operations: [{ op: 'replace', value: { 'members[value eq "id-of-a"].display': 'x' } }] },
    ],
    [
      'a path that is broken',
      'PATCH',
      { Operations: [{ op: 'remove', path: 'members[value eq "bulkId:a' }, { path: 7 }, 8] },
      { Operations: [{ op: 'remove', path: 'members[value eq "bulkId:a' }, { path: 7 }, 8] },
    ],
  ])('are found in %s', (_what, method, before, after) => {
    expect(resolved(method, before)).toEqual(after);
  });

  it('are found in the path of an operation', () => {
    expect([...referencesOf(operation({ method: 'DELETE', target: 'bulkId:a' }))]).toEqual(['a']);
    expect([...referencesOf(operation({ method: 'DELETE', target: 'a' }))]).toEqual([]);
  });

  it('leave what holds none as it is, without a copy', () => {
    const data = { name: { familyName: 'x' }, emails: [{ value: 'a@b' }] };
    expect(resolved('POST', data)).toBe(data);
  });

  it('never reach a prototype', () => {
    const data: unknown = JSON.parse('{"__proto__":{"value":"bulkId:a"},"x":"bulkId:a"}');
    expect(JSON.stringify(resolved('POST', data))).toBe('{"__proto__":{"value":"id-of-a"},"x":"id-of-a"}');
  });

  it('are replaced as texts in the JSON would be', () => {
    const text = fc.oneof(fc.constantFrom('bulkId:a', 'bulkId:b', 'bulkId:c', 'a', ''), fc.string());
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof({ depthSize: 'small' }, text, fc.integer(), fc.constant(null), tie('list'), tie('object')),
      list: fc.array(tie('value'), { maxLength: 4 }),
      // Keys that look like references are none.
      object: fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), tie('value'), { maxKeys: 4 }),
    }));
    const model = (data: unknown): unknown =>
      JSON.parse(
        JSON.stringify(data).replace(/"(bulkId:[ab])"/g, (_all, reference) => JSON.stringify(ids[reference.slice(7)])),
      );
    fc.assert(
      fc.property(value, (data) => {
        expect(JSON.parse(JSON.stringify(resolved('POST', data)))).toEqual(model(data));
      }),
    );
  });
});

/** `needs[i]`: the operations that operation i refers to. */
const planOf = (needs: readonly (readonly number[])[]) =>
  planBulk(
    needs.map((each, index) =>
      operation({ bulkId: `${index}`, data: { members: each.map((need) => ({ value: `bulkId:${need}` })) } }),
    ),
  );

const orderOf = (needs: readonly (readonly number[])[]) => planOf(needs).steps.map(({ operations }) => operations);

describe('the order of operations', () => {
  it.each([
    ['the order of the request where nothing refers to anything', [[], [], []], [[0], [1], [2]]],
    ['the order of the request where references point back', [[], [0], [1, 0]], [[0], [1], [2]]],
    ['what is referred to first', [[2], [], []], [[2], [0], [1]]],
    ['a chain from its end', [[1], [2], []], [[2], [1], [0]]],
    ['a circle together, after what it needs', [[1], [0, 2], []], [[2], [0, 1]]],
    ['what refers to a circle after it', [[1], [2], [1]], [[1, 2], [0]]],
  ])('is %s', (_what, needs, order) => {
    expect(orderOf(needs)).toEqual(order);
  });

  it('knows a circle of one', () => {
    expect(planOf([[0], []]).steps).toEqual([
      { operations: [0], isCircular: true },
      { operations: [1], isCircular: false },
    ]);
  });

  it('knows what no creation makes', () => {
    const operations = [
      operation({ bulkId: 'a', data: 'bulkId:b' }),
      operation({ method: 'PUT', bulkId: 'b', target: '1' }),
    ];
    expect(planBulk(operations).unknown).toEqual(['b', undefined]);
  });

  it('does chains that are longer than a stack is deep', () => {
    const length = 100_000;
    const steps = orderOf(Array.from({ length }, (_, index) => (index + 1 < length ? [index + 1] : [])));
    expect([steps[0], steps.at(-1)]).toEqual([[length - 1], [0]]);
  });

  it('is that of a model that follows every reference', () => {
    const graph = fc.integer({ min: 1, max: 9 }).chain((count) =>
      fc.array(fc.uniqueArray(fc.integer({ min: 0, max: count - 1 }), { maxLength: 3 }), {
        minLength: count,
        maxLength: count,
      }),
    );
    fc.assert(
      fc.property(graph, (needs) => {
        const reached = needs.map((_, from) => reachable(needs, from));
        const steps = orderOf(needs);
        expect(steps.flat().sort((left, right) => left - right)).toEqual([...needs.keys()]);
        const stepOf = (index: number) => steps.findIndex((step) => step.includes(index));
        for (const one of needs.keys()) {
          for (const other of reached[one] ?? []) {
            const isMutual = reached[other]?.has(one) ?? false;
            if (isMutual) expect(stepOf(other)).toBe(stepOf(one));
            else expect(stepOf(other)).toBeLessThan(stepOf(one));
          }
          for (const other of steps[stepOf(one)] ?? []) if (other !== one) expect(reached[one]?.has(other)).toBe(true);
        }
      }),
    );
  });
});

function reachable(needs: readonly (readonly number[])[], from: number): ReadonlySet<number> {
  const found = new Set<number>();
  for (let next = [...(needs[from] ?? [])]; next.length > 0;) {
    for (const each of next) found.add(each);
    next = next.flatMap((each) => needs[each] ?? []).filter((each) => !found.has(each));
  }
  return found;
}
