import { host, poll, signInAgain } from './api.js';
import { showChecklist } from './checklist.js';
import { copyFields } from './copy.js';
import { byId, el, put } from './dom.js';
import { recognised, startGuides } from './guides.js';
import { showHealth } from './health.js';
import { showLinkCheck, startLinkCheck } from './link-check.js';
import { startEntries } from './log-entry.js';
import { startLog } from './log.js';
import { showCounts, startPeople } from './people.js';
import { startSaml } from './saml.js';
import { showTokens, startTokens } from './tokens.js';
import { showBacklog, startUndelivered } from './undelivered.js';
import { adviceFor } from './verdict.js';
import { tickTimes } from './words.js';

/**
 * The SAML SSO settings page. While it is looked at it asks every few seconds whether anything happened: one request, which is
 * answered 304 where nothing did. All the rest is asked when something did, and once a minute.
 */

const POLL_MS = 3000;
const POLL_AFTER_FAILURE_MS = 15_000;
const ALL_EVERY_MS = 60_000;
/** The link check looks through people and logins, and is asked less often while a sync is under way. */
const LINK_CHECK_EVERY_MS = 30_000;

let timer;
let allAt = 0;
let linkCheckAt = 0;
let last = {};

/** One after the other; what an action changed is seen by the one that comes after it. */
let running = Promise.resolve();
const inTurn = (work) => (running = running.then(work, work));

/** Everything anew, after something was done. */
const refresh = () => inTurn(() => update(true));

async function update(isForced) {
  const { answer: overview, changed } = await poll('/scim');
  const isDue = isForced || changed || Date.now() - allAt > ALL_EVERY_MS;
  tickTimes();
  if (!isDue) return;
  allAt = Date.now();
  const [{ answer }, { seats }] = await Promise.all([poll('/scim/tokens'), host('GET', '')]);
  showOverview(overview, seats);
  showTokens(answer.tokens, overview.entitlement.allowed);
  const checksLinks = isForced || Date.now() - linkCheckAt > LINK_CHECK_EVERY_MS;
  if (checksLinks) linkCheckAt = Date.now();
  showHealth({ overview, tokens: answer.tokens }, refresh);
  await Promise.all([showChecklist(), checksLinks && showLinkCheck(refresh)]);
  changeLists(overview);
}

function showOverview({ endpointUrl, entitlement, counts, health, events }, seats) {
  byId('endpoint-url').value = endpointUrl;
  byId('seats').textContent = `${seats.used} of ${seats.limit}`;
  byId('scim-missing').hidden = entitlement.allowed;
  byId('scim-missing').textContent = entitlement.allowed ? '' : `${entitlement.detail} ${adviceFor(entitlement)}`;
  showCounts(counts);
  showBacklog(events);
  recognised(health.idp);
}

/** The lists look again when there was a call, or a person became another's. */
function changeLists({ health, counts, events }) {
  const now = {
    calls: `${health.lastCallAt} ${health.refused.lastAt}`,
    people: JSON.stringify(counts),
    events: JSON.stringify(events),
  };
  if (last.calls !== undefined) {
    if (now.calls !== last.calls) lists.log.changed();
    if (now.calls !== last.calls || now.people !== last.people) lists.people.changed();
  }
  // The first time too: nothing else shows this list.
  if (now.events !== last.events) lists.undelivered.changed();
  last = now;
}

/** One time is set, however many looks were under way. */
function lookAgain(afterMs) {
  clearTimeout(timer);
  timer = setTimeout(look, afterMs);
}

async function look() {
  clearTimeout(timer);
  if (document.visibilityState === 'hidden') return;
  try {
    await inTurn(() => update(false));
    put(byId('stale'));
    lookAgain(POLL_MS);
  } catch (failure) {
    stale(failure);
    if (failure.status !== 401) lookAgain(POLL_AFTER_FAILURE_MS);
  }
}

/** What is seen may be old: said once, not at each try. */
function stale({ status, message }) {
  if (byId('stale').textContent !== '') return;
  if (status === 401) put(byId('stale'), 'You are signed out. ', el('a', { href: signInAgain() }, 'Sign in again'));
  else put(byId('stale'), `This page is not up to date. ${message}`);
}

copyFields();
startTokens(refresh);
startSaml(refresh);
startLinkCheck(refresh);
void startGuides();
const lists = { people: startPeople(refresh), log: startLog(), undelivered: startUndelivered(refresh) };
void lists.people.show();
void lists.log.show();
startEntries();
document.addEventListener('visibilitychange', look);
void look();
