import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import type { JsonObject } from '../../protocol/resource.js';
import { ScimConnection } from './connection.entity.js';

/** What every resource of a type of the host's own is kept as. */
export abstract class ResourceColumns {
  /** The SCIM `id`: made here, never used again. */
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'text', name: 'organization_id' })
  organizationId: string;

  @Column({ type: 'uuid', name: 'connection_id' })
  connectionId: string;

  /** The identity provider's id for it. */
  @Column({ type: 'text', name: 'external_id', collation: 'C', nullable: true })
  externalId: string | null;

  /** The whole resource as sent, but for `externalId`. */
  @Column({ type: 'jsonb' })
  attributes: JsonObject;

  /** The same as filters compare it. */
  @Column({ type: 'jsonb' })
  search: JsonObject;

  /** Moves with every change, each of which is an event; the ETag. */
  @Column({ type: 'integer' })
  version: number;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3 })
  createdAt: Date;

  @Column({ type: 'timestamptz', name: 'modified_at', precision: 3 })
  modifiedAt: Date;
}

/**
 * A table of the host's for the resources of one type: extend it with an `@Entity()` class and name that in `resourceTypes`.
 * The table has these columns, the keys and the index that stand here (`typeorm migration:generate` writes them), and
 * further columns for single attributes as the host likes. Rows are written by SCIM requests and
 * by `ScimResourcesService`; the host reads and joins them.
 */
@Unique(['organizationId', 'externalId'])
@Index(['organizationId', 'createdAt', 'id'])
@ForeignKey(() => ScimConnection, ['organizationId', 'connectionId'], ['organizationId', 'id'], { onDelete: 'CASCADE' })
export abstract class ScimResourceRow extends ResourceColumns {}

/** A resource of a type that has no table of its own. */
@Entity('scim_resource')
@Index('scim_resource_external_id', ['organizationId', 'resourceType', 'externalId'], { unique: true })
@Index('scim_resource_order', ['organizationId', 'resourceType', 'createdAt', 'id'])
@ForeignKey(() => ScimConnection, ['organizationId', 'connectionId'], ['organizationId', 'id'], {
  name: 'scim_resource_connection',
  onDelete: 'CASCADE',
})
export class ScimResource extends ResourceColumns {
  /** Name of the type, e.g. `Device`. */
  @Column({ type: 'text', name: 'resource_type', collation: 'C' })
  resourceType: string;
}
