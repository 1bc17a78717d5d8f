import { GroupTeamsService, type People } from '../../../src/host/organizations/group-teams.service.js';
import { Organization } from '../../../src/host/organizations/organization.entity.js';
import { GroupsService } from '../../../src/scim/index.js';
import { statementsOf } from '../../load/statement-log.js';
import { startHost, type TestHost } from '../../support/host.js';
import { whenDelivered } from '../../support/when-delivered.js';

const ACCOUNT = `md5($1 || 'account' || n)::uuid`;
const IDENTITY = `md5($1 || 'identity' || n)::uuid`;

/** $1 organization, $2 how many. People as they are after their first login: requests would take minutes. */
const INSERT_PEOPLE = `
WITH person AS (SELECT n, ${ACCOUNT} AS account_id, ${IDENTITY} AS identity_id FROM generate_series(1, $2::integer) n),
account AS (INSERT INTO account (id, display_name) SELECT account_id, 'Person ' || n FROM person),
membership AS (
  INSERT INTO membership (organization_id, account_id, role, status, identity_id)
  SELECT $1::uuid, account_id, 'member', 'active', identity_id FROM person
)
INSERT INTO scim_identity (id, organization_id, connection_id, user_name, user_name_key, state, active, account_id,
  attributes, search, email_keys, version, event_seq, created_at, modified_at, state_changed_at)
SELECT identity_id, $1, c.id, 'person-' || n, 'person-' || n, 'active', true, account_id,
  '{}', '{}', '{}', 1, 1, now(), now(), now()
FROM person, scim_connection c WHERE c.organization_id = $1`;

/** $1 organization, $2 group, $3 how many: the people with these numbers become members. */
const INSERT_MEMBERS = `
INSERT INTO scim_group_member (group_id, organization_id, user_id, member_id)
SELECT $2::uuid, $1, ${IDENTITY}, ${IDENTITY} FROM generate_series(1, $3::integer) n
ON CONFLICT DO NOTHING`;

/** An organization with people and two groups, one in the other: the first half of all, and by way of it all. */
interface Directory {
  readonly organizationId: string;
  readonly half: string;
  readonly everybody: string;
}

/** For 10,000 people on a busy machine. */
const LONG_MS = 120_000;

