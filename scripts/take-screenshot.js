// The picture in the README, from the running product: start a host with a new DATA_DIR, then
//   node scripts/take-screenshot.js http://127.0.0.1:3000 docs/settings-page.png
import { register } from 'node:module';

register('../test/support/typescript-hooks.js', import.meta.url);
const { launchBrowser } = await import('../test/support/browser.ts');

const [origin = 'http://127.0.0.1:3000', file = 'docs/settings-page.png'] = process.argv.slice(2);
const SCIM = 'application/scim+json';
const people = ['Mira Okafor', 'Lin Test', 'Ada Lovelace'];

const browser = await launchBrowser();
const page = await browser.newPage({ viewport: { width: 1180, height: 900 } });
await page.goto(`${origin}/orgs/acme/settings/saml`);
await page.getByLabel('E-mail').fill('owner@acme.example');
await page.getByLabel('Password').fill('demo');
await page.getByRole('button', { name: 'Sign in' }).click();
await page.getByLabel('Label').fill('Okta');
await page.getByRole('button', { name: 'Generate SCIM token' }).click();
const token = await page.getByRole('textbox', { name: 'SCIM token' }).inputValue();
for (const [index, displayName] of people.entries()) {
  const body = {
    userName: `${displayName.split(' ')[0].toLowerCase()}@acme.example`,
    externalId: `00u${index}`,
    displayName,
  };
  await page.request.post(`${origin}/scim/v2/Users`, {
    headers: { authorization: `Bearer ${token}`, 'content-type': SCIM, 'user-agent': 'Okta SCIM Client 1.0.0' },
    data: JSON.stringify({ ...body, active: index !== 1 }),
  });
}
const guest = await (await browser.newContext()).newPage();
await guest.goto(`${origin}/orgs/acme/sso`);
await guest.getByLabel('NameID').fill('00u0');
await guest.getByRole('button', { name: /Sign in/ }).click();
await guest.getByRole('heading', { name: /You are in/ }).waitFor();
await page.reload();
await page.getByRole('button', { name: people[0] }).waitFor();
await page.locator('#checklist .ticked').first().waitFor();
await page.evaluate('scrollTo(0, 0)');
await page.screenshot({ path: file });
await browser.close();
