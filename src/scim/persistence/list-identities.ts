import type { Filter } from '../protocol/filter/filter.js';
import type { ProvisionedIdentity } from './entities/provisioned-identity.entity.js';
import { type FilterSource, filterToSql } from './filter-to-sql.js';
import { IDENTITY } from './identity-statements.js';
import type { ScimDatabase } from './scim-database.js';

export interface IdentityPage {
  readonly identities: readonly ProvisionedIdentity[];
  /** Of all pages. */
  readonly totalResults: number;
}

/**
 * A page of the live identities a filter selects, in the order of their creation.
 * One statement where the page shows by itself how many there are, else a second one that counts.
 */
export async function listIdentities(
  database: ScimDatabase,
  organizationId: string,
  selection: { readonly filter: Filter | undefined; readonly source: FilterSource },
  page: { readonly startIndex: number; readonly count: number },
): Promise<IdentityPage> {
  const values: unknown[] = [organizationId];
  const filter = selection.filter ? ` AND ${filterToSql(selection.filter, selection.source, values)}` : '';
  const where = `i.organization_id = $1 AND i.state <> 'deprovisioned'${filter}`;
  const skipped = page.startIndex - 1;
  const identities =
    page.count === 0
      ? []
      : await database.run<ProvisionedIdentity>(pageStatement(where, values.length), [...values, page.count, skipped]);
  const isLast = identities.length < page.count && (identities.length > 0 || skipped === 0);
  if (isLast) return { identities, totalResults: skipped + identities.length };
  const [counted] = await database.run<{ total: number }>(
    { text: `SELECT count(*)::integer AS total FROM scim_identity i WHERE ${where}` },
    values,
  );
  return { identities, totalResults: counted?.total ?? 0 };
}

// The skipped rows are skipped in a subquery of ids, so that their contents are not read.
const pageStatement = (where: string, parameters: number): { text: string } => ({
  text: `
SELECT ${IDENTITY}
FROM (
  SELECT i.id FROM scim_identity i WHERE ${where} ORDER BY i.created_at, i.id LIMIT $${parameters + 1} OFFSET $${parameters + 2}
) page JOIN scim_identity i ON i.id = page.id
ORDER BY i.created_at, i.id`,
});
