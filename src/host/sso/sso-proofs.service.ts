import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { OnScimEvent, type ScimEventContext, UserErased } from '../../scim/index.js';
import { hashSecret, newSecret } from '../auth/secret.js';
import type { SamlLogin } from './read-saml-login.js';
import { CLOCK_SKEW_MS } from './saml.service.js';
import { SsoPendingLogin } from './sso-pending-login.entity.js';

/** A page of ours continues at once; without scripts a person has to press its button. */
const TICKET_LIFETIME_MS = 5 * 60 * 1000;

export type PendingLogin = Pick<SsoPendingLogin, 'connectionId' | 'accountId' | 'browserHash' | 'login'>;

/** What was proved by a sign-in, each usable once: assertions, and verified answers that wait for their browser. */
@Injectable()
export class SsoProofsService {
  constructor(private readonly dataSource: DataSource) {}

  /** @returns false where it was used before. */
  async useAssertion(connectionId: string, { assertionId, notOnOrAfter }: SamlLogin): Promise<boolean> {
    await this.dataSource.query('DELETE FROM sso_assertion WHERE expires_at <= now()');
    const used = await this.dataSource.query<unknown[]>(
      `INSERT INTO sso_assertion (connection_id, hash, expires_at)
       VALUES ($1, $2, $3::timestamptz + $4 * interval '1 ms') ON CONFLICT DO NOTHING RETURNING hash`,
      [connectionId, hashSecret(assertionId), notOnOrAfter, CLOCK_SKEW_MS],
    );
    return used.length > 0;
  }

  /** @returns the ticket that {@link take} gives it back for. */
  async keep(pending: PendingLogin): Promise<string> {
    const ticket = newSecret();
    await this.dataSource.query(`DELETE FROM sso_pending_login WHERE created_at <= now() - $1 * interval '1 ms'`, [
      TICKET_LIFETIME_MS,
    ]);
    await this.dataSource.getRepository(SsoPendingLogin).insert({ hash: hashSecret(ticket), ...pending });
    return ticket;
  }

  /** Of two who show a ticket only one gets it; so does somebody who shows it to the wrong organization. */
  async take(ticket: string): Promise<PendingLogin | undefined> {
    const [rows] = await this.dataSource.query<[PendingLogin[]]>(
      `DELETE FROM sso_pending_login WHERE hash = $1 AND created_at > now() - $2 * interval '1 ms'
       RETURNING connection_id AS "connectionId", account_id AS "accountId", browser_hash AS "browserHash", login`,
      [hashSecret(ticket), TICKET_LIFETIME_MS],
    );
    return rows[0];
  }

  /** Whose an answer is that waits, nobody can tell from the event: all of the organization begin anew. */
  @OnScimEvent(UserErased, { consumer: 'sso.forget-pending-logins' })
  async forget({ organizationId }: UserErased, { manager }: ScimEventContext): Promise<void> {
    await manager.query(
      `DELETE FROM sso_pending_login WHERE connection_id IN (SELECT id FROM sso_connection WHERE organization_id = $1)`,
      [organizationId],
    );
  }
}
