import { generateKeyPairSync } from 'node:crypto';
import { DemoIdpKey } from '../../../src/host/demo/demo-idp-key.entity.js';
import { readAuthnRequestId } from '../../../src/host/demo/read-authn-request.js';
import { type Assertion, signResponse } from '../../../src/host/demo/sign-response.js';
import { Organization } from '../../../src/host/organizations/organization.entity.js';
import { type HostAnswer, HostClient } from '../../support/host-client.js';
import { freePort } from '../../support/free-port.js';
import { startHost, type TestHost } from '../../support/host.js';
import { useHost } from '../../stories/organization.js';

/** An identity provider that says what the test wants. */
interface Forgery {
  readonly assertion?: Partial<Assertion>;
  readonly privateKey?: string;
  readonly now?: Date;
  /** Changes the signed response. */
  readonly edit?: (xml: string) => string;
}

const LATER = (minutes: number): Date => new Date(Date.now() + minutes * 60_000);
const { privateKey: strangersKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

describe('the assertion consumer service', () => {
  const started = useHost();

  async function keyOf(slug: string): Promise<string> {
    const { dataSource } = started.host;
    const { id } = await dataSource.getRepository(Organization).findOneByOrFail({ slug });
    return (await dataSource.getRepository(DemoIdpKey).findOneByOrFail({ organizationId: id })).privateKey;
  }

  /** What acme's identity provider would answer to the sign-in that `browser` begins. */
  async function answerFor(browser: HostClient, forgery: Forgery = {}): Promise<string> {
    const request = await browser.beginSso('acme');
    const sp = `${started.host.url}/orgs/acme/sso`;
    const assertion = {
      issuer: `${started.host.url}/demo-idp/acme`,
      audience: sp,
      acsUrl: `${sp}/acs`,
      inResponseTo: readAuthnRequestId(request.get('SAMLRequest') ?? '') ?? '',
      nameId: 'forged',
      groups: [],
      ...forgery.assertion,
    };
    const signed = signResponse(assertion, forgery.privateKey ?? (await keyOf('acme')), forgery.now ?? new Date());
    if (!forgery.edit) return signed;
    return Buffer.from(forgery.edit(Buffer.from(signed, 'base64').toString('utf8'))).toString('base64');
  }

  const post = (browser: HostClient, response: string, slug = 'acme'): Promise<HostAnswer> =>
    browser.form(`/orgs/${slug}/sso/acs`, { SAMLResponse: response, RelayState: '' });

  it('accepts what its identity provider signed', async () => {
    const browser = new HostClient(started.host.url);
    const answer = await post(browser, await answerFor(browser));
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/orgs/acme']);
    expect((await browser.get('/api/me')).body).toMatchObject({ displayName: 'forged', role: 'member', teams: [] });
  });

  const urlOf = (path: string): string => `${started.host.url}${path}`;
  it.each<[string, () => Promise<Forgery> | Forgery]>([
    ['signed by a stranger', () => ({ privateKey: strangersKey })],
    ['signed by another organization', async () => ({ privateKey: await keyOf('globex') })],
    ['of another issuer', () => ({ assertion: { issuer: urlOf('/demo-idp/globex') } })],
    ['for another audience', () => ({ assertion: { audience: urlOf('/orgs/globex/sso') } })],
    ['for another address', () => ({ assertion: { acsUrl: urlOf('/orgs/globex/sso/acs') } })],
    ['to a request never made', () => ({ assertion: { inResponseTo: '_never' } })],
    ['to no request', () => ({ assertion: { inResponseTo: '' } })],
    ['of an hour ago', () => ({ now: LATER(-60) })],
    ['of tomorrow', () => ({ now: LATER(24 * 60) })],
    ['without a name', () => ({ assertion: { nameId: '' } })],
    ['changed after signing', () => ({ edit: (xml) => xml.replace('>forged<', '>other<') })],
    ['without its signature', () => ({ edit: (xml) => xml.replace(/<ds:Signature.*<\/ds:Signature>/s, '') })],
    ['twice in one response', () => ({ edit: (xml) => xml.replace(/<saml:Assertion.*<\/saml:Assertion>/s, '$&$&') })],
    ['that is not XML', () => ({ edit: () => 'hello' })],
  ])('refuses an assertion %s', async (_name, forgery) => {
    const browser = new HostClient(started.host.url);
    const answer = await post(browser, await answerFor(browser, await forgery()));
    expect(answer.status).toBe(403);
    expect(answer.text).toContain('could not be verified');
    expect(answer.headers.getSetCookie().filter((cookie) => cookie.startsWith('session='))).toEqual([]);
    expect((await browser.get('/api/me')).status).toBe(401);
  });

  it('refuses an envelope that names a live request around an assertion for another one', async () => {
    const browser = new HostClient(started.host.url);
    const old = await answerFor(browser, { assertion: { inResponseTo: '_stolen' } });
    const live = readAuthnRequestId((await browser.beginSso('acme')).get('SAMLRequest') ?? '') ?? '';
    const xml = Buffer.from(old, 'base64').toString('utf8').replace('InResponseTo="_stolen"', `InResponseTo="${live}"`);
    expect((await post(browser, Buffer.from(xml).toString('base64'))).status).toBe(403);
  });

  it('reads a name that a comment splits as the whole that was signed', async () => {
    const browser = new HostClient(started.host.url);
    const edit = (xml: string): string => xml.replace('>admin.evil<', '>admin<!-- -->.evil<');
    const response = await answerFor(browser, { assertion: { nameId: 'admin.evil' }, edit });
    await post(browser, response);
    expect((await browser.get('/api/me')).body?.displayName).not.toBe('admin');
  });

  it('takes each answer once, also of many at the same moment', async () => {
    const browser = new HostClient(started.host.url);
    const response = await answerFor(browser, { assertion: { nameId: 'replayed' } });
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => post(new HostClient(started.host.url), response)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([303, ...Array.from({ length: 7 }, () => 403)]);
  });

  it('does not take the answer to a request that is too old', async () => {
    const browser = new HostClient(started.host.url);
    const response = await answerFor(browser);
    await started.host.dataSource.query(`UPDATE sso_request SET created_at = created_at - interval '11 minutes'`);
    expect((await post(browser, response)).status).toBe(403);
  });

  it('does not take the answer of one organization for another', async () => {
    const browser = new HostClient(started.host.url);
    expect((await post(browser, await answerFor(browser), 'globex')).status).toBe(403);
    expect((await post(browser, await answerFor(browser), 'no-such')).status).toBe(404);
  });

  it('says what is missing in a form without a response', async () => {
    const answer = await new HostClient(started.host.url).form('/orgs/acme/sso/acs', { RelayState: '' });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('The form has no SAMLResponse.');
  });
});

describe('single sign-on over HTTPS', () => {
  let host: TestHost;
  let url: string;
  beforeAll(async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    host = await startHost({ port, publicUrl: 'https://app.example' });
  });
  afterAll(() => host.stop());

  it('ends in the browser that began it', async () => {
    const begun = new HostClient(url);
    const answer = await begun.get('/orgs/acme/sso');
    expect(answer.headers.get('set-cookie')).toMatch(/^sso_browser=[\w-]{43}; .*HttpOnly; Secure; SameSite=None$/);
    const { searchParams } = new URL(answer.headers.get('location') ?? '');
    const elsewhere = await new HostClient(url).finishSso('acme', searchParams, 'somebody');
    expect(elsewhere.status).toBe(403);
    expect(elsewhere.text).toContain('begun in another browser');
    await begun.signInBySso('acme', 'somebody');
    expect((await begun.get('/api/me')).status).toBe(200);
  });

  it('keeps its session off plain HTTP', async () => {
    const login = { email: 'owner@acme.example', password: 'demo' };
    const answer = await new HostClient(url).json('POST', '/api/login', login);
    expect(answer.headers.get('set-cookie')).toContain('; Secure; ');
    expect(answer.headers.get('strict-transport-security')).toContain('max-age=');
  });
});
