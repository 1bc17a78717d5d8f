import type { Locator, Page } from 'playwright-core';

/** What an admin does on the settings page, found by what a screen reader calls it. */

/** @returns the token, as it is in the clipboard then */
export async function generate(page: Page, label: string): Promise<string> {
  await page.getByLabel('Label').fill(label);
  await page.getByRole('button', { name: 'Generate SCIM token' }).click();
  // Until then the box shows the token before.
  await page
    .getByRole('table', { name: 'Tokens' })
    .getByRole('button', { name: `Revoke ${label}` })
    .waitFor();
  return copy(page, 'token');
}

/** Not before it is there: the browser writes its clipboard when it gets round to it. */
export async function copy(page: Page, what: string): Promise<string> {
  await page.evaluate(`navigator.clipboard.writeText('')`);
  await page.getByRole('button', { name: `Copy ${what}`, exact: true }).click();
  await said(page, new RegExp(`^${what} copied`, 'i'));
  await page.waitForFunction(`navigator.clipboard.readText().then((text) => text !== '')`);
  return page.evaluate('navigator.clipboard.readText()');
}

/** @returns the new token, which is not in use yet */
export async function rotate(page: Page, label: string): Promise<string> {
  await page.getByRole('button', { name: `Rotate ${label}`, exact: true }).click();
  await confirm(page, 'Rotate this token?', 'Rotate token');
  await page.getByRole('group', { name: `Rotation of ${label}` }).waitFor();
  return page.getByRole('textbox', { name: 'SCIM token' }).inputValue();
}

export async function confirm(page: Page, question: string, answer: string): Promise<void> {
  await page.getByRole('dialog', { name: question }).getByRole('button', { name: answer, exact: true }).click();
}

/** Resolves once a live region says it. */
export const said = (page: Page, text: string | RegExp): Promise<void> =>
  page.getByRole('status').getByText(text).waitFor();

/** Resolves once the checklist has ticked it by itself, and has said so. */
export async function ticked(page: Page, title: string): Promise<void> {
  await page.getByRole('list', { name: 'How far you are' }).getByText(`${title}: done`).waitFor();
  await said(page, `Done: ${title}.`);
}

/** Opens somebody's drawer, once the history is there. */
export async function openPerson(page: Page, name: string): Promise<Locator> {
  await page.getByRole('table', { name: 'People' }).getByRole('button', { name, exact: true }).click();
  const drawer = page.getByRole('dialog', { name, exact: true });
  await drawer.getByRole('list', { name: 'History' }).getByRole('listitem').first().waitFor();
  return drawer;
}

export const personRow = (page: Page, userName: string, state: string): Locator =>
  page.getByRole('table', { name: 'People' }).getByRole('row').filter({ hasText: userName }).getByText(state);

/** Presses what shows more of a list until there is no more. */
export async function showMore(page: Page, name: string | RegExp): Promise<void> {
  const more = page.getByRole('button', { name });
  while (await more.isVisible()) {
    await more.click();
    await page.locator('[aria-disabled=true]').waitFor({ state: 'detached' });
  }
}

/** Of what is found, as it is in the document, white space and all. */
export const texts = (page: Page, selector: string): Promise<string[]> => page.locator(selector).allTextContents();

/** What reaches beyond the right edge of the window or of a dialog. */
export const overflowing = (page: Page): Promise<string[]> => page.evaluate(OVERFLOWING);
const OVERFLOWING = `[document.documentElement, ...document.querySelectorAll('dialog')]
  .filter((one) => one.scrollWidth > one.clientWidth)
  .flatMap((one) => [...one.querySelectorAll('*')].filter((part) => part.getBoundingClientRect().right > innerWidth + 1))
  .map((part) => part.outerHTML.slice(0, 200))`;
