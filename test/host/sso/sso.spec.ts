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

  it.each(['<!-- -->', '<?x?>', '<![CDATA[.]]>'])('refuses a name that %s splits', async (splitter) => {
    const browser = new HostClient(started.host.url);
    const edit = (xml: string): string => xml.replace('>admin.evil<', `>admin${splitter}.evil<`);
    const response = await answerFor(browser, { assertion: { nameId: 'admin.evil' }, edit });
    expect((await post(browser, response)).status).toBe(403);
    expect((await browser.get('/api/me')).status).toBe(401);
  });

  it('takes an assertion once, whatever request it answers', async () => {
    const browser = new HostClient(started.host.url);
    const assertion = { id: '_the-same-assertion', nameId: 'replayed-assertion' };
    expect((await post(browser, await answerFor(browser, { assertion }))).status).toBe(303);
    expect((await post(browser, await answerFor(browser, { assertion }))).status).toBe(403);
    const kept = await started.host.dataSource.query('SELECT expires_at > now() AS live FROM sso_assertion');
    expect(kept).toContainEqual({ live: true });
  });

  it('takes each answer once, also of many at the same moment', async () => {
    const browser = new HostClient(started.host.url);
    const response = await answerFor(browser, { assertion: { nameId: 'replayed' } });
    const answers = await Promise.all(Array.from({ length: 8 }, () => post(browser, response)));
    expect(answers.map(({ status }) => status).sort()).toEqual([303, ...Array.from({ length: 7 }, () => 403)]);
  });

  it('does not take the answer to a request that is too old', async () => {
    const browser = new HostClient(started.host.url);
    const response = await answerFor(browser);
    await started.host.dataSource.query(`UPDATE sso_request SET created_at = created_at - interval '11 minutes'`);
    expect((await post(browser, response)).status).toBe(403);
  });

  it('does not blame the response for an error of the database', async () => {
    const browser = new HostClient(started.host.url);
    const response = await answerFor(browser);
    await started.host.dataSource.query('ALTER TABLE sso_request RENAME TO sso_request_away');
    const broken = await post(browser, response);
    await started.host.dataSource.query('ALTER TABLE sso_request_away RENAME TO sso_request');
    expect(broken.status).toBe(500);
    expect((await post(browser, response)).status).toBe(303);
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

describe('a sign-in that is finished in another browser than it was begun in', () => {
  const started = useHost();
  const people = () => started.host.dataSource.query('SELECT count(*)::int AS links FROM scim_link');

  /** The identity provider's form for a sign-in that `starter` begins. */
  async function formFor(starter: HostClient, nameId: string): Promise<Record<string, string>> {
    const request = await starter.beginSso('acme');
    const { text } = await starter.form('/demo-idp/acme/login', {
      nameId,
      SAMLRequest: request.get('SAMLRequest') ?? '',
    });
    const [, SAMLResponse = ''] = /name="SAMLResponse" value="([^"]+)"/.exec(text) ?? [];
    return { SAMLResponse, RelayState: '' };
  }

  it.each<[string, (victim: HostClient) => Promise<unknown>]>([
    ['has no cookie of a sign-in', async () => undefined],
    ['has begun one of its own', (victim) => victim.get('/orgs/acme/sso')],
    ['is signed in', (victim) => victim.signInBySso('acme', 'victim-before')],
  ])('is refused where that one %s: no session, no link, no account', async (_name, prepare) => {
    const starter = await new HostClient(started.host.url).signInAsOwner('acme');
    const victim = new HostClient(started.host.url);
    await prepare(victim);
    const [before, me] = [await people(), (await victim.get('/api/me')).body];
    const form = await formFor(starter, 'victim');
    const answer = await victim.follow(await victim.formFromElsewhere('/orgs/acme/sso/acs', form));
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([403, []]);
    expect(answer.text).toContain('Begin again in this browser');
    expect(await people()).toEqual(before);
    expect((await victim.get('/api/me')).body).toEqual(me);
  });

  it('is refused at once where the cookie of another sign-in comes with the form', async () => {
    const victim = new HostClient(started.host.url);
    await victim.beginSso('acme');
    const form = await formFor(new HostClient(started.host.url), 'victim-2');
    const answer = await victim.form('/orgs/acme/sso/acs', form);
    expect([answer.status, answer.text.includes('other-browser')]).toEqual([403, true]);
  });
});

describe('a form that comes from a real identity provider, without cookies', () => {
  const started = useHost();

  async function begin(nameId: string): Promise<{ browser: HostClient; page: HostAnswer; ticket: string }> {
    const browser = new HostClient(started.host.url);
    const request = await browser.beginSso('acme');
    const fields = { nameId, SAMLRequest: request.get('SAMLRequest') ?? '' };
    const { text } = await browser.form('/demo-idp/acme/login', fields);
    const [, SAMLResponse = ''] = /name="SAMLResponse" value="([^"]+)"/.exec(text) ?? [];
    const page = await browser.formFromElsewhere('/orgs/acme/sso/acs', { SAMLResponse, RelayState: '' });
    return { browser, page, ticket: /name="ticket" value="([^"]+)"/.exec(page.text)?.[1] ?? '' };
  }

  it('goes on in the browser that began, by a page of our own, and is good once', async () => {
    const { browser, page, ticket } = await begin('cross-site');
    expect([page.status, page.headers.getSetCookie()]).toEqual([200, []]);
    expect((await browser.get('/api/me')).status).toBe(401);
    const [row] = await started.host.dataSource.query('SELECT row_to_json(p)::text AS text FROM sso_pending_login p');
    expect(row.text).not.toContain(ticket);
    expect((await browser.follow(page)).status).toBe(200);
    expect((await browser.get('/api/me')).body.displayName).toBe('cross-site');
    expect((await browser.get(`/orgs/acme/sso/continue?ticket=${ticket}`)).status).toBe(403);
  });

  it.each(['', '?ticket=', '?ticket=unknown', '?ticket=a&ticket=b', '?ticket[x]=1'])(
    'is refused with a ticket that is none: %j',
    async (query) => {
      const { browser } = await begin('nobody');
      expect((await browser.get(`/orgs/acme/sso/continue${query}`)).status).toBe(403);
    },
  );

  it('is refused too late, at another organization, and when SAML was switched off meanwhile', async () => {
    const late = await begin('late');
    await started.host.dataSource.query(`UPDATE sso_pending_login SET created_at = created_at - interval '6 minutes'`);
    expect((await late.browser.follow(late.page)).status).toBe(403);
    const elsewhere = await begin('elsewhere');
    expect((await elsewhere.browser.get(`/orgs/globex/sso/continue?ticket=${elsewhere.ticket}`)).status).toBe(403);
    const off = await begin('off');
    await started.host.dataSource.query('UPDATE sso_connection SET enabled = false');
    const answer = await off.browser.follow(off.page);
    await started.host.dataSource.query('UPDATE sso_connection SET enabled = true');
    expect([answer.status, answer.text.includes('sso-off')]).toEqual([403, true]);
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
    expect(answer.headers.get('set-cookie')).toMatch(/^sso_browser=[\w-]{43}; .*HttpOnly; Secure; SameSite=Lax$/);
    const { searchParams } = new URL(answer.headers.get('location') ?? '');
    const elsewhere = await new HostClient(url).finishSso('acme', searchParams, 'somebody');
    expect(elsewhere.status).toBe(403);
    expect(elsewhere.text).toContain('Begin again in this browser');
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
