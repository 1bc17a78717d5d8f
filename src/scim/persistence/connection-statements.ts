import type { Statement } from './scim-database.js';

/** $1 organization: makes its connection row if there is none. $2 id, $3 tombstone key for a new one. */
export const ensureConnection: Statement = {
  text: `
INSERT INTO scim_connection (id, organization_id, tombstone_key) VALUES ($2, $1, $3)
ON CONFLICT (organization_id) DO NOTHING`,
};
