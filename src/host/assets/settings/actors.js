import { host } from './api.js';
import { el, nameOf, put } from './dom.js';

/** Who stands behind an account id: only the host knows. */

const asked = new Map();
let waiting = [];

/** An element that tells the name as soon as it is known. */
export function actorName(accountId) {
  const element = el('span', { class: 'actor' }, 'an owner');
  find(accountId).then(
    (account) => put(element, account ? nameOf(account.displayName) : 'somebody who has left'),
    () => {},
  );
  return element;
}

/** The account { accountId, displayName, email?, role, status }, or undefined: it is no member of this organization. */
export function find(accountId) {
  if (!asked.has(accountId)) {
    asked.set(accountId, new Promise((resolve, reject) => waiting.push({ accountId, resolve, reject })));
    // All that one drawing of the page wants is one question.
    if (waiting.length === 1) queueMicrotask(askTogether);
  }
  return asked.get(accountId);
}

async function askTogether() {
  const those = waiting;
  waiting = [];
  try {
    const ids = those.map(({ accountId }) => accountId);
    const { accounts } = await host('GET', `/accounts?${new URLSearchParams(ids.map((id) => ['id', id]))}`);
    for (const { accountId, resolve } of those) resolve(accounts.find((one) => one.accountId === accountId));
  } catch (failure) {
    for (const { accountId, reject } of those) {
      asked.delete(accountId);
      reject(failure);
    }
  }
}
