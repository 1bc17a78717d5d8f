import { type ModuleHost, startModuleHost } from '../../support/module-host.js';

describe('an organization that a host removes', () => {
  let host: ModuleHost;

  beforeAll(async () => {
    host = await startModuleHost();
  });

  afterAll(() => host.stop());

  it('takes its users, groups and members with its connection', async () => {
    const client = await host.client();
    const { id } = await client.createUser({ userName: 'ada' });
    const inner = await client.post('/Groups', { displayName: 'Inner', members: [{ value: id }] });
    await client.post('/Groups', { displayName: 'Outer', members: [{ value: inner.body.id }, { value: id }] });
    await host.dataSource.query('DELETE FROM scim_connection WHERE organization_id = $1', [client.organizationId]);
    for (const table of ['scim_identity', 'scim_group', 'scim_group_member', 'scim_token']) {
      const rows = await host.dataSource.query(`SELECT 1 FROM ${table} WHERE organization_id = $1`, [
        client.organizationId,
      ]);
      expect({ table, rows }).toEqual({ table, rows: [] });
    }
  });
});
