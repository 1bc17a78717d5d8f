import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import type { ScimClient } from '../../support/scim-client.js';
import { expectScimError } from '../../support/scim-errors.js';

const U = 'urn:ietf:params:scim:schemas:core:2.0:User';
const E = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const work = (value: string) => ({ value, type: 'work', primary: true });
const home = (value: string) => ({ value, type: 'home' });

const PEOPLE = [
  {
    userName: 'ada@acme.io',
    externalId: 'abc',
    title: 'Countess',
    name: { givenName: 'Ada', familyName: "O'Malley" },
    emails: [work('ada@acme.io'), home('ada@home.io')],
    [E]: { department: 'R&D', manager: { value: 'M-1' } },
  },
  { userName: 'bob@acme.io', externalId: 'ABC', emails: [home('bob@acme.io')], active: false },
  { userName: 'Cleo', title: 'say "hi"', nickName: 'back\\slash', emails: [work('cleo@x.io')] },
  { userName: 'dan', title: '100%', nickName: 'a_b', userType: 'Employee' },
  { userName: 'eve', nickName: 'axb', displayName: 'café', [E]: { department: 'Sales' } },
  { userName: 'gone', title: 'Gone' },
];

let host: ModuleHost;
let client: ScimClient;
const ids = new Map<string, string>();

beforeAll(async () => {
  host = await startModuleHost();
  client = await host.client();
  for (const person of PEOPLE) ids.set(person.userName, (await client.createUser(person)).id);
  await client.delete(`/Users/${ids.get('gone')}`);
  await host.dataSource.query(
    `UPDATE scim_identity SET created_at = '2026-01-01T00:00:00.5Z' WHERE organization_id = $1 AND user_name = 'ada@acme.io'`,
    [client.organizationId],
  );
});

afterAll(() => host.stop());

/** First letters of the names of those who are found, in order. */
async function found(filter: string): Promise<string> {
  const { status, body } = await client.filterUsers(filter);
  if (status !== 200) throw new Error(`${filter} answered ${status}: ${body.detail}`);
  const letters = body.Resources.map(({ userName }: { userName: string }) => userName.charAt(0).toLowerCase());
  return letters.sort().join('');
}

