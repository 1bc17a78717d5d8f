import { html } from '../http/html.js';
import { page } from '../http/page.js';

export interface DemoPerson {
  readonly nameId: string;
  readonly userName: string;
  readonly state: string;
}

/** Where one says who one is. */
export function startPage(view: {
  readonly slug: string;
  readonly name: string;
  readonly samlRequest: string;
  readonly relayState: string;
  readonly people: readonly DemoPerson[];
}): string {
  const { slug, name, samlRequest, relayState, people } = view;
  const choices = people.map(
    ({ nameId, userName, state }) =>
      html`<label class="choice"
        ><input type="radio" name="person" value="${nameId}" /> ${userName} <span class="badge ${state}">${state}</span>
        <code>${nameId}</code></label
      >`,
  );
  const body = html`<h1>Demo identity provider of ${name}</h1>
    <p>It stands for Entra ID or Okta: say who you are, and it signs a SAML response.</p>
    <form class="card" method="post" action="/demo-idp/${slug}/login">
      <input type="hidden" name="SAMLRequest" value="${samlRequest}" />
      <input type="hidden" name="RelayState" value="${relayState}" />
      <fieldset>
        <legend>A person who was provisioned by SCIM</legend>
        ${people.length > 0 ? choices : html`<p class="muted">Nobody yet.</p>`}
      </fieldset>
      <label>Or any NameID <input name="nameId" autocomplete="off" placeholder="e.g. 8a6f…" /></label>
      <label>Groups, separated by commas (optional) <input name="groups" autocomplete="off" /></label>
      <button type="submit">Sign in</button>
    </form>`;
  return page({ title: `Demo identity provider of ${name}`, body });
}

/** The usual form that posts itself, by a script where scripts run. */
export function answerPage(view: {
  readonly acsUrl: string;
  readonly samlResponse: string;
  readonly relayState: string;
}): string {
  const body = html`<form id="auto-submit" method="post" action="${view.acsUrl}">
    <input type="hidden" name="SAMLResponse" value="${view.samlResponse}" />
    <input type="hidden" name="RelayState" value="${view.relayState}" />
    <p>You are being signed in.</p>
    <button type="submit">Continue</button>
  </form>`;
  return page({ title: 'Signing in', body, scripts: ['auto-submit.js'] });
}
