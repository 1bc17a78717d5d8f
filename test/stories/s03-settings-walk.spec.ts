import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Locator, Page } from 'playwright-core';
import type { DataSource } from 'typeorm';
import { hintOf } from '../../src/scim/tokens/token.js';
import { readConversation, replay } from '../idp/conversation.js';
import { launchBrowser } from '../support/browser.js';
import { HostClient } from '../support/host-client.js';
import { ScimClient } from '../support/scim-client.js';
import { whenDelivered } from '../support/when-delivered.js';
import { faultsOf, type Heard, listen } from './accessibility.js';
import { sendHostile } from './hostile-organization.js';
import { HOSTILE_TEXTS } from './hostile-texts.js';
import { aPerson, foundOrganization, type Organization, useHost } from './organization.js';
import {
  confirm,
  copy,
  generate,
  openPerson,
  overflowing,
  personRow,
  rotate,
  said,
  showMore,
  texts,
  ticked,
} from './settings-actions.js';
import { GIVE_UP, lookNow, openSettings, type SettingsPage } from './settings-page.js';

/** A machine that does other work, too, may take ten times as long as a quiet one. */
const LONG_WALK_MS = 240_000;

const MIRA = {
  externalId: '0d3f1c52-6b3e-4a4b-8f0e-2a1d6f1f9e10',
  userName: 'mira.okafor@contoso.example',
  renamed: 'mira.adeyemi@contoso.example',
};

