import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { ScimConnection } from './connection.entity.js';

/**
 * A value that no other resource of its type may have, of an attribute without a column of its own. Written and deleted by
 * the statements that write the resource (`unique-values.ts`).
 */
@Entity('scim_unique_value')
@Index('scim_unique_value_resource', ['resourceId'])
@ForeignKey(() => ScimConnection, ['organizationId'], ['organizationId'], {
  name: 'scim_unique_value_connection',
  onDelete: 'CASCADE',
})
export class ScimUniqueValue {
  @PrimaryColumn({ type: 'text', name: 'organization_id', primaryKeyConstraintName: 'scim_unique_value_pkey' })
  organizationId: string;

  /** Name of the type, e.g. `User`. */
  @PrimaryColumn({
    type: 'text',
    name: 'resource_type',
    collation: 'C',
    primaryKeyConstraintName: 'scim_unique_value_pkey',
  })
  resourceType: string;

  /** With the URN of its schema where that is an extension, e.g. `urn:example:2.0:User:badge.number`. */
  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: 'scim_unique_value_pkey' })
  attribute: string;

  /** As compared. */
  @PrimaryColumn({
    type: 'text',
    name: 'value_key',
    collation: 'C',
    primaryKeyConstraintName: 'scim_unique_value_pkey',
  })
  valueKey: string;

  @Column({ type: 'uuid', name: 'resource_id' })
  resourceId: string;
}
