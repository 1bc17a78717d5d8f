import { fillDirectory, ORGANIZATION, userId } from '../../load/fill-directory.js';
import { createTestDatabase } from '../../support/database.js';
import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import type { ScimClient } from '../../support/scim-client.js';

const PEOPLE = 2000;
const COUNT = 150;

/** Of ten people one is removed while the walk is under way; the others stay. */
const leaves = (number: number): boolean => number % 10 === 7;

describe('a walk while others come and go', () => {
  let host: ModuleHost;
  let client: ScimClient;

  const start = async (users: number): Promise<void> => {
    const database = await createTestDatabase();
    host = await startModuleHost({ databaseUrl: database.url, options: { deliverEvents: false } });
    client = await host.client(ORGANIZATION);
    await host.client('small');
    await fillDirectory(database.url, { users, others: 50, groupSizes: [10] });
  };

  afterEach(() => host.stop());

  it.each([
    ['/Users', ''],
    ['/Users', '&sortBy=userName&sortOrder=descending'],
    ['/Users', `&sortBy=title&filter=${encodeURIComponent('active eq true')}`],
    ['/', '&sortBy=displayName'],
  ])('over two thousand users sees at %s with "%s" each of them who stays exactly once', async (path, parameters) => {
    await start(PEOPLE);
    const seen: string[] = [];
    const coming = new Set<string>();
    const totals = new Set<number>();
    let pages = 0;
    let walking = true;
    // At the same time as the pages are read, and not between them.
    const others = [join(), leave(), rename()];
    for (let cursor = ''; walking;) {
      const { status, body } = await client.get(`${path}?count=${COUNT}&attributes=id&cursor=${cursor}${parameters}`);
      expect(status).toBe(200);
      seen.push(...body.Resources.map(({ id }: { id: string }) => id));
      totals.add(body.totalResults);
      pages += 1;
      walking = body.nextCursor !== undefined;
      cursor = body.nextCursor ?? '';
    }
    await Promise.all(others);
    expect(coming.size).toBeGreaterThan(0);

    const times = new Map<string, number>();
    for (const id of seen) times.set(id, (times.get(id) ?? 0) + 1);
    const staying = Array.from({ length: PEOPLE }, (_, index) => index + 1).filter((number) => !leaves(number));
    expect(staying.filter((number) => times.get(userId(number)) !== 1)).toEqual([]);
    // Whoever came or went is there once or not at all.
    expect(Math.max(...times.values())).toBe(1);
    expect(pages).toBeGreaterThanOrEqual((PEOPLE * 0.9) / COUNT);
    // The total is what the first page counted.
    expect(totals.size).toBe(1);

    /** All over the order of names and of titles, and always at the end of the order of creation. */
    async function join(): Promise<void> {
      for (let number = 0; walking && number < 300; number += 1) {
        const name = `${'apz'.charAt(number % 3)}erson-${number}@new.example`;
        coming.add((await client.createUser({ userName: name, displayName: name, title: `Engineer ${number}` })).id);
      }
    }

    async function leave(): Promise<void> {
      for (let number = PEOPLE; walking && number > 0; number -= 1)
        if (leaves(number)) await client.delete(`/Users/${userId(number)}`);
    }

    /** What the list is not sorted by. */
    async function rename(): Promise<void> {
      for (let number = 1; walking && number < PEOPLE; number += 13)
        await client.patch(`/Users/${userId(number)}`, [{ op: 'replace', path: 'nickName', value: `Nick ${number}` }]);
    }
  });

  it('goes on where it was when the last one of its page is gone, and the first one of the next', async () => {
    await start(30);
    const first = (await client.get(`/Users?cursor&count=10`)).body;
    for (const number of [10, 11]) expect((await client.delete(`/Users/${userId(number)}`)).status).toBe(204);
    const second = (await client.get(`/Users?cursor=${first.nextCursor}&count=10`)).body;
    expect(second.Resources.map(({ id }: { id: string }) => id)).toEqual(
      Array.from({ length: 10 }, (_, index) => userId(index + 12)),
    );
  });

  it('ends although its last page is empty by now', async () => {
    await start(30);
    const { nextCursor } = (await client.get(`/Users?cursor&count=20`)).body;
    await host.dataSource.query(
      `UPDATE scim_identity SET state = 'deprovisioned' WHERE created_at > (
      SELECT created_at FROM scim_identity WHERE id = $1)`,
      [userId(20)],
    );
    const { status, body } = await client.get(`/Users?cursor=${nextCursor}&count=20`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ totalResults: 30, itemsPerPage: 0, Resources: [] });
    expect(body).not.toHaveProperty('nextCursor');
  });
});
