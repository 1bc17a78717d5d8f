import { STAFF, testExtensions } from '../../support/extensions.js';
import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import type { ScimClient } from '../../support/scim-client.js';
import { startDeviceHost, TABLES } from '../custom/device.js';
import { addUser, bulk, idOf, patching, statuses } from './bulk-requests.js';

describe.each(TABLES)('resources of a custom type in the table %s', (table) => {
  let host: ModuleHost;
  let idp: ScimClient;

  beforeAll(async () => {
    host = await startDeviceHost(table);
    idp = await host.client();
  });

  afterAll(() => host.stop());

  const addDevice = (bulkId: string, device: Record<string, unknown> = {}) => ({
    method: 'POST',
    path: '/Devices',
    bulkId,
    data: { serialNumber: bulkId, ...device },
  });

  it('take part in a bulk request as Users do', async () => {
    const entries = await bulk(idp, [
      addDevice('one', { hostName: 'bulkId:ada' }),
      addUser('ada'),
      addDevice('again', { serialNumber: 'one' }),
      patching('/Devices/bulkId:one', { op: 'replace', path: 'model', value: 'M' }),
      { method: 'PUT', path: '/devices/bulkId:two', data: { serialNumber: 'two', slots: 2 } },
      addDevice('two'),
      { method: 'DELETE', path: '/Devices/bulkId:two', version: 'W/"1"' },
    ]);
    expect(statuses(entries)).toEqual(['201', '201', '409', '200', '200', '201', '412']);
    const { body } = await idp.get(`/Devices/${idOf(entries[0])}`);
    expect(body).toMatchObject({ hostName: idOf(entries[1]), model: 'M' });
    expect(entries[0]?.location).toBe(`https://app.example.com/scim/v2/Devices/${body.id}`);
  });

  it('refer to one another in a circle', async () => {
    const entries = await bulk(idp, [
      addDevice('a', { hostName: 'bulkId:b' }),
      addDevice('b', { hostName: 'bulkId:a' }),
    ]);
    expect(statuses(entries)).toEqual(['201', '201']);
    const [a, b] = entries.map(idOf);
    expect((await idp.get(`/Devices/${a}`)).body.hostName).toBe(b);
    expect((await idp.get(`/Devices/${b}`)).body.hostName).toBe(a);
  });

  it('have a scope of their own', async () => {
    const users = await host.client(idp.organizationId, ['users:write']);
    expect(statuses(await bulk(users, [addDevice('x'), addUser('y')]))).toEqual(['403', '201']);
  });
});

describe('unique values of an extension', () => {
  it('are had by one user of a bulk request', async () => {
    const host = await startModuleHost({ extras: { extensions: testExtensions } });
    const idp = await host.client();
    const staff = (name: string, badge: string) => addUser(name, { [STAFF]: { badge } });
    const entries = await bulk(idp, [staff('ada', 'B-1'), staff('bob', 'b-1'), staff('cy', 'B-2'), addUser('dot')]);
    expect(statuses(entries)).toEqual(['201', '409', '201', '201']);
    expect(entries[1]?.response).toMatchObject({ scimType: 'uniqueness', detail: expect.stringContaining('badge') });
    await host.stop();
  });
});
