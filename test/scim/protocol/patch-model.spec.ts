import fc from 'fast-check';
import type { JsonObject } from '../../../src/scim/protocol/resource.js';
import { patchNaively } from './patch-model.js';
import { resources } from './patch-model-arbitraries.js';
import { operationLists } from './patch-model-operations.js';
import type { ModelOperation, ModelPath, Where } from './patch-model-values.js';
import { patched, rejectionOf, RESOURCE_ID } from './patching.js';

/** PATCH_ORACLE_RUNS=20000 for a long search. A failure prints the seed and the smallest list that shows it. */
const RUNS = Number(process.env['PATCH_ORACLE_RUNS'] ?? 300);
const SEED = Number(process.env['PATCH_ORACLE_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

it('changes a User as a naive PATCH does, and refuses what that refuses', () => {
  const outcomes = new Map<string, number>();
  fc.assert(
    fc.property(resources, operationLists, (resource, operations) => {
      const frozen = deeplyFrozen(resource);
      const expected = outcomeOf(() => patchNaively(frozen, operations, RESOURCE_ID));
      const actual = outcomeOf(() => patched(frozen as JsonObject, operations.map(toWire)));
      const kind = typeof expected === 'string' ? expected : 'changed';
      outcomes.set(kind, (outcomes.get(kind) ?? 0) + 1);
      expect(actual).toEqual(expected);
    }),
    { numRuns: RUNS, seed: SEED },
  );
  if (process.env['PATCH_ORACLE_RUNS']) console.info(`${RUNS} runs, seed ${SEED}`, Object.fromEntries(outcomes));
  // The random lists are about something: most are carried out, and some are refused.
  expect(outcomes.get('changed')).toBeGreaterThan(RUNS / 4);
  expect(outcomes.size).toBeGreaterThan(3);
});

function outcomeOf(run: () => unknown): unknown {
  let result: unknown;
  const rejection = rejectionOf(() => {
    result = run();
  });
  return rejection === 'nothing' ? result : rejection;
}

const toWire = ({ op, path, value }: ModelOperation): unknown => ({
  op,
  ...(path ? { path: toPath(path) } : {}),
  ...(value === undefined ? {} : { value }),
});

const toPath = ({ attribute, sub, where }: ModelPath): string =>
  attribute + (where ? `[${toFilter(where)}]` : '') + (sub === undefined ? '' : `.${sub}`);

function toFilter(where: Where): string {
  switch (where.type) {
    case 'compare':
      return `${where.name} ${where.operator} ${JSON.stringify(where.value)}`;
    case 'present':
      return `${where.name} pr`;
    case 'not':
      return `not (${toFilter(where.term)})`;
    default:
      return where.terms.map(toFilter).join(` ${where.type} `);
  }
}

function deeplyFrozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deeplyFrozen);
  return value;
}
