import type { Actor } from '../auth/actor.js';
import { type Html, html } from '../http/html.js';
import { page } from '../http/page.js';

const DEMO_SLUGS = ['acme', 'globex', 'initech', 'startup'];

export function homePage(demo: boolean): string {
  const body = html`<h1>Example SaaS</h1>
    <p>The product that the SCIM module is plugged into: organizations, single sign-on, settings.</p>
    <p><a class="button" href="/login">Sign in</a></p>
    ${demo && demoHints()}`;
  return page({ title: 'Example SaaS', body });
}

export function loginPage(demo: boolean): string {
  const body = html`<h1>Sign in</h1>
    <form id="login" class="card narrow">
      <label>E-mail <input name="email" type="email" autocomplete="username" required /></label>
      <label>Password <input name="password" type="password" autocomplete="current-password" required /></label>
      <p id="login-error" role="alert" class="error"></p>
      <button type="submit">Sign in</button>
    </form>
    ${demo && demoHints()}`;
  return page({ title: 'Sign in', body, scripts: ['login.js'] });
}

/** What somebody sees who is in. */
export function organizationPage(actor: Actor, teams: readonly string[]): string {
  const { displayName, organizationName, organizationSlug: slug, role } = actor;
  const settings = html`<p><a class="button" href="/orgs/${slug}/settings/saml">SAML SSO and SCIM settings</a></p>`;
  const body = html`<h1>You are in: ${organizationName}</h1>
    <dl class="facts">
      <dt>Name</dt>
      <dd>${displayName}</dd>
      <dt>Role</dt>
      <dd>${role}</dd>
      <dt>Teams</dt>
      <dd>${teams.length > 0 ? teams.join(', ') : 'none'}</dd>
    </dl>
    ${role === 'owner' && settings}`;
  return page({ title: organizationName, body, actor });
}

const demoHints = (): Html =>
  html`<section class="hint">
    <h2>In this demo</h2>
    <p>
      The owner of each organization is <code>owner@&lt;name&gt;.example</code> with the password <code>demo</code>:
    </p>
    <ul>
      ${DEMO_SLUGS.map((slug) => html`<li><code>owner@${slug}.example</code></li>`)}
    </ul>
    <p>
      Everybody else comes in by single sign-on: <a href="/orgs/acme/sso">Acme</a>,
      <a href="/orgs/globex/sso">Globex</a>.
    </p>
  </section>`;
