import type { ScimEntitlement } from '../../scim/index.js';
import { type Html, html } from '../http/html.js';
import { alert, readOnly, section, table } from './parts.js';

/** "Is it working?", before everything else. Filled by assets/settings/health.js. */
export function statusSection(entitlement: ScimEntitlement): Html {
  const body = html`<p>
      Your identity provider – where your company keeps its accounts, such as Microsoft Entra ID or Okta – adds, changes
      and removes this organization's people by itself. SCIM is the standard it does that by.
    </p>
    <div id="scim-missing" class="notice" ${entitlement.allowed && html`hidden`}>
      ${!entitlement.allowed && entitlement.detail}
      ${!entitlement.allowed && entitlement.removals && 'Your identity provider can still take people out.'}
    </div>
    <div id="expiry-warnings"></div>
    <h3 id="health-heading">Is it working?</h3>
    <div id="health" class="health" role="group" aria-labelledby="health-heading">
      <p id="verdict" class="verdict" role="status">Looking…</p>
      <div id="health-more"></div>
      <div class="row" id="health-actions"></div>
      ${alert('health-error')}
    </div>
    <div id="health-facts"></div>`;
  return section('scim', 'SCIM provisioning', body);
}

/** Filled by assets/settings/tokens.js, which switches the button on. */
export function tokensSection(): Html {
  const body = html`<p>
      A token is the password with which your identity provider calls. It is shown once; keep it there and nowhere else.
    </p>
    ${tokenForm()} ${alert('token-error')} ${newToken()}
    <div id="rotations"></div>
    <h3 id="tokens-heading">Tokens</h3>
    ${table({ id: 'tokens', heading: 'tokens-heading', columns: ['Label', 'State', 'Expires', 'Last used', 'Created', 'Actions'] })}
    <div class="row"><button type="button" id="tokens-ended" class="quiet" hidden>Show all tokens</button></div>`;
  return section('tokens-section', 'SCIM tokens', body);
}

const tokenForm = (): Html =>
  html`<form id="token-form">
    <div class="row">
      <label
        >Label (optional)
        <input
          name="label"
          maxlength="100"
          autocomplete="off"
          dir="auto"
          placeholder="e.g. Entra ID"
          aria-describedby="token-hint"
      /></label>
      <label
        >Expires after
        <select name="expiresInDays">
          <option value="90">90 days</option>
          <option value="180">180 days</option>
          <option value="365" selected>1 year</option>
          <option value="730">2 years</option>
        </select></label
      >
      <button type="submit" id="generate" disabled>Generate SCIM token</button>
    </div>
    <p id="token-hint" class="muted"></p>
    ${scopes()}
  </form>`;

const newToken = (): Html =>
  html`<div id="new-token" class="notice good" tabindex="-1" aria-labelledby="new-token-heading" role="group" hidden>
    <h3 id="new-token-heading">Your new SCIM token</h3>
    <p>Copy it into your identity provider now. <strong>It will not be shown again.</strong></p>
    ${readOnly({ id: 'token', label: 'SCIM token', value: '', copy: 'Copy token' })}
    <p id="new-token-next"></p>
    <button type="button" class="quiet" id="new-token-done">Hide it</button>
  </div>`;

const SCOPES = [
  ['users:read', 'Read people'],
  ['users:write', 'Add, change and remove people'],
  ['groups:read', 'Read groups'],
  ['groups:write', 'Add, change and remove groups'],
  ['resources:read', 'Read other resources'],
  ['resources:write', 'Add, change and remove other resources'],
] as const;

function scopes(): Html {
  return html`<details>
    <summary>Advanced: what the token may do</summary>
    <fieldset>
      <legend>Scopes</legend>
      <p class="muted">All, unless you know that your identity provider needs less.</p>
      ${SCOPES.map(
        ([scope, name]) =>
          html`<label class="switch"
            ><input type="checkbox" name="scopes" value="${scope}" checked /> ${name} <code>${scope}</code></label
          >`,
      )}
    </fieldset>
  </details>`;
}

