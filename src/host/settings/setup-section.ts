import { type Html, html } from '../http/html.js';
import { alert, readOnly, section } from './parts.js';

/** From nothing to the first sync. Filled by assets/settings/checklist.js, guides.js and link-check.js. */
export function setupSection(): Html {
  const body = html`<p>
      Two things go into your identity provider: the address below, and <a href="#tokens-section">a SCIM token</a>. The
      steps tell you where.
    </p>
    ${readOnly({ id: 'endpoint-url', label: 'SCIM API endpoint URL', value: '', copy: 'Copy endpoint URL' })}
    <h3 id="checklist-heading">How far you are</h3>
    <p class="muted">This list ticks itself as your identity provider calls and people sign in.</p>
    <ol id="checklist" class="checklist" aria-labelledby="checklist-heading"></ol>
    <p id="checklist-news" role="status" class="unseen"></p>
    ${alert('checklist-error')}
    <h3 id="guide-heading">Step by step</h3>
    <details id="set-up-steps" open>
      <summary>Show or hide the steps</summary>
      <label class="short" for="guide-choice">Identity provider</label>
      <select id="guide-choice" class="short"></select>
      ${alert('guide-error')}
      <div id="guide" class="guide" role="region" aria-labelledby="guide-heading" aria-live="off"></div>
    </details>
    <h3 id="link-heading">Link check</h3>
    <p class="muted">
      Whether the people who sign in will be recognised as the people that were added: both sides must call them by the
      same id.
    </p>
    <button type="button" class="quiet" id="link-check-again">Check again</button>
    ${alert('link-error')}
    <div id="link-check" class="link-check" role="group" aria-labelledby="link-heading"></div>`;
  return section('set-up', 'Set up', body);
}
