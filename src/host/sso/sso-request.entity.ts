import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { Account } from '../auth/account.entity.js';
import { Organization } from '../organizations/organization.entity.js';

/** An AuthnRequest on its way; the answer to it takes the row away. */
@Entity('sso_request')
export class SsoRequest {
  /** The AuthnRequest's ID, which the response repeats as InResponseTo. */
  @PrimaryColumn({ type: 'text' })
  id: string;

  @Column({ type: 'uuid', name: 'organization_id' })
  @ForeignKey(() => Organization, { name: 'sso_request_organization', onDelete: 'CASCADE' })
  organizationId: string;

  /** Who was signed in when the login began: a SameSite cookie does not come with the identity provider's POST. */
  @Column({ type: 'uuid', name: 'account_id', nullable: true })
  @ForeignKey(() => Account, { name: 'sso_request_account', onDelete: 'CASCADE' })
  accountId: string | null;

  /** SHA-256 of the cookie that the browser which began the login holds. */
  @Column({ type: 'text', name: 'browser_hash' })
  browserHash: string;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt: Date;
}
