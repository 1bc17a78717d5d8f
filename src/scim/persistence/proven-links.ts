/** What SQL parameters, or columns, stand for. */
interface Person {
  readonly organization: string;
  /** May be null. */
  readonly externalId: string;
  /** Folded. */
  readonly userName: string;
  /** Null: logins of any SSO connection count. */
  readonly ssoConnection: string;
}

/**
 * SQL from after FROM: `scim_link l` whose NameID a login proved before anything was provisioned for it, and that is this
 * person's external id or user name. Not those of an account that has an identity, nor, by a user name (it may be another
 * person's by now), of one whose identity was removed.
 */
export const provenLinks = ({ organization, externalId, userName, ssoConnection }: Person): string => `
  scim_link l
WHERE l.organization_id = ${organization} AND (l.name_id = ${externalId} OR l.name_id_key = ${userName})
  AND (${ssoConnection}::text IS NULL OR l.sso_connection_id = ${ssoConnection}) AND l.identity_id IS NULL
  AND NOT EXISTS (
    SELECT 1 FROM scim_identity i
    WHERE i.organization_id = ${organization} AND i.account_id = l.account_id
      AND (i.state <> 'deprovisioned' OR l.name_id IS DISTINCT FROM ${externalId}))`;
