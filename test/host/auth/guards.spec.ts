import { HostClient } from '../../support/host-client.js';
import { aPerson, openOrganization, useHost } from '../../stories/organization.js';

const OWNER_ONLY = [
  ['PATCH', ''],
  ['GET', '/members'],
  ['PATCH', '/members/00000000-0000-4000-8000-000000000000'],
  ['DELETE', '/members/00000000-0000-4000-8000-000000000000'],
  ['GET', '/invitations'],
  ['POST', '/invitations'],
  ['DELETE', '/invitations/00000000-0000-4000-8000-000000000000'],
  ['GET', '/group-mappings'],
  ['PUT', '/group-mappings'],
  ['GET', '/saml'],
  ['PUT', '/saml'],
] as const;

describe('the guards', () => {
  const started = useHost();
  let member: HostClient;
  let stranger: HostClient;
  let ownerKey: string;

  beforeAll(async () => {
    const acme = await openOrganization(started.host);
    const person = aPerson();
    await acme.idp.createUser(person);
    member = new HostClient(started.host.url);
    await member.signInBySso('acme', person.externalId);
    stranger = await new HostClient(started.host.url).signInAsOwner('globex');
    ownerKey = (await acme.owner.json('POST', '/api/organizations/acme/api-keys', {})).body.key;
  });

  it.each(OWNER_ONLY)('%s …%s is for a signed-in owner of that organization', async (method, path) => {
    const target = `/api/organizations/acme${path}`;
    const body = method === 'GET' || method === 'DELETE' ? undefined : {};
    const nobody = new HostClient(started.host.url);
    expect((await nobody.json(method, target, body)).status).toBe(401);
    expect((await member.json(method, target, body)).status).toBe(403);
    expect((await stranger.json(method, target, body)).status).toBe(404);
    expect((await nobody.json(method, target, body, { authorization: `ApiKey ${ownerKey}` })).status).toBe(403);
    expect((await stranger.json(method, target.replace('acme', 'no-such'), body)).status).toBe(404);
  });

  it('let a member see the organization, with session or API key, and nobody else', async () => {
    const path = '/api/organizations/acme';
    expect((await member.get(path)).body).toMatchObject({ slug: 'acme', plan: 'enterprise', samlConfigured: true });
    const nobody = new HostClient(started.host.url);
    expect((await nobody.get(path, { authorization: `ApiKey ${ownerKey}` })).status).toBe(200);
    expect((await nobody.get(path)).status).toBe(401);
    expect((await stranger.get(path)).status).toBe(404);
  });

  it.each(['', 'ApiKey', 'ApiKey nonsense', 'Bearer nonsense', 'Basic b3duZXI6ZGVtbw=='])(
    'take %j for nobody',
    async (authorization) => {
      expect((await new HostClient(started.host.url).get('/api/me', { authorization })).status).toBe(401);
    },
  );

  it('keep the three kinds of credentials apart', async () => {
    const acme = await openOrganization(started.host);
    const nobody = new HostClient(started.host.url);
    for (const scheme of ['ApiKey', 'Bearer']) {
      expect((await nobody.get('/api/me', { authorization: `${scheme} ${acme.idp.token}` })).status).toBe(401);
      const answer = await nobody.get('/scim/v2/Users', { authorization: `${scheme} ${ownerKey}` });
      expect(answer.status).toBe(401);
    }
    expect((await acme.owner.get('/scim/v2/Users')).status).toBe(401);
  });

  it('let no API key make another one', async () => {
    const headers = { authorization: `ApiKey ${ownerKey}` };
    const nobody = new HostClient(started.host.url);
    expect((await nobody.json('POST', '/api/organizations/acme/api-keys', {}, headers)).status).toBe(403);
  });
});
