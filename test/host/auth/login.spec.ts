import { Membership } from '../../../src/host/organizations/membership.entity.js';
import { Organization } from '../../../src/host/organizations/organization.entity.js';
import { HostClient } from '../../support/host-client.js';
import { useHost } from '../../stories/organization.js';

describe('a login with a password', () => {
  const started = useHost();
  const logIn = (login: Record<string, unknown>) => new HostClient(started.host.url).json('POST', '/api/login', login);

  it('starts a session that no script can read and no other site can send', async () => {
    const answer = await logIn({ email: ' Owner@Acme.example ', password: 'demo' });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('set-cookie')).toMatch(
      /^session=[\w-]{43}; Max-Age=43200; Path=\/; .*HttpOnly; SameSite=Lax$/,
    );
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it.each([
    [{ email: 'owner@acme.example', password: 'wrong' }, 401],
    [{ email: 'nobody@acme.example', password: 'demo' }, 401],
    [{ email: 'owner@acme.example', password: '' }, 401],
    [{ email: 'owner@acme.example' }, 400],
    [{ email: { $ne: '' }, password: 'demo' }, 400],
    [{ email: 'owner@acme.example', password: 'demo', admin: true }, 400],
    [{ email: 'owner@acme.example', password: 'demo', organization: 'globex' }, 403],
  ])('answers %j with %i and no session', async (login, status) => {
    const answer = await logIn(login);
    expect(answer.status).toBe(status);
    expect(typeof answer.body.message).toBe('string');
    expect(answer.headers.get('set-cookie')).toBeNull();
  });

  it('is refused after ten wrong passwords for one account, also with the right one, and says when to try again', async () => {
    const login = { email: 'owner@startup.example', password: 'demo' };
    const wrong = { ...login, password: 'wrong' };
    const statuses = async (logins: readonly Record<string, unknown>[]): Promise<number[]> =>
      (await Promise.all(logins.map(logIn))).map(({ status }) => status);
    expect(await statuses(Array(9).fill(wrong))).toEqual(Array(9).fill(401));
    // Which forgets them.
    expect(await statuses([login])).toEqual([200]);
    const all = await statuses(Array(30).fill(wrong));
    expect(all.filter((status) => status === 401)).toHaveLength(10);
    expect(all.filter((status) => status === 429)).toHaveLength(20);
    const refused = await logIn({ ...login, email: ' Owner@Startup.example' });
    expect([refused.status, refused.body]).toEqual([
      429,
      { message: expect.stringMatching(/^Too many wrong passwords\. Try again in \d+ minutes\.$/) },
    ]);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused.headers.get('set-cookie')).toBeNull();
    expect(await statuses([{ email: 'owner@initech.example', password: 'demo' }])).toEqual([200]);
    expect(await statuses(Array(11).fill({ email: 'nobody@startup.example', password: 'x' }))).toContain(429);
  });

  it('is counted by the address of the connection, whatever X-Forwarded-For says', async () => {
    const statuses: number[] = [];
    for (let tries = 0; tries < 11; tries += 1) {
      const login = { email: 'nobody@forwarded.example', password: 'wrong' };
      const headers = { 'x-forwarded-for': `192.0.2.${tries}` };
      statuses.push((await new HostClient(started.host.url).json('POST', '/api/login', login, headers)).status);
    }
    expect(statuses).toEqual([...Array(10).fill(401), 429]);
  });

  it('is over after a logout', async () => {
    const owner = await new HostClient(started.host.url).signInAsOwner('acme');
    expect((await owner.json('POST', '/api/logout')).status).toBe(204);
    expect((await owner.get('/api/me')).status).toBe(401);
  });

  it('is for one organization, the first open one or the one that is asked for', async () => {
    const { dataSource, url } = started.host;
    const { accountId } = (await logIn({ email: 'owner@initech.example', password: 'demo' })).body;
    const { id: organizationId } = await dataSource.getRepository(Organization).findOneByOrFail({ slug: 'startup' });
    const second = { organizationId, accountId, role: 'member', status: 'active' } as const;
    await dataSource.getRepository(Membership).insert(second);

    expect((await logIn({ email: 'owner@initech.example', password: 'demo' })).body.organization.slug).toBe('initech');
    const there = new HostClient(url);
    const login = { email: 'owner@initech.example', password: 'demo', organization: 'startup' };
    await there.json('POST', '/api/login', login);
    expect((await there.get('/api/me')).body).toMatchObject({ organization: { slug: 'startup' }, role: 'member' });
    expect((await there.get('/api/organizations/initech')).status).toBe(404);
  });

  it('goes on while the membership is active, and not a request longer', async () => {
    const { dataSource, url } = started.host;
    const owner = await new HostClient(url).signInAsOwner('globex');
    const { accountId } = (await owner.get('/api/me')).body;
    const memberships = dataSource.getRepository(Membership);
    await memberships.update({ accountId }, { status: 'suspended', suspendedBy: 'owner' });
    expect((await owner.get('/api/me')).status).toBe(401);
    expect((await logIn({ email: 'owner@globex.example', password: 'demo' })).status).toBe(403);
    await memberships.update({ accountId }, { status: 'active', suspendedBy: null });
    expect((await owner.get('/api/me')).status).toBe(200);
  });

  it('finds a seat for a membership that SCIM gave back when none was free', async () => {
    const { dataSource } = started.host;
    const memberships = dataSource.getRepository(Membership);
    const login = { email: 'owner@globex.example', password: 'demo' };
    const { accountId, organization } = (await logIn(login)).body;
    const organizations = dataSource.getRepository(Organization);
    await memberships.update({ accountId }, { status: 'suspended', suspendedBy: 'scim' });
    await organizations.update({ id: organization.id }, { seatLimit: 0 });
    expect((await logIn(login)).status).toBe(403);
    await organizations.update({ id: organization.id }, { seatLimit: 1 });
    expect((await logIn(login)).status).toBe(200);
    expect(await memberships.findOneBy({ accountId })).toMatchObject({ status: 'active', suspendedBy: null });
  });
});
