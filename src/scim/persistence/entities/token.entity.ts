import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { ScimConnection } from './connection.entity.js';

/** Why a token was revoked: by an admin, replaced by another one, as the new one of a rotation that was cancelled, or reported. */
export type RevocationReason = 'admin' | 'rotated' | 'rotation-cancelled' | 'leaked';

/** A token as it is kept: never its secret. */
@Entity('scim_token')
@Unique('scim_token_organization_id_id', ['organizationId', 'id'])
@Index('scim_token_expiring', ['expiresAt'], { where: 'revoked_at IS NULL AND warned_days IS DISTINCT FROM 0' })
@Index('scim_token_retiring', ['retiresAt'], { where: 'revoked_at IS NULL AND retires_at IS NOT NULL' })
@Index('scim_token_replaced_by', ['replacedBy'], { where: 'replaced_by IS NOT NULL' })
@Check('scim_token_revoked_because_check', `revoked_because IN ('admin', 'rotated', 'rotation-cancelled', 'leaked')`)
@Check('scim_token_rotation_check', '(replaced_by IS NULL) = (retires_at IS NULL)')
@Index('scim_token_organization', ['organizationId', 'createdAt'])
@ForeignKey(() => ScimConnection, ['organizationId', 'connectionId'], ['organizationId', 'id'], {
  name: 'scim_token_connection',
  onDelete: 'CASCADE',
})
@ForeignKey(() => ScimToken, ['organizationId', 'replacedBy'], ['organizationId', 'id'], {
  name: 'scim_token_successor',
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

  /** Null: never. */
  @Column({ type: 'timestamptz', name: 'expires_at', precision: 3, nullable: true })
  expiresAt: Date | null;

  /** The least number of days before its end that was told already; 0: that it is over. */
  @Column({ type: 'smallint', name: 'warned_days', nullable: true })
  warnedDays: number | null;

  /** The token that takes over: both are good until `retires_at`. */
  @Column({ type: 'uuid', name: 'replaced_by', nullable: true })
  replacedBy: string | null;

  @Column({ type: 'timestamptz', name: 'retires_at', precision: 3, nullable: true })
  retiresAt: Date | null;

  @Column({ type: 'timestamptz', name: 'revoked_at', precision: 3, nullable: true })
  revokedAt: Date | null;

  @Column({ type: 'text', name: 'revoked_because', nullable: true })
  revokedBecause: RevocationReason | null;

  @Column({ type: 'timestamptz', name: 'first_used_at', precision: 3, nullable: true })
  firstUsedAt: Date | null;

  @Column({ type: 'timestamptz', name: 'last_used_at', precision: 3, nullable: true })
  lastUsedAt: Date | null;

  /** Address of the client that used it last. */
  @Column({ type: 'text', name: 'last_used_from', nullable: true })
  lastUsedFrom: string | null;

  /** User-Agent of the client that used it last. */
  @Column({ type: 'text', name: 'last_used_client', nullable: true })
  lastUsedClient: string | null;
}
