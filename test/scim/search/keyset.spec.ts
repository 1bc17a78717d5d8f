import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { type ListQuery, UsersService } from '../../../src/scim/index.js';
import { listAcross, type PositionAcross } from '../../../src/scim/persistence/list-across.js';
import { ScimDatabase } from '../../../src/scim/persistence/scim-database.js';
import { compareText, toComparable } from '../../../src/scim/protocol/comparable.js';
import { isJsonArray, isJsonObject } from '../../../src/scim/protocol/json-object.js';
import type { Json, JsonObject } from '../../../src/scim/protocol/resource.js';
import { userResourceType } from '../../../src/scim/protocol/schemas/resource-types.js';
import { readSort, type Sort } from '../../../src/scim/protocol/sort.js';
import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import { instants, people, texts } from '../persistence/filter-arbitraries.js';

/** KEYSET_RUNS=2000 for a long search. A failure prints the seed and the smallest walk that shows it. */
const RUNS = Number(process.env['KEYSET_RUNS'] ?? 80);
const PEOPLE = 30;

const SORTS = [
  'userName',
  'externalId',
  'id',
  'active',
  'title',
  'displayName',
  'name.familyName',
  'emails',
  'emails.type',
  'phoneNumbers.value',
  'meta.created',
  'meta.lastModified',
  'meta.version',
  'meta.resourceType',
  'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department',
  'manager',
];

/** Sizes of pages, one after the other; a walk's are all the same, so each entry is a walk. */
const walks = fc.record({
  sortBy: fc.option(fc.constantFrom(...SORTS), { nil: undefined }),
  sortOrder: fc.constantFrom('ascending', 'descending'),
  count: fc.integer({ min: 1, max: PEOPLE + 1 }),
  filter: fc.option(fc.constantFrom('title pr', 'active eq true', 'not (emails pr)', 'userName co "a"'), {
    nil: undefined,
  }),
});

describe('a walk by cursor', () => {
  const organizationId = randomUUID();
  let host: ModuleHost;
  let users: UsersService;
  let everybody: readonly JsonObject[];

  beforeAll(async () => {
    host = await startModuleHost();
    users = host.app.get(UsersService, { strict: false });
    await createPeople();
    ({ resources: everybody } = await users.list(organizationId));
  });

  afterAll(() => host.stop());

  it('has the order in which the same sort puts the resources in memory', async () => {
    expect(everybody).toHaveLength(PEOPLE);
    await fc.assert(
      fc.asyncProperty(walks, async ({ sortBy, sortOrder, count, filter }) => {
        const query = {
          sortOrder,
          ...(sortBy === undefined ? {} : { sortBy }),
          ...(filter === undefined ? {} : { filter }),
        };
        const { resources: selected } = await users.list(organizationId, filter === undefined ? {} : { filter });
        const sort = readSort(query, userResourceType);
        const expected = sort ? [...selected].sort((left, right) => compare(left, right, sort)) : selected;
        expect(await walk({ ...query, count })).toEqual(expected.map(({ id }) => id));
      }),
      { numRuns: RUNS },
    );
  }, 120_000);

  it('over several types tells resources with the same id apart by their type', async () => {
    const { database, table } = { database: host.app.get(ScimDatabase, { strict: false }), table: users.table };
    for (const query of [{}, { sortBy: 'title' }, { sortBy: 'active', sortOrder: 'descending' }]) {
      const part = { table, filter: undefined, sort: readSort(query, userResourceType) };
      const parts = [
        { ...part, type: 'b' },
        { ...part, type: 'a' },
        { ...part, type: 'Z', sort: 'none' as const },
      ].filter(({ sort }) => sort !== 'none' || 'sortBy' in query);
      const whole = await listAcross(database, organizationId, parts, { count: 1000 });
      expect(new Set(whole.map(({ type, id }) => type + id)).size).toBe(PEOPLE * parts.length);
      for (const count of [1, 2, 7]) {
        const seen: PositionAcross[] = [];
        for (let more = true; more;) {
          const page = await listAcross(database, organizationId, parts, { count, after: seen.at(-1) });
          seen.push(...page);
          more = page.length === count;
        }
        expect(seen).toEqual(whole);
      }
    }
  });

  async function walk(query: ListQuery): Promise<Json[]> {
    const seen: Json[] = [];
    for (let cursor: string | undefined = ''; cursor !== undefined;) {
      const page = await users.list(organizationId, { ...query, cursor });
      seen.push(...page.resources.map(({ id }) => id ?? null));
      // Only the page of nobody at all is empty.
      expect(page.resources.length > 0 || cursor === '').toBe(true);
      cursor = page.nextCursor;
    }
    return seen;
  }

  /** Instants and values repeat, so that ids decide as well. */
  async function createPeople(): Promise<void> {
    for (const [index, person] of fc.sample(people, { seed: 9865, numRuns: PEOPLE }).entries()) {
      const externalId = index % 3 === 0 ? { externalId: texts[(index * 7) % texts.length] } : {};
      await users.create(organizationId, {
        userName: `${texts[index % texts.length]} ${index}`,
        ...externalId,
        ...person,
      });
    }
    await host.dataSource.query(
      `UPDATE scim_identity SET version = 1 + mod(row, 12), created_at = ($2::timestamptz[])[1 + mod(row, 6)], modified_at = ($2::timestamptz[])[1 + mod(row * 5, 6)]
       FROM (SELECT id AS numbered, row_number() OVER (ORDER BY user_name_key)::integer AS row FROM scim_identity) numbers
       WHERE organization_id = $1 AND id = numbered`,
      [organizationId, instants.map((instant) => new Date(instant).toISOString())],
    );
  }
});

type Comparable = string | number | boolean | undefined;

/** RFC 7644 §3.4.2.3: what has no value is last, and first when descending. Equals go by id, in both directions. */
function compare(left: JsonObject, right: JsonObject, sort: Sort): number {
  const order = compareValues(valueOf(left, sort), valueOf(right, sort)) * (sort.descending ? -1 : 1);
  return order === 0 ? compareText(String(left['id']), String(right['id'])) : order;
}

function compareValues(left: Comparable, right: Comparable): number {
  if (left === undefined || right === undefined) return Number(left === undefined) - Number(right === undefined);
  if (typeof left === 'string' && typeof right === 'string') return compareText(left, right);
  return Number(left) - Number(right);
}

function valueOf(resource: JsonObject, { target }: Sort): Comparable {
  const { schema, extension, attribute, subAttribute } = target;
  const container = extension ? resource[schema.id] : resource;
  const value = isJsonObject(container) ? container[attribute.name] : undefined;
  const one = isJsonArray(value) ? pick(value, subAttribute?.name) : value;
  const leaf = subAttribute && isJsonObject(one) ? one[subAttribute.name] : one;
  return leaf === undefined ? undefined : toComparable(subAttribute ?? attribute, leaf);
}

/** Of those that have it, the primary one, else the first. */
function pick(values: readonly Json[], name: string | undefined): Json | undefined {
  const having = values.filter((value) => name === undefined || (isJsonObject(value) && value[name] !== undefined));
  return having.find((value) => isJsonObject(value) && value['primary'] === true) ?? having[0];
}
