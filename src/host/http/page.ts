import type { Actor } from '../auth/actor.js';
import { type Html, html } from './html.js';

export interface Page {
  readonly title: string;
  readonly body: Html;
  /** Who is signed in. */
  readonly actor?: Actor;
  /** Names of files in /assets. */
  readonly scripts?: readonly string[];
  /** A script that imports others, and all of those: they are fetched at once, not one after the other. */
  readonly module?: { readonly entry: string; readonly imports: readonly string[] };
  /** Besides the one that all pages have. */
  readonly styles?: readonly string[];
}

/** A whole document. Scripts and styles come from files only, because the content security policy forbids others. */
export function page({ title, body, actor, scripts = [], module, styles = [] }: Page): string {
  const files = actor ? ['sign-out.js', ...scripts] : scripts;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        ${['host.css', ...styles].map((name) => html`<link rel="stylesheet" href="/assets/${name}" /> `)}
        ${files.map((name) => html`<script src="/assets/${name}" defer></script> `)}
        ${module?.imports.map((name) => html`<link rel="modulepreload" href="/assets/${name}" /> `)}
        ${module && html`<script src="/assets/${module.entry}" type="module"></script>`}
      </head>
      <body>
        <a class="skip" href="#main">Skip to the content</a>
        <header class="bar"><a class="brand" href="/">Example SaaS</a>${actor && navigation(actor)}</header>
        <main id="main">${body}</main>
      </body>
    </html> `.text;
}

function navigation({ displayName, organizationName, organizationSlug, role }: Actor): Html {
  const settings = html`<a href="/orgs/${organizationSlug}/settings/saml">SAML SSO settings</a>`;
  return html`<nav aria-label="Main">
      <a href="/orgs/${organizationSlug}"><bdi>${organizationName}</bdi></a
      >${role === 'owner' && settings}
    </nav>
    <div class="who">
      <bdi>${displayName}</bdi><button type="button" class="quiet" data-sign-out>Sign out</button>
    </div>`;
}
