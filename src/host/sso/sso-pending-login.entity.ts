import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { Account } from '../auth/account.entity.js';
import type { SamlLogin } from './read-saml-login.js';
import { SsoConnection } from './sso-connection.entity.js';

/** A verified answer of an identity provider that waits until the browser which began the sign-in shows its cookie. */
@Entity('sso_pending_login')
export class SsoPendingLogin {
  /** SHA-256 of the ticket. */
  @PrimaryColumn({ type: 'text' })
  hash: string;

  @Column({ type: 'uuid', name: 'connection_id' })
  @ForeignKey(() => SsoConnection, { name: 'sso_pending_login_connection', onDelete: 'CASCADE' })
  connectionId: string;

  /** Who was signed in when the sign-in began. */
  @Column({ type: 'uuid', name: 'account_id', nullable: true })
  @ForeignKey(() => Account, { name: 'sso_pending_login_account', onDelete: 'CASCADE' })
  accountId: string | null;

  /** SHA-256 of the cookie that the browser which began holds. */
  @Column({ type: 'text', name: 'browser_hash' })
  browserHash: string;

  @Column({ type: 'jsonb' })
  login: SamlLogin;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt: Date;
}
