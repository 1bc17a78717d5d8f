import { readFileSync } from 'node:fs';
import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import { type Entry, idOf, managerOf, membersOf } from './bulk-requests.js';

interface RfcFixture {
  readonly source: string;
  readonly cases: readonly {
    readonly name: string;
    /** User names. */
    readonly before: readonly string[];
    readonly request: { readonly Operations: readonly { readonly method: string }[] };
    readonly response: readonly object[];
    /** By place of the operation: whom its resource refers to, by their places. */
    readonly after: Readonly<Record<string, { readonly members?: readonly string[]; readonly manager?: string }>>;
  }[];
}

const file = 'rfc7644-3.7-bulk.json';
const fixture: RfcFixture = JSON.parse(readFileSync(new URL(`../../rfc/${file}`, import.meta.url), 'utf8'));

describe(`the examples of ${file}`, () => {
  let host: ModuleHost;

  beforeAll(async () => {
    host = await startModuleHost();
  });

  afterAll(() => host.stop());

  it.each(fixture.cases)('are answered as they should be: $name', async ({ before, request, response, after }) => {
    const idp = await host.client();
    let text = JSON.stringify(request);
    for (const userName of before) {
      const { id, meta } = await idp.createUser({ userName, nickName: userName });
      text = text
        .replaceAll(`{${userName}}`, id)
        .replaceAll(`{${userName}.version}`, meta.version.replaceAll('"', '\\"'));
    }
    const answer = await idp.post('/Bulk', text);
    expect(answer.status).toBe(200);
    expect(answer.body.schemas).toEqual(['urn:ietf:params:scim:api:messages:2.0:BulkResponse']);
    const entries: readonly Entry[] = answer.body.Operations;
    expect(entries).toMatchObject(response);
    for (const { status, method, location, version } of entries) {
      const isDone = Number(status) < 300;
      if (isDone || method !== 'POST')
        expect(location).toMatch(/^https:\/\/app\.example\.com\/scim\/v2\/(Users|Groups)\/[^/]+$/);
      else expect(location).toBeUndefined();
      expect(version !== undefined).toBe(isDone && method !== 'DELETE');
    }
    const idAt = (place: string): string => idOf(entries[Number(place)]);
    for (const [place, { members, manager }] of Object.entries(after)) {
      if (members) expect(await membersOf(idp, idAt(place))).toEqual(members.map(idAt));
      if (manager !== undefined) expect(await managerOf(idp, idAt(place))).toBe(idAt(manager));
    }
  });
});
