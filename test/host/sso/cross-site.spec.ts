import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../../support/browser.js';
import { HostClient } from '../../support/host-client.js';
import { freePort } from '../../support/free-port.js';
import { useHost } from '../../stories/organization.js';

describe('an identity provider on another site, in a real browser', () => {
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

  it('signs the person in where the sign-in was begun', async () => {
    const page = await (await browser.newContext()).newPage();
    await page.goto(`${started.host.url}/orgs/acme/sso`);
    await answer(page.url(), 'from-another-site');
    await page.goto(idpUrl);
    await page.getByRole('heading', { name: 'You are in: Acme' }).waitFor();
    expect(await page.getByText('from-another-site').first().isVisible()).toBe(true);
  });

  it('signs nobody in anywhere else', async () => {
    const page = await (await browser.newContext()).newPage();
    await page.goto(`${started.host.url}/orgs/acme/sso`);
    await answer(page.url(), 'a-victim');
    const context = await browser.newContext();
    const other = await context.newPage();
    await other.goto(idpUrl);
    await other.getByText('Begin again in this browser').waitFor();
    expect((await context.cookies()).map(({ name }) => name)).toEqual([]);
  });
});
