import { randomUUID } from 'node:crypto';
import { UsersService } from '../../../src/scim/index.js';
import { type ModuleHost, startModuleHost } from '../../support/module-host.js';

describe('UsersService, as a host calls it', () => {
  let host: ModuleHost;
  let users: UsersService;
  let organizationId: string;

  beforeAll(async () => {
    host = await startModuleHost({ options: { limits: { pageDefault: 2, pageMax: 3 } } });
    users = host.app.get(UsersService, { strict: false });
  });

  beforeEach(() => {
    organizationId = randomUUID();
  });

  afterAll(() => host.stop());

  const names = async (query?: Parameters<UsersService['list']>[1]): Promise<unknown[]> =>
    (await users.list(organizationId, query)).resources.map(({ userName }) => userName);

  it('needs no token and no connection that was made before', async () => {
    const { id } = await users.create(organizationId, { userName: 'ada' });
    expect(await users.get(organizationId, String(id))).toMatchObject({ userName: 'ada', active: true });
    expect(await users.list(organizationId, { filter: 'userName eq "ADA"' })).toMatchObject({ totalResults: 1 });
    expect(await users.replace(organizationId, String(id), { userName: 'eve' })).toMatchObject({ userName: 'eve' });
    await users.delete(organizationId, String(id));
    await expect(users.get(organizationId, String(id))).rejects.toMatchObject({ status: 404 });
  });

  it.each([
    [undefined, ['a', 'b']],
    [{ count: 1000 }, ['a', 'b', 'c']],
    [{ startIndex: 4, count: 1000 }, ['d']],
    [{ startIndex: 0, count: 1 }, ['a']],
    [{ startIndex: -7, count: -7 }, []],
  ])('lists %p within its limits', async (query, expected) => {
    for (const userName of ['a', 'b', 'c', 'd']) await users.create(organizationId, { userName });
    await host.dataSource.query(
      `UPDATE scim_identity SET created_at = '2026-01-01'::timestamptz + ascii(user_name) * interval '1 s' WHERE organization_id = $1`,
      [organizationId],
    );
    expect(await names(query)).toEqual(expected);
  });

  it('refuses what an IdP would be refused', async () => {
    await users.create(organizationId, { userName: 'ada' });
    await expect(users.create(organizationId, { userName: 'Ada' })).rejects.toMatchObject({
      status: 409,
      scimType: 'uniqueness',
    });
    await expect(users.create(organizationId, {})).rejects.toMatchObject({ status: 400, scimType: 'invalidValue' });
    await expect(users.list(organizationId, { filter: 'x' })).rejects.toMatchObject({ scimType: 'invalidFilter' });
    await expect(users.delete(organizationId, 'x')).rejects.toMatchObject({ status: 404 });
  });

  it("leaves nothing behind when the host's transaction does not commit", async () => {
    const attempt = host.dataSource.transaction(async (manager) => {
      const { id } = await users.create(organizationId, { userName: 'ada' }, { manager });
      await users.replace(organizationId, String(id), { userName: 'eve' }, { manager });
      throw new Error('the host changed its mind');
    });
    await expect(attempt).rejects.toThrow('changed its mind');
    expect(await names()).toEqual([]);
    const events = await host.dataSource.query('SELECT 1 FROM scim_outbox WHERE organization_id = $1', [
      organizationId,
    ]);
    expect(events).toEqual([]);
  });
});
