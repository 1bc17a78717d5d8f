import { claimUrl } from '../../../src/scim/http/claim-url.js';

const ROOT = '/api/scim/v2';
const ENDPOINTS = ['Users', 'Groups', 'Schemas', 'ServiceProviderConfig'];
const ID = '0B2C7E2A-1111-4222-8333-944445555666';

const claim = (url: string) => claimUrl(url, ROOT, ENDPOINTS);

describe('claimUrl', () => {
  it.each([
    ['the root', '/api/scim/v2', '/api/scim/v2'],
    ['the root with a slash', '/api/scim/v2/', '/api/scim/v2'],
    ['the root with slashes and a query', '//api//scim/v2//?a=1', '/api/scim/v2?a=1'],
    ['an endpoint', '/api/scim/v2/Users', '/api/scim/v2/Users'],
    ['a trailing slash', '/api/scim/v2/Users/', '/api/scim/v2/Users'],
    ['a doubled slash after the base URL', '/api/scim/v2//Users', '/api/scim/v2/Users'],
    ['a doubled slash before an id', '/api/scim/v2/Users//x/', '/api/scim/v2/Users/x'],
    ['another case of the endpoint', '/api/scim/v2/uSERS', '/api/scim/v2/Users'],
    ['another case of the root', '/API/Scim/V2/users/x', '/api/scim/v2/Users/x'],
    ['needless percent-encoding', '/api/%73cim/v2/%55sers', '/api/scim/v2/Users'],
    ['an unknown endpoint, as it is', '/api/scim/v2/wIDGETS', '/api/scim/v2/wIDGETS'],
  ])('puts %s in order', (_what, url, claimed) => {
    expect(claim(url)).toBe(claimed);
  });

  it.each([
    ['an upper-case id', `/Users/${ID}`],
    ['an id that is an endpoint in another case', '/Users/users'],
    ['an encoded id', '/Users/a%2Fb%20c'],
    ['an encoded NUL', '/Users/%00'],
    ['dots', '/Users/../Groups'],
    ['a URN', '/Schemas/urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'],
    ['100 characters', `/Users/${'x'.repeat(100)}`],
    ['a query with slashes and broken encodings', '/Users?filter=a%20eq%20"//x"&b=%E0%A4%A&'],
    ['an empty query', '/Users?'],
    ['a second question mark', '/Users?a=b?/c//d'],
    ['a fragment', '/Users#//x'],
  ])('leaves %s alone', (_what, path) => {
    expect(claim(ROOT + path)).toBe(ROOT + path);
  });

  it.each([
    ['a broken encoding', '%E0%A4%A', '%25E0%25A4%25A'],
    ['a lone percent sign', '100%', '100%25'],
    ['3,000 characters', 'x'.repeat(3000), 'x'.repeat(100)],
    ['a long id cut inside an encoding', `${'x'.repeat(99)}%C3%A9`, `${'x'.repeat(99)}%25`],
  ])('keeps %s from the router', (_what, id, tamed) => {
    expect(claim(`${ROOT}/Users/${id}`)).toBe(`${ROOT}/Users/${tamed}`);
  });

  it('never makes a segment that a router takes for too long', () => {
    const segment =
      claim(`${ROOT}/Users/${'%'.repeat(3000)}`)
        ?.split('/')
        .at(-1) ?? '';
    expect(decodeURIComponent(segment)).toBe('%'.repeat(100));
  });

  it.each([
    '/',
    '/api',
    '/api/scim',
    '/scim/v2/Users',
    '/api/scim/v22/Users',
    '/api/scim/v1/Users',
    '/api/scim/v2x',
    '/api/scim-v2/Users',
    '/api/x/scim/v2/Users',
    '/x/../api/scim/v2/Users',
    '/other?next=/api/scim/v2/Users',
    '/other#/api/scim/v2',
    '/api/scim?/v2/Users',
    '/api/scim%2Fv2/Users',
    '/api/%E0%A4%A/v2',
    '*',
  ])('leaves %s to the host', (url) => {
    expect(claim(url)).toBeUndefined();
  });
});
