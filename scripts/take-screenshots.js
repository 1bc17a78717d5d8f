/**
 * `npm run screenshots`: the pictures of the settings page in docs/images, from the running product. It starts the reference
 * host on an empty database, has its demo organization provisioned as Microsoft Entra ID does it, and looks on with a browser.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { withThrowAwayServer } from '../test/load/throw-away-server.ts';
import { launchBrowser } from '../test/support/browser.ts';
import { freePort } from '../test/support/free-port.ts';
import { HostClient } from '../test/support/host-client.ts';
import { startHost } from '../test/support/host.ts';
import { ScimClient } from '../test/support/scim-client.ts';
import { whenDelivered } from '../test/support/when-delivered.ts';

const FOLDER = fileURLToPath(new URL('../docs/images/', import.meta.url));
const MOST_BYTES = 150_000;
/** That of `npm start`, which the pictures show; another one where it is taken. */
const PORT = 3000;

const WINDOW = { width: 1280, height: 860 };

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
const ENTERPRISE_USER = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
/** Names and what Entra ID calls their object ids. */
const PEOPLE = [
  ['Mira Okafor', '0d3f1c52-6b3e-4a4b-8f0e-2a1d6f1f9e10'],
  ['Lin Chen', '5a8d3c07-1f0b-4d7e-9a54-c2f7e0b16a21'],
  ['Jonas Weber', '9c41e6b8-70d2-4c35-8a1d-3b5f9e2c7d32'],
  ['Priya Sharma', 'b27f5d19-8e63-4f08-b7c4-6d1a0c9e8f43'],
  ['Tomás Rivera', 'c3e08a64-2d9b-45a1-9f76-8e4b7d2a1c54'],
  ['Ada Lovelace', 'e61b9f73-4c58-4e2d-a3b9-0f7c6a5d3b65'],
];

async function openSettings(browser, url) {
  const context = await browser.newContext({ viewport: WINDOW, reducedMotion: 'reduce', timezoneId: 'UTC' });
  const page = await context.newPage();
  await page.goto(`${url}/orgs/acme/settings/saml`);
  await page.getByLabel('E-mail').fill('owner@acme.example');
  await page.getByLabel('Password').fill('demo');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.locator('#generate:enabled').waitFor();
  return page;
}

async function takeAll(host, page) {
  await page.getByLabel('Label').fill('Entra ID');
  await page.getByRole('button', { name: 'Generate SCIM token' }).click();
  const idp = new ScimClient(host.url, await newToken(page), 'acme');
  await page.getByRole('button', { name: 'Hide it' }).click();
  const ids = await firstSync(idp);
  await signIn(host, 'Mira Okafor');
  await page.getByText('First user linked by a sign-in: done').waitFor();
  await page.locator('#guide ol').first().waitFor();
  await take(page, 'set-up', ['#set-up', '#guide ol']);

  await signIn(host, 'Lin Chen');
  await signIn(host, 'Jonas Weber');
  await liveOn(idp, ids);
  await whenDelivered(host.dataSource);
  const successor = await rotate(host, page);
  await lookUp(successor, 'Mira Okafor');
  await page.getByText('The new one is in use.').waitFor();
  await page.getByRole('cell', { name: '409 Conflict' }).waitFor();
  await take(page, 'tokens', ['#tokens-section', '#tokens-section']);
  await take(page, 'log', ['#log-section', '#log tr:nth-child(7)']);
  await take(page, 'settings');
  await page.getByRole('button', { name: 'Jonas Weber' }).click();
  await page.getByRole('list', { name: 'History' }).getByRole('listitem').nth(2).waitFor();
  await page.setViewportSize({ ...WINDOW, height: 960 });
  await save('person', await page.getByRole('dialog').screenshot());
}

/** @param part the first and the last thing to be seen; without it, the page as one finds it */
async function take(page, name, part) {
  if (part) {
    const [top, bottom] = await page.evaluate(
      `${JSON.stringify(part)}.map((one) => document.querySelector(one).getBoundingClientRect())
        .map(({ top, bottom }, index) => (index === 0 ? top - 16 : bottom + 16) + scrollY)`,
    );
    await page.setViewportSize({ ...WINDOW, height: Math.ceil(bottom - top) });
    await page.evaluate(`scrollTo(0, ${top})`);
  } else await page.evaluate('scrollTo(0, 0)');
  await save(name, await page.screenshot());
  await page.setViewportSize(WINDOW);
}

async function save(name, picture) {
  if (picture.length > MOST_BYTES) throw new Error(`The picture ${name} is larger than ${MOST_BYTES / 1000} kB.`);
  await writeFile(`${FOLDER}${name}.png`, picture);
  console.info(`docs/images/${name}.png: ${Math.round(picture.length / 1000)} kB`);
}

async function newToken(page) {
  await page.getByRole('group', { name: 'Your new SCIM token' }).waitFor();
  return page.getByRole('textbox', { name: 'SCIM token' }).inputValue();
}

async function rotate(host, page) {
  await page.getByRole('button', { name: 'Rotate Entra ID' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Rotate token' }).click();
  const token = await newToken(page);
  await page.getByRole('button', { name: 'Hide it' }).click();
  return new ScimClient(host.url, token, 'acme');
}

/** Each person's NameID is the external id, as the guide for Entra ID has it. */
const signIn = (host, name) => new HostClient(host.url).signInBySso('acme', Object.fromEntries(PEOPLE)[name]);

const userNameOf = (name) =>
  `${name.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase().replace(' ', '.')}@acme.example`;

const lookUp = (idp, name) => idp.filterUsers(`externalId eq "${Object.fromEntries(PEOPLE)[name]}"`);

const add = (idp, displayName, externalId) =>
  idp.post('/Users', {
    schemas: [USER, ENTERPRISE_USER],
    userName: userNameOf(displayName),
    externalId,
    displayName,
    active: true,
  });

/** The test of the connection, and everybody, each looked up before. @returns ids by name */
async function firstSync(idp) {
  await idp.filterUsers('externalId eq "6f0f0c1e-5d3a-4b0e-8f43-1d8a0c1b9e77"');
  await idp.get('/Groups?excludedAttributes=members&filter=displayName+eq+%226f0f0c1e-5d3a-4b0e-8f43-1d8a0c1b9e77%22');
  const ids = {};
  for (const [name, externalId] of PEOPLE) {
    await lookUp(idp, name);
    ids[name] = (await add(idp, name, externalId)).body.id;
  }
  return ids;
}

/** Some weeks of a directory: a promotion, somebody on leave, somebody who left, and somebody who was added twice. */
async function liveOn(idp, ids) {
  const change = (name, path, value) => idp.patch(`/Users/${ids[name]}`, [{ op: 'Replace', path, value }]);
  await change('Mira Okafor', 'title', 'Head of Cardiology');
  await change('Jonas Weber', 'active', 'False');
  await idp.delete(`/Users/${ids['Priya Sharma']}`);
  await add(idp, 'Ada Lovelace', 'f70c2d58-9b1e-4a36-8d47-2e5c8b0a9f76');
  await lookUp(idp, 'Ada Lovelace');
}

await withThrowAwayServer(async (databaseUrl, undo) => {
  const host = await startHost({ databaseUrl, port: PORT }).catch(async () =>
    startHost({ databaseUrl, port: await freePort() }),
  );
  undo(() => host.stop());
  const browser = await launchBrowser();
  undo(() => browser.close());
  await mkdir(FOLDER, { recursive: true });
  await takeAll(host, await openSettings(browser, host.url));
});
