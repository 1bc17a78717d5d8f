import type { ScimEntitlement } from '../../scim/index.js';
import type { Actor } from '../auth/actor.js';
import { type Html, html } from '../http/html.js';
import { page } from '../http/page.js';
import type { Plan } from '../organizations/organization.entity.js';
import type { ServiceProviderSettings } from '../sso/saml.service.js';
import type { SamlSettings } from '../sso/sso-connections.service.js';

interface View {
  readonly actor: Actor;
  readonly serviceProvider: ServiceProviderSettings;
  /** Undefined until something is saved. */
  readonly settings: SamlSettings | undefined;
  readonly plan: Plan;
  readonly entitlement: ScimEntitlement;
  readonly seats: { readonly limit: number; readonly used: number };
}

/** The organization's SAML SSO settings, and SCIM below them. What moves is filled in by assets/settings.js. */
export function samlSettingsPage(view: View): string {
  const { actor, plan, seats } = view;
  const body = html`<div id="settings" data-slug="${actor.organizationSlug}">
    <h1>SAML SSO</h1>
    <p class="muted">
      Plan: <strong>${plan}</strong> · Seats: <strong id="seats">${seats.used} of ${seats.limit}</strong> used
    </p>
    <p id="status" role="status" class="status"></p>
    ${samlSection(view)} ${scimSection(view)} ${revokeDialog()}
  </div>`;
  return page({ title: `SAML SSO – ${actor.organizationName}`, body, actor, scripts: ['settings.js'] });
}

function samlSection({ serviceProvider, settings }: View): Html {
  const checked = (on: boolean): Html | false => on && html`checked`;
  return html`<section class="card" aria-labelledby="saml-heading">
    <h2 id="saml-heading">Single sign-on</h2>
    <div class="pair">
      ${readOnly({ id: 'acs-url', label: 'ACS URL', value: serviceProvider.acsUrl, copy: 'Copy ACS URL' })}
      ${readOnly({ id: 'entity-id', label: 'Identifier (entity ID)', value: serviceProvider.entityId, copy: 'Copy identifier' })}
    </div>
    <form id="saml-form">
      <label class="switch"
        ><input type="checkbox" name="enabled" ${checked(settings?.enabled ?? true)} /> Let people sign in with
        SAML</label
      >
      <label>Sign-on URL <input name="signOnUrl" type="url" required value="${settings?.signOnUrl}" /></label>
      <label>Issuer <input name="issuer" required value="${settings?.issuer}" /></label>
      <label
        >Certificate (PEM)
        <textarea name="certificate" rows="5" required spellcheck="false">${settings?.certificate}</textarea>
      </label>
      <label class="switch"
        ><input type="checkbox" name="allowJit" ${checked(settings?.allowJit ?? true)} /> People who were not
        provisioned may join at their first sign-in, if a seat is free</label
      >
      <p id="saml-error" role="alert" class="error"></p>
      <button type="submit">Save SAML settings</button>
    </form>
  </section>`;
}

function scimSection({ entitlement }: View): Html {
  return html`<section class="card" aria-labelledby="scim-heading">
    <h2 id="scim-heading">SCIM provisioning</h2>
    <p>
      Your identity provider creates, updates and removes this organization's people by itself. A provisioned person
      takes no seat until the first sign-in.
    </p>
    <div id="scim-missing" class="notice" ${entitlement.allowed && html`hidden`}>
      ${!entitlement.allowed && entitlement.detail}
    </div>
    ${readOnly({ id: 'endpoint-url', label: 'SCIM API endpoint URL', value: '', copy: 'Copy endpoint URL' })}
    <form id="token-form" class="row">
      <label
        >Label (optional) <input name="label" maxlength="100" autocomplete="off" placeholder="e.g. Entra ID"
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
      <button type="submit" id="generate" ${!entitlement.allowed && html`disabled`}>Generate SCIM token</button>
    </form>
    <p id="token-error" role="alert" class="error"></p>
    <div id="new-token" class="notice good" tabindex="-1" aria-labelledby="new-token-heading" role="group" hidden>
      <h3 id="new-token-heading">Your new SCIM token</h3>
      <p>Copy it into your identity provider now. <strong>It will not be shown again.</strong></p>
      ${readOnly({ id: 'token', label: 'SCIM token', value: '', copy: 'Copy token' })}
    </div>
    <h3 id="tokens-heading">Tokens</h3>
    ${table('tokens', ['Label', 'Token', 'Created', 'Expires', 'Last used', 'State', 'Action'])} ${peopleList()}
  </section>`;
}

function peopleList(): Html {
  return html`<h3 id="people-heading">People <span id="counts" class="muted"></span></h3>
    <form id="people-form" class="row" role="search" aria-label="People">
      <label
        >State
        <select name="state">
          <option value="">all</option>
          <option>provisioned</option>
          <option>active</option>
          <option>suspended</option>
        </select></label
      >
      <label>Search <input name="q" type="search" maxlength="200" autocomplete="off" /></label>
      <button type="submit" class="quiet">Show</button>
    </form>
    ${table('people', ['Name', 'User name', 'External ID', 'State', 'Provisioned'])}
    <button type="button" id="more" class="quiet" hidden>Show more people</button>`;
}

/** Filled by the script; the first row says so until then. */
function table(id: string, columns: readonly string[]): Html {
  return html`<div class="scroll">
    <table aria-labelledby="${id}-heading">
      <thead>
        <tr>
          ${columns.map((name) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody id="${id}">
        <tr>
          <td colspan="${columns.length}" class="muted">Loading…</td>
        </tr>
      </tbody>
    </table>
  </div>`;
}

interface ReadOnlyField {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  /** What the copy button is called. */
  readonly copy: string;
}

function readOnly({ id, label, value, copy }: ReadOnlyField): Html {
  return html`<div class="copy">
    <label for="${id}">${label}</label>
    <input id="${id}" readonly value="${value}" spellcheck="false" autocomplete="off" />
    <button type="button" class="quiet" data-copy="${id}">${copy}</button>
  </div>`;
}

function revokeDialog(): Html {
  return html`<dialog id="revoke-dialog" aria-labelledby="revoke-heading">
    <form method="dialog">
      <h2 id="revoke-heading">Revoke this token?</h2>
      <p>Requests with <strong id="revoke-name"></strong> are refused from now on. This cannot be undone.</p>
      <div class="row">
        <button value="keep" class="quiet" autofocus>Keep it</button
        ><button value="revoke" class="danger">Revoke token</button>
      </div>
    </form>
  </dialog>`;
}
