import {
  GroupsService,
  ScimConnectionsService,
  type ScimEntitlement,
  ScimEntitlements,
  ScimResourcesService,
  ScimTokensService,
} from '../../../src/scim/index.js';
import { countAllStatements } from '../../support/count-statements.js';
import type { ModuleHost } from '../../support/module-host.js';
import type { ScimAnswer } from '../../support/scim-client.js';
import { expectScimError } from '../../support/scim-errors.js';
import { TestOrganization } from '../../support/test-organization.js';
import { addGroup, addUser, bulk, patching, statuses } from '../bulk/bulk-requests.js';
import { startDeviceHost } from '../custom/device.js';

const DETAIL = 'SCIM needs an Enterprise plan.';
const LOST = { allowed: false, missing: ['plan'], detail: DETAIL } as const;
const ONLY_REMOVALS = { ...LOST, removals: true } as const;
const IN_BULK = '/Bulk';

let host: ModuleHost;

beforeAll(async () => {
  host = await startDeviceHost('scim_resource', { options: { deliverEvents: false } });
});

afterAll(() => host.stop());

/** An organization with people in each state, a group and a device. */
interface Scene {
  readonly acme: TestOrganization;
  /** Ids. */
  readonly active: string;
  readonly provisioned: string;
  readonly suspended: string;
  readonly group: string;
  readonly device: string;
}

async function openScene(): Promise<Scene> {
  const acme = await TestOrganization.of(host);
  const { idp } = acme;
  const { id: active } = await idp.createUser({ userName: 'ada', externalId: 'E-1', title: 'Countess' });
  await acme.accountOf('E-1');
  const { id: provisioned } = await idp.createUser({ userName: 'bob' });
  const { id: suspended } = await idp.createUser({ userName: 'cy', active: false });
  const { id: group } = (await idp.post('/Groups', { displayName: 'All', members: [{ value: active }] })).body;
  const { id: device } = (await idp.post('/Devices', { serialNumber: 'S-1' })).body;
  return { acme, active, provisioned, suspended, group, device };
}

const entitle = ({ acme }: Scene, answer: ScimEntitlement): void => {
  host.organizations.refused.set(acme.id, answer);
  host.app.get(ScimEntitlements, { strict: false }).forget(acme.id);
};

const setActive = (value: unknown) => ({ op: 'replace', path: 'active', value });
const setTitle = { op: 'replace', path: 'title', value: 'Dr' };

type Who = 'active' | 'provisioned' | 'suspended';
type Send = (scene: Scene, id: string) => Promise<Pick<ScimAnswer, 'status'>>;

/** In a bulk request of its own. */
const inBulk =
  (operation: (id: string) => object): Send =>
  async ({ acme }, id) => {
    const [entry] = await bulk(acme.idp, [operation(id)]);
    return { status: Number(entry?.status) };
  };

const patch = (what: string, ...operations: readonly unknown[]): readonly (readonly [string, Send])[] => [
  [`PATCH ${what}`, ({ acme }, id) => acme.idp.patch(`/Users/${id}`, operations)],
  [`PATCH ${what} in ${IN_BULK}`, inBulk((id) => patching(`/Users/${id}`, ...operations))],
];

/** With the rest of the person as an identity provider knows it. */
const put = (what: string, user: object): readonly (readonly [string, Send])[] => {
  const data = { userName: 'renamed', externalId: 'E-1', title: 'Dr', ...user };
  return [
    [`PUT ${what}`, ({ acme }, id) => acme.idp.put(`/Users/${id}`, data)],
    [`PUT ${what} in ${IN_BULK}`, inBulk((id) => ({ method: 'PUT', path: `/Users/${id}`, data }))],
  ];
};

const DELETE: readonly (readonly [string, Send])[] = [
  ['DELETE', ({ acme }, id) => acme.idp.delete(`/Users/${id}`)],
  [`DELETE in ${IN_BULK}`, inBulk((id) => ({ method: 'DELETE', path: `/Users/${id}` }))],
];

