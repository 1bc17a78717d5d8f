import { maskBody, maskPath } from '../../../src/scim/log/mask-body.js';
import { maskFilter } from '../../../src/scim/log/mask-filter.js';
import { PersonKeys } from '../../../src/scim/log/person-keys.js';
import { maskQuery, redactQuery, showQuery } from '../../../src/scim/log/query-text.js';
import { redactBody } from '../../../src/scim/log/redact-body.js';
import { SecretNames, withoutTokens } from '../../../src/scim/log/secrets.js';
import { ResourceTypes } from '../../../src/scim/protocol/resource-types.js';
import { simple } from '../../../src/scim/protocol/schemas/attribute.js';
import { generateToken } from '../../../src/scim/tokens/token.js';

const badge = {
  id: 'urn:example:params:scim:schemas:extension:badge:2.0:User',
  name: 'Badge',
  description: 'A badge.',
  attributes: [simple({ name: 'pin', description: 'For the doors.', mutability: 'writeOnly', returned: 'never' })],
};
const { schemas } = new ResourceTypes([{ resourceType: 'User', schema: badge }]);
const secrets = new SecretNames(schemas);
const ID = '5d0c3f0a-77aa-4a52-9c1e-0b6b7f1d2e33';
const { secret: TOKEN } = generateToken('acme');

const redact = (body: unknown, most = 10_000) => {
  const people = new PersonKeys();
  return { body: JSON.parse(redactBody(body, most, secrets, people)), keys: people.all };
};
const patch = (...Operations: unknown[]) => ({ Operations });

