import { Injectable, NotFoundException } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { ScimEntitlement, ScimOrganizations, ScimRemovalDecision } from '../../scim/index.js';
import { SsoConnection } from '../sso/sso-connection.entity.js';
import { MembershipsService } from './memberships.service.js';
import { Organization, type Plan } from './organization.entity.js';

const SLUG = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** Organizations, and the two questions the SCIM module asks about them. */
@Injectable()
export class OrganizationsService implements ScimOrganizations {
  constructor(
    private readonly dataSource: DataSource,
    private readonly memberships: MembershipsService,
  ) {}

  async find(slug: string): Promise<Organization | undefined> {
    if (!SLUG.test(slug)) return undefined;
    return (await this.dataSource.getRepository(Organization).findOneBy({ slug })) ?? undefined;
  }

  /** @throws NotFoundException */
  async getBySlug(slug: string): Promise<Organization> {
    const organization = await this.find(slug);
    if (!organization) throw new NotFoundException('There is no such organization.');
    return organization;
  }

  get(id: string): Promise<Organization> {
    return this.dataSource.getRepository(Organization).findOneByOrFail({ id });
  }

  async changePlan(id: string, plan: Plan): Promise<void> {
    await this.dataSource.getRepository(Organization).update({ id }, { plan });
  }

  /** Saved and switched on. */
  async isSamlConfigured(organizationId: string): Promise<boolean> {
    return this.dataSource.getRepository(SsoConnection).existsBy({ organizationId, enabled: true });
  }

  /** SCIM is part of the Enterprise plan and works on the people of the SAML connection. */
  async entitlement(organizationId: string): Promise<ScimEntitlement> {
    const organization = await this.dataSource.getRepository(Organization).findOneBy({ id: organizationId });
    if (!organization) return { allowed: false, missing: ['other'], detail: 'There is no such organization.' };
    const { plan } = organization;
    const connection = await this.dataSource.getRepository(SsoConnection).findOneBy({ organizationId, enabled: true });
    if (plan === 'enterprise' && connection) return { allowed: true, ssoConnectionId: connection.id };
    const missing = [...(plan === 'enterprise' ? [] : (['plan'] as const)), ...(connection ? [] : (['saml'] as const))];
    const needs = missing.map((one) => NEEDS[one]).join(' and ');
    return { allowed: false, missing, detail: `SCIM provisioning needs ${needs}.` };
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
