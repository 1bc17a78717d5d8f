import { generateKeyPairSync } from 'node:crypto';
import { HostClient } from '../../support/host-client.js';
import { useHost } from '../../stories/organization.js';

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

const SETTINGS = {
  signOnUrl: 'https://idp.example/sso',
  issuer: 'https://idp.example/entity',
  certificate: publicKey.trim(),
  enabled: true,
  allowJit: true,
};

describe('the SAML settings', () => {
  const started = useHost();
  const path = '/api/organizations/initech/saml';

  it('are empty, then what an owner saved', async () => {
    const owner = await new HostClient(started.host.url).signInAsOwner('initech');
    const sso = `${started.host.url}/orgs/initech/sso`;
    const serviceProvider = { entityId: sso, acsUrl: `${sso}/acs` };
    expect((await owner.get(path)).body).toEqual({ serviceProvider, settings: null });
    expect((await owner.json('PUT', path, SETTINGS)).body).toEqual({ serviceProvider, settings: SETTINGS });
    expect((await owner.get('/api/organizations/initech')).body.samlConfigured).toBe(true);
    const begun = await new HostClient(started.host.url).get('/orgs/initech/sso');
    expect(begun.headers.get('location')).toMatch(/^https:\/\/idp\.example\/sso\?SAMLRequest=/);
  });

  it.each([
    ['signOnUrl', 'javascript:alert(1)'],
    ['signOnUrl', 'idp.example/sso'],
    ['issuer', ''],
    ['certificate', 'nonsense'],
    ['certificate', 'bm9uc2Vuc2U='],
    ['certificate', privateKey],
    ['enabled', 'yes'],
    ['allowJit', undefined],
    ['id', '00000000-0000-4000-8000-000000000000'],
  ])('refuse %s %j', async (name, value) => {
    const owner = await new HostClient(started.host.url).signInAsOwner('initech');
    const answer = await owner.json('PUT', path, { ...SETTINGS, [name]: value });
    expect(answer.status).toBe(400);
    expect(answer.body.message).toContain(name);
  });

  it('are of a connection that goes by no name, whatever the identity provider calls itself', async () => {
    const ids = async (): Promise<string[]> => {
      const rows = await started.host.dataSource.query<{ id: string }[]>('SELECT id FROM sso_connection ORDER BY id');
      return rows.map(({ id }) => id);
    };
    const owner = await new HostClient(started.host.url).signInAsOwner('initech');
    const globex = await new HostClient(started.host.url).signInAsOwner('globex');
    const saved = async (): Promise<unknown> => (await globex.get('/api/organizations/globex/saml')).body.settings;
    const [theirs, others] = [await saved(), await ids()];
    await owner.json('PUT', path, SETTINGS);
    const all = await ids();
    const { issuer } = theirs as typeof SETTINGS;
    for (const name of ['credential', 'password', 'session', 'api-key', '__proto__', issuer, ...others]) {
      expect((await owner.json('PUT', path, { ...SETTINGS, issuer: name })).body.settings.issuer).toBe(name);
      expect(await ids()).toEqual(all);
      expect(await saved()).toEqual(theirs);
      await new HostClient(started.host.url).signInAsOwner('initech');
    }
  });

  it('keep the connection, and with it all links, when they change', async () => {
    const owner = await new HostClient(started.host.url).signInAsOwner('globex');
    const ids = (): Promise<unknown> => started.host.dataSource.query('SELECT id FROM sso_connection ORDER BY id');
    const before = await ids();
    await owner.json('PUT', '/api/organizations/globex/saml', { ...SETTINGS, enabled: false });
    expect(await ids()).toEqual(before);
    expect((await owner.get('/api/organizations/globex')).body.samlConfigured).toBe(false);
  });
});
