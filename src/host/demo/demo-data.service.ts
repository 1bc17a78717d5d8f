import { randomUUID } from 'node:crypto';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Account } from '../auth/account.entity.js';
import { hashPassword } from '../auth/password.js';
import { Membership } from '../organizations/membership.entity.js';
import { Organization, type Plan } from '../organizations/organization.entity.js';
import { SsoConnectionsService } from '../sso/sso-connections.service.js';
import { DemoIdpService } from './demo-idp.service.js';

interface DemoOrganization {
  readonly slug: string;
  readonly name: string;
  readonly plan: Plan;
  readonly saml: boolean;
}

const DEMO: readonly DemoOrganization[] = [
  { slug: 'acme', name: 'Acme', plan: 'enterprise', saml: true },
  { slug: 'globex', name: 'Globex', plan: 'enterprise', saml: true },
  { slug: 'initech', name: 'Initech', plan: 'enterprise', saml: false },
  { slug: 'startup', name: 'Startup', plan: 'free', saml: false },
];

const SEATS = 5;
const PASSWORD = 'demo';
/** Any number: two hosts that start at once on one database take turns. */
const SEED_LOCK = 76_437_645;

/** Fills an empty database, once, with four organizations of one owner each. */
@Injectable()
export class DemoDataService implements OnApplicationBootstrap {
  constructor(
    private readonly dataSource: DataSource,
    private readonly connections: SsoConnectionsService,
    private readonly idp: DemoIdpService,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      await manager.query('SELECT pg_advisory_xact_lock($1)', [SEED_LOCK]);
      if ((await manager.getRepository(Organization).count()) > 0) return;
      const passwordHash = await hashPassword(PASSWORD);
      for (const organization of DEMO) await insertOrganization(organization, passwordHash, manager);
    });
    const organizations = await this.dataSource.getRepository(Organization).find();
    await Promise.all(organizations.map((organization) => this.connect(organization)));
  }

  /** At a later start the demo identity provider may have another address. */
  private async connect(organization: Organization): Promise<void> {
    const { id, slug } = organization;
    const saved = await this.connections.find(id);
    if (!saved) {
      if (DEMO.some((one) => one.slug === slug && one.saml)) await this.connections.turn(id, true);
      return;
    }
    const idp = await this.idp.settingsOf(organization);
    const { enabled, allowJit } = saved;
    const hasMoved = saved.certificate === idp.certificate && saved.issuer !== idp.issuer;
    if (hasMoved) await this.connections.save(id, { ...idp, enabled, allowJit });
  }
}

async function insertOrganization(
  { slug, name, plan }: DemoOrganization,
  passwordHash: string,
  manager: EntityManager,
): Promise<void> {
  const organizationId = randomUUID();
  const accountId = randomUUID();
  await manager.getRepository(Organization).insert({ id: organizationId, slug, name, plan, seatLimit: SEATS });
  const email = `owner@${slug}.example`;
  await manager.getRepository(Account).insert({ id: accountId, email, displayName: `${name} Owner`, passwordHash });
  await manager.getRepository(Membership).insert({ organizationId, accountId, role: 'owner', status: 'active' });
}
