import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import type { ResourceAttributes } from '../../protocol/resource.js';
import { ScimConnection } from './connection.entity.js';

/** `deprovisioned` rows are kept (history, links) and invisible to SCIM. */
export type IdentityState = 'provisioned' | 'active' | 'suspended' | 'deprovisioned';

/** Which attribute of the identity equalled the NameID of the login that linked it. */
export type LinkedBy = 'externalId' | 'userName';

/** The row a SCIM User becomes. It is not an account, takes no seat and grants nothing by itself. */
@Entity('scim_identity')
@Unique('scim_identity_organization_id_id', ['organizationId', 'id'])
@Index('scim_identity_live_user_name', ['organizationId', 'userNameKey'], {
  unique: true,
  where: `state <> 'deprovisioned'`,
})
@Index('scim_identity_live_external_id', ['organizationId', 'externalId'], {
  unique: true,
  where: `state <> 'deprovisioned'`,
})
@Index('scim_identity_live_account', ['organizationId', 'accountId'], {
  unique: true,
  where: `state <> 'deprovisioned'`,
})
@Index('scim_identity_account', ['organizationId', 'accountId'])
@Index('scim_identity_live_order', ['organizationId', 'createdAt', 'id'], { where: `state <> 'deprovisioned'` })
@Index('scim_identity_live_emails', { synchronize: false })
@Index('scim_identity_state', ['organizationId', 'state', 'createdAt', 'id'])
@Index('scim_identity_erasable', ['stateChangedAt'], { where: `state = 'deprovisioned' AND erased_at IS NULL` })
@Check('scim_identity_state_check', `state IN ('provisioned', 'active', 'suspended', 'deprovisioned')`)
@Check('scim_identity_linked_by_check', `linked_by IN ('externalId', 'userName')`)
@Check('scim_identity_active_is_linked', `(state = 'active') <= (account_id IS NOT NULL)`)
@Check('scim_identity_provisioned_is_not', `(state = 'provisioned') <= (account_id IS NULL)`)
@ForeignKey(() => ScimConnection, ['organizationId', 'connectionId'], ['organizationId', 'id'], {
  name: 'scim_identity_connection',
  onDelete: 'CASCADE',
})
export class ProvisionedIdentity {
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  /** The host's id, opaque. */
  @Column({ type: 'text', name: 'organization_id' })
  organizationId: string;

  @Column({ type: 'uuid', name: 'connection_id' })
  connectionId: string;

  @Column({ type: 'text', name: 'external_id', collation: 'C', nullable: true })
  externalId: string | null;

  /** As sent. */
  @Column({ type: 'text', name: 'user_name' })
  userName: string;

  /** As compared: folded by the module, never by the database. */
  @Column({ type: 'text', name: 'user_name_key', collation: 'C' })
  userNameKey: string;

  @Column({ type: 'text' })
  state: IdentityState;

  /** The SCIM attribute; false exactly where the state is `suspended`, kept as it was where it is `deprovisioned`. */
  @Column({ type: 'boolean' })
  active: boolean;

  /** The host's account, once a login proved it. */
  @Column({ type: 'text', name: 'account_id', nullable: true })
  accountId: string | null;

  @Column({ type: 'text', name: 'linked_by', nullable: true })
  linkedBy: LinkedBy | null;

  /** Every other attribute as sent. */
  @Column({ type: 'jsonb' })
  attributes: ResourceAttributes;

  /** The same attributes as compared (folded, UTC instants), for filters. */
  @Column({ type: 'jsonb' })
  search: ResourceAttributes;

  /** `emails.value` as compared: the one multi-valued attribute that clients look people up by. */
  @Column({ type: 'text', name: 'email_keys', array: true, collation: 'C' })
  emailKeys: string[];

  /** Moves when something that SCIM shows changed; the ETag. */
  @Column({ type: 'integer' })
  version: number;

  /** Moves with every event of this identity; guards writes. */
  @Column({ type: 'integer', name: 'event_seq' })
  eventSeq: number;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3 })
  createdAt: Date;

  @Column({ type: 'timestamptz', name: 'modified_at', precision: 3 })
  modifiedAt: Date;

  @Column({ type: 'timestamptz', name: 'state_changed_at', precision: 3 })
  stateChangedAt: Date;

  /** When all that is personal was taken out of the row: names are empty then, and attributes gone. Only where it is deprovisioned. */
  @Column({ type: 'timestamptz', name: 'erased_at', precision: 3, nullable: true })
  erasedAt: Date | null;
}
