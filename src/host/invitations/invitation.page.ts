import type { Actor } from '../auth/actor.js';
import { html } from '../http/html.js';
import { page } from '../http/page.js';

/** The same for every invitation: only the script sees the token, which stands after the # of the address. */
export function invitationPage(actor: Actor | undefined): string {
  const newcomer = html`<p>Join with a new account, or with the one you have: then its password is enough.</p>
    <label>Your name, for a new account <input name="displayName" autocomplete="name" maxlength="100" /></label>
    <label>
      Password, a new one of 8 characters or more
      <input name="password" type="password" autocomplete="current-password" required />
    </label>`;
  const body = html`<h1>You are invited</h1>
    <form id="invitation" class="card narrow">
      ${actor ? html`<p>You join as <bdi>${actor.displayName}</bdi>.</p>` : newcomer}
      <p id="invitation-error" role="alert" class="error"></p>
      <button type="submit">Join</button>
    </form>`;
  return page({ title: 'Invitation', body, scripts: ['invitation.js'], ...(actor ? { actor } : {}) });
}
