import type { HostSettings } from './host-settings.js';

/** What the console says once the host is up. */
export function welcome({ publicUrl, demo }: HostSettings): string {
  const lines = [`The host is up: ${publicUrl}`, `Its SCIM and settings API, as OpenAPI: ${publicUrl}/openapi.json`];
  if (demo) lines.push('', ...demoLines(publicUrl));
  lines.push('', 'Stop it with Ctrl+C.');
  return lines.join('\n');
}

const demoLines = (url: string): string[] => [
  `1. Settings page   ${url}/orgs/acme/settings/saml`,
  '   Sign in as      owner@acme.example, password demo  (also globex, initech, startup)',
  '2. Press "Generate SCIM token" there, then provision somebody with it:',
  `   curl ${url}/scim/v2/Users -H 'Authorization: Bearer <SCIM token>' -H 'Content-Type: application/scim+json' \\`,
  `     -d '{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada@acme.example","externalId":"ada-1"}'`,
  `3. Sign in as that person, in a private window, at the demo identity provider:`,
  `   ${url}/orgs/acme/sso`,
];
