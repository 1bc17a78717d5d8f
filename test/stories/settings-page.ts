import type { Browser, Page } from 'playwright-core';
import type { TestHost } from '../support/host.js';

/** The settings page of an organization in a browser of its owner's. */
export interface SettingsPage {
  readonly page: Page;
  /**
   * What must not happen: errors of scripts, what the content security policy forbade, dialogs of the browser's own, and requests
   * to other servers.
   */
  readonly complaints: readonly string[];
}

/** Opens it without the sign-in form, and waits until it knows how the connection fares. */
export async function openSettings(
  browser: Browser,
  { url }: TestHost,
  slug: string,
  width = 1280,
): Promise<SettingsPage> {
  const permissions = ['clipboard-read', 'clipboard-write'];
  const context = await browser.newContext({ permissions, viewport: { width, height: 900 } });
  const signedIn = await context.request.post(`${url}/api/login`, {
    data: { email: `owner@${slug}.example`, password: 'demo' },
  });
  if (!signedIn.ok()) throw new Error(`The owner of ${slug} could not sign in: ${signedIn.status()}`);
  const page = await context.newPage();
  const complaints = await listen(page, url);
  await page.goto(`${url}/orgs/${slug}/settings/saml`);
  await page.locator('#verdict:not(:text("Looking"))').waitFor();
  return { page, complaints };
}

async function listen(page: Page, origin: string): Promise<readonly string[]> {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('dialog', (dialog) => {
    complaints.push(`${dialog.type()}: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(`${origin}/`)) complaints.push(`request to ${request.url()}`);
  });
  await page.exposeFunction('forbidden', (what: string) => complaints.push(`forbidden: ${what}`));
  await page.addInitScript(
    `addEventListener('securitypolicyviolation', (event) => forbidden(event.violatedDirective + ' ' + event.blockedURI))`,
  );
  return complaints;
}

/** Has the page look for news now, instead of some seconds later. */
export const lookNow = (page: Page): Promise<void> =>
  page.evaluate(`document.dispatchEvent(new Event('visibilitychange'))`);

/** The delivery of one type of event about a person, as if the host's handlers had failed to the end. */
export const GIVE_UP = `
UPDATE scim_outbox_delivery d SET status = 'dead', attempts = 12, organization_id = e.organization_id, finished_at = now()
FROM scim_outbox e WHERE e.seq = d.event_seq AND e.aggregate_id = $1 AND e.type = $2`;
