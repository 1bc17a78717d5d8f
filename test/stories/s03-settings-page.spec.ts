import type { Browser, Locator, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.js';
import { HostClient } from '../support/host-client.js';
import { ScimClient } from '../support/scim-client.js';
import { whenDelivered } from '../support/when-delivered.js';
import { aPerson, foundOrganization, type Organization, useHost } from './organization.js';
import { lookNow, openSettings } from './settings-page.js';

describe('S3: the admin generates a SCIM token on the SAML SSO page', () => {
  let browser: Browser | undefined;
  // Before the host's own: a browser keeps connections open, for which a host that stops waits.
  afterAll(() => browser?.close());
  const started = useHost();

  beforeAll(async () => {
    browser = await launchBrowser();
  });

  /** The page of an organization's settings, reached as its owner reaches it: by the sign-in form. */
  async function signInToSettings(slug: string): Promise<Page> {
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
    const page = await signInToSettings('acme');
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
    const page = await signInToSettings('globex');
    await page.locator('#generate:enabled').waitFor();
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
    const page = await signInToSettings(slug);
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

  /** An organization with its page, and what its IdP has done before the page was opened. */
  async function open(before: (organization: Organization) => Promise<unknown> = async () => {}, width?: number) {
    if (!browser) throw new Error('There is no browser.');
    const organization = await foundOrganization(started.host);
    await before(organization);
    return { ...organization, ...(await openSettings(browser, started.host, organization.slug, width)) };
  }

  const status = (page: Page): Locator => page.locator('#status');

  it('says in words whether it works, from the first token to a pause, and ticks the checklist', async () => {
    const { page, idp, complaints } = await open();
    const verdict = page.locator('#verdict');
    expect(await verdict.innerText()).toBe('Waiting for the first call');
    expect(await page.locator('#checklist').innerText()).not.toContain('✓');

    await idp.createUser(aPerson());
    await lookNow(page);
    await page.getByRole('listitem').filter({ hasText: 'First user created: done' }).waitFor();
    expect(await verdict.innerText()).toBe('Yes, it is working');
    expect(await page.locator('#checklist-news').innerText()).toMatch(/^Done: Connection tested\. Done: /);

    await idp.post('/Users', { externalId: 'nobody' });
    await idp.post('/Users', { externalId: 'nobody' });
    await lookNow(page);
    await verdict.getByText(/^Failing since /).waitFor();
    await page.getByRole('button', { name: 'Show why' }).click();
    await page.getByRole('dialog').getByText('400 Not understood').waitFor();
    await page.getByRole('dialog').getByText('userName is required.').waitFor();
    await page.keyboard.press('Escape');

    await page.getByRole('button', { name: 'Pause provisioning' }).click();
    await page.getByRole('dialog', { name: 'Pause provisioning?' }).getByRole('button', { name: 'Pause' }).click();
    await verdict.getByText(/^Paused since /).waitFor();
    expect((await idp.post('/Users', aPerson())).status).toBe(503);
    await page.getByRole('button', { name: 'Resume provisioning' }).click();
    await status(page).getByText('Provisioning goes on.').waitFor();
    await idp.createUser(aPerson());
    await lookNow(page);
    await verdict.getByText('Yes, it is working').waitFor();
    expect(complaints).toEqual([]);
  });

  it('replaces a token while both work, takes that back, and completes it', async () => {
    const { page, idp, complaints } = await open();
    const tokens = page.getByRole('table', { name: 'Tokens' });
    const rotate = async (): Promise<ScimClient> => {
      await tokens.getByRole('button', { name: 'Rotate test' }).click();
      const dialog = page.getByRole('dialog', { name: 'Rotate this token?' });
      await dialog.getByRole('radio', { name: /^7 days/ }).check();
      await dialog.getByRole('button', { name: 'Rotate token' }).click();
      await page.getByRole('group', { name: 'Rotation of test' }).waitFor();
      const secret = await page.getByRole('textbox', { name: 'SCIM token' }).inputValue();
      return new ScimClient(started.host.url, secret, idp.organizationId);
    };
    const first = await rotate();
    expect([(await idp.get('/Users')).status, (await first.get('/Users')).status]).toEqual([200, 200]);
    await page.getByRole('button', { name: 'Cancel rotation' }).click();
    await status(page)
      .getByText(/^The rotation is cancelled/)
      .waitFor();
    expect([(await idp.get('/Users')).status, (await first.get('/Users')).status]).toEqual([200, 401]);

    const second = await rotate();
    await page.getByRole('button', { name: 'Complete rotation' }).click();
    await status(page)
      .getByText(/^The rotation is complete/)
      .waitFor();
    expect([(await idp.get('/Users')).status, (await second.get('/Users')).status]).toEqual([401, 200]);
    expect(await page.evaluate('document.activeElement.textContent')).toBe('SCIM tokens');
    expect(complaints).toEqual([]);
  });

  it('says that the identity provider still sends the old token, and what to do', async () => {
    const { page, complaints, idp } = await open(async (organization) => {
      const tokens = `/api/organizations/${organization.slug}/scim/tokens`;
      await organization.idp.get('/Users');
      const [{ id }] = (await organization.owner.get(tokens)).body.tokens;
      await organization.owner.json('POST', `${tokens}/${id}/rotate`, { overlapHours: 0 });
      await organization.idp.get('/Users');
    });
    const health = page.locator('#health');
    expect(await page.locator('#verdict').innerText()).toBe(
      'Refused: your identity provider sends a token that is not valid any more',
    );
    expect(await health.innerText()).toContain('Paste the new token in your identity provider.');
    await idp.get('/Users');
    await lookNow(page);
    await health.getByText(/^2 requests in a row were refused/).waitFor();
    await page.getByRole('button', { name: 'Show why' }).click();
    await page.getByRole('dialog').getByText(/^401 /).first().waitFor();
    expect(complaints).toEqual([]);
  });

  it('makes a token of fewer scopes, warns of its end at the top, and of a third one', async () => {
    const { page, complaints, owner, slug } = await open();
    await page.getByText('Advanced: what the token may do').click();
    await page.getByRole('checkbox', { name: /^Add, change and remove groups/ }).uncheck();
    await page.getByLabel('Label').fill('short');
    await page.getByRole('button', { name: 'Generate SCIM token' }).click();
    await page.getByRole('group', { name: 'Your new SCIM token' }).waitFor();
    await page.getByText(/^Two tokens are live/).waitFor();
    expect(await page.getByRole('button', { name: 'Generate SCIM token' }).isDisabled()).toBe(true);
    const { tokens } = (await owner.get(`/api/organizations/${slug}/scim/tokens`)).body;
    const { id, scopes } = tokens.find(({ label }: { label: string }) => label === 'short');
    expect(scopes).not.toContain('groups:write');
    expect(scopes).toContain('users:write');

    await started.host.dataSource.query(`UPDATE scim_token SET expires_at = now() + interval '6 days' WHERE id = $1`, [
      id,
    ]);
    await page.reload();
    await page.getByText(/^The token short expires in 6 days/).waitFor();
    await page.getByRole('link', { name: 'Rotate it in time' }).waitFor();
    expect(complaints).toEqual([]);
  });

  it('finds a refused request by person, says why, and writes down who revealed it', async () => {
    const person = aPerson();
    const { page, complaints } = await open(async ({ idp }) => {
      await idp.createUser(person);
      await idp.createUser(aPerson('lin'));
      await idp.post('/Users', person);
    });
    const search = page.getByRole('search', { name: 'Log' });
    await search.getByLabel('Person').fill(person.userName);
    await search.getByLabel('Result').selectOption({ label: '409 – conflict' });
    await search.getByRole('button', { name: 'Search the log' }).click();
    await page
      .locator('#log-found')
      .getByText(/^1 request shown/)
      .waitFor();
    const row = page.getByRole('table', { name: 'Log' }).getByRole('row').nth(1);
    expect(await row.innerText()).toContain('409 Conflict');
    expect(await row.innerText()).not.toContain(person.userName);

    await row.getByRole('button', { name: /Add a person$/ }).click();
    const entry = page.getByRole('dialog', { name: 'Add a person' });
    await entry.getByText(/is there already/).waitFor();
    expect(await entry.innerText()).not.toContain(person.userName);
    await entry.getByRole('button', { name: 'Reveal' }).click();
    await entry.getByRole('status').getByText('Revealed. That you did is written down.').waitFor();
    expect(await entry.getByRole('region', { name: 'Body' }).innerText()).toContain(person.userName);
    await entry.getByText(/^Owner, /).waitFor();
    await entry.getByRole('button', { name: 'Close' }).click();
    expect(await page.evaluate('document.activeElement.textContent')).toMatch(/Add a person$/);
    expect(complaints).toEqual([]);
  });

  it('tells what happened to a person, unlinks the account, and erases the data', async () => {
    const person = { ...aPerson(), displayName: 'Mira Okafor' };
    const { page, idp, complaints } = await open(async ({ idp: client, slug }) => {
      const { id } = await client.createUser(person);
      await new HostClient(started.host.url).signInBySso(slug, person.externalId);
      await client.patch(`/Users/${id}`, [{ op: 'replace', path: 'title', value: 'Doctor' }]);
    });
    const search = page.getByRole('search', { name: 'People' });
    await search.getByLabel('Search people').fill('okafor');
    await search.getByRole('button', { name: 'Show' }).click();
    await page.getByRole('table', { name: 'People' }).getByRole('button', { name: 'Mira Okafor' }).click();
    const shown = page.getByRole('dialog', { name: 'Mira Okafor' });
    const history = shown.getByRole('list', { name: 'History' }).getByRole('listitem');
    await history.nth(2).waitFor();
    expect(await history.nth(0).innerText()).toMatch(/^Changed[^]*title[^]*By the token test, PATCH /);
    expect(await history.nth(1).innerText()).toMatch(/^Linked to an account[^]*By a sign-in/);
    await history
      .nth(2)
      .getByRole('link', { name: /^POST \/Users → 201/ })
      .click();
    await page.getByRole('dialog', { name: 'Add a person' }).getByRole('button', { name: 'Close' }).click();

    await shown.getByRole('button', { name: 'Unlink account' }).click();
    await page
      .getByRole('dialog', { name: 'Unlink this account?' })
      .getByRole('button', { name: 'Unlink account' })
      .click();
    await shown.getByRole('status').getByText('The account is unlinked.').waitFor();
    await shown.getByText('none yet: it is linked at the first sign-in').waitFor();
    await shown.getByRole('button', { name: 'Close' }).click();

    const { body } = await idp.filterUsers(`userName eq "${person.userName}"`);
    await idp.delete(`/Users/${body.Resources[0].id}`);
    await search.getByLabel('State').selectOption('deprovisioned');
    await search.getByRole('button', { name: 'Show' }).click();
    await page.locator('#people').getByText('deprovisioned').waitFor();
    await page.getByRole('button', { name: 'Mira Okafor' }).click();
    await shown.getByRole('button', { name: 'Erase personal data' }).click();
    const question = page.getByRole('dialog', { name: /^Erase this person/ });
    await question.getByRole('button', { name: 'Erase personal data' }).click();
    const erased = page.getByRole('dialog', { name: 'An erased person' });
    await erased.getByRole('status').getByText('The personal data is gone.').waitFor();
    expect(await erased.innerText()).not.toMatch(/okafor/i);
    expect(complaints).toEqual([]);
  });

  it('shows what could not be carried out, and has it tried again or skipped', async () => {
    const person = aPerson();
    const { page, complaints } = await open(async ({ idp, slug, host }) => {
      const { id } = await idp.createUser(person);
      await new HostClient(host.url).signInBySso(slug, person.externalId);
      await idp.patch(`/Users/${id}`, [{ op: 'replace', path: 'active', value: false }]);
      await whenDelivered(host.dataSource);
      await host.dataSource.query(GIVE_UP, [id]);
    });
    const table = page.getByRole('table', { name: 'Undelivered changes' });
    const rows = table.getByRole('row').filter({ hasText: 'given up' });
    await rows.first().waitFor();
    const count = await rows.count();
    expect(count).toBeGreaterThan(1);
    expect(await page.locator('#backlog').innerText()).toContain(`${count} given up.`);

    await rows.first().getByRole('button', { name: /^Skip/ }).click();
    await page.getByRole('dialog', { name: 'Skip this change?' }).getByRole('button', { name: 'Skip it' }).click();
    await page.locator('#status').getByText('The change is skipped.').waitFor();
    expect(await rows.count()).toBe(count - 1);
    await page.getByRole('button', { name: 'Try all again' }).click();
    await page
      .locator('#status')
      .getByText(/will be tried again now\.$/)
      .waitFor();
    await whenDelivered(started.host.dataSource);
    await lookNow(page);
    await page.locator('#backlog').getByText('Nothing waits.').waitFor();
    expect(complaints).toEqual([]);
  });

  it('shows names of every kind as text, apart from the direction of the text around them', async () => {
    const names = [
      `<img src=x onerror="document.title='hit'">`,
      '\u202Egnitset\u202C',
      '\u200B\u2060',
      'م'.repeat(60),
      '${7*7}{{7*7}}',
    ];
    const { page, complaints } = await open(async ({ idp }) => {
      for (const displayName of names) await idp.createUser({ ...aPerson(), displayName });
      await idp.createUser({ ...aPerson(), userName: 'hid\u200Bden@acme.example' });
    });
    await page.getByLabel('Label').fill('"><script>document.title="hit"</script>');
    await page.getByRole('button', { name: 'Generate SCIM token' }).click();
    await page.getByRole('cell', { name: /^Rotate "><script>/ }).waitFor();
    const shown = await page.locator('#people bdi.name').allTextContents();
    for (const name of names.filter((one) => !one.startsWith('\u200B'))) expect(shown).toContain(name);
    await page.getByRole('button', { name: '(a name that shows nothing)' }).waitFor();
    expect(await page.locator('#people [data-code="U+200B"]').count()).toBe(1);
    expect(await page.locator('#people img, #tokens script').count()).toBe(0);
    expect(await page.title()).not.toBe('hit');
    expect(complaints).toEqual([]);
  });
});

/** As if the host's handlers had failed to the end. */
const GIVE_UP = `
UPDATE scim_outbox_delivery d SET status = 'dead', attempts = 12, organization_id = e.organization_id, finished_at = now()
FROM scim_outbox e WHERE e.seq = d.event_seq AND e.aggregate_id = $1`;
