import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { ScimConnection } from './connection.entity.js';

/** A token as it is kept: never its secret. */
@Entity('scim_token')
@Index('scim_token_organization', ['organizationId', 'createdAt'])
@ForeignKey(() => ScimConnection, ['organizationId', 'connectionId'], ['organizationId', 'id'], {
  name: 'scim_token_connection',
  onDelete: 'CASCADE',
})
export class ScimToken {
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'text', name: 'organization_id' })
  organizationId: string;

  @Column({ type: 'uuid', name: 'connection_id' })
  connectionId: string;

  /** The id inside the secret, shown in lists and logs. */
  @Column({ type: 'text', name: 'public_id', collation: 'C', unique: true })
  publicId: string;

  /** HMAC-SHA-256 of the whole secret, 32 bytes. */
  @Column({ type: 'bytea' })
  hash: Buffer;

  /** Which pepper made the hash; null where none was configured. */
  @Column({ type: 'text', name: 'key_id', nullable: true })
  keyId: string | null;

  /** What a list shows instead of the secret, e.g. `scim_17eo76d63VPBn_…knwE`. */
  @Column({ type: 'text' })
  hint: string;

  @Column({ type: 'text', nullable: true })
  label: string | null;

  @Column({ type: 'text', array: true })
  scopes: string[];

  /** Account id of the admin. */
  @Column({ type: 'text', name: 'created_by', nullable: true })
  createdBy: string | null;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', name: 'expires_at', precision: 3 })
  expiresAt: Date;

  @Column({ type: 'timestamptz', name: 'revoked_at', precision: 3, nullable: true })
  revokedAt: Date | null;

  @Column({ type: 'timestamptz', name: 'last_used_at', precision: 3, nullable: true })
  lastUsedAt: Date | null;

  /** Address of the client that used it last. */
  @Column({ type: 'text', name: 'last_used_from', nullable: true })
  lastUsedFrom: string | null;

  /** User-Agent of the client that used it last. */
  @Column({ type: 'text', name: 'last_used_client', nullable: true })
  lastUsedClient: string | null;
}
