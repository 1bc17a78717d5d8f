import { Column, Entity, PrimaryColumn, Unique } from 'typeorm';

export const plans = ['free', 'enterprise'] as const;
export type Plan = (typeof plans)[number];

/** A customer. SCIM knows it by `id` alone. */
@Entity('organization')
@Unique('organization_slug', ['slug'])
export class Organization {
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  /** Its name in URLs. */
  @Column({ type: 'text' })
  slug: string;

  @Column({ type: 'text' })
  name: string;

  @Column({ type: 'text' })
  plan: Plan;

  /** When the Enterprise plan ended; null while there is one, and where there was none. */
  @Column({ type: 'timestamptz', name: 'plan_lost_at', precision: 3, nullable: true })
  planLostAt: Date | null;

  /** How many memberships may be active at once. */
  @Column({ type: 'integer', name: 'seat_limit' })
  seatLimit: number;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt: Date;
}
