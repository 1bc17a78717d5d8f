import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { UsersService } from '../../../src/scim/index.js';
import { matchFilter } from '../../../src/scim/protocol/filter/match-filter.js';
import { parseFilter } from '../../../src/scim/protocol/filter/parse-filter.js';
import type { JsonObject } from '../../../src/scim/protocol/resource.js';
import { userResourceType } from '../../../src/scim/protocol/schemas/resource-types.js';
import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import { filters, instants, people, texts } from './filter-arbitraries.js';

/** FILTER_ORACLE_RUNS=20000 for a long search. A failure prints the seed and the smallest filter that shows it. */
const RUNS = Number(process.env['FILTER_ORACLE_RUNS'] ?? 600);
const PEOPLE = 40;

describe('a filter in SQL', () => {
  const organizationId = randomUUID();
  let host: ModuleHost;
  let users: UsersService;
  let resources: readonly JsonObject[];

  beforeAll(async () => {
    host = await startModuleHost();
    users = host.app.get(UsersService, { strict: false });
    await createPeople();
    ({ resources } = await users.list(organizationId));
  });

  afterAll(() => host.stop());

  it(
    'selects what the same filter selects in memory',
    async () => {
      expect(resources).toHaveLength(PEOPLE);
      const known = resources.flatMap((resource) => [
        String(resource['id']),
        metaOf(resource, 'location'),
        metaOf(resource, 'version'),
      ]);
      let [none, some, all] = [0, 0, 0];
      await fc.assert(
        fc.asyncProperty(filters(known), async (filter) => {
          const tree = parseFilter(filter, userResourceType);
          const expected = resources.filter((resource) => matchFilter(tree, resource)).map(({ id }) => id);
          const { resources: found, totalResults } = await users.list(organizationId, { filter });
          expect(found.map(({ id }) => id)).toEqual(expected);
          expect(totalResults).toBe(expected.length);
          if (expected.length === 0) none += 1;
          else if (expected.length === PEOPLE) all += 1;
          else some += 1;
        }),
        { numRuns: RUNS },
      );
      // A generator whose filters all select nothing would prove nothing.
      expect(Math.min(none, some, all)).toBeGreaterThan(RUNS / 20);
    },
    RUNS * 100,
  );

  /** Every text is somebody's user name; a third have an external id; times are spread. */
  async function createPeople(): Promise<void> {
    const attributes = fc.sample(people, { seed: 7644, numRuns: PEOPLE });
    for (const [index, person] of attributes.entries()) {
      const externalId = index % 3 === 0 ? { externalId: texts[(index * 7) % texts.length] } : {};
      await users.create(organizationId, { userName: `${texts[index]} ${index}`, ...externalId, ...person });
    }
    await host.dataSource.query(
      `UPDATE scim_identity SET version = 1 + mod(row, 12), created_at = ($2::timestamptz[])[1 + mod(row, 6)], modified_at = ($2::timestamptz[])[1 + mod(row * 5, 6)]
       FROM (SELECT id AS numbered, row_number() OVER (ORDER BY user_name_key)::integer AS row FROM scim_identity) numbers
       WHERE organization_id = $1 AND id = numbered`,
      [organizationId, instants.map((instant) => new Date(instant).toISOString())],
    );
  }
});

const metaOf = ({ meta }: JsonObject, name: string): string => String((meta as JsonObject)[name]);
