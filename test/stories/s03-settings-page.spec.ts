import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.js';
import { HostClient } from '../support/host-client.js';
import { ScimClient } from '../support/scim-client.js';
import { useHost } from './organization.js';

describe('S3: the admin generates a SCIM token on the SAML SSO page', () => {
  let browser: Browser | undefined;
  // Before the host's own: a browser keeps connections open, for which a host that stops waits.
  afterAll(() => browser?.close());
  const started = useHost();

  beforeAll(async () => {
    browser = await launchBrowser();
  });

  /** The page of an organization's settings, reached as its owner reaches it: by the sign-in form. */
  async function openSettings(slug: string): Promise<Page> {
    if (!browser) throw new Error('There is no browser.');
    const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] });
    const page = await context.newPage();
    await page.goto(`${started.host.url}/orgs/${slug}/settings/saml`);
    await page.getByLabel('E-mail').fill(`owner@${slug}.example`);
    await page.getByLabel('Password').fill('demo');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'SCIM provisioning' }).waitFor();
    return page;
  }

  /** Not before the page says so: the browser writes its clipboard when it gets round to it. */
  async function copy(page: Page, what: string): Promise<string> {
    await page.getByRole('button', { name: `Copy ${what}` }).click();
    await page.getByText(new RegExp(`^${what} copied`, 'i')).waitFor();
    return page.evaluate('navigator.clipboard.readText()');
  }

  it('shows the token once, copies token and endpoint URL, and revokes', async () => {
    const page = await openSettings('acme');
    await page.getByLabel('Label').fill('Entra ID');
    await page.getByRole('button', { name: 'Generate SCIM token' }).click();
    const token = await copy(page, 'token');
    expect(token).toMatch(/^scim_[0-9A-Za-z]{13}_[0-9A-Za-z]{49}$/);
    const endpoint = await copy(page, 'endpoint URL');
    expect(endpoint).toBe(`${started.host.url}/scim/v2`);

    const idp = new ScimClient(started.host.url, token, 'acme', new URL(endpoint).pathname);
    await idp.createUser({ userName: 'mira@acme.example', displayName: '<b onmouseover=alert(1)>Mira</b>' });
    await page.reload();
    await page.getByRole('cell', { name: 'mira@acme.example' }).waitFor();
    expect(await page.content()).not.toContain(token);
    const person = page.getByRole('row').filter({ hasText: 'mira@acme.example' });
    expect(await person.innerText()).toContain('provisioned');
    expect(await person.innerText()).toContain('<b onmouseover=alert(1)>Mira</b>');

    const row = page.getByRole('row').filter({ hasText: 'Entra ID' });
    await row.getByRole('button', { name: /Revoke/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke token' }).click();
    await row.getByText('revoked').waitFor();
    expect((await idp.get('/Users')).status).toBe(401);
  });

  it('works with the keyboard alone', async () => {
    const page = await openSettings('globex');
    await page.getByLabel('Label').focus();
    await page.keyboard.type('by keyboard');
    await page.keyboard.press('Enter');
    await page.getByRole('group', { name: 'Your new SCIM token' }).waitFor();
    expect(await page.getByRole('textbox', { name: 'SCIM token' }).inputValue()).toMatch(/^scim_/);
    await page.getByRole('cell', { name: 'by keyboard' }).waitFor();
  });

  it.each([
    ['initech', /SAML/],
    ['startup', /Enterprise plan/],
  ])('says on the page of %s what is missing', async (slug, missing) => {
    const page = await openSettings(slug);
    await page.getByText(missing).first().waitFor();
    expect(await page.getByRole('button', { name: 'Generate SCIM token' }).isDisabled()).toBe(true);
  });

  it('is for owners: a member gets 403, a stranger the sign-in page', async () => {
    const member = new HostClient(started.host.url);
    await member.signInBySso('globex', 'a-member');
    expect((await member.get('/orgs/globex/settings/saml')).status).toBe(403);
    expect((await member.get('/api/organizations/globex/scim/tokens')).status).toBe(403);
    const stranger = await new HostClient(started.host.url).get('/orgs/globex/settings/saml');
    expect(stranger.headers.get('location')).toMatch(/^\/login/);
    expect((await new HostClient(started.host.url).get('/api/organizations/globex/scim')).status).toBe(401);
  });
});
