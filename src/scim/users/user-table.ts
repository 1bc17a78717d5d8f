import { identitySource } from '../persistence/identity-source.js';
import { IDENTITY } from '../persistence/identity-statements.js';
import type { ResourceTable } from '../persistence/list-rows.js';

/** Where users are: the identities that are not deprovisioned. @param baseUrl of the SCIM endpoints. */
export const userTable = (baseUrl: string): ResourceTable => ({
  columns: IDENTITY,
  name: 'scim_identity',
  visible: `i.state <> 'deprovisioned'`,
  source: identitySource(baseUrl),
});
