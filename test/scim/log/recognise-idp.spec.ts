import { readdirSync, readFileSync } from 'node:fs';
import { recogniseIdp, recogniseRequest } from '../../../src/scim/log/recognise-idp.js';

const FOLDER = `${import.meta.dirname}/../../idp`;

interface Step {
  readonly as?: string;
  readonly login?: unknown;
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly request?: unknown;
}

const readJson = (path: string): unknown => JSON.parse(readFileSync(`${FOLDER}/${path}`, 'utf8'));

/** What each request of a recorded conversation looks like. */
function looksOf(name: string): (string | undefined)[] {
  const files = readdirSync(`${FOLDER}/${name}`).toSorted();
  const { headers } = (files.includes('client.json') ? readJson(`${name}/client.json`) : {}) as Pick<Step, 'headers'>;
  const steps = files
    .filter((file) => file !== 'client.json')
    .flatMap((file) => [readJson(`${name}/${file}`) as Step | Step[]].flat())
    .filter(({ as, login }) => as === undefined && login === undefined);
  return steps.map(({ method = 'GET', path: url = '', request, ...step }) => {
    const [path = ''] = url.split('?');
    const client = { ...headers, ...step.headers }['User-Agent'];
    return recogniseRequest({ method, path, query: url.slice(path.length), client, body: request });
  });
}

const EXPECTED: Readonly<Record<string, string>> = {
  authentik: 'authentik',
  entra: 'entra',
  'entra-aadoptscim062020': 'entra',
  'entra-apidog': 'entra',
  'entra-validator': 'entra',
  google: 'google',
  jumpcloud: 'jumpcloud',
  keycloak: 'keycloak',
  'okta-apidog': 'okta',
  // A test tool, run by whoever likes.
  'okta-spec-test': 'generic',
  'okta-template': 'okta',
  'okta-wizard': 'okta',
  onelogin: 'onelogin',
  'pingone-pingfederate': 'ping',
  rippling: 'rippling',
  // Two that nothing tells apart.
  'sailpoint-cyberark': 'generic',
};

describe('the recorded traffic', () => {
  const folders = readdirSync(FOLDER, { withFileTypes: true }).filter((entry) => entry.isDirectory());

  it('has an expectation for each identity provider', () => {
    expect(folders.map(({ name }) => name).toSorted()).toEqual(Object.keys(EXPECTED).toSorted());
  });

  it.each(Object.entries(EXPECTED))('of %s is recognised as %s, and no request of it as another', (name, idp) => {
    const looks = looksOf(name);
    expect(recogniseIdp(looks)).toBe(idp);
    expect([...new Set(looks)].filter((look) => look !== undefined && look !== idp)).toEqual([]);
  });
});

describe('a request', () => {
  it.each([
    null,
    'text',
    7,
    [],
    { Operations: 'x' },
    { Operations: [null, 1], schemas: [1, null] },
    { meta: [], members: {} },
  ])('with the body %j looks like nobody', (body) => {
    expect(
      recogniseRequest({ method: 'POST', path: '/Users', query: '?x=%', client: undefined, body }),
    ).toBeUndefined();
  });
});

describe('a connection', () => {
  it.each([
    ['one that nothing was seen of', [], 'generic'],
    ['one whose requests look like nobody', [null, undefined], 'generic'],
    ['one that changed its identity provider long ago', ['okta', 'entra', 'entra', null], 'entra'],
    ['one whose traffic names somebody unknown', ['another'], 'generic'],
  ])('%s', (_which, seen, idp) => {
    expect(recogniseIdp(seen)).toBe(idp);
  });
});
