import { Column, Entity, Index, Unique } from 'typeorm';
import { ScimResourceRow } from '../../scim/index.js';

/** A device as the identity provider keeps it; what the host joins and constrains has columns. */
@Entity('device')
@Unique(['organizationId', 'serialNumber'])
@Index(['organizationId', 'ownerId'])
export class Device extends ScimResourceRow {
  @Column({ type: 'text', name: 'serial_number' })
  serialNumber: string;

  @Column({ type: 'text', nullable: true })
  model: string | null;

  /** A SCIM User's id, or whatever else the identity provider sends. */
  @Column({ type: 'text', name: 'owner_id', nullable: true })
  ownerId: string | null;
}
