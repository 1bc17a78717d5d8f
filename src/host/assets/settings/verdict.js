import { nameOf } from './dom.js';
import { actorName } from './actors.js';
import { atMinute, count, fromNow, idpName, listed } from './words.js';

/** What the facts come to, in a sentence. */

/** A round that is missing this often is no delay any more. */
const ROUNDS_MISSED = 2;

/**
 * @param facts.overview the admin API's overview
 * @param facts.tokens all tokens
 * @returns { kind: 'good' | 'waiting' | 'paused' | 'warning' | 'bad', title, text, advice }
 */
export function judge({ overview, tokens }) {
  const { health, entitlement } = overview;
  const good = tokens.filter(({ state }) => state === 'live' || state === 'retiring');
  if (!entitlement.allowed) return unavailable(entitlement, health);
  if (health.paused) return paused(health.paused);
  if (good.length === 0) return tokens.length === 0 ? notSetUp() : withoutToken(tokens);
  if (health.lastCallAt === null) return waiting(good, health);
  if (health.failing) return failing(health);
  return silent(health) ?? working(health);
}

const ADVICE = {
  plan: 'Upgrade this organization to the Enterprise plan.',
  saml: 'Fill in the single sign-on settings below, switch them on and save them.',
};

/** What the organization lacks, and what is done all the same. */
export const adviceFor = ({ missing, removals }) =>
  [...missing.flatMap((one) => ADVICE[one] ?? []), ...(removals ? [REMOVALS] : [])].join(' ');

const REMOVALS = 'Your identity provider can still take people out.';

const unavailable = (entitlement, { lastCallAt }) => ({
  kind: lastCallAt === null ? 'waiting' : 'bad',
  title: lastCallAt === null ? 'Not available yet' : 'Stopped: this organization may not use SCIM at present',
  text: entitlement.detail,
  advice: adviceFor(entitlement),
});

const paused = ({ since, by }) => ({
  kind: 'paused',
  title: `Paused since ${atMinute(since)}`,
  text: [
    'Changes of your identity provider are answered “try again later”',
    by === null ? '.' : ['. Paused by ', actorName(by), '.'],
  ],
  advice: 'When you resume, it sends them again by itself.',
});

const notSetUp = () => ({
  kind: 'waiting',
  title: 'Not set up yet',
  text: 'There is no SCIM token, so your identity provider cannot call.',
  advice: 'Generate a token, then follow the steps for your identity provider.',
});

function withoutToken(tokens) {
  const [newest] = tokens;
  const end = newest.state === 'expired' ? `expired ${fromNow(newest.expiresAt)}` : 'was revoked';
  return {
    kind: 'bad',
    title: 'Stopped: there is no valid token',
    text: [
      'The newest one, ',
      nameOf(newest.label, newest.hint),
      `, ${end}. Your identity provider can change nothing here.`,
    ],
    advice: 'Generate a new token and put it into your identity provider.',
  };
}

const waiting = (good, { refused }) => ({
  kind: 'waiting',
  title: 'Waiting for the first call',
  text: `${good.length === 1 ? 'A token is' : 'Tokens are'} ready, but your identity provider has not called with ${good.length === 1 ? 'it' : 'one'} yet.`,
  advice:
    refused.lastAt === null
      ? 'Follow the steps below; its “test connection” is a first call.'
      : `A request came ${fromNow(refused.lastAt)} with a token that is not valid. If it was your identity provider’s, paste the token there anew, as a whole.`,
});

function failing({ failing: { since, requests }, lastFailure: last }) {
  if (last.status === TOKEN_ENDED) return tokenEnded(requests, since, last);
  if (requests === 1) {
    return {
      kind: 'warning',
      title: 'Working, but the last request was refused',
      text: `One request was refused ${fromNow(since)}, with status ${last.status}.`,
      advice: 'One refusal may be harmless. “Show why” tells what was sent and what was answered.',
    };
  }
  return {
    kind: 'bad',
    title: `Failing since ${atMinute(since)}`,
    text: `${count(requests, 'request')} in a row were refused, the last one ${fromNow(last.at)} with status ${last.status}.`,
    advice: '“Show why” tells what was sent and what was answered.',
  };
}

/** Of a call with the right secret; forged tokens are in `refused`. */
const TOKEN_ENDED = 401;

/** @param requests some of which may have failed for another reason before. */
const tokenEnded = (requests, since, last) => ({
  kind: 'bad',
  title: 'Refused: your identity provider sends a token that is not valid any more',
  text: `${requests === 1 ? 'One request was refused' : `${count(requests, 'request')} in a row were refused since ${atMinute(since)}, the last one`} ${fromNow(last.at)}. Its token has expired, was revoked or was replaced by a new one.`,
  advice: 'Paste the new token in your identity provider. If you do not have it any more, generate another one.',
});

/** An identity provider that calls in rounds, and has stopped. */
function silent({ idp, lastCallAt, cadence, nextSyncExpectedAt }) {
  if (cadence?.type !== 'interval' || nextSyncExpectedAt === null) return undefined;
  const late = Date.now() - new Date(nextSyncExpectedAt).getTime();
  if (late < ROUNDS_MISSED * cadence.minutes * 60_000) return undefined;
  return {
    kind: 'warning',
    title: 'Silent: your identity provider has stopped calling',
    text: `${idpName(idp)} calls about every ${cadence.minutes} minutes, but its last call was ${fromNow(lastCallAt)}.`,
    advice: 'Look there whether provisioning is switched on and not in quarantine.',
  };
}

function working({ idp, lastCallAt, lastDay }) {
  const parts = [`last call ${fromNow(lastCallAt)}`, `${count(lastDay.total, 'request')} in the last 24 hours`];
  return {
    kind: 'good',
    title: 'Yes, it is working',
    text: `${idpName(idp)}: ${listed(parts)}.`,
    advice: undefined,
  };
}