describe('a body as it is kept', () => {
  it.each([
    ['a member', { password: 'hush' }],
    ['a member in another spelling', { PassWord: 'hush' }],
    ['a member under a URN', { 'urn:ietf:params:scim:schemas:core:2.0:User:password': 'hush' }],
    ['an attribute of the host that is only written', { [badge.id]: { pin: 'hush' } }],
    ['an operation', patch({ op: 'replace', path: 'password', value: 'hush' })],
    ['an operation in another spelling', patch({ OP: 'replace', PATH: 'Password', VALUE: 'hush' })],
    [
      'an operation on a URN',
      patch({ op: 'add', path: 'urn:ietf:params:scim:schemas:core:2.0:User:password', value: 'hush' }),
    ],
    ['an operation on a part', patch({ op: 'add', path: `${badge.id}:pin`, value: ['hush'] })],
    ['an operation without a path', patch({ op: 'replace', value: { password: 'hush', title: 'x' } })],
    ['a bulk operation', patch({ method: 'POST', path: '/Users', data: { password: 'hush' } })],
    ['JSON in a text', { roles: [{ value: '{"password":"hush"}' }] }],
    ['the filter of a search', { filter: 'password eq "hush" or passwd sw hush' }],
    ['a filter in a path', patch({ op: 'remove', path: 'emails[password eq "hush"]' })],
    ['a token under its name', { access_token: 'hush', accessToken: 'hush', client_secret: { value: 'hush' } }],
    ...['userPassword', 'user_password', 'unicodePwd', 'newPassword', 'passwordHash', 'pwd', 'pin'].flatMap(
      (name): [string, object][] => [
        [name, { [name]: 'hush' }],
        [`${name} under a URN`, { 'urn:x:y': { [name]: 'hush' } }],
        [`an operation on ${name}`, patch({ op: 'replace', path: `urn:x:y:${name}`, value: 'hush' })],
      ],
    ),
  ])('holds no secret of %s', (_where, body) => {
    const kept = JSON.stringify(redact(body).body);
    expect(kept).not.toContain('hush');
    expect(kept).toContain('[removed]');
  });

  it('holds no token, wherever it stands, and keeps what is around it', () => {
    const { body } = redact({ title: `mine is ${TOKEN}!`, [TOKEN]: 1, list: [`x${TOKEN}`] });
    expect(JSON.stringify(body)).not.toContain(TOKEN.slice(-49));
    expect(body.title).toBe('mine is [removed]!');
  });

  it('costs what is kept of it, whatever is sent', () => {
    const text = 'eyJaaaaaaaa'.repeat(100_000);
    const { body } = redact({ title: text, [text]: 1, filter: `userName eq "${text}"` });
    expect(JSON.stringify(body).length).toBeLessThan(3000);
    expect(withoutTokens(text)).toBe('[removed]');
  });

  it('holds no JSON Web Token, also not one that was cut', () => {
    const token = `eyJ${'a'.repeat(40)}.eyJ${'b'.repeat(2000)}.${'c'.repeat(40)}`;
    for (const length of [20, 43, 44, 50, 2047, token.length]) {
      expect(redact({ title: `x ${token.slice(0, length)}` }).body.title).toMatch(/^x \[removed\]…?$/);
    }
    expect(redact({ title: `${'x '.repeat(440)}${TOKEN.slice(0, 500)}${'y'.repeat(900)}` }).body.title).not.toContain(
      'acme',
    );
  });

  it('is the body else, as it was sent', () => {
    const sent = {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [
        { op: 'Replace', path: 'active', value: 'False' },
        { op: 'Add', value: { title: null, n: 1.5 } },
      ],
    };
    expect(redact(sent).body).toEqual(sent);
  });

  it('is cut at a bound, with a mark, and the work with it', () => {
    const members = Array.from({ length: 100_000 }, (_each, index) => ({ value: `member-${index}` }));
    const { body } = redact({ displayName: 'x'.repeat(5000), members }, 2000);
    expect(body.displayName).toHaveLength(500);
    expect(body.members.at(-1)).toBe('…');
    expect(JSON.stringify(body).length).toBeLessThan(3000);
    expect(redact({ a: 'x'.repeat(400), b: 1, c: 2 }, 100).body).toEqual({ a: 'x'.repeat(400), '…': '…' });
  });

  it.each([
    ['a NUL', 'a\u0000b'],
    ['half a character', 'a\ud800b'],
  ])('takes %s', (_what, text) => {
    expect(redact({ title: text }).body).toEqual({ title: 'a\ufffdb' });
  });

  it('gives a member no way to a prototype', () => {
    const { body } = redact(JSON.parse('{"__proto__":{"admin":true}}'));
    expect(Object.keys(body)).toEqual(['__proto__']);
  });

  it('tells whom it is about, as names are compared', () => {
    const user = { userName: 'Ada', externalId: 'E-1', emails: [{ value: 'Ada@Acme.example' }], title: 'Engineer' };
    expect(redact(user).keys).toEqual(['ada', 'E-1', 'ada@acme.example']);
    expect(redact(patch({ op: 'replace', path: 'userName', value: 'Bob' })).keys).toEqual(['bob']);
    expect(redact(patch({ op: 'add', path: 'members', value: [{ value: ID }] })).keys).toEqual([ID]);
    expect(redact({ filter: 'userName eq "Ada"' }).keys).toEqual(['Ada', 'ada']);
    expect(redact(patch({ method: 'DELETE', path: `/Users/${ID}` })).keys).toEqual([ID]);
  });
});

describe('a body as it is shown at first', () => {
  it('hides what it says of people, and shows how it is built', () => {
    const shown = maskBody({
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      userName: 'ada',
      active: 'True',
      title: '',
      nickName: null,
      password: '[removed]',
      id: ID,
      externalId: ID,
      name: { givenName: 'Ada' },
      emails: [{ value: 'ada@acme.example', type: 'work', primary: true }],
      'emails[type eq "work"].value': 'ada@acme.example',
      'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': { employeeNumber: 4711, manager: { value: ID } },
    });
    expect(shown).toEqual({
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      userName: '•••',
      active: 'True',
      title: '',
      nickName: null,
      password: '[removed]',
      id: ID,
      externalId: '•••',
      name: { givenName: '•••' },
      emails: [{ value: '•••', type: 'work', primary: true }],
      'emails[type eq "work"].value': '•••',
      'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': { employeeNumber: '•••', manager: { value: ID } },
    });
  });

  it.each([
    [{ op: 'Replace', path: 'active', value: 'False' }, 'False'],
    [{ op: 'Replace', path: 'displayName', value: 'Ada' }, '•••'],
    [{ op: 'replace', path: 'externalId', value: ID }, '•••'],
    [
      { op: 'replace', path: 'name.familyName', value: [{ $ref: null, value: 'Byron' }] },
      [{ $ref: null, value: '•••' }],
    ],
    [{ op: 'add', path: 'members', value: [{ value: ID, display: 'Ada' }] }, [{ value: ID, display: '•••' }]],
    [
      { op: 'replace', value: { active: false, title: 'x' } },
      { active: false, title: '•••' },
    ],
  ])('shows of the operation %j the value %j', (operation, value) => {
    expect(maskBody({ Operations: [operation] })).toEqual({ Operations: [{ ...operation, value }] });
  });

  it('hides what a path compares with', () => {
    const path = `members[value eq "${ID}"]`;
    expect(maskBody({ Operations: [{ op: 'remove', path }] })).toEqual({
      Operations: [{ op: 'remove', path: 'members[value eq "•••"]' }],
    });
  });
});

