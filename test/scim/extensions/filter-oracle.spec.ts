import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { UsersService } from '../../../src/scim/index.js';
import { matchFilter } from '../../../src/scim/protocol/filter/match-filter.js';
import { parseFilter } from '../../../src/scim/protocol/filter/parse-filter.js';
import { ResourceTypes } from '../../../src/scim/protocol/resource-types.js';
import type { JsonObject } from '../../../src/scim/protocol/resource.js';
import type { ResourceType } from '../../../src/scim/protocol/schemas/schema.js';
import { STAFF, staffSchema, testExtensions } from '../../support/extensions.js';
import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import { filters, instants, numbers, optional, plural, texts, wholes } from '../persistence/filter-arbitraries.js';

/** FILTER_ORACLE_RUNS=20000 for a long search. A failure prints the seed and the smallest filter that shows it. */
const RUNS = Number(process.env['FILTER_ORACLE_RUNS'] ?? 300);
const PEOPLE = 40;

const text = fc.constantFrom(...texts.filter((each) => each.trim() !== ''));
const whole = fc.constantFrom(...wholes);
const moment = fc.constantFrom(...instants.map((instant) => new Date(instant).toISOString()));

const staff = optional(
  fc.record({
    alias: optional(text),
    grade: optional(text),
    remote: optional(fc.boolean()),
    level: optional(whole),
    quota: optional(fc.constantFrom(...numbers)),
    hired: optional(moment),
    page: optional(text),
    key: optional(fc.constantFrom('QWRh', 'qwrh')),
    rank: optional(text),
    notes: optional(text),
    skills: optional(fc.array(text, { maxLength: 3 })),
    years: optional(fc.array(whole, { maxLength: 3 })),
    desk: optional(fc.record({ floor: optional(whole), serial: optional(text) })),
    licences: plural(text),
  }),
);

/** Filters over what the extension has; User's own attributes have an oracle of their own. */
function staffOnly(): ResourceType {
  const { user } = new ResourceTypes(testExtensions.filter(({ schema }) => schema.id === STAFF));
  const attributes = user.schema.attributes.filter(({ name }) => name === 'emails' || name === 'userName');
  const extensions = user.extensions.filter(({ schema }) => schema === staffSchema);
  return { ...user, schema: { ...user.schema, attributes }, extensions };
}

describe('a filter in SQL over an extension of the host’s', () => {
  const organizationId = randomUUID();
  let host: ModuleHost;
  let users: UsersService;

  beforeAll(async () => {
    host = await startModuleHost({
      extras: { extensions: testExtensions.filter(({ schema }) => schema.id === STAFF) },
    });
    users = host.app.get(UsersService, { strict: false });
    for (const [index, values] of fc.sample(staff, { seed: 7643, numRuns: PEOPLE }).entries())
      await users.create(organizationId, { userName: `user-${index}`, [STAFF]: values });
  });

  afterAll(() => host.stop());

  it(
    'selects what the same filter selects in memory',
    async () => {
      const { resources } = await users.list(organizationId);
      expect(resources).toHaveLength(PEOPLE);
      const resourceType = staffOnly();
      const known = resources.map(({ id }) => String(id));
      let [none, some] = [0, 0];
      await fc.assert(
        fc.asyncProperty(filters(known, resourceType), async (filter) => {
          const tree = parseFilter(filter, resourceType);
          const expected = resources
            .filter((resource) => matchFilter(tree, resource as JsonObject))
            .map(({ id }) => id);
          const { resources: found } = await users.list(organizationId, { filter });
          expect(found.map(({ id }) => id)).toEqual(expected);
          if (expected.length === 0) none += 1;
          else if (expected.length < PEOPLE) some += 1;
        }),
        { numRuns: RUNS },
      );
      // A generator whose filters all select nothing would prove nothing.
      expect(Math.min(none, some)).toBeGreaterThan(RUNS / 20);
    },
    RUNS * 100,
  );
});
