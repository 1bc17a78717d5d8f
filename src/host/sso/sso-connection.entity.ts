import { Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';
import { Organization } from '../organizations/organization.entity.js';

/** An organization's SAML settings. Links are kept under `id`, which nobody can choose. */
@Entity('sso_connection')
@Unique('sso_connection_organization_id', ['organizationId'])
export class SsoConnection {
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'uuid', name: 'organization_id' })
  @ForeignKey(() => Organization, { name: 'sso_connection_organization', onDelete: 'CASCADE' })
  organizationId: string;

  /** The identity provider's sign-on URL. */
  @Column({ type: 'text', name: 'sign_on_url' })
  signOnUrl: string;

  /** The identity provider's entity id. */
  @Column({ type: 'text' })
  issuer: string;

  /** X.509 certificate or public key in PEM that its signatures are checked with. */
  @Column({ type: 'text' })
  certificate: string;

  /** Saved settings that are switched off let nobody in, and SCIM counts them as missing. */
  @Column({ type: 'boolean' })
  enabled: boolean;

  /** When they were switched off; null while they are on, and where they never were. */
  @Column({ type: 'timestamptz', name: 'disabled_at', precision: 3, nullable: true })
  disabledAt: Date | null;

  /** Whether people whom nobody provisioned join at their first login. */
  @Column({ type: 'boolean', name: 'allow_jit', default: true })
  allowJit: boolean;
}
