import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { ScimConnection } from './connection.entity.js';

/** A SCIM request and how it was answered, for the organization's admin; never what it held of tokens and passwords. */
@Entity('scim_log')
@Index('scim_log_newest', ['organizationId', 'statusClass', 'receivedAt', 'id'])
@Index('scim_log_status', ['organizationId', 'isRefused', 'status', 'receivedAt', 'id'])
@Index('scim_log_age', ['receivedAt'])
@Index('scim_log_people', { synchronize: false })
@ForeignKey(() => ScimConnection, ['organizationId', 'connectionId'], ['organizationId', 'id'], {
  name: 'scim_log_connection',
  onDelete: 'CASCADE',
})
export class ScimLogEntry {
  /** Request id, which events and answers of status 500 name, too. */
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'text', name: 'organization_id' })
  organizationId: string;

  @Column({ type: 'uuid', name: 'connection_id' })
  connectionId: string;

  @Column({ type: 'timestamptz', name: 'received_at', precision: 3 })
  receivedAt: Date;

  @Column({ type: 'text' })
  method: string;

  /** Below the SCIM endpoint, e.g. `/Users`. */
  @Column({ type: 'text' })
  path: string;

  /** Without `?`. */
  @Column({ type: 'text', nullable: true })
  query: string | null;

  /** 499: the client left before it was answered. */
  @Column({ type: 'smallint' })
  status: number;

  /** The token was forged: anybody who knows its public id can have sent it. */
  @Column({ type: 'boolean', name: 'is_refused', default: false })
  isRefused: boolean;

  /** First digit of the status. */
  @Column({ type: 'smallint', name: 'status_class' })
  statusClass: number;

  @Column({ type: 'text', name: 'scim_type', nullable: true })
  scimType: string | null;

  /** What the client was told. */
  @Column({ type: 'text', nullable: true })
  detail: string | null;

  @Column({ type: 'integer', name: 'duration_ms' })
  durationMs: number;

  /** What the client calls itself: User-Agent. */
  @Column({ type: 'text', nullable: true })
  client: string | null;

  @Column({ type: 'text', nullable: true })
  address: string | null;

  /** The one it came with, be it good or not. */
  @Column({ type: 'uuid', name: 'token_id', nullable: true })
  tokenId: string | null;

  /** The identity provider that this one request looks like; null where it could be any. */
  @Column({ type: 'text', nullable: true })
  idp: string | null;

  /** Whom it is about: ids, and names as they are compared. */
  @Column({ type: 'text', name: 'person_keys', array: true, collation: 'C' })
  personKeys: string[];

  /** JSON, cut to a bound; no column of type jsonb, which takes no U+0000. */
  @Column({ type: 'text', nullable: true })
  body: string | null;

  /** Bytes of the body that was sent. */
  @Column({ type: 'integer', name: 'body_bytes', nullable: true })
  bodyBytes: number | null;
}

/** That an admin looked at what an entry of the log hides. Outlives the entry. */
@Entity('scim_log_reveal')
@Index('scim_log_reveal_entry', ['organizationId', 'entryId'])
@Index('scim_log_reveal_age', ['revealedAt'])
@ForeignKey(() => ScimConnection, ['organizationId', 'connectionId'], ['organizationId', 'id'], {
  name: 'scim_log_reveal_connection',
  onDelete: 'CASCADE',
})
export class ScimLogReveal {
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'text', name: 'organization_id' })
  organizationId: string;

  @Column({ type: 'uuid', name: 'connection_id' })
  connectionId: string;

  @Column({ type: 'uuid', name: 'entry_id' })
  entryId: string;

  /** Account id of the admin. */
  @Column({ type: 'text', name: 'actor_id', nullable: true })
  actorId: string | null;

  @Column({ type: 'timestamptz', name: 'revealed_at', precision: 3, default: () => 'now()' })
  revealedAt: Date;
}
