import { host } from './api.js';
import { byId } from './dom.js';
import { onSubmit, say } from './feedback.js';

/** The form that was there before SCIM. */
export function startSaml(refresh) {
  onSubmit(byId('saml-form'), 'saml-error', async ({ elements }) => {
    const { signOnUrl, issuer, certificate, enabled, allowJit } = elements;
    await host('PUT', '/saml', {
      signOnUrl: signOnUrl.value,
      issuer: issuer.value,
      certificate: certificate.value,
      enabled: enabled.checked,
      allowJit: allowJit.checked,
    });
    await refresh();
    say('The SAML settings are saved.');
  });
}
