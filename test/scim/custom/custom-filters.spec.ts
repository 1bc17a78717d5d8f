import type { ModuleHost } from '../../support/module-host.js';
import type { ScimAnswer, ScimClient } from '../../support/scim-client.js';
import { expectScimError } from '../../support/scim-errors.js';
import { DEVICE, LEASE, startDeviceHost, TABLES } from './device.js';

/** In the order of creation. */
const DEVICES = [
  {
    serialNumber: 'A-1',
    externalId: 'ext',
    model: 'Straße',
    hostName: 'alpha',
    slots: 9,
    weight: 0.5,
    leased: true,
    boughtAt: '2026-01-01T00:00:00Z',
    warranty: { provider: 'Maker', endsAt: '2030-01-01T00:00:00+02:00' },
    tags: ['Blue', 'Red'],
    addresses: [
      { value: '10.0.0.9', type: 'lan' },
      { value: '10.0.0.1', type: 'wifi', primary: true },
    ],
    [LEASE]: { contract: 'L-1', lessor: 'Äther' },
  },
  { serialNumber: 'a-1', model: 'big 100%_\\*', slots: 10, weight: 10, leased: false, tags: ['red'] },
  { serialNumber: 'B\u{1F4BB}', model: 'BIG', hostName: 'beta', boughtAt: '2025-06-01T12:00:00.5+05:00', note: 'x' },
  { serialNumber: 'O\'Malley "x"', weight: 1.5, addresses: [{ value: '10.0.0.5', type: 'lan' }] },
];

