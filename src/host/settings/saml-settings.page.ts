import { readdirSync } from 'node:fs';
import type { ScimEntitlement } from '../../scim/index.js';
import type { Actor } from '../auth/actor.js';
import { type Html, html } from '../http/html.js';
import { page } from '../http/page.js';
import type { Plan } from '../organizations/organization.entity.js';
import type { ServiceProviderSettings } from '../sso/saml.service.js';
import type { SamlSettings } from '../sso/sso-connections.service.js';
import { samlSection } from './saml-section.js';
import { logSection, peopleSection, statusSection, tokensSection, undeliveredSection } from './scim-sections.js';
import { setupSection } from './setup-section.js';

interface View {
  readonly actor: Actor;
  readonly serviceProvider: ServiceProviderSettings;
  /** Undefined until something is saved. */
  readonly settings: SamlSettings | undefined;
  readonly plan: Plan;
  readonly entitlement: ScimEntitlement;
  readonly seats: { readonly limit: number; readonly used: number };
}

/** All scripts of the page; the sources' folder serves both src/host and build/host, which lie equally deep. */
const MODULES = readdirSync(new URL('../../../src/host/assets/settings/', import.meta.url)).map(
  (name) => `settings/${name}`,
);

const CONTENTS = [
  ['scim', 'Is it working?'],
  ['set-up', 'Set up'],
  ['tokens-section', 'Tokens'],
  ['people-section', 'People'],
  ['log-section', 'Log'],
  ['undelivered-section', 'Undelivered changes'],
  ['single-sign-on', 'Single sign-on'],
] as const;

/** The organization's SAML SSO settings with SCIM. What moves is filled in by assets/settings/main.js. */
export function samlSettingsPage(view: View): string {
  const { actor, plan, seats, entitlement, serviceProvider, settings } = view;
  const body = html`<div id="settings" class="settings" data-slug="${actor.organizationSlug}">
    <div class="settings-head">
      <h1>SAML SSO</h1>
      <p class="muted">
        Plan: <strong>${plan}</strong> · Seats: <strong id="seats">${seats.used} of ${seats.limit}</strong> used
      </p>
      <noscript><p class="notice">This page needs JavaScript.</p></noscript>
      <p id="stale" role="alert" class="error"></p>
    </div>
    ${contents()}
    <div class="settings-body">
      ${statusSection(entitlement)} ${setupSection()} ${tokensSection()} ${peopleSection()} ${logSection()}
      ${undeliveredSection()} ${samlSection(serviceProvider, settings)}
    </div>
    <p id="status" role="status" class="status"></p>
  </div>`;
  return page({
    title: `SAML SSO – ${actor.organizationName}`,
    body,
    actor,
    styles: ['settings.css', 'settings-lists.css'],
    module: { entry: 'settings/main.js', imports: MODULES },
  });
}

function contents(): Html {
  return html`<nav class="contents" aria-label="On this page">
    <ul>
      ${CONTENTS.map(([id, name]) => html`<li><a href="#${id}">${name}</a></li> `)}
    </ul>
  </nav>`;
}
