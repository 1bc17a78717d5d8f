import { randomUUID } from 'node:crypto';
import { Account } from '../../src/host/auth/account.entity.js';
import { DemoIdpKey } from '../../src/host/demo/demo-idp-key.entity.js';
import type { HostSettings } from '../../src/host/host-settings.js';
import { Membership } from '../../src/host/organizations/membership.entity.js';
import { Organization as Organizations } from '../../src/host/organizations/organization.entity.js';
import { HostClient } from '../support/host-client.js';
import { startHost, type TestHost } from '../support/host.js';
import { ScimClient } from '../support/scim-client.js';

/** An organization of the reference host with its owner signed in and an IdP that has its token. */
export interface Organization {
  readonly host: TestHost;
  readonly slug: string;
  readonly owner: HostClient;
  readonly idp: ScimClient;
  /** Active memberships now. */
  seatsUsed(): Promise<number>;
  // eslint-disable-next-line typescript/no-explicit-any
  members(): Promise<any[]>;
  /** As the settings page lists them. */
  // eslint-disable-next-line typescript/no-explicit-any
  identities(): Promise<any[]>;
}

export async function openOrganization(host: TestHost, slug = 'acme'): Promise<Organization> {
  const owner = await new HostClient(host.url).signInAsOwner(slug);
  const idp = new ScimClient(host.url, await owner.generateToken(slug), slug);
  const api = `/api/organizations/${slug}`;
  return {
    host,
    slug,
    owner,
    idp,
    seatsUsed: async () => (await owner.get(api)).body.seats.used,
    members: async () => (await owner.get(`${api}/members`)).body.members,
    identities: async () => (await owner.get(`${api}/scim/identities`)).body.identities,
  };
}

/** An organization of a test's own, beside those of the demo: with one owner, SAML by the demo IdP, and its IdP's token. */
export async function foundOrganization({ dataSource, ...host }: TestHost, seatLimit = 20): Promise<Organization> {
  const slug = `org-${randomUUID().slice(0, 13)}`;
  const [organizationId, accountId] = [randomUUID(), randomUUID()];
  const { passwordHash } = await dataSource.getRepository(Account).findOneByOrFail({ email: 'owner@acme.example' });
  const account = { id: accountId, email: `owner@${slug}.example`, displayName: 'Owner', passwordHash };
  // A key pair of its own would take a moment to be made.
  const [key] = await dataSource.getRepository(DemoIdpKey).find({ take: 1 });
  const organization = { id: organizationId, slug, name: slug, plan: 'enterprise', seatLimit } as const;
  await dataSource.getRepository(Organizations).insert(organization);
  await dataSource.getRepository(Account).insert(account);
  await dataSource.getRepository(Membership).insert({ organizationId, accountId, role: 'owner', status: 'active' });
  await dataSource.getRepository(DemoIdpKey).insert({ ...key, organizationId });
  const owner = await new HostClient(host.url).signInAsOwner(slug);
  await owner.json('PATCH', `/api/organizations/${slug}`, { samlConfigured: true });
  return openOrganization({ dataSource, ...host }, slug);
}

/** A host that is started before the file's tests and stopped after them. */
export function useHost(settings: Partial<HostSettings> = {}): { readonly host: TestHost } {
  const holder: { host: TestHost } = { host: undefined as unknown as TestHost };
  beforeAll(async () => {
    holder.host = await startHost(settings);
  });
  afterAll(() => holder.host.stop());
  return holder;
}

/** A person of the IdP: the NameID of their logins is the external id. */
export const aPerson = (name = 'mira'): { userName: string; externalId: string } => ({
  userName: `${name}-${randomUUID().slice(0, 8)}@acme.example`,
  externalId: randomUUID(),
});
