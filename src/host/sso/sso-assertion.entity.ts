import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { SsoConnection } from './sso-connection.entity.js';

/** An assertion that was used, remembered for as long as it could be used again. */
@Entity('sso_assertion')
@Index('sso_assertion_expires_at', ['expiresAt'])
export class SsoAssertion {
  @PrimaryColumn({ type: 'uuid', name: 'connection_id' })
  @ForeignKey(() => SsoConnection, { name: 'sso_assertion_connection', onDelete: 'CASCADE' })
  connectionId: string;

  /** SHA-256 of the assertion's ID, which is the identity provider's text. */
  @PrimaryColumn({ type: 'text' })
  hash: string;

  @Column({ type: 'timestamptz', name: 'expires_at', precision: 3 })
  expiresAt: Date;
}