const of = (who: Who, ways: readonly (readonly [string, Send])[]) =>
  ways.map(([what, send]) => [what, who, send] as const);

const REMOVALS = [
  ...of('active', patch('active: false', setActive(false))),
  ...of('active', patch('active: "False" and a title', setActive('False'), setTitle)),
  ...of('active', put('active: false of the whole person', { active: false })),
  ...of('active', DELETE),
  ...of('provisioned', patch('active: false', { op: 'replace', value: { active: false } })),
  ...of('suspended', patch('active: false', setActive(false))),
  ...of('suspended', patch('active: false and a title', setActive(false), setTitle)),
  ...of('suspended', DELETE),
];

const OTHERS = [
  ...of('active', patch('a title', setTitle)),
  ...of('active', patch('active: true', setActive(true))),
  ...of('active', put('no active', {})),
  ...of('active', put('active: true', { active: true })),
  ...of('suspended', patch('active: true', setActive(true))),
  ...of('suspended', patch('a title', setTitle)),
  ...of('active', patch('active: false and then true', setActive(false), setActive(true))),
];

describe('an organization that may not use SCIM', () => {
  let scene: Scene;

  /** Nothing happens to it, so that one is enough. */
  describe('and whose requests are refused', () => {
    beforeAll(async () => {
      scene = await openScene();
    });

    it.each([...REMOVALS, ...OTHERS].filter(([what]) => !what.includes(IN_BULK)))(
      'is refused %s of somebody who is %s, unless its host wants it',
      async (_request, who, send) => {
        for (const answer of [LOST, { ...LOST, removals: false }]) {
          entitle(scene, answer);
          expect((await send(scene, scene[who])).status).toBe(403);
        }
        expect(await scene.acme.identity(scene[who])).toMatchObject({ version: 1, state: who });
      },
    );

    it.each(OTHERS)('is refused %s of somebody who is %s, where it may remove people', async (_request, who, send) => {
      const events = await scene.acme.eventTypes();
      entitle(scene, ONLY_REMOVALS);
      expect((await send(scene, scene[who])).status).toBe(403);
      expect(await scene.acme.identity(scene[who])).toMatchObject({ version: 1, state: who });
      expect(await scene.acme.eventTypes()).toEqual(events);
    });

    it.each([
      ['POST', '/Users', { userName: 'dora' }],
      ['POST', '/Users', { userName: 'dora', active: false }],
      ['POST', '/Groups', { displayName: 'More' }],
      ['PUT', '/Groups/group', { displayName: 'All', members: [] }],
      ['PATCH', '/Groups/group', { Operations: [{ op: 'remove', path: 'members' }] }],
      ['DELETE', '/Groups/group', undefined],
      ['POST', '/Devices', { serialNumber: 'S-2' }],
      ['PUT', '/Devices/device', { serialNumber: 'S-1' }],
      ['PATCH', '/Devices/device', { Operations: [{ op: 'replace', path: 'serialNumber', value: 'S-3' }] }],
      ['DELETE', '/Devices/device', undefined],
    ] as const)(
      'is refused %s %s %j in the words of the host, alone and in a bulk request',
      async (method, to, data) => {
        const { acme, group, device } = scene;
        const path = to.replace(/group$/, group).replace(/device$/, device);
        entitle(scene, ONLY_REMOVALS);
        const alone = await acme.idp.send(method, path, data);
        expectScimError(alone, 403);
        expect(alone.body.detail).toBe(DETAIL);
        const [entry] = await bulk(acme.idp, [{ method, path, data, ...(method === 'POST' ? { bulkId: 'x' } : {}) }]);
        expect(entry).toMatchObject({ status: '403', response: { detail: DETAIL } });
        entitle(scene, { allowed: true });
        expect((await acme.idp.get('/Users')).body.totalResults).toBe(3);
        expect((await acme.idp.get('/Groups')).body).toMatchObject({
          totalResults: 1,
          Resources: [{ displayName: 'All' }],
        });
        expect((await acme.idp.get('/Devices')).body.Resources).toMatchObject([{ meta: { version: 'W/"1"' } }]);
      },
    );
  });

  describe('whose host lets it take people out', () => {
    beforeEach(async () => {
      scene = await openScene();
    });

    it.each(REMOVALS)('is done %s of somebody who is %s', async (_request, who, send) => {
      entitle(scene, ONLY_REMOVALS);
      expect((await send(scene, scene[who])).status).toBeLessThan(300);
      expect((await scene.acme.identity(scene[who])).state).toMatch(/^(suspended|deprovisioned)$/);
    });

    it('gets a removal done and nothing that came with it, and the same answer when it comes again', async () => {
      const { acme, active } = scene;
      // What somebody else has would be refused, and keep her in.
      const leaving = { userName: 'bob', externalId: 'E-2', title: 'Dr', active: false };
      entitle(scene, ONLY_REMOVALS);
      const [first, again] = [
        await acme.idp.put(`/Users/${active}`, leaving),
        await acme.idp.put(`/Users/${active}`, leaving),
      ];
      expect([first?.status, again?.status]).toEqual([200, 200]);
      expect(first?.body).toMatchObject({ userName: 'ada', externalId: 'E-1', title: 'Countess', active: false });
      expect(again?.text).toBe(first?.text);
      expect(await acme.eventTypes(active)).toEqual(['provisioned', 'linked', 'deactivated']);
      expect((await acme.idp.delete(`/Users/${active}`)).status).toBe(204);
      expectScimError(await acme.idp.delete(`/Users/${active}`), 404);
    });

    it('gets each operation of a bulk request done or refused by itself', async () => {
      const { acme, active, provisioned, suspended, group } = scene;
      entitle(scene, ONLY_REMOVALS);
      const operations = [
        addUser('dora'),
        addUser('emil'),
        patching(`/Users/${active}`, setActive(false)),
        addGroup('more', ['dora']),
        patching(`/Groups/${group}`, { op: 'remove', path: 'members' }),
        patching(`/Users/${suspended}`, setActive(true)),
        { method: 'DELETE', path: `/Users/${provisioned}` },
      ];
      expect(statuses(await bulk(acme.idp, operations))).toEqual(['403', '403', '200', '403', '403', '403', '204']);
      expect(await acme.eventTypes(active)).toEqual(['provisioned', 'linked', 'deactivated']);
    });

    it('gets no more creations of a bulk request refused than it takes errors', async () => {
      entitle(scene, ONLY_REMOVALS);
      const entries = await bulk(scene.acme.idp, [addUser('dora'), addUser('emil'), addUser('fay')], {
        failOnErrors: 2,
      });
      expect(statuses(entries)).toEqual(['403', '403']);
    });

    it("gets calls of the host's own refused in the same way, whatever they write", async () => {
      const { acme, group, device } = scene;
      const groups = host.app.get<GroupsService>(GroupsService, { strict: false });
      const resources = host.app.get<ScimResourcesService>(ScimResourcesService, { strict: false });
      const context = { onlyRemovals: DETAIL };
      const calls = [
        () => groups.create(acme.id, { displayName: 'New' }, context),
        () => groups.replace(acme.id, group, { displayName: 'Other' }, context),
        () => groups.delete(acme.id, group, context),
        () => resources.create(acme.id, 'Device', { serialNumber: 'new' }, context),
        () => resources.delete(acme.id, 'Device', device, context),
      ];
      for (const call of calls) await expect(call()).rejects.toMatchObject({ status: 403, message: DETAIL });
    });

    it('may read all it could', async () => {
      const { acme, active, group, device } = scene;
      entitle(scene, ONLY_REMOVALS);
      for (const path of [
        '/Users',
        `/Users/${active}`,
        '/Users?filter=userName%20eq%20%22ada%22',
        '/Groups',
        `/Groups/${group}`,
        `/Devices/${device}`,
        '/ServiceProviderConfig',
        '/Schemas',
      ]) {
        expect({ path, status: (await acme.idp.get(path)).status }).toEqual({ path, status: 200 });
      }
      for (const path of ['/.search', '/Users/.search', '/Groups/.search']) {
        expect({ path, status: (await acme.idp.post(path, {})).status }).toEqual({ path, status: 200 });
      }
    });

    it('asks for each condition that there is besides: the scope, the host, If-Match and the pause', async () => {
      const { acme, active, provisioned } = scene;
      const reader = await host.client(acme.id, ['users:read']);
      entitle(scene, ONLY_REMOVALS);
      const leave = (id: string) => acme.idp.patch(`/Users/${id}`, [setActive(false)]);
      expect((await reader.delete(`/Users/${active}`)).body.detail).toContain('users:write');
      expectScimError(await acme.idp.send('DELETE', `/Users/${active}`, undefined, { 'if-match': 'W/"7"' }), 412);
      const { accountId } = await acme.identity(active);
      host.organizations.protectedAccounts.add(accountId ?? '');
      expectScimError(await leave(active), 409);
      host.organizations.protectedAccounts.delete(accountId ?? '');
      const connections = host.app.get(ScimConnectionsService, { strict: false });
      await connections.pause(acme.id);
      expectScimError(await leave(provisioned), 503);
      await connections.resume(acme.id);
      expect([(await leave(active)).status, (await leave(provisioned)).status]).toEqual([200, 200]);
    });

    it('generates and rotates no token', async () => {
      const { acme } = scene;
      const tokens = host.app.get(ScimTokensService, { strict: false });
      const [{ id } = { id: '' }] = await tokens.list(acme.id);
      entitle(scene, ONLY_REMOVALS);
      const refusal = { status: 409, message: DETAIL };
      await expect(tokens.generate(acme.id)).rejects.toMatchObject(refusal);
      await expect(tokens.rotate(acme.id, id)).rejects.toMatchObject(refusal);
    });

    it('costs a removal no statement more', async () => {
      const other = await openScene();
      const leave = ({ acme, provisioned }: Scene) => acme.idp.patch(`/Users/${provisioned}`, [setActive(false)]);
      await leave(await openScene());
      entitle(scene, ONLY_REMOVALS);
      const allowed = await countStatements(() => leave(other));
      expect(await countStatements(() => leave(scene))).toEqual(allowed);
    });

    it('takes nobody out for the login of another connection than the one that counts', async () => {
      const { acme } = scene;
      const { accountId } = (await acme.signIn('E-9', { ssoConnectionId: 'saml-2' })) as { accountId: string };
      entitle(scene, { allowed: true, ssoConnectionId: 'saml-1' });
      const { id } = await acme.idp.createUser({ userName: 'gus', externalId: 'E-9' });
      entitle(scene, { ...ONLY_REMOVALS, ssoConnectionId: 'saml-1' });
      expect((await acme.idp.delete(`/Users/${id}`)).status).toBe(204);
      expect(await acme.access(accountId)).toMatchObject({ type: 'unmanaged' });
    });

    it('is asked anew within five seconds, and at once where the host says so', async () => {
      const { acme, active, provisioned } = scene;
      entitle(scene, ONLY_REMOVALS);
      expect((await acme.idp.delete(`/Users/${active}`)).status).toBe(204);
      entitle(scene, LOST);
      expectScimError(await acme.idp.delete(`/Users/${provisioned}`), 403);
      entitle(scene, { allowed: true });
      expect((await acme.idp.patch(`/Users/${provisioned}`, [setTitle])).status).toBe(200);
    });
  });
});

const countStatements = async (work: () => Promise<unknown>): Promise<string[]> => {
  const texts = await countAllStatements(host.dataSource, work);
  // Those are written, or looked up again, when it is time.
  return texts.filter((text) => !/scim_(log|token)/.test(text));
};
