import { type Html, html } from '../http/html.js';
import type { ServiceProviderSettings } from '../sso/saml.service.js';
import type { SamlSettings } from '../sso/sso-connections.service.js';
import { alert, readOnly, section } from './parts.js';

/** The settings that were there before SCIM. `settings` are undefined until something is saved. */
export function samlSection(serviceProvider: ServiceProviderSettings, settings: SamlSettings | undefined): Html {
  const checked = (on: boolean): Html | false => on && html`checked`;
  const body = html`<p>People sign in at your identity provider, which tells this product who they are.</p>
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
      ${alert('saml-error')}
      <button type="submit">Save SAML settings</button>
    </form>`;
  return section('single-sign-on', 'Single sign-on', body);
}
