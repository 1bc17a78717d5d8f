import { randomUUID } from 'node:crypto';
import { filterToSql } from '../../../src/scim/persistence/filter-to-sql.js';
import { identitySource } from '../../../src/scim/persistence/identity-source.js';
import { isId } from '../../../src/scim/persistence/is-id.js';
import { parseFilter } from '../../../src/scim/protocol/filter/parse-filter.js';
import { userResourceType } from '../../../src/scim/protocol/schemas/resource-types.js';
import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import type { ScimClient } from '../../support/scim-client.js';

const E = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

function toSql(filter: string, baseUrl = 'https://app.example.com/scim/v2'): { sql: string; values: unknown[] } {
  const values: unknown[] = ['organization'];
  const sql = filterToSql(parseFilter(filter, userResourceType), identitySource(baseUrl), values);
  return { sql, values: values.slice(1) };
}

const HOSTILE = [
  `'; DROP TABLE scim_identity; --`,
  `' OR 1=1 --`,
  `") OR (true`,
  '%',
  '_',
  '*',
  '\\',
  '\\%',
  "\\'",
  '$1',
  '$2::text',
  '{}',
  '?',
  '${x}',
  'null',
  '\u{1F600}',
  'x'.repeat(2000),
];

describe('filterToSql', () => {
  it.each([
    ['userName eq "Ada"', 'i.user_name_key = $2::text', ['ada']],
    ['externalId sw "X"', 'starts_with(i.external_id, $2::text)', ['X']],
    ['externalId eq null', '((i.external_id IS NOT NULL) IS NOT TRUE)', []],
    ['active ne true', 'i.active IS DISTINCT FROM $2::boolean', [true]],
    ['meta.created gt "2026-01-01T01:00:00+01:00"', 'i.created_at > $2::timestamptz', ['2026-01-01T00:00:00.000Z']],
    ['title co "%"', `strpos((i.search->'title' #>> '{}') COLLATE "C", $2::text) > 0`, ['%']],
    ['name.familyName pr', `i.search->'name' ? 'familyName'`, []],
    [`${E}:department ge "B"`, `(i.search->'${E}'->'department' #>> '{}') COLLATE "C" >= $2::text`, ['b']],
    [
      'userName eq "a" or title pr and not (active eq true)',
      `(i.user_name_key = $2::text OR (i.search ? 'title' AND ((i.active = $3::boolean) IS NOT TRUE)))`,
      ['a', true],
    ],
    [
      'emails[type eq "Work"].value eq "A@x"',
      `(i.email_keys @> ARRAY[$4::text] AND EXISTS (SELECT 1 FROM jsonb_array_elements(i.search->'emails') AS element WHERE ` +
        `((element->'type' #>> '{}') COLLATE "C" = $2::text AND (element->'value' #>> '{}') COLLATE "C" = $3::text)))`,
      ['work', 'a@x', 'a@x'],
    ],
  ])('writes %s', (filter, sql, values) => {
    expect(toSql(filter)).toEqual({ sql, values });
  });

  it.each(['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'])(
    'writes the same text for %s whatever the value is',
    (operator) => {
      for (const path of [
        'userName',
        'externalId',
        'id',
        'title',
        'emails.value',
        'meta.location',
        'manager',
        `${E}:department`,
      ]) {
        const { sql } = toSql(`${path} ${operator} "harmless"`);
        const inBrackets = toSql(`emails[value ${operator} "harmless"].display pr`).sql;
        for (const value of HOSTILE) {
          expect(toSql(`${path} ${operator} ${JSON.stringify(value)}`).sql).toBe(sql);
          expect(toSql(`emails[value ${operator} ${JSON.stringify(value)}].display pr`).sql).toBe(inBrackets);
        }
      }
    },
  );

  it('quotes what the host names', () => {
    expect(toSql('meta.location pr', "https://o'neill.example").sql).toBe(
      `('https://o''neill.example/Users/' || i.id::text) COLLATE "C" IS NOT NULL`,
    );
  });
});

describe('a hostile value in a filter', () => {
  let host: ModuleHost;
  let client: ScimClient;

  beforeAll(async () => {
    host = await startModuleHost();
    client = await host.client();
    for (const [index, value] of HOSTILE.entries()) {
      const emails = [{ value: `e${index}`, display: value }];
      await client.createUser({ userName: `u${index}`, displayName: `a${value}b`, emails });
    }
  });

  afterAll(() => host.stop());

  it.each(HOSTILE.map((value, index) => ({ title: value.slice(0, 40), value, index })))(
    'stands for itself: $title',
    async ({ value, index }) => {
      const count = async (filter: string): Promise<number> => (await client.filterUsers(filter)).body.totalResults;
      const holding = HOSTILE.filter((text) => text.toLowerCase().includes(value.toLowerCase())).length;
      expect(await count(`displayName co ${JSON.stringify(value)}`)).toBe(holding);
      expect(await count(`displayName eq ${JSON.stringify(`a${value}b`)}`)).toBe(1);
      expect(await count(`displayName sw ${JSON.stringify(`A${value}`)}`)).toBeGreaterThan(0);
      expect(await count(`displayName ew ${JSON.stringify(`${value}b`)}`)).toBeGreaterThan(0);
      expect(await count(`emails[display eq ${JSON.stringify(value)} and value eq "E${index}"]`)).toBe(1);
      expect(await count(`userName eq ${JSON.stringify(value)} or externalId eq ${JSON.stringify(value)}`)).toBe(0);
      expect(await count(`id eq ${JSON.stringify(value)} or id sw ${JSON.stringify(value)}`)).toBe(0);
    },
  );

  it('changes nothing', async () => {
    expect((await client.get('/Users?count=0')).body.totalResults).toBe(HOSTILE.length);
  });
});

describe('isId', () => {
  it('knows the ids that the module makes, in their own spelling', () => {
    const id = randomUUID();
    expect(isId(id)).toBe(true);
    for (const other of [
      id.toUpperCase() === id ? 'A' : id.toUpperCase(),
      `{${id}}`,
      id.replaceAll('-', ''),
      ` ${id}`,
      `${id}\n`,
      '',
      'x',
    ]) {
      expect(isId(other)).toBe(false);
    }
  });
});
