import { Column, Entity, PrimaryColumn, Unique } from 'typeorm';

/** A person, of no organization in particular. Nothing that SCIM sends is ever written here. */
@Entity('account')
@Unique('account_email', ['email'])
export class Account {
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  /** The login name, in lower case. Null for accounts that a single sign-on made: an identity provider's e-mail proves nothing. */
  @Column({ type: 'text', nullable: true })
  email: string | null;

  @Column({ type: 'text', name: 'display_name' })
  displayName: string;

  /** As written by password.ts; null where there is no password. */
  @Column({ type: 'text', name: 'password_hash', nullable: true })
  passwordHash: string | null;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt: Date;
}