describe('S3: an admin lives with the settings page', () => {
  let browser: Browser | undefined;
  // Before the host's own: a browser keeps connections open, for which a host that stops waits.
  afterAll(() => browser?.close());
  const started = useHost();

  beforeAll(async () => {
    browser = await launchBrowser();
  });

  const openPage = (slug: string, width?: number): Promise<SettingsPage> =>
    openSettings(browser!, started.host, slug, width);

  it(
    'from no token to a directory that syncs, through trouble, to a person who is forgotten',
    async () => {
      const { host } = started;
      const { page, complaints } = await openPage('acme');
      const entra = readConversation('entra-apidog');
      const [owner, person] = [await new HostClient(host.url).signInAsOwner('acme'), new HostClient(host.url)];
      const captured: Record<string, string> = {};
      /** Acts the recorded steps from one number to another. */
      const play = (idp: ScimClient, from: number, to: number): Promise<void> =>
        replay({ ...entra, steps: entra.steps.slice(from - 1, to) }, { idp, owner, person }, captured);
      const verdict = (text: string | RegExp): Promise<void> => page.locator('#verdict').getByText(text).waitFor();

      // Generate and copy.
      await verdict('Not set up yet');
      await expectLinkCheck(page, 'Nobody has been added yet');
      expect(await page.locator('#checklist .ticked').count()).toBe(0);
      const secret = await generate(page, 'Entra ID');
      const endpoint = await copy(page, 'endpoint URL');
      expect(endpoint).toBe(`${host.url}/scim/v2`);
      const idp = new ScimClient(host.url, secret, 'acme', new URL(endpoint).pathname);
      await verdict('Waiting for the first call');

      // The first sync: nobody touches the page, which ticks by itself, and tells that it did.
      await play(idp, 1, 2);
      await ticked(page, 'Connection tested');
      await page.getByRole('region', { name: 'Step by step' }).getByText('Tenant URL').first().waitFor();
      expect(await page.getByRole('combobox', { name: 'Identity provider' }).inputValue()).toBe('entra');
      await play(idp, 3, 6);
      await ticked(page, 'First user created');
      await verdict('Yes, it is working');
      await personRow(page, MIRA.userName, 'provisioned').waitFor();
      await expectLinkCheck(page, 'Too early to tell');

      // The first login.
      await play(idp, 7, 10);
      await ticked(page, 'First user linked by a sign-in');
      await personRow(page, MIRA.userName, 'active').waitFor();
      await expectLinkCheck(page, 'The ids match');

      // A rotation that is taken back, and one that is completed; meanwhile both tokens work.
      const unused = new ScimClient(host.url, await rotate(page, 'Entra ID'), 'acme');
      expect(await statuses(idp, unused)).toEqual([200, 200]);
      await page.getByRole('button', { name: 'Cancel rotation' }).click();
      await said(page, /^The rotation is cancelled/);
      expect(await statuses(idp, unused)).toEqual([200, 401]);
      const successor = new ScimClient(host.url, await rotate(page, 'Entra ID'), 'acme');
      await play(idp, 11, 11);
      await play(successor, 12, 12);
      await lookNow(page);
      await page
        .getByRole('group', { name: 'Rotation of Entra ID' })
        .getByText('Both tokens work. The new one is in use.')
        .waitFor();
      await page.getByRole('button', { name: 'Complete rotation' }).click();
      await said(page, /^The rotation is complete/);
      expect(await statuses(idp, successor)).toEqual([401, 200]);

      // The end comes near.
      await host.dataSource.query(`UPDATE scim_token SET expires_at = now() + interval '6 days 1 hour'`);
      await play(successor, 13, 13);
      await successor.get('/Users');
      await lookNow(page);
      await page.getByText(/^The token Entra ID expires in 6 days, on /).waitFor();
      await page.getByRole('link', { name: 'Rotate it in time' }).waitFor();

      // A pause, which keeps a removal waiting; the IdP sends it again afterwards.
      await page.getByRole('button', { name: 'Pause provisioning' }).click();
      await confirm(page, 'Pause provisioning?', 'Pause');
      await verdict(/^Paused since /);
      const paused = await successor.patch(`/Users/${captured.id}`, [
        { op: 'Replace', path: 'active', value: 'False' },
      ]);
      expect([paused.status, Number(paused.headers['retry-after']) > 0]).toEqual([503, true]);
      expect((await person.get('/api/me')).status).toBe(200);
      await page.getByRole('button', { name: 'Resume provisioning' }).click();
      await said(page, 'Provisioning goes on.');
      await play(successor, 14, 17);
      await ticked(page, 'A user deactivated or removed');
      await personRow(page, MIRA.renamed, 'suspended').waitFor();
      await verdict('Yes, it is working');
      await play(successor, 18, 21);

      // A refused request is found again.
      await successor.post('/Users', { userName: MIRA.renamed, externalId: 'somebody-else' });
      await lookNow(page);
      await verdict('Working, but the last request was refused');
      await findRefusal(page);

      // Who did what, by which token.
      const second = new ScimClient(host.url, await generate(page, 'Repair script'), 'acme');
      await second.patch(`/Users/${captured.id}`, [{ op: 'replace', path: 'title', value: 'Doctor' }]);
      await expectHistory(page, { first: idp, successor, second });

      // The account is let go, the person removed and forgotten, and what a part of the product did not do is done.
      await page.getByRole('dialog').getByRole('button', { name: 'Unlink account' }).click();
      await confirm(page, 'Unlink this account?', 'Unlink account');
      await page.getByRole('dialog').getByText('The account is unlinked.').waitFor();
      expect((await person.get('/api/me')).status).toBe(401);
      await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
      await play(successor, 22, 26);
      await carryOutLate(page, started.host.dataSource, captured.id!);
      await erase(page);
      expect(complaints).toEqual([]);
    },
    LONG_WALK_MS,
  );

  it(
    'shows fifty hostile names and labels as text, wherever they stand',
    async () => {
      expect(new Set(HOSTILE_TEXTS).size).toBeGreaterThanOrEqual(50);
      const organization = await foundOrganization(started.host, 60);
      const sent = await sendHostile(organization);
      const { page, complaints } = await openPage(organization.slug, 390);
      await showMore(page, 'Show more people');
      await showMore(page, 'Show older requests');
      await page.getByRole('button', { name: /^Show all \d+ tokens$/ }).click();

      expect((await texts(page, '#people tr > th')).toSorted()).toEqual(sent.names);
      expect((await texts(page, '#people tr > td:nth-of-type(1)')).toSorted()).toEqual(sent.ids);
      expect((await texts(page, '#people tr > td:nth-of-type(2)')).toSorted()).toEqual(sent.ids);
      expect((await texts(page, '#tokens tr > th bdi, #tokens tr > th em')).toSorted()).toEqual(sent.labels);
      expect(await texts(page, '#log tr > td:nth-of-type(1) code')).toEqual(sent.requests);
      expect(await texts(page, '#log tr:first-child > td:nth-of-type(3)')).toEqual([sent.label]);
      expect(await texts(page, '#expiry-warnings bdi')).toContain(sent.label);
      expect(await texts(page, '#rotations h3 bdi')).toEqual([sent.label]);
      expect(await texts(page, '#undelivered tr > th bdi')).toContain(sent.linked);
      expect(await texts(page, 'header bdi')).toEqual([sent.organization, sent.owner]);
      expect(await page.title()).toBe(`SAML SSO – ${sent.organization}`);
      expect(await overflowing(page)).toEqual([]);

      await page.locator('#people button').filter({ hasText: sent.linked }).click();
      const drawer = page.getByRole('dialog');
      await drawer.getByRole('list', { name: 'History' }).getByRole('listitem').first().waitFor();
      await showMore(page, 'Show older history');
      expect(await texts(page, 'dialog h2')).toEqual([sent.linked]);
      expect((await texts(page, 'dialog .plain li > *')).toSorted()).toEqual(sent.groups);
      expect(await texts(page, 'dialog .history li > p:last-child > bdi:last-child')).toEqual(sent.clients);
      await page.getByText('All attributes, as the identity provider sent them').click();
      expect(JSON.parse(await drawer.locator('pre').innerText())).toMatchObject(sent.attributes);
      expect(await overflowing(page)).toEqual([]);
      // The newest but one; the newest has no client.
      await drawer.locator('.history a').nth(1).click();
      await page.getByRole('dialog', { name: 'Change a person' }).getByText('Request id', { exact: true }).waitFor();
      expect(await texts(page, 'dialog dt:text-is("Caller") + dd bdi')).toEqual(sent.clients.slice(0, 1));
      await page.keyboard.press('Escape');
      await drawer.getByRole('button', { name: 'Erase personal data' }).click();
      expect(await texts(page, 'dialog.question bdi')).toEqual([sent.linked]);
      await page.keyboard.press('Escape');
      await page.keyboard.press('Escape');
      await page
        .getByRole('button', { name: `Revoke ${sent.label}` })
        .first()
        .click();
      expect(await texts(page, 'dialog.question bdi')).toEqual([sent.label]);
      expect(await overflowing(page)).toEqual([]);
      await page.keyboard.press('Escape');

      await page.setViewportSize({ width: 1280, height: 900 });
      expect(await overflowing(page)).toEqual([]);
      expect(await page.evaluate(INJECTED)).toEqual([]);
      expect(await page.evaluate('window.hit')).toBeUndefined();
      expect(complaints).toEqual([]);
    },
    LONG_WALK_MS,
  );

  it(
    'asks nobody for photos and profile URLs, and shows them as text',
    async () => {
      const organization = await foundOrganization(started.host);
      const { slug, idp, owner, host } = organization;
      let asked = 0;
      const elsewhere = createServer((_request, response) => {
        asked += 1;
        response.end();
      });
      await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
      elsewhere.unref();
      const counted = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/ada.png`;
      const urls = ['javascript:hit=1', 'file:///etc/passwd', 'http://169.254.169.254/latest/meta-data/', counted];
      const photos = urls.map((value) => ({ value }));
      for (const [index, profileUrl] of urls.entries()) {
        const user = await idp.createUser({ ...aPerson(), photos, displayName: `Ada ${index}`, profileUrl });
        expect(user).toMatchObject({ profileUrl, photos });
        await idp.put(`/Users/${user.id}`, { ...user, title: 'Countess' });
        const filter = encodeURIComponent(`profileUrl eq "${profileUrl}"`);
        expect((await idp.get(`/Users?filter=${filter}`)).body.totalResults).toBe(1);
        const { body } = await owner.get(`/api/organizations/${slug}/scim/identities/${user.id}`);
        expect(body.attributes).toMatchObject({ profileUrl, photos });
        await new HostClient(host.url).signInBySso(slug, user.externalId);
      }
      await whenDelivered(host.dataSource);

      const { page, complaints } = await openPage(slug);
      for (const [index, profileUrl] of urls.entries()) {
        const drawer = await openPerson(page, `Ada ${index}`);
        await page.getByText('All attributes, as the identity provider sent them').click();
        const shown = JSON.parse(await drawer.locator('pre').innerText());
        expect(shown).toMatchObject({ profileUrl, photos });
        const addresses = await page.evaluate<string[]>(ADDRESSES);
        expect(addresses.filter((address) => urls.some((url) => address.includes(url)))).toEqual([]);
        await page.keyboard.press('Escape');
      }
      expect(await page.evaluate(INJECTED)).toEqual([]);
      expect(await page.evaluate('window.hit')).toBeUndefined();
      expect(complaints).toEqual([]);
      expect(asked).toBe(0);
      await new Promise((resolve) => elsewhere.close(resolve));
    },
    LONG_WALK_MS,
  );

  it.each([1280, 390])(
    'gives all that can be used a role and a name, at a width of %i',
    async (width) => {
      const organization = await foundOrganization(started.host);
      await makeUse(organization);
      const { page, complaints } = await openPage(organization.slug, width);
      await page.getByRole('table', { name: 'Undelivered changes' }).getByText('given up').first().waitFor();
      await page.locator('#guide ol').first().waitFor({ state: 'attached' });
      await page.evaluate(OPEN_ALL);
      const heard = await listen(page);
      expect(faultsOf(heard)).toEqual([]);
      expect(named(heard, 'main')).toHaveLength(1);
      expect(named(heard, 'navigation')).toEqual(['Main', 'On this page']);
      expect(heard.filter(({ role, level }) => role === 'heading' && level === 1).map(({ name }) => name)).toEqual([
        'SAML SSO',
      ]);
      expect(named(heard, 'table')).toEqual(['Tokens', 'People', 'Log', 'Undelivered changes']);
      expect(named(heard, 'search')).toEqual(['People', 'Log']);
      expect(await page.evaluate(TABLE_FAULTS)).toEqual([]);
      expect(await page.evaluate(DOUBLE_IDS)).toEqual([]);
      expect(await overflowing(page)).toEqual([]);

      for (const [opener, dialog, ...inner] of DIALOGS) {
        await lookInto(page, opener, dialog, async () => {
          for (const [innerOpener, innerDialog] of inner) await lookInto(page, innerOpener, innerDialog);
        });
      }
      expect(complaints).toEqual([]);
    },
    LONG_WALK_MS,
  );

  it('would notice what has no name, no role, a twin, or a heading out of order', async () => {
    const page = await browser!.newPage();
    await page.setContent(`<title>Page</title><h1>Page</h1><h3>Part</h3><button></button><div tabindex="0">Text</div>
      <a href="/a">Go</a> <a href="/b">Go</a><table role="table"><tr><td>1</table><div role="dialog"><input></div>`);
    expect(faultsOf(await listen(page))).toEqual([
      'without a name: button "" in RootWebArea "Page"',
      'without a name: generic "" in RootWebArea "Page"',
      'without a name: textbox "" in RootWebArea "Page"',
      'without a role: generic ""',
      'one of two: link "Go" in RootWebArea "Page"',
      'without a name: table "" in RootWebArea "Page"',
      'without a name: dialog "" in RootWebArea "Page"',
      'heading "Part" of level 3 skips one',
    ]);
    await page.close();
  });

  it('lets somebody generate, rotate and revoke by the keyboard alone', async () => {
    const organization = await foundOrganization(started.host);
    const { page, complaints } = await openPage(organization.slug);
    const button = (name: string | RegExp): Locator => page.getByRole('button', { name, exact: true });

    await page.keyboard.press('Tab');
    expect(await hasFocus(page.getByRole('link', { name: 'Skip to the content' }))).toBe(true);
    await page.keyboard.press('Enter');
    await tabTo(page, page.getByLabel('Label'));
    await page.keyboard.type('by keyboard');
    await page.keyboard.press('Enter');
    const made = page.getByRole('group', { name: 'Your new SCIM token' });
    await made.waitFor();
    expect(await hasFocus(made)).toBe(true);
    await tabTo(page, button('Copy token'));
    await page.keyboard.press('Space');
    await said(page, 'Token copied.');

    await tabTo(page, button('Rotate by keyboard'));
    await page.keyboard.press('Enter');
    const question = page.getByRole('dialog', { name: 'Rotate this token?' });
    await tabTo(page, question.getByRole('radio', { name: /^24 hours/ }));
    await page.keyboard.press('ArrowDown');
    expect(await question.getByRole('radio', { name: /^1 hour/ }).isChecked()).toBe(true);
    await page.keyboard.press('Enter');
    await tabTo(page, button('Complete rotation'));
    await page.keyboard.press('Enter');
    await said(page, /^The rotation is complete/);
    expect(await hasFocus(page.getByRole('heading', { name: 'SCIM tokens' }))).toBe(true);

    await tabTo(page, button('Revoke by keyboard').first());
    await page.keyboard.press('Enter');
    const warning = page.getByRole('dialog', { name: 'Revoke this token?' });
    // What cannot be undone is not what Enter does at once.
    expect(await hasFocus(warning.getByRole('button', { name: 'Cancel' }))).toBe(true);
    await page.keyboard.press('Enter');
    expect(await hasFocus(button('Revoke by keyboard').first())).toBe(true);
    await page.keyboard.press('Enter');
    await tabTo(page, warning.getByRole('button', { name: 'Revoke token' }));
    await page.keyboard.press('Space');
    await said(page, 'The token by keyboard was revoked.');
    expect(await hasFocus(page.getByRole('heading', { name: 'SCIM tokens' }))).toBe(true);
    expect(complaints).toEqual([]);
  });
});

async function expectLinkCheck(page: Page, verdict: string): Promise<void> {
  await page.getByRole('button', { name: 'Check again' }).click();
  await page.getByRole('group', { name: 'Link check' }).getByText(verdict, { exact: true }).waitFor();
}

const statuses = async (...clients: readonly ScimClient[]): Promise<number[]> => {
  const answers = await Promise.all(clients.map((client) => client.get('/Users?count=0')));
  return answers.map(({ status }) => status);
};

/** By who it was about, how it was answered, and when. */
async function findRefusal(page: Page): Promise<void> {
  const search = page.getByRole('search', { name: 'Log' });
  await search.getByLabel('Person').fill(MIRA.renamed);
  await search.getByLabel('Result').selectOption({ label: '409 – conflict' });
  await search.getByLabel('Until').fill('2020-01-01T00:00');
  await search.getByRole('button', { name: 'Search the log' }).click();
  await said(page, 'No request is found by this search.');
  await search.getByLabel('Until').fill('');
  await search.getByLabel('From').fill('2020-01-01T00:00');
  await search.getByRole('button', { name: 'Search the log' }).click();
  await said(page, /^1 request shown/);

  const found = page.getByRole('table', { name: 'Log' }).getByRole('row').nth(1);
  expect(await found.innerText()).toContain('409 Conflict');
  await found.getByRole('button', { name: /Add a person$/ }).click();
  const entry = page.getByRole('dialog', { name: 'Add a person' });
  await entry.getByText(/is there already/).waitFor();
  expect(await entry.innerText()).not.toContain(MIRA.renamed);
  await entry.getByRole('button', { name: 'Reveal' }).click();
  await entry.getByRole('status').getByText('Revealed. That you did is written down.').waitFor();
  expect(await entry.getByRole('region', { name: 'Body' }).innerText()).toContain(MIRA.renamed);
  await entry.getByText(/^Acme owner, /i).waitFor();
  await entry.getByRole('button', { name: 'Close' }).click();
  await search.getByRole('button', { name: 'Clear' }).click();
}

interface Clients {
  /** Has the token that came first, its successor, another one. */
  readonly first: ScimClient;
  readonly successor: ScimClient;
  readonly second: ScimClient;
}

/** Leaves the person's drawer open. */
async function expectHistory(page: Page, { first, successor, second }: Clients): Promise<void> {
  const drawer = await openPerson(page, MIRA.renamed);
  const entries = drawer.getByRole('list', { name: 'History' }).getByRole('listitem');
  expect(await entries.allInnerTexts()).toEqual([
    expect.stringMatching(/^Changed[^]*title[^]*By the token Repair script, PATCH /),
    expect.stringMatching(/^Activated again[^]*By the token Entra ID, PATCH /),
    expect.stringMatching(/^Deactivated[^]*By the token Entra ID, PATCH /),
    expect.stringMatching(/^Changed[^]*userName[^]*By the token Entra ID, PATCH /),
    expect.stringMatching(/^Linked to an account[^]*By a sign-in/),
    expect.stringMatching(/^Added[^]*By the token Entra ID, POST \/Users → 201/),
  ]);
  // Two tokens are called alike; the request tells which one it was.
  for (const [nth, { token }] of [
    [0, second],
    [3, successor],
    [5, first],
  ] as const) {
    await entries.nth(nth).getByRole('link').click();
    const request = page.getByRole('dialog', { name: nth === 5 ? 'Add a person' : 'Change a person' });
    await request.getByText(hintOf(token)).waitFor();
    await request.getByRole('button', { name: 'Close' }).click();
  }
}

/** A handler that failed to the end is made to do its work. */
async function carryOutLate(page: Page, dataSource: DataSource, identityId: string): Promise<void> {
  await whenDelivered(dataSource);
  await dataSource.query(GIVE_UP, [identityId, 'scim.user.deprovisioned']);
  await page.reload();
  const change = page
    .getByRole('table', { name: 'Undelivered changes' })
    .getByRole('row')
    .filter({ hasText: MIRA.renamed });
  await change.first().getByText('given up').waitFor();
  await page.getByRole('button', { name: 'Try all again' }).click();
  await said(page, /will be tried again now\.$/);
  await whenDelivered(dataSource);
  await lookNow(page);
  await said(page, 'Nothing waits.');
}

async function erase(page: Page): Promise<void> {
  const search = page.getByRole('search', { name: 'People' });
  await search.getByLabel('State').selectOption('deprovisioned');
  await search.getByRole('button', { name: 'Show' }).click();
  await said(page, /^1 person shown/);
  const drawer = await openPerson(page, MIRA.renamed);
  await drawer.getByRole('button', { name: 'Erase personal data' }).click();
  await page
    .getByRole('dialog', { name: /^Erase this person/ })
    .getByRole('button', { name: 'Cancel' })
    .click();
  await drawer.getByRole('button', { name: 'Erase personal data' }).click();
  await confirm(page, 'Erase this person’s data?', 'Erase personal data');
  const erased = page.getByRole('dialog', { name: 'An erased person' });
  await erased.getByRole('status').getByText('The personal data is gone.').waitFor();
  await erased.getByText('Personal data erased').waitFor();
  await erased.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('table', { name: 'People' }).getByRole('button', { name: 'erased' }).waitFor();
  expect(await page.locator('main').innerText()).not.toMatch(/mira/i);
}

/** Elements that the page never makes itself, and attributes that would run something. */
const INJECTED = `[...document.querySelectorAll('#settings, dialog, header')]
  .flatMap((one) => [...one.querySelectorAll('script, style, link, meta, base, template, img, svg, math, iframe, object, plaintext, b, [style]')])
  .map((one) => one.outerHTML.slice(0, 200))`;

/** Where links, pictures, forms and the like lead. */
const ADDRESSES = `[...document.querySelectorAll('a, area, img, image, video, audio, source, iframe, object, embed, form, use')]
  .flatMap((one) => [...one.attributes].map(({ value }) => value))`;

/** Something of everything that the page shows. */
async function makeUse({ host, slug, owner, idp }: Organization): Promise<void> {
  const person = { ...aPerson(), displayName: 'Mira Okafor' };
  const { id } = await idp.createUser(person);
  await idp.createUser({ ...aPerson('lin'), displayName: 'Lin Test' });
  await idp.post('/Groups', { displayName: 'Doctors', members: [{ value: id }] });
  await idp.post('/Users', person);
  await new HostClient(host.url).signInBySso(slug, person.externalId);
  await new HostClient(host.url).signInBySso(slug, 'somebody-else');
  await idp.patch(`/Users/${id}`, [{ op: 'Replace', path: 'active', value: 'False' }]);
  await whenDelivered(host.dataSource);
  await host.dataSource.query(GIVE_UP, [id, 'scim.user.deactivated']);
  const tokens = `/api/organizations/${slug}/scim/tokens`;
  const { body } = await owner.json('POST', tokens, { label: 'Entra ID' });
  await owner.json('POST', `${tokens}/${body.id}/rotate`, {});
  await host.dataSource.query(`UPDATE scim_token SET expires_at = now() + interval '6 days' WHERE label = 'test'`);
}

type Dialog = readonly [opener: string | RegExp, dialog: string];

/** Each kind of dialog, by the button that opens it, with those that open in it. */
const DIALOGS: readonly (readonly [...Dialog, ...Dialog[]])[] = [
  ['Pause provisioning', 'Pause provisioning?'],
  ['Rotate test', 'Rotate this token?'],
  ['Revoke test', 'Revoke this token?'],
  [
    'Mira Okafor',
    'Mira Okafor',
    ['Unlink account', 'Unlink this account?'],
    ['Erase personal data', 'Erase this person’s data?'],
  ],
  [/Add a person$/, 'Add a person'],
  [/^Skip /, 'Skip this change?'],
];

/** Opens a dialog, which takes the focus, looks at what is heard of it, and closes it, which gives the focus back. */
async function lookInto(page: Page, opener: string | RegExp, name: string, inside = async () => {}): Promise<void> {
  const control = page.getByRole('button', { name: opener }).first();
  await control.click();
  const dialog = page.getByRole('dialog', { name });
  await dialog.getByRole('button').first().waitFor();
  await page.locator('[aria-busy=true]').waitFor({ state: 'detached' });
  expect([name, faultsOf(await listen(page))]).toEqual([name, []]);
  expect([name, await dialog.locator(':focus').count()]).toEqual([name, 1]);
  expect([name, await overflowing(page)]).toEqual([name, []]);
  await inside();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  expect([name, await hasFocus(control)]).toEqual([name, true]);
}

const named = (heard: readonly Heard[], role: string): readonly string[] =>
  heard.filter((one) => one.role === role).map(({ name }) => name);

const hasFocus = async (locator: Locator): Promise<boolean> =>
  (await locator.and(locator.page().locator(':focus')).count()) === 1;

/** Presses Tab until it has the focus. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await target.waitFor();
  for (let pressed = 0; pressed < 300; pressed += 1) {
    if (await hasFocus(target)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`The focus never came to ${target.toString()}.`);
}

const OPEN_ALL = `document.querySelectorAll('details').forEach((one) => { one.open = true; })`;

/** Rows without a header of their own, or with another number of cells than there are columns. */
const TABLE_FAULTS = `[...document.querySelectorAll('table')].flatMap((table) => [...table.tBodies[0].rows]
  .filter((row) => row.cells.length !== table.tHead.rows[0].cells.length || row.cells[0].getAttribute('role') !== 'rowheader')
  .map((row) => table.id + ': ' + row.textContent))`;
const DOUBLE_IDS = `[...document.querySelectorAll('[id]')].map(({ id }) => id).filter((id, index, all) => all.indexOf(id) !== index)`;