describe('a filter as it is shown at first', () => {
  it.each([
    ['userName eq "ada@acme.example"', 'userName eq "•••"'],
    ['userName eq ada lovelace', 'userName eq "•••" "•••"'],
    ['userName eq "a \\" and b"', 'userName eq "•••"'],
    ['userName eq "open', 'userName eq "•••"'],
    ['userName eq eq', 'userName eq "•••"'],
    ['emails[type eq "work"].value co "ada"', 'emails[type eq "work"].value co "•••"'],
    ['not (active eq true) and title pr', 'not (active eq true) and title pr'],
    [
      'urn:ietf:params:scim:schemas:core:2.0:User:userName sw "a"',
      'urn:ietf:params:scim:schemas:core:2.0:User:userName sw "•••"',
    ],
    ['meta.created gt "2026-01-01T00:00:00Z"', 'meta.created gt "•••"'],
    ['ada@acme.example', '"•••"'],
    ['ada', '"•••"'],
    ['', ''],
  ])('%s', (filter, shown) => {
    expect(maskFilter(filter)).toBe(shown);
  });
});

describe('a query', () => {
  const keep = (query: string) => {
    const people = new PersonKeys();
    const kept = redactQuery(query, secrets, people);
    return { kept, keys: people.all, shown: maskQuery(kept), revealed: showQuery(kept) };
  };

  it('is kept readable, and shown without what it compares with', () => {
    expect(keep('filter=userName+eq+%22R%26D%3D100%25%22&startIndex=1&count=100&')).toEqual({
      kept: 'filter=userName eq "R%26D=100%25"&startIndex=1&count=100',
      keys: ['R&D=100%', 'r&d=100%'],
      shown: 'filter=userName eq "•••"&startIndex=1&count=100',
      revealed: 'filter=userName eq "R&D=100%"&startIndex=1&count=100',
    });
  });

  it.each([
    ['a token', `access_token=${TOKEN}`, 'access_token=[removed]'],
    ['a token in another place', `filter=userName+eq+%22${TOKEN}%22`, 'filter=userName eq "[removed]"'],
    ['a token that is encoded', `x=${encodeURIComponent(TOKEN).replace('acme', '%61cme')}`, 'x=[removed]'],
    ['a password', 'filter=password+eq+%22hush%22', 'filter=password eq "•••"'],
  ])('is kept without %s', (_what, query, kept) => {
    expect(keep(query)).toMatchObject({ kept, keys: [] });
  });

  it('is shown without parameters that nobody knows', () => {
    expect(keep('who=ada&ada@acme.example&aadOptscim062020').shown).toBe('who=•••&•••&aadOptscim062020');
  });
});

describe('a path as it is shown at first', () => {
  it.each([
    ['/Users', '/Users'],
    [`/Users/${ID}`, `/Users/${ID}`],
    ['/Users/.search', '/Users/.search'],
    ['/Users/ada@acme.example', '/Users/•••'],
    [`/Users/${ID}/ada`, `/Users/${ID}/•••`],
    ['/Schemas/urn:ietf:params:scim:schemas:core:2.0:User', '/Schemas/urn:ietf:params:scim:schemas:core:2.0:User'],
    ['/', '/'],
  ])('%s', (path, shown) => {
    expect(maskPath(path)).toBe(shown);
  });
});

it('a token is known by its form, whatever its prefix', () => {
  expect(withoutTokens(`Bearer ${TOKEN}, ${generateToken('my_scim').secret}`)).toBe('Bearer [removed], [removed]');
});
