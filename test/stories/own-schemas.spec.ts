import { randomUUID } from 'node:crypto';
import { expectScimError } from '../support/scim-errors.js';
import { aPerson, openOrganization, type Organization, useHost } from './organization.js';

const BADGE = 'urn:example:params:scim:schemas:extension:badge:2.0:User';
const DEVICE = 'urn:example:params:scim:schemas:2.0:Device';
const ENTITLEMENT = 'urn:example:params:scim:schemas:2.0:Entitlement';

describe('attributes and resource types of the host', () => {
  const started = useHost();
  let acme: Organization;

  beforeAll(async () => {
    acme = await openOrganization(started.host);
  });

  it('are told of by discovery, with every schema that they name', async () => {
    const { idp } = acme;
    const { Resources: types } = (await idp.get('/ResourceTypes')).body;
    expect(types.map(({ name, endpoint }: { name: string; endpoint: string }) => [name, endpoint])).toEqual([
      ['User', '/Users'],
      ['Group', '/Groups'],
      ['Entitlement', '/Entitlements'],
      ['Device', '/Devices'],
    ]);
    for (const { schema, schemaExtensions } of types) {
      for (const urn of [schema, ...schemaExtensions.map((extension: { schema: string }) => extension.schema)]) {
        expect((await idp.get(`/Schemas/${urn}`)).body.id).toBe(urn);
      }
    }
  });

  it("go with people: a badge is provisioned, found and nobody else's", async () => {
    const { idp } = acme;
    const badge = { badgeNumber: randomUUID(), building: 'North' };
    const { id } = await idp.createUser({ ...aPerson(), [BADGE]: badge });
    expectScimError(await idp.post('/Users', { ...aPerson(), [BADGE]: badge }), 409, 'uniqueness');
    const found = await idp.filterUsers(`${BADGE}:building eq "NORTH" and badgeNumber eq "${badge.badgeNumber}"`);
    expect(found.body).toMatchObject({ totalResults: 1, Resources: [{ id, [BADGE]: badge }] });
    await idp.patch(`/Users/${id}`, [{ op: 'replace', path: `${BADGE}:building`, value: 'South' }]);
    expect((await idp.get(`/Users/${id}?attributes=${BADGE}:building`)).body[BADGE]).toEqual({ building: 'South' });
    await idp.delete(`/Users/${id}`);
    const { id: next } = await idp.createUser({ ...aPerson(), [BADGE]: badge });
    await idp.delete(`/Users/${next}`);
  });

  it('are kept for entitlements in the table of the module', async () => {
    const { idp } = acme;
    const made = await idp.post('/Entitlements', { schemas: [ENTITLEMENT], displayName: 'Garage', type: 'room' });
    expect(made.status).toBe(201);
    expect(made.headers.location).toBe(`${started.host.url}/scim/v2/Entitlements/${made.body.id}`);
    expectScimError(await idp.post('/Entitlements', { displayName: 'GARAGE' }), 409, 'uniqueness');
    const found = await idp.get(`/Entitlements?filter=${encodeURIComponent('displayName eq "garage"')}`);
    expect(found.body.Resources).toEqual([made.body]);
    expect((await idp.delete(`/Entitlements/${made.body.id}`)).status).toBe(204);
  });

  it('are kept for devices in a table that the host joins with its people', async () => {
    const { idp, owner } = acme;
    const person = aPerson();
    const { id: personId } = await idp.createUser(person);
    const serialNumber = randomUUID();
    const made = await idp.post('/Devices', {
      schemas: [DEVICE],
      serialNumber,
      model: 'Notebook',
      owner: { value: personId },
    });
    expect(made.status).toBe(201);
    await idp.post('/Devices', { serialNumber: `z-${serialNumber}`, owner: { value: 'somebody else' } });
    expect((await owner.get('/api/organizations/acme/devices')).body).toEqual([
      { id: made.body.id, serialNumber, model: 'Notebook', owner: person.userName },
      { id: expect.any(String), serialNumber: `z-${serialNumber}`, model: null, owner: null },
    ]);
    const mine = await idp.get(`/Devices?filter=${encodeURIComponent(`owner eq "${personId}"`)}`);
    expect(mine.body.Resources).toEqual([made.body]);
    expectScimError(await idp.put(`/Devices/${made.body.id}`, { serialNumber: 'another' }), 400, 'mutability');
    await idp.patch(`/Devices/${made.body.id}`, [{ op: 'remove', path: 'owner' }]);
    const [first] = (await owner.get('/api/organizations/acme/devices')).body;
    expect(first).toMatchObject({ serialNumber, owner: null });
    await idp.delete(`/Users/${personId}`);
  });

  it("are another organization's business as little as people are", async () => {
    const globex = await openOrganization(started.host, 'globex');
    expect((await globex.idp.get('/Devices')).body.totalResults).toBe(0);
    expect((await globex.owner.get('/api/organizations/globex/devices')).body).toEqual([]);
    expect((await globex.owner.get('/api/organizations/acme/devices')).status).toBe(404);
  });
});
