import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import type { ScimClient } from '../../support/scim-client.js';

const E = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const BASE = 'https://app.example.com/scim/v2';

describe('the manager of a user', () => {
  let host: ModuleHost;
  let client: ScimClient;

  beforeAll(async () => {
    host = await startModuleHost();
    client = await host.client();
  });

  afterAll(() => host.stop());

  it('has a URL and a name while the id is that of a user, and never those that the client sent', async () => {
    const boss = await client.createUser({ userName: 'boss', displayName: 'The Boss' });
    const manager = { value: boss.id, displayName: 'Somebody Else' };
    const created = await client.createUser({ userName: 'report', [E]: { department: 'Ops', manager } });
    const resolved = { value: boss.id, $ref: `${BASE}/Users/${boss.id}`, displayName: 'The Boss' };
    expect(created[E]).toEqual({ department: 'Ops', manager: resolved });
    expect((await client.filterUsers(`manager eq "${boss.id}"`)).body.Resources[0][E].manager).toEqual(resolved);

    const stranger = await host.client();
    const elsewhere = await stranger.createUser({ userName: 'elsewhere', [E]: { manager: boss.id } });
    expect(elsewhere[E].manager).toEqual({ value: boss.id });

    await client.delete(`/Users/${boss.id}`);
    const { body } = await client.get(`/Users/${created.id}`);
    expect(body[E]).toEqual({ department: 'Ops', manager: { value: boss.id } });
    expect(body.meta.version).toBe('W/"1"');
  });

  it('may be an id of the HR system', async () => {
    const created = await client.createUser({ userName: 'hr', [E]: { manager: '4711' } });
    expect(created[E]).toEqual({ manager: { value: '4711' } });
    const cleared = await client.patch(`/Users/${created.id}`, [{ op: 'Replace', path: `${E}:manager`, value: '' }]);
    expect(cleared.body[E]).toBeUndefined();
  });
});
