import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { Organization } from '../organizations/organization.entity.js';

/** The key pair that the demo identity provider of an organization signs with. */
@Entity('demo_idp_key')
export class DemoIdpKey {
  @PrimaryColumn({ type: 'uuid', name: 'organization_id' })
  @ForeignKey(() => Organization, { name: 'demo_idp_key_organization', onDelete: 'CASCADE' })
  organizationId: string;

  /** PKCS #8, PEM. */
  @Column({ type: 'text', name: 'private_key' })
  privateKey: string;

  /** SPKI, PEM. */
  @Column({ type: 'text', name: 'public_key' })
  publicKey: string;
}
