import type { Actor } from '../auth/actor.js';
import { type Html, html } from './html.js';

export interface Page {
  readonly title: string;
  readonly body: Html;
  /** Who is signed in. */
  readonly actor?: Actor;
  /** Names of files in /assets. */
  readonly scripts?: readonly string[];
}

/** A whole document. Scripts and styles come from files only, because the content security policy forbids others. */
export function page({ title, body, actor, scripts = [] }: Page): string {
  const files = actor ? ['sign-out.js', ...scripts] : scripts;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <link rel="stylesheet" href="/assets/host.css" />
        ${files.map((name) => html`<script src="/assets/${name}" defer></script> `)}
      </head>
      <body>
        <header class="bar"><a class="brand" href="/">Example SaaS</a>${actor && navigation(actor)}</header>
        <main>${body}</main>
      </body>
    </html> `.text;
}

function navigation({ displayName, organizationName, organizationSlug, role }: Actor): Html {
  const settings = html`<a href="/orgs/${organizationSlug}/settings/saml">SAML SSO settings</a>`;
  return html`<nav aria-label="Main">
      <a href="/orgs/${organizationSlug}">${organizationName}</a>${role === 'owner' && settings}
    </nav>
    <div class="who">
      <span>${displayName}</span><button type="button" class="quiet" data-sign-out>Sign out</button>
    </div>`;
}