describe('a filter over users', () => {
  it.each([
    ['userName eq "ada@acme.io"', 'a'],
    ['userName eq "ADA@ACME.IO"', 'a'],
    ['USERNAME Eq "ada@acme.io"', 'a'],
    ['userName eq "nobody"', ''],
    ['externalId eq "abc"', 'a'],
    ['externalId eq "ABC"', 'b'],
    ['userName ne "cleo"', 'abde'],
    ['userName co "ACME"', 'ab'],
    ['userName sw "A"', 'a'],
    ['userName ew ".IO"', 'ab'],
    ['userName gt "cleo"', 'de'],
    ['userName ge "cleo"', 'cde'],
    ['userName lt "cleo"', 'ab'],
    ['userName le "cleo"', 'abc'],
    ['title co "%"', 'd'],
    ['nickName co "_"', 'd'],
    ['nickName eq "a_b"', 'd'],
    ['nickName sw "a_"', 'd'],
    ['userName co "*"', ''],
    ['nickName co "\\\\"', 'c'],
    ['title pr', 'acd'],
    ['title PR', 'acd'],
    ['emails pr', 'abc'],
    ['name pr', 'a'],
    ['active pr', 'abcde'],
    ['addresses pr', ''],
    ['title ne "Countess"', 'bcde'],
    ['not (title eq "Countess")', 'bcde'],
    ['emails.type ne "work"', 'abde'],
    ['active eq true', 'acde'],
    ['active eq false', 'b'],
    ['active ne true', 'b'],
    ['active eq "False"', 'b'],
    ['title eq null', 'be'],
    ['title ne null', 'acd'],
    ['meta.created eq "2026-01-01T00:00:00.5Z"', 'a'],
    ['meta.created eq "2026-01-01T01:00:00.500+01:00"', 'a'],
    ['meta.created lt "2026-01-01T00:00:01Z"', 'a'],
    ['meta.lastModified gt "2026-01-01T00:00:00Z"', 'abcde'],
    ['userName eq "dan" or userName eq "eve" and title pr', 'd'],
    ['(userName eq "dan" or userName eq "eve") and title pr', 'd'],
    ['(userName eq "dan" or userName eq "eve") and nickName pr', 'de'],
    ['userName eq "dan" or userName eq "eve" and active eq false', 'd'],
    ['not (userName sw "a")', 'bcde'],
    ['NOT(userName sw "a")', 'bcde'],
    ['not (not (title pr))', 'acd'],
    ['((userName sw "a") and (title pr or active eq false))', 'a'],
    ['emails.type eq "work" and emails.value co "@home"', 'a'],
    ['emails[type eq "work" and value co "@home"]', ''],
    ['emails[type eq "work" and value co "@acme"]', 'a'],
    ['emails[type eq "work" or (type eq "home" and value ew "@acme.io")]', 'abc'],
    ['emails[not (type eq "work")]', 'ab'],
    ['emails[primary eq true].value eq "ADA@acme.io"', 'a'],
    ['emails[type eq "work"].value eq "ada@acme.io"', 'a'],
    ['emails[type eq "work"].value eq "ada@home.io"', ''],
    ['emails[type eq "home"] or userType eq "employee"', 'abd'],
    ['emails co "acme.io"', 'ab'],
    ['emails eq "BOB@acme.io"', 'b'],
    ['manager eq "M-1"', 'a'],
    ['manager eq "m-1"', ''],
    [`${E}:manager.value eq "M-1"`, 'a'],
    [`${E}:department eq "r&d"`, 'a'],
    [`${E.toUpperCase()}:DEPARTMENT eq "r&d"`, 'a'],
    ['department pr', 'ae'],
    [`${U}:userName sw "E"`, 'e'],
    [`schemas eq "${E}"`, 'ae'],
    ['meta.resourceType eq "User"', 'abcde'],
    ['meta.resourceType eq "user"', ''],
    ['groups pr', ''],
    ['groups.value eq "x"', ''],
    ['name.familyName eq "O\'Malley"', 'a'],
    ['title eq "say \\"hi\\""', 'c'],
    ['nickName eq "back\\\\slash"', 'c'],
    ['displayName eq "caf\\u00e9"', 'e'],
    ['displayName eq "cafe\\u0301"', 'e'],
    ['userName eq "a\\/b"', ''],
    ['  userName   eq   "dan"  ', 'd'],
    ['userName eq"dan"', 'd'],
    [`userName eq "x' OR 1=1 --"`, ''],
    ['title eq "Gone"', ''],
  ])('%s', async (filter, letters) => {
    expect(await found(filter)).toBe(letters);
  });

  it('finds by id and by what refers to it', async () => {
    const id = ids.get('ada@acme.io') ?? '';
    expect(await found(`id eq "${id}"`)).toBe('a');
    expect(await found(`id eq "${id.toUpperCase()}"`)).toBe('');
    expect(await found(`id ne "${id}"`)).toBe('bcde');
    expect(await found(`not (id eq "${id}")`)).toBe('bcde');
    expect(await found(`id sw "${id.slice(0, 30)}"`)).toBe('a');
    expect(await found(`id eq "${id}" and manager eq "M-1"`)).toBe('a');
    expect(await found(`id eq "${id}" and manager eq "M-2"`)).toBe('');
    expect(await found(`meta.location eq "https://app.example.com/scim/v2/Users/${id}"`)).toBe('a');
  });

  it('works with a plus for a space, as Entra writes it', async () => {
    const { body } = await client.get(`/Users?filter=userName+eq+%22dan%22&startIndex=1&count=1`);
    expect(body).toMatchObject({ totalResults: 1, Resources: [{ userName: 'dan' }] });
  });

  it.each([
    'userName',
    'userName eq',
    'eq "x"',
    'userName "x"',
    'userName regex "x"',
    'userName eq bob',
    "userName eq 'bob'",
    'userName eq "bob',
    '(userName eq "bob"',
    'userName eq "bob")',
    'userName eq "bob" and',
    'userName eq "bob" userName eq "x"',
    'emails[type eq "work"',
    'emails[emails[type eq "work"]]',
    'userName[value eq "x"]',
    'not userName eq "a"',
    '1userName eq "a"',
    'unknown eq "x"',
    'name.unknown eq "x"',
    'name eq "x"',
    'active gt true',
    'active co "t"',
    'x509Certificates.value gt "a"',
    'meta.created co "2026"',
    'meta.created gt "yesterday"',
    'userName eq 5',
    'title gt null',
    'password eq "x"',
    'password pr',
    'userName eq "\\u0000"',
    'userName eq "\\ud800"',
    `${'('.repeat(200)}userName pr${')'.repeat(200)}`,
    Array.from({ length: 500 }, () => 'title pr').join(' or '),
    `userName eq "${'x'.repeat(5000)}"`,
  ])('refuses %.60s as invalidFilter', async (filter) => {
    expectScimError(await client.filterUsers(filter), 400, 'invalidFilter');
  });

  it('takes as long a filter as it may be', async () => {
    const terms = Array.from({ length: 100 }, (_, index) => `emails[value eq "${index}"]`).join(' or ');
    expect(await found(terms)).toBe('');
    expect(await found(`${'not ('.repeat(32)}title pr${')'.repeat(32)}`)).toBe('acd');
  });
});
