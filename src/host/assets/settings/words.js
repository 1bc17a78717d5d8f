import { el } from './dom.js';

/** How things are called on this page. */

const LOCALE = 'en';
const day = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium' });
const minute = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium', timeStyle: 'short' });
const second = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium', timeStyle: 'medium' });
const relative = new Intl.RelativeTimeFormat(LOCALE);
const number = new Intl.NumberFormat(LOCALE);
const list = new Intl.ListFormat(LOCALE);

export const onDay = (value) => day.format(new Date(value));
export const atMinute = (value) => minute.format(new Date(value));
export const atSecond = (value) => second.format(new Date(value));
export const timeZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Each from half of a smaller one before a whole, because they are rounded. */
const UNITS = [
  ['day', 86_400_000, 84_600_000],
  ['hour', 3_600_000, 3_570_000],
  ['minute', 60_000, 60_000],
];

/** "3 minutes ago", "in 6 days". */
export function fromNow(value) {
  const distance = new Date(value).getTime() - Date.now();
  const unit = UNITS.find(([, , least]) => Math.abs(distance) >= least);
  if (unit === undefined) return distance > 0 ? 'in less than a minute' : 'less than a minute ago';
  return relative.format(Math.round(distance / unit[1]), unit[0]);
}

/** A time in words that move on with the clock, and as it is. */
export const moment = (value, otherwise = 'never') =>
  value === null || value === undefined
    ? otherwise
    : [el('time', { datetime: value, 'data-from-now': true }, fromNow(value)), ' ', absolute(value)];

const absolute = (value) => el('span', { class: 'muted' }, `(${atMinute(value)})`);

/** A time that stays as it is written. */
export const time = (value, write = atMinute, otherwise = '–') =>
  value === null || value === undefined ? otherwise : el('time', { datetime: value }, write(value));

/** Moves the words of `moment` on. */
export function tickTimes() {
  for (const element of document.querySelectorAll('time[data-from-now]')) {
    const words = fromNow(element.dateTime);
    if (element.textContent !== words) element.textContent = words;
  }
}

export const daysUntil = (value) => (new Date(value).getTime() - Date.now()) / 86_400_000;

export const amount = (count) => number.format(count);
export const count = (many, one, more = `${one}s`) => `${amount(many)} ${many === 1 ? one : more}`;
export const listed = (texts) => list.format(texts);

/** A size as people read it. */
export const bytes = (size) => (size < 1024 ? count(size, 'byte') : `${amount(Math.round(size / 102.4) / 10)} KiB`);

const IDPS = {
  entra: 'Microsoft Entra ID',
  okta: 'Okta',
  google: 'Google Workspace',
  onelogin: 'OneLogin',
  jumpcloud: 'JumpCloud',
  ping: 'PingOne',
  rippling: 'Rippling',
  keycloak: 'Keycloak',
  authentik: 'authentik',
};

/** Fit for the beginning of a sentence, too. */
export const idpName = (idp) => IDPS[idp] ?? 'Your identity provider';

/** What the states of a person mean. */
export const PERSON_STATES = {
  provisioned: 'added by the identity provider, has not signed in yet, takes no seat',
  active: 'has signed in and is a member',
  suspended: 'deactivated by the identity provider: no access, takes no seat',
  deprovisioned: 'removed by the identity provider',
};
