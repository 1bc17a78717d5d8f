import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../../support/browser.js';
import { HostClient } from '../../support/host-client.js';
import { freePort } from '../../support/free-port.js';
import { useHost } from '../../stories/organization.js';

describe('in a real browser', () => {
  let browser: Browser;
  let idp: Server;
  let idpUrl: string;
  let form = '';

  // Before the host's own: a browser keeps connections open, for which a host that stops waits.
  afterAll(async () => {
    await browser.close();
    idp.closeAllConnections();
    idp.close();
  });
  const started = useHost();

  beforeAll(async () => {
    const port = await freePort();
    // Another site than 127.0.0.1, on the same machine.
    idpUrl = `http://localhost:${port}/`;
    idp = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html').end(form);
    }).listen(port, '127.0.0.1');
    await once(idp, 'listening');
    browser = await launchBrowser();
  });

  /** The page with which the identity provider answers the sign-in that the page at `loginUrl` is for. */
  async function answer(loginUrl: string, nameId: string): Promise<void> {
    const fields = { nameId, SAMLRequest: new URL(loginUrl).searchParams.get('SAMLRequest') ?? '' };
    const { text } = await new HostClient(started.host.url).form('/demo-idp/acme/login', fields);
    const [, response = ''] = /name="SAMLResponse" value="([^"]+)"/.exec(text) ?? [];
    form = `<form method="post" action="${started.host.url}/orgs/acme/sso/acs"><input name="SAMLResponse" value="${response}">
      </form><script>document.forms[0].submit()</script>`;
  }

  it('an identity provider on another site signs the person in where the sign-in was begun', async () => {
    const page = await (await browser.newContext()).newPage();
    await page.goto(`${started.host.url}/orgs/acme/sso`);
    await answer(page.url(), 'from-another-site');
    await page.goto(idpUrl);
    await page.getByRole('heading', { name: 'You are in: Acme' }).waitFor();
    expect(await page.getByText('from-another-site').first().isVisible()).toBe(true);
  });

  it('an identity provider on another site signs nobody in anywhere else', async () => {
    const page = await (await browser.newContext()).newPage();
    await page.goto(`${started.host.url}/orgs/acme/sso`);
    await answer(page.url(), 'a-victim');
    const context = await browser.newContext();
    const other = await context.newPage();
    await other.goto(idpUrl);
    await other.getByText('Begin again in this browser').waitFor();
    expect((await context.cookies()).map(({ name }) => name)).toEqual([]);
  });

  it('somebody joins by the link of an invitation, which no request carries', async () => {
    const owner = await new HostClient(started.host.url).signInAsOwner('globex');
    const path = '/api/organizations/globex/invitations';
    const { url } = (await owner.json('POST', path, { email: 'mira@globex.example' })).body;
    const page = await (await browser.newContext()).newPage();
    const requested: string[] = [];
    page.on('request', (request) => requested.push(request.url()));
    await page.goto(url);
    await page.getByLabel('Your name').fill('Mira');
    await page.getByLabel('Password').fill('correct horse');
    await page.getByRole('button', { name: 'Join' }).click();
    await page.waitForURL('**/orgs/globex');
    expect(await page.textContent('main')).toContain('Mira');
    await page.goto(url);
    await page.getByRole('button', { name: 'Join' }).click();
    await page.getByText('was accepted before').waitFor();
    // A browser keeps what stands after the # to itself.
    const [, token = ''] = String(url).split('#');
    expect(requested.filter((each) => each.includes(token) && !each.includes(`#${token}`))).toEqual([]);
  });
});
