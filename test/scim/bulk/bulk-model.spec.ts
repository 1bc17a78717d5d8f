import fc from 'fast-check';
import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import { addGroup, addUser, bulk, idOf, managerOf, membersOf, type Operation, withManager } from './bulk-requests.js';

/** A creation of a request whose operations refer to one another at random. */
interface Planned {
  readonly type: 'user' | 'group';
  /** Places of other operations, or one behind the last: nobody's bulkId. */
  readonly refersTo: readonly number[];
  readonly isUnreadable: boolean;
}

let host: ModuleHost;

beforeAll(async () => {
  host = await startModuleHost({ options: { deliverEvents: false } });
});

afterAll(() => host.stop());

const requests = fc.integer({ min: 1, max: 7 }).chain((count) =>
  fc.array(
    fc
      .record<Planned>({
        type: fc.constantFrom('user', 'group'),
        refersTo: fc.uniqueArray(fc.integer({ min: 0, max: count - 1 }), { maxLength: 2 }),
        isUnreadable: fc.integer({ min: 0, max: 9 }).map((each) => each === 0),
      })
      .chain((planned) =>
        fc
          .integer({ min: 0, max: 19 })
          .map((each) => (each === 0 ? { ...planned, refersTo: [...planned.refersTo, count] } : planned)),
      )
      // A user has one manager.
      .map((planned) => (planned.type === 'user' ? { ...planned, refersTo: planned.refersTo.slice(-1) } : planned)),
    { minLength: count, maxLength: count },
  ),
);

function toOperation({ type, refersTo, isUnreadable }: Planned, index: number): Operation {
  const bulkId = `op-${index}`;
  const [manager] = refersTo;
  const operation =
    type === 'group'
      ? addGroup(
          bulkId,
          refersTo.map((each) => `op-${each}`),
        )
      : manager === undefined
        ? addUser(bulkId)
        : withManager(bulkId, `op-${manager}`);
  const wrong = type === 'group' ? { displayName: 7 } : { userName: 7 };
  return isUnreadable ? { ...operation, data: { ...(operation.data as object), ...wrong } } : operation;
}

/** Fails what is wrong itself, and then, until nothing changes, what refers to something that fails. */
function modelOf(planned: readonly Planned[]): ReadonlySet<number> {
  const failed = new Set<number>();
  for (const [index, { type, refersTo, isUnreadable }] of planned.entries()) {
    const isItsOwnMember = type === 'group' && refersTo.includes(index);
    if (isUnreadable || isItsOwnMember || refersTo.includes(planned.length)) failed.add(index);
  }
  for (let before = -1; before !== failed.size;) {
    before = failed.size;
    for (const [index, { refersTo }] of planned.entries())
      if (refersTo.some((each) => failed.has(each))) failed.add(index);
  }
  return failed;
}

it('what refers to what is resolved as in a model that knows no order', async () => {
  await fc.assert(
    fc.asyncProperty(requests, async (planned) => {
      const idp = await host.client();
      const entries = await bulk(idp, planned.map(toOperation));
      const failed = modelOf(planned);
      expect(entries.map(({ status }) => status === '201')).toEqual(planned.map((_, index) => !failed.has(index)));
      const ids = entries.map(idOf);
      for (const [index, { type, refersTo }] of planned.entries()) {
        const id = ids[index];
        if (failed.has(index) || id === undefined) continue;
        const meant = refersTo.map((each) => ids[each]);
        if (type === 'user') expect(await managerOf(idp, id)).toBe(meant[0]);
        else expect((await membersOf(idp, id)).sort()).toEqual(meant.sort());
      }
      const made = planned.filter((_, index) => !failed.has(index));
      expect((await idp.get('/Users')).body.totalResults).toBe(made.filter(({ type }) => type === 'user').length);
      expect((await idp.get('/Groups')).body.totalResults).toBe(made.filter(({ type }) => type === 'group').length);
    }),
    { numRuns: 40 },
  );
}, 60_000);
