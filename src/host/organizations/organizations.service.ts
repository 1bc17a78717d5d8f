import { Inject, Injectable, NotFoundException } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { ScimEntitlement, ScimOrganizations, ScimRemovalDecision } from '../../scim/index.js';
import { HOST_SETTINGS } from '../host-settings.module.js';
import type { HostSettings } from '../host-settings.js';
import { SsoConnection } from '../sso/sso-connection.entity.js';
import { MembershipsService } from './memberships.service.js';
import { Organization, type Plan } from './organization.entity.js';

/** What SCIM needs of an organization, as it is now. */
interface Standing {
  readonly hasPlan: boolean;
  readonly hasSaml: boolean;
  /** Whether each was there in the last days, as the settings count them. */
  readonly removals: boolean;
  readonly connectionId: string | null;
}

/** $1 organization, $2 days. */
const FIND_STANDING = `
SELECT o.plan = 'enterprise' AS "hasPlan", coalesce(c.enabled, false) AS "hasSaml", c.id AS "connectionId",
  coalesce((o.plan = 'enterprise' OR o.plan_lost_at > now() - $2 * interval '1 day')
    AND (c.enabled OR c.disabled_at > now() - $2 * interval '1 day'), false) AS removals
FROM organization o LEFT JOIN sso_connection c ON c.organization_id = o.id
WHERE o.id = $1`;

/** Of a plan that was not the right one before either, it stays as it is. */
const LOST_NOW = `CASE WHEN plan = 'enterprise' THEN now() ELSE plan_lost_at END`;

const SLUG = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** Organizations, and the two questions the SCIM module asks about them. */
@Injectable()
export class OrganizationsService implements ScimOrganizations {
  constructor(
    private readonly dataSource: DataSource,
    private readonly memberships: MembershipsService,
    @Inject(HOST_SETTINGS) private readonly settings: HostSettings,
  ) {}

  /** @throws NotFoundException */
  async getBySlug(slug: string): Promise<Organization> {
    // What cannot be a name is not asked for: it may hold characters that no text in the database has.
    const organization = SLUG.test(slug) && (await this.dataSource.getRepository(Organization).findOneBy({ slug }));
    if (!organization) throw new NotFoundException('There is no such organization.');
    return organization;
  }

  get(id: string): Promise<Organization> {
    return this.dataSource.getRepository(Organization).findOneByOrFail({ id });
  }

  async changePlan(id: string, plan: Plan): Promise<void> {
    const planLostAt = plan === 'enterprise' ? null : (): string => LOST_NOW;
    await this.dataSource.getRepository(Organization).update({ id }, { plan, planLostAt });
  }

  /** Saved and switched on. */
  async isSamlConfigured(organizationId: string): Promise<boolean> {
    return this.dataSource.getRepository(SsoConnection).existsBy({ organizationId, enabled: true });
  }

  /**
   * SCIM is part of the Enterprise plan and works on the people of the SAML connection. For as many days after either is lost as
   * the settings say, the identity provider may still take people out: those who leave meanwhile are not left in.
   */
  async entitlement(organizationId: string): Promise<ScimEntitlement> {
    const [standing] = await this.dataSource.query<Standing[]>(FIND_STANDING, [
      organizationId,
      this.settings.removalDays ?? 0,
    ]);
    if (!standing) return { allowed: false, missing: ['other'], detail: 'There is no such organization.' };
    const { hasPlan, hasSaml, removals, connectionId } = standing;
    const connection = connectionId === null ? {} : { ssoConnectionId: connectionId };
    if (hasPlan && hasSaml) return { allowed: true, ...connection };
    const missing = [...(hasPlan ? [] : (['plan'] as const)), ...(hasSaml ? [] : (['saml'] as const))];
    const needs = missing.map((one) => NEEDS[one]).join(' and ');
    return { allowed: false, missing, detail: `SCIM provisioning needs ${needs}.`, removals, ...connection };
  }

  /** An organization without an owner could not be helped by anybody in it. */
  async mayRemove(organizationId: string, accountId: string, manager: EntityManager): Promise<ScimRemovalDecision> {
    const decision = await this.memberships.takeOwner(organizationId, accountId, manager);
    if (decision === 'taken') return { allowed: true };
    return { allowed: false, detail: REFUSALS[decision] };
  }
}

const REFUSALS = {
  'last-owner': 'This person is the last owner of the organization. Make somebody else an owner first, then try again.',
  protected:
    'This person is protected from removal by the identity provider. An owner of the organization can lift that, then try again.',
};

const NEEDS = { plan: 'the Enterprise plan', saml: 'a saved SAML configuration that is switched on' };
