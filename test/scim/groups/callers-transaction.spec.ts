import { GroupsService } from '../../../src/scim/index.js';
import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import type { ScimClient } from '../../support/scim-client.js';

describe("a group write in the host's own transaction", () => {
  let host: ModuleHost;
  let client: ScimClient;

  beforeAll(async () => {
    host = await startModuleHost();
    client = await host.client();
  });

  afterAll(() => host.stop());

  it.each([
    ['a stale version', (id: string) => ({ id, ifMatch: 'W/"0"' }), 412],
    ["a user's id", (_id: string, user: string) => ({ id: user }), 404],
  ])(
    'that is refused for %s leaves nothing behind, though the host goes on and commits',
    async (_why, refusedFor, status) => {
      const { id: user } = await client.createUser({ userName: `u-${_why}` });
      const inner = (await client.post('/Groups', { displayName: `Inner ${_why}`, members: [{ value: user }] })).body
        .id;
      const outer = (await client.post('/Groups', { displayName: `Outer ${_why}`, members: [{ value: inner }] })).body
        .id;
      const groups = host.app.get(GroupsService, { strict: false });
      await host.dataSource.transaction(async (manager) => {
        const { id, ...context } = refusedFor(inner, user);
        await expect(groups.delete(client.organizationId, id, { manager, ...context })).rejects.toMatchObject({
          status,
        });
      });
      expect((await client.get(`/Groups/${outer}`)).body).toMatchObject({ members: [{ value: inner }] });
      expect((await client.get(`/Groups/${inner}`)).body).toMatchObject({ members: [{ value: user }] });
    },
  );
});