describe('teams of a whole organization', () => {
  let host: TestHost;
  let groupTeams: GroupTeamsService;
  let small: Directory;
  let large: Directory;

  beforeAll(async () => {
    host = await startHost();
    groupTeams = host.app.get(GroupTeamsService, { strict: false });
    // First, because a session plans the checks of foreign keys for the tables as they are then.
    large = await fill('acme', 10_000);
    small = await fill('globex', 10);
    await whenDelivered(host.dataSource);
  }, LONG_MS);
  afterAll(() => host.stop());

  async function fill(slug: string, people: number): Promise<Directory> {
    const { id: organizationId } = await host.dataSource.getRepository(Organization).findOneByOrFail({ slug });
    const groups = host.app.get(GroupsService, { strict: false });
    const inner = await groups.create(organizationId, { displayName: 'Half', externalId: 'half' });
    const outer = await groups.create(organizationId, { displayName: 'All', members: [{ value: inner['id'] ?? '' }] });
    const [half, everybody] = [String(inner['id']), String(outer['id'])];
    await host.dataSource.query(INSERT_PEOPLE, [organizationId, people]);
    await host.dataSource.query(INSERT_MEMBERS, [organizationId, half, people / 2]);
    await host.dataSource.query(INSERT_MEMBERS, [organizationId, everybody, people]);
    return { organizationId, half, everybody };
  }

  const save = ({ organizationId }: Directory, teams: Record<string, string>): Promise<void> => {
    const mappings = Object.entries(teams).map(([group, team]) => ({ group, team }));
    return groupTeams.replaceMappings(organizationId, mappings);
  };

  const follow = ({ organizationId }: Directory, people: People): Promise<void> =>
    host.dataSource.transaction((manager) => groupTeams.follow(organizationId, people, manager));

  /** Members of each team by way of SCIM. */
  async function teamsOf({ organizationId }: Directory): Promise<Record<string, number>> {
    const rows = await host.dataSource.query<{ name: string; members: number }[]>(
      `SELECT t.name, count(*)::int AS members FROM team t JOIN team_member m ON m.team_id = t.id
       WHERE t.organization_id = $1 AND m.source = 'scim' GROUP BY t.name`,
      [organizationId],
    );
    return Object.fromEntries(rows.map(({ name, members }) => [name, members]));
  }

  const identitiesOf = async ({ organizationId }: Directory): Promise<string[]> => {
    const text = 'SELECT id FROM scim_identity WHERE organization_id = $1';
    return (await host.dataSource.query<{ id: string }[]>(text, [organizationId])).map(({ id }) => id);
  };

  /** But for those of the relay, which never rests. */
  async function textsOf(work: () => Promise<void>): Promise<string[]> {
    const texts = (await statementsOf(work)).map(({ text }) => text);
    return texts.filter((text) => !text.includes('scim_outbox_delivery'));
  }

  it(
    'follow a changed mapping with as many statements for 10,000 people as for ten',
    async () => {
      for (const teams of [{ half: 'Half', [large.everybody]: 'All', [small.everybody]: 'All' }, { half: 'Other' }]) {
        const texts = await textsOf(() => save(large, teams));
        expect(await textsOf(() => save(small, teams))).toEqual(texts);
        expect(texts.length).toBeLessThan(12);
      }
      expect([await teamsOf(small), await teamsOf(large)]).toEqual([{ Other: 5 }, { Other: 5000 }]);
    },
    LONG_MS,
  );

  it.each(['everybody', 'named'] as const)(
    'follow their groups with as many statements for 10,000 people as for ten: %s',
    async (which) => {
      const peopleOf = async (directory: Directory): Promise<People> =>
        which === 'everybody' ? which : identitiesOf(directory);
      const [few, many] = [await peopleOf(small), await peopleOf(large)];
      for (const [directory, people] of [[small, 10] as const, [large, 10_000] as const]) {
        await host.dataSource.query(INSERT_MEMBERS, [directory.organizationId, directory.half, people / 2]);
        await save(directory, { half: 'Half', [directory.everybody]: 'All' });
        expect(await teamsOf(directory)).toEqual({ All: people, Half: people / 2 });
        await host.dataSource.query('DELETE FROM scim_group_member WHERE group_id = $1', [directory.half]);
      }
      // What a login gave and SCIM gives too is SCIM's.
      await host.dataSource.query(
        `UPDATE team_member SET source = 'saml' WHERE team_id IN (SELECT id FROM team WHERE name = 'All')`,
      );
      const texts = await textsOf(() => follow(large, many));
      expect(await textsOf(() => follow(small, few))).toEqual(texts);
      expect(texts.length).toBeLessThan(8);
      expect([await teamsOf(small), await teamsOf(large)]).toEqual([{ All: 10 }, { All: 10_000 }]);
    },
    LONG_MS,
  );

  it('leave out of account who is not named', async () => {
    await host.dataSource.query(INSERT_MEMBERS, [small.organizationId, small.half, 5]);
    await save(small, { half: 'Half' });
    await host.dataSource.query('DELETE FROM scim_group_member WHERE group_id = $1', [small.half]);
    const [gone] = await host.dataSource.query<{ id: string }[]>(
      `SELECT i.id FROM scim_identity i JOIN team_member t ON t.account_id::text = i.account_id
       WHERE i.organization_id = $1 LIMIT 1`,
      [small.organizationId],
    );
    await follow(small, [gone?.id ?? '']);
    expect(await teamsOf(small)).toEqual({ Half: 4 });
    await follow(small, 'everybody');
    expect(await teamsOf(small)).toEqual({});
  });
});