describe.each(TABLES)('queries for a custom type in the table %s', (table) => {
  let host: ModuleHost;
  let idp: ScimClient;

  beforeAll(async () => {
    host = await startDeviceHost(table);
    idp = await host.client();
    for (const device of DEVICES) expect((await idp.post('/Devices', device)).status).toBe(201);
    // What is not to be found: another type's, and another organization's.
    await idp.post('/Licences', { serialNumber: 'A-1', externalId: 'ext' });
    const other = await host.client();
    for (const device of DEVICES) await other.post('/Devices', device);
  });

  afterAll(() => host.stop());

  const find = (filter: string): Promise<ScimAnswer> => idp.get(`/Devices?filter=${encodeURIComponent(filter)}`);
  /** Places in `DEVICES`. */
  const placesOf = ({ body }: ScimAnswer): number[] =>
    body.Resources.map(({ serialNumber }: { serialNumber: string }) =>
      DEVICES.findIndex((device) => device.serialNumber === serialNumber),
    );

  it.each([
    ['serialNumber eq "A-1"', [0]],
    ['SERIALNUMBER EQ "a-1"', [1]],
    [`${DEVICE}:serialNumber eq "A-1"`, [0]],
    ['serialNumber ne "A-1"', [1, 2, 3]],
    ['serialNumber sw "a"', [1]],
    ['serialNumber ew "\\ud83d\\udcbb"', [2]],
    ['serialNumber gt "a"', [1]],
    ['serialNumber le "B"', [0]],
    ['serialNumber co "\'" and serialNumber ew "\\"x\\""', [3]],
    ['serialNumber eq "x\' or 1=1 --"', []],
    ['externalId eq "ext"', [0]],
    ['externalId eq "EXT"', []],
    ['externalId pr', [0]],
    ['model eq "STRASSE"', []],
    ['model eq "straße"', [0]],
    ['model eq "big"', [2]],
    ['model co "100%_\\\\*"', [1]],
    ['model co "1__%"', []],
    ['model pr', [0, 1, 2]],
    ['model eq null', [3]],
    ['model ne "big"', [0, 1, 3]],
    ['not (model sw "big")', [0, 3]],
    ['model gt "big"', [0, 1]],
    ['hostName eq "ALPHA"', [0]],
    ['hostName ne null', [0, 2]],
    ['slots eq 10', [1]],
    ['slots gt 9', [1]],
    ['slots lt 10', [0]],
    ['slots ne 9', [1, 2, 3]],
    ['slots eq 99999999999999999999', []],
    ['weight ge 1.5', [1, 3]],
    ['weight eq 0.5', [0]],
    ['leased eq true', [0]],
    ['leased ne true', [1, 2, 3]],
    ['leased eq "False"', [1]],
    ['leased pr', [0, 1]],
    ['boughtAt eq "2026-01-01T01:00:00+01:00"', [0]],
    ['boughtAt lt "2025-06-01T07:00:00.501Z"', [2]],
    ['boughtAt gt "2025-06-01T07:00:00.499Z"', [0, 2]],
    ['warranty pr', [0]],
    ['warranty.endsAt lt "2030-01-01T00:00:00Z"', [0]],
    ['warranty.endsAt eq "2029-12-31T22:00:00Z"', [0]],
    ['warranty.provider eq "maker"', [0]],
    ['tags eq "red"', [0, 1]],
    ['tags eq "blue" or slots eq 10', [0, 1]],
    ['addresses.type eq "lan"', [0, 3]],
    ['addresses[type eq "lan" and value ew ".5"]', [3]],
    ['addresses[type eq "lan"].value eq "10.0.0.9"', [0]],
    ['addresses co "10.0.0"', [0, 3]],
    [`${LEASE}:contract eq "L-1"`, [0]],
    ['contract eq "l-1"', []],
    ['lessor sw "ÄTH"', [0]],
    [`schemas eq "${LEASE}"`, [0]],
    [`schemas eq "${DEVICE.toUpperCase()}"`, [0, 1, 2, 3]],
    ['meta.resourceType eq "Device"', [0, 1, 2, 3]],
    ['meta.resourceType eq "Licence"', []],
    ['meta.created gt "2020-01-01T00:00:00Z" and meta.location co "/Devices/"', [0, 1, 2, 3]],
    ['meta.version eq "W/\\"1\\"" and note eq "X"', [2]],
    ['leased eq true or leased eq false and slots eq 10', [0, 1]],
    ['(leased eq true or leased eq false) and slots eq 10', [1]],
  ])('find by %s', async (filter, places) => {
    const answer = await find(filter);
    expect({ status: answer.status, text: answer.status === 200 ? '' : answer.text }).toEqual({
      status: 200,
      text: '',
    });
    expect(placesOf(answer)).toEqual(places);
    expect(answer.body.totalResults).toBe(places.length);
  });

  it('find by id', async () => {
    const [first] = (await find('serialNumber eq "A-1"')).body.Resources;
    expect(placesOf(await find(`id eq "${first.id}"`))).toEqual([0]);
    expect(placesOf(await find(`id eq "${first.id.toUpperCase()}"`))).toEqual([]);
    expect(placesOf(await find(`meta.location eq "${first.meta.location}"`))).toEqual([0]);
  });

  it.each([
    'colour eq "x"',
    'model regex "x"',
    'model eq bob',
    'slots eq "x"',
    'slots co 1',
    'leased gt true',
    'boughtAt sw "2026"',
    'boughtAt eq "yesterday"',
    'warranty eq "x"',
    'warranty[provider eq "maker"]',
    'key gt "a"',
    "model eq 'x'",
    `${LEASE}:colour eq "x"`,
    'model',
    ' ',
  ])('refuse the filter %s', async (filter) => {
    expectScimError(await find(filter), 400, 'invalidFilter');
  });

  it.each([
    ['serialNumber', [0, 2, 3, 1]],
    ['model', [2, 1, 0, 3]],
    ['hostName', [0, 2]],
    ['slots', [0, 1]],
    ['weight', [0, 3, 1]],
    ['leased', [1, 0]],
    ['boughtAt', [2, 0]],
    ['warranty.endsAt', [0]],
    ['addresses', [0, 3]],
    ['tags', [0, 1]],
    [`${LEASE}:lessor`, [0]],
    ['externalId', [0]],
    ['meta.created', [0, 1, 2, 3]],
  ])('sort by %s: resources without a value are last, and first when descending', async (sortBy, places) => {
    const up = placesOf(await idp.get(`/Devices?sortBy=${sortBy}`));
    expect(up.slice(0, places.length)).toEqual(places);
    const down = placesOf(await idp.get(`/Devices?sortBy=${sortBy}&sortOrder=descending`));
    expect(down.slice(DEVICES.length - places.length)).toEqual([...places].reverse());
    expect([up.length, down.length]).toEqual([DEVICES.length, DEVICES.length]);
  });

  it('refuse to sort by what is no simple attribute', async () => {
    for (const sortBy of ['colour', 'warranty']) {
      expectScimError(await idp.get(`/Devices?sortBy=${sortBy}`), 400, 'invalidPath');
    }
  });

  it('answer in pages, in the order of creation', async () => {
    const page = async (query: string): Promise<unknown[]> => {
      const answer = await idp.get(`/Devices?${query}`);
      return [placesOf(answer), answer.body.totalResults, answer.body.startIndex, answer.body.itemsPerPage];
    };
    expect(await page('count=3')).toEqual([[0, 1, 2], 4, 1, 3]);
    expect(await page('startIndex=4&count=3')).toEqual([[3], 4, 4, 1]);
    expect(await page('startIndex=9')).toEqual([[], 4, 9, 0]);
    expect(await page('count=0')).toEqual([[], 4, 1, 0]);
    expect(await page('filter=leased%20pr&startIndex=2&count=1')).toEqual([[1], 2, 2, 1]);
  });

  it.each(['', '&sortBy=weight', '&sortBy=boughtAt&sortOrder=descending', '&sortBy=model', '&sortBy=leased'])(
    'answer in pages by cursor, each resource once%s',
    async (query) => {
      const walked: number[] = [];
      let cursor: string | undefined = '';
      while (cursor !== undefined && walked.length <= DEVICES.length) {
        const answer: ScimAnswer = await idp.get(`/Devices?count=1&cursor=${encodeURIComponent(cursor)}${query}`);
        expect(answer.status).toBe(200);
        walked.push(...placesOf(answer));
        cursor = answer.body.nextCursor as string | undefined;
      }
      expect(walked).toEqual(placesOf(await idp.get(`/Devices?count=100${query}`)));
    },
  );

  it('answer to POST .search the same', async () => {
    const answer = await idp.post('/Devices/.search', {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'],
      filter: 'leased pr',
      attributes: ['serialNumber'],
      sortBy: 'slots',
      sortOrder: 'descending',
    });
    expect(answer.status).toBe(200);
    expect(placesOf(answer)).toEqual([1, 0]);
    expect(Object.keys(answer.body.Resources[0])).toEqual(['schemas', 'id', 'serialNumber']);
  });

  it('of all types find those of the type among them', async () => {
    const answer = await idp.get(`/?filter=${encodeURIComponent('externalId eq "ext"')}`);
    expect(answer.status).toBe(200);
    const types = answer.body.Resources.map(({ meta }: { meta: { resourceType: string } }) => meta.resourceType);
    expect(types.sort()).toEqual(['Device', 'Licence']);
  });

  it('show as much of each resource as the client wants', async () => {
    const { body } = await idp.get('/Devices?attributes=weight&count=1');
    expect(Object.keys(body.Resources[0]).sort()).toEqual(['id', 'schemas', 'weight']);
    const all = await idp.get('/Devices');
    expect(all.text).not.toContain('"note"');
  });
});