/** Filled by assets/settings/people.js. */
export function peopleSection(): Html {
  const body = html`<p>
      Everybody whom your identity provider has added. Somebody who was added takes no seat until the first sign-in.
    </p>
    <p id="counts" class="counts"></p>
    <form id="people-form" class="search" role="search" aria-label="People">
      <label>Search people <input name="q" type="search" maxlength="200" autocomplete="off" dir="auto" /></label>
      <label
        >State
        <select name="state">
          <option value="">all</option>
          <option>provisioned</option>
          <option>active</option>
          <option>suspended</option>
          <option value="deprovisioned">deprovisioned (removed)</option>
        </select></label
      >
      <div class="row"><button type="submit" class="quiet">Show</button></div>
    </form>
    ${alert('people-error')}
    <p id="people-found" role="status" class="muted"></p>
    ${table({ id: 'people', heading: 'people-section-heading', columns: ['Name', 'User name', 'External ID', 'State', 'Groups', 'Last change'] })}
    <div class="row">
      <button type="button" id="people-more" class="quiet" hidden>Show more people</button>
      <button type="button" id="people-again" class="quiet" hidden>Show newer changes of people</button>
    </div>`;
  return section('people-section', 'People', body);
}

/** Filled by assets/settings/log.js. */
export function logSection(): Html {
  const body = html`<p>
      Each request of your identity provider, and how it was answered: also those that were refused, and why. What it
      says of people is hidden until you reveal it.
    </p>
    ${logForm()} ${alert('log-error')}
    <p id="log-found" role="status" class="muted"></p>
    ${table({ id: 'log', heading: 'log-section-heading', columns: ['Time', 'Request', 'Result', 'Token', 'Took'] })}
    <div class="row">
      <button type="button" id="log-more" class="quiet" hidden>Show older requests</button>
      <button type="button" id="log-again" class="quiet" hidden>Show newer requests</button>
    </div>`;
  return section('log-section', 'Log', body);
}

const logForm = (): Html =>
  html`<form id="log-form" class="search" role="search" aria-label="Log">
      <label
        >Person
        <input
          name="person"
          type="search"
          maxlength="200"
          autocomplete="off"
          dir="auto"
          aria-describedby="log-person-hint"
      /></label>
      <label
        >Result
        <select name="status">
          <option value="">all</option>
          <option value="2xx">done</option>
          <option value="failed">refused or failed</option>
          <option value="401">401 – token not accepted</option>
          <option value="403">403 – not allowed</option>
          <option value="400">400 – not understood</option>
          <option value="404">404 – not found</option>
          <option value="409">409 – conflict</option>
          <option value="429">429 – too many requests</option>
          <option value="503">503 – try again later</option>
          <option value="5xx">5xx – trouble here</option>
        </select></label
      >
      <label>From <input name="from" type="datetime-local" /></label>
      <label>Until <input name="to" type="datetime-local" /></label>
      <div class="row">
        <button type="submit" class="quiet">Search the log</button>
        <button type="reset" class="quiet">Clear</button>
      </div>
    </form>
    <p id="log-person-hint" class="muted">Person: a user name, external ID, e-mail address or id, as a whole.</p>`;

/** Filled by assets/settings/undelivered.js. */
export function undeliveredSection(): Html {
  const body = html`<p>
      A change of your identity provider is taken at once, and then carried out by the parts of this product:
      memberships, teams, sessions. What one of them could not do is tried again, and stands here until it is done.
    </p>
    <p id="backlog" role="status"></p>
    ${alert('undelivered-error')}
    <p id="undelivered-found" class="muted"></p>
    ${table({ id: 'undelivered', heading: 'undelivered-section-heading', columns: ['Change', 'To be done by', 'State', 'Actions'] })}
    <div class="row">
      <button type="button" id="undelivered-all" class="quiet" hidden>Try all again</button>
      <button type="button" id="undelivered-more" class="quiet" hidden>Show more changes</button>
      <button type="button" id="undelivered-again" class="quiet" hidden>Show newer state</button>
    </div>`;
  return section('undelivered-section', 'Undelivered changes', body);
}
