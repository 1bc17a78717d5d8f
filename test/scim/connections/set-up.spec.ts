import { readdirSync, readFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { ScimMilestones } from '../../../src/scim/connections/scim-milestones.js';
import { ScimLinkCheck } from '../../../src/scim/connections/scim-link-check.js';
import { RefusedLogins } from '../../../src/scim/identities/refused-logins.js';
import { ScimEntitlements, ScimGuides } from '../../../src/scim/index.js';
import { ScimDatabase } from '../../../src/scim/persistence/scim-database.js';
import { SCIM_OPTIONS, type ScimModuleOptions } from '../../../src/scim/scim.options.js';
import { countAllStatements } from '../../support/count-statements.js';
import { ExplainingDatabase } from '../../support/explaining-database.js';
import type { ModuleHost } from '../../support/module-host.js';
import { ScimClient } from '../../support/scim-client.js';
import { TestOrganization } from '../../support/test-organization.js';
import { PATH, settingsOf, startAdminHost } from '../admin/admin-host.js';

let host: ModuleHost;

beforeAll(async () => {
  host = await startAdminHost();
});

afterAll(() => host.stop());

const settle = (): Promise<void> => host.app.get(RefusedLogins, { strict: false }).onModuleDestroy();

const ask = async (organizationId: string, path: string) => {
  const { status, text, body } = await settingsOf(host, organizationId).send('GET', path);
  expect({ status, text }).toEqual({ status: 200, text });
  return body;
};

interface Step {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Record<string, string>;
  readonly request?: unknown;
  readonly capture?: Record<string, string>;
}

const IDP = `${import.meta.dirname}/../../idp`;

/** Sends what an identity provider sends in one of the conversations of test/idp. */
async function replay(name: string, client: ScimClient): Promise<void> {
  const read = (file: string): unknown => JSON.parse(readFileSync(`${IDP}/${name}/${file}`, 'utf8'));
  const files = readdirSync(`${IDP}/${name}`).toSorted();
  const { headers = {} } = files.includes('client.json') ? (read('client.json') as Pick<Step, 'headers'>) : {};
  const values: Record<string, string> = { token: client.token, base: 'https://app.example.com/scim/v2' };
  for (const file of files.filter((each) => each !== 'client.json')) {
    for (const template of [read(file) as Step | Step[]].flat()) {
      const all = { ...template, headers: { ...headers, ...template.headers } };
      const filled = JSON.stringify(all).replaceAll(/\{(\w+)\}/g, (whole, key: string) => values[key] ?? whole);
      const step = JSON.parse(filled) as Step;
      const sent = Object.fromEntries(
        Object.entries({ ...step.headers }).map(([key, value]) => [key.toLowerCase(), value]),
      );
      const answer = await client.send(step.method ?? 'GET', step.path, step.request, sent);
      const captured = Object.entries(step.capture ?? {}).filter(([, way]) => !way.includes('/'));
      Object.assign(values, Object.fromEntries(captured.map(([key, way]) => [key, String(answer.body?.[way])])));
    }
  }
}

const done = async (organizationId: string): Promise<readonly string[]> => {
  const { items } = await ask(organizationId, '/checklist');
  return items.filter((item: { done: boolean }) => item.done).map(({ id }: { id: string }) => id);
};

describe('the guides of the admin API', () => {
  it('are listed, and none is recommended before anybody called', async () => {
    const { recognised, recommended, guides } = await ask(randomUUID(), '/guides');
    expect({ recognised, recommended }).toEqual({ recognised: null, recommended: null });
    expect(guides.map(({ id }: { id: string }) => id)).toEqual([
      'entra',
      'okta',
      'google',
      'onelogin',
      'jumpcloud',
      'ping',
      'generic',
    ]);
    expect(guides[0]).toEqual({ id: 'entra', name: 'Microsoft Entra ID', summary: expect.any(String) });
  });

  it.each([
    ['Okta SCIM Client 1.0.0', 'okta', 'okta'],
    ['goauthentik.io/2025', 'authentik', 'generic'],
    ['curl', 'generic', 'generic'],
  ])('name the one for who calls: %s', async (client, recognised, recommended) => {
    const idp = await host.client();
    await idp.get('/Users', { 'user-agent': client });
    expect(await ask(idp.organizationId, '/guides')).toMatchObject({ recognised, recommended });
  });

  it('come filled in', async () => {
    const guide = await ask(randomUUID(), '/guides/entra');
    expect(guide).toEqual(host.app.get(ScimGuides, { strict: false }).get('entra'));
    expect(JSON.stringify(guide)).toContain('"value":"https://app.example.com/scim/v2"');
  });

  it.each(['/guides/Entra', '/guides/unknown', '/guides/%00', '/guides/__proto__'])('know no %s', async (path) => {
    expect(await settingsOf(host).send('GET', path)).toMatchObject({
      status: 404,
      body: { message: expect.any(String) },
    });
  });

  it.each(['/guides', '/guides/okta', '/checklist', '/link-check'])(
    "serve %s to no organization and to nobody without the host's leave, and leave it in no cache",
    async (path) => {
      expect((await settingsOf(host, 'unknown').send('GET', path)).status).toBe(404);
      const stranger = await new ScimClient(host.url, '', 'acme', `${PATH}/acme/scim`).get(path);
      expect(stranger.status).toBe(403);
      expect((await settingsOf(host).send('GET', path)).headers['cache-control']).toBe('no-store');
      expect(
        await host.dataSource.query(`select from scim_connection where organization_id in ('acme', 'unknown')`),
      ).toEqual([]);
    },
  );
});

describe('the checklist', () => {
  it('begins with nothing done, and says what to do', async () => {
    const { items } = await ask(randomUUID(), '/checklist');
    expect(items.map(({ id, optional }: { id: string; optional: boolean }) => [id, optional])).toEqual([
      ['connection-tested', false],
      ['first-user-created', false],
      ['first-user-linked', false],
      ['deactivation-seen', false],
      ['groups-seen', true],
    ]);
    for (const item of items)
      expect(item).toMatchObject({ title: expect.any(String), done: false, at: null, advice: expect.any(String) });
  });

  it('ticks itself as calls and logins come, each at its time', async () => {
    const acme = await TestOrganization.of(host);
    await acme.idp.get('/Users', { authorization: 'Bearer nonsense' });
    expect(await done(acme.id)).toEqual([]);
    await acme.idp.get('/Users/nobody');
    expect(await done(acme.id)).toEqual([]);
    await acme.idp.get('/Users?filter=userName+eq+%22x%22');
    expect(await done(acme.id)).toEqual(['connection-tested']);
    const user = await acme.idp.createUser({ userName: 'ada', externalId: 'E-1' });
    expect(await done(acme.id)).toEqual(['connection-tested', 'first-user-created']);
    await acme.accountOf('E-1');
    expect(await done(acme.id)).toEqual(['connection-tested', 'first-user-created', 'first-user-linked']);
    await acme.idp.patch(`/Users/${user.id}`, [{ op: 'replace', path: 'active', value: false }]);
    expect(await done(acme.id)).toHaveLength(4);
    await acme.idp.post('/Groups', { displayName: 'Crew' });
    const { items } = await ask(acme.id, '/checklist');
    const [linked] = await host.dataSource.query(
      `select created_at from scim_outbox where organization_id = $1 and type = 'scim.user.linked'`,
      [acme.id],
    );
    expect(items[1]).toMatchObject({ done: true, at: user.meta.created, advice: null });
    expect(items[2]).toMatchObject({ at: linked.created_at.toISOString() });
    expect(items.every((item: { done: boolean }) => item.done)).toBe(true);
  });

  it.each([
    ['entra', ['connection-tested', 'first-user-created', 'deactivation-seen', 'groups-seen']],
    ['entra-aadoptscim062020', ['connection-tested', 'first-user-created', 'deactivation-seen', 'groups-seen']],
    ['okta-template', ['connection-tested', 'first-user-created', 'deactivation-seen', 'groups-seen']],
    ['okta-wizard', ['connection-tested', 'first-user-created', 'deactivation-seen', 'groups-seen']],
    ['google', ['connection-tested', 'first-user-created', 'deactivation-seen']],
    ['onelogin', ['connection-tested', 'first-user-created', 'deactivation-seen', 'groups-seen']],
    ['jumpcloud', ['connection-tested', 'first-user-created', 'deactivation-seen', 'groups-seen']],
    ['pingone-pingfederate', ['connection-tested', 'first-user-created', 'deactivation-seen', 'groups-seen']],
  ])('ticks by the traffic of %s, and by nothing else', async (name, expected) => {
    const idp = await host.client();
    await replay(name, idp);
    expect(await done(idp.organizationId)).toEqual(expected);
  });

  it('speaks in the words of who calls', async () => {
    const idp = await host.client();
    await idp.get('/Users', { 'user-agent': 'Okta SCIM Client 1.0.0' });
    const { items } = await ask(idp.organizationId, '/checklist');
    expect(items[3].advice).toContain('Deactivate Users');
  });

  it('takes no deactivation by the host itself for one by the identity provider', async () => {
    const acme = await TestOrganization.of(host);
    const { id } = await acme.idp.createUser({ userName: 'ada' });
    await acme.idp.delete(`/Users/${id}`);
    await host.dataSource.query(`update scim_outbox set token_id = null where organization_id = $1`, [acme.id]);
    expect(await done(acme.id)).toEqual(['connection-tested', 'first-user-created']);
  });

  it('stays ticked when log, events, people, groups and tokens are gone', async () => {
    const acme = await TestOrganization.of(host);
    const { id } = await acme.idp.createUser({ userName: 'ada', externalId: 'E-1' });
    await acme.accountOf('E-1');
    await acme.idp.post('/Groups', { displayName: 'Crew' });
    await acme.idp.delete(`/Users/${id}`);
    // Nobody looked until now: the background round noted it.
    const noted = async () => {
      await ask(acme.id, '');
      return host.app.get(ScimMilestones, { strict: false }).tick();
    };
    expect(await noted()).toBeGreaterThan(0);
    for (const table of ['scim_log', 'scim_link', 'scim_group', 'scim_identity', 'scim_outbox']) {
      await host.dataSource.query(`delete from ${table} where organization_id = $1`, [acme.id]);
    }
    await host.dataSource.query(`delete from scim_token where organization_id = $1`, [acme.id]);
    const before = await ask(acme.id, '/checklist');
    expect(before.items.every((item: { done: boolean }) => item.done)).toBe(true);
    await noted();
    expect(await ask(acme.id, '/checklist')).toEqual(before);
  });

  it('goes by the use of tokens where nothing is logged', async () => {
    const idp = await host.client();
    const database = host.app.get(ScimDatabase, { strict: false });
    const organizations = host.organizations;
    const silent = new ScimMilestones(database, {
      baseUrl: 'https://app.example.com',
      organizations,
      log: { enabled: false },
    });
    expect((await silent.of(idp.organizationId)).testedAt).toBeNull();
    await host.dataSource.query(`update scim_token set last_used_at = now() where organization_id = $1`, [
      idp.organizationId,
    ]);
    expect((await silent.of(idp.organizationId)).testedAt).toBeInstanceOf(Date);
  });

  it('costs a request no statement, and itself a few, whatever there is', async () => {
    const idp = await host.client();
    const texts = await countAllStatements(host.dataSource, () => idp.createUser({ userName: 'ada' }));
    expect(texts.filter((text) => /first_user_at|tested_at/.test(text))).toEqual([]);
    await ask(idp.organizationId, '/checklist');
    const looked = await countAllStatements(host.dataSource, () => ask(idp.organizationId, '/checklist'));
    expect(looked).toHaveLength(3);
  });

  it('is one organization', async () => {
    const idp = await host.client();
    await idp.createUser({ userName: 'ada' });
    const other = await host.client();
    await ask(idp.organizationId, '/checklist');
    expect(await done(other.organizationId)).toEqual([]);
  });
});

describe('of a large organization', () => {
  const PEOPLE = 5000;

  beforeAll(async () => {
    for (const organization of ['large', 'larger']) {
      await host.client(organization);
      await host.dataSource.query(
        `insert into scim_identity (id, organization_id, connection_id, external_id, user_name, user_name_key, state, active, account_id,
           attributes, search, email_keys, version, event_seq, created_at, modified_at, state_changed_at)
         select gen_random_uuid(), c.organization_id, c.id, 'E-' || n, 'u' || n || '@x.example', 'u' || n || '@x.example',
           case when n % 2 = 0 then 'active' else 'provisioned' end, true, case when n % 2 = 0 then 'account-' || n end,
           '{}', '{}', array['m' || n || '@x.example'], 1, 1, now(), now(), now()
         from scim_connection c, generate_series(1, ${PEOPLE}) n where c.organization_id = $1`,
        [organization],
      );
      await host.dataSource.query(
        `insert into scim_link (id, organization_id, sso_connection_id, name_id, name_id_key, account_id, identity_id)
         select gen_random_uuid(), organization_id, 'saml-1', user_name, user_name_key, account_id, id from scim_identity
         where organization_id = $1 and account_id is not null
         union all select gen_random_uuid(), $1, 'saml-1', 'm' || n || '@x.example', 'm' || n || '@x.example', 'jit-' || n, null
         from generate_series(1, ${PEOPLE}) n`,
        [organization],
      );
    }
    await host.dataSource.query('vacuum analyze scim_identity, scim_link');
  });

  it('the link check and the checklist walk indexes alone', async () => {
    const options = host.app.get<ScimModuleOptions>(SCIM_OPTIONS, { strict: false });
    const database = new ExplainingDatabase(host.dataSource, options);
    const check = await new ScimLinkCheck(database, host.app.get(ScimEntitlements, { strict: false })).of('large');
    await new ScimMilestones(database, options).of('large');
    expect(check.people).toEqual({ total: PEOPLE, linked: PEOPLE / 2, notLinked: PEOPLE / 2, most: 10_000 });
    expect(check).toMatchObject({ verdict: 'mixed', sends: [{ shape: 'opaque' }, { shape: 'email' }] });
    expect(check.findings.every(({ examples }) => examples.length <= 3)).toBe(true);
    const plans = database.plans.join('\n');
    for (const index of [
      'scim_link_newest',
      'live_user_name',
      'live_external_id',
      'live_emails',
      'live_account',
      'live_order',
    ]) {
      expect(plans).toContain(index);
    }
    expect(plans).not.toMatch(/Seq Scan on scim_(identity|link|outbox)\b/);
  });
});

describe('the link check', () => {
  const OBJECT_ID = '0d3f1c52-6b3e-4a4b-8f0e-2a1d6f1f9e10';
  const UPN = 'mira.okafor@contoso.example';

  /** What there is of an organization: people by SCIM, logins in order, `linkCheck` of it. */
  const given = async (people: readonly Record<string, unknown>[], ...nameIds: readonly string[]) => {
    const acme = await TestOrganization.of(host);
    for (const person of people) await acme.idp.createUser(person);
    for (const nameId of nameIds) await acme.signIn(nameId);
    await settle();
    return { acme, check: () => ask(acme.id, '/link-check') };
  };

  const ids = ({ findings }: { findings: readonly { id: string }[] }): readonly string[] =>
    findings.map(({ id }) => id);

  it('says that there is nobody yet', async () => {
    const { check } = await given([]);
    expect(await check()).toEqual({
      verdict: 'nobody',
      summary: expect.any(String),
      guide: { id: 'generic', name: 'Another identity provider' },
      people: { total: 0, linked: 0, notLinked: 0, most: 10_000 },
      logins: { byExternalId: 0, byUserName: 0, byEmailOnly: 0, byNobody: 0, refused: 0, most: 100 },
      sends: [],
      findings: [],
      advice: expect.any(Array),
    });
  });

  it('says before the first login what a NameID must be like', async () => {
    const { check } = await given([{ userName: UPN, externalId: OBJECT_ID }]);
    const checked = await check();
    expect(checked).toMatchObject({
      verdict: 'too-early',
      people: { total: 1, linked: 0, notLinked: 1 },
      sends: [
        { attribute: 'externalId', shape: 'uuid', share: 1, example: '0d3f•••9e10' },
        { attribute: 'userName', shape: 'email', share: 1, example: 'm•••r@contoso.example' },
      ],
      advice: [{ id: 'externalId', recommended: true }, { id: 'userName' }],
    });
    expect(checked.summary).toContain('0d3f•••9e10 (externalId)');
  });

  it("knows Entra ID's default mapping before the first login, and its words", async () => {
    const { acme, check } = await given([{ userName: UPN, externalId: 'mira.okafor', active: true }]);
    await acme.idp.get('/Groups?excludedAttributes=members&filter=displayName+eq+%22x%22');
    const checked = await check();
    expect(checked).toMatchObject({ verdict: 'too-early', guide: { id: 'entra' } });
    expect(ids(checked)).toEqual(['nickname-as-external-id']);
    expect(checked.findings[0].text).toMatch(/objectId to externalId.*user\.userprincipalname/);
    expect(JSON.stringify(checked.advice)).toContain('user.objectid');
  });

  it.each([
    ['no externalId at all', { userName: UPN }, ['no-external-id'], 'generic'],
    [
      "Okta's ids as user names",
      { userName: '00ujl29u0le5T6Aj10h7', externalId: '00ujl29u0le5T6Aj10h7' },
      ['okta-id-as-user-name'],
      'okta',
    ],
  ])('knows %s before the first login', async (_what, person, findings, guide) => {
    const { check } = await given([person]);
    const checked = await check();
    expect(checked).toMatchObject({ verdict: 'too-early', guide: { id: guide } });
    expect(ids(checked)).toEqual(findings);
  });

  it.each([
    ['externalId', OBJECT_ID, { byExternalId: 1, byUserName: 0 }, 'linked-by-external-id'],
    ['userName', UPN.toUpperCase(), { byExternalId: 0, byUserName: 1 }, 'linked-by-user-name'],
  ])('is content with logins that find people by %s', async (_key, nameId, logins, finding) => {
    const { check } = await given([{ userName: UPN, externalId: OBJECT_ID }], nameId);
    const checked = await check();
    expect(checked).toMatchObject({ verdict: 'ok', logins, people: { linked: 1, notLinked: 0 }, advice: [] });
    expect(checked.findings).toMatchObject([
      {
        id: finding,
        severity: 'good',
        examples: [{ nameId: expect.stringContaining('•••'), identityId: expect.any(String), at: expect.any(String) }],
      },
    ]);
    expect(JSON.stringify(checked)).not.toContain(nameId);
  });

  it("sees that Entra ID's default mapping does not meet the object id as NameID", async () => {
    const { check } = await given([{ userName: UPN, externalId: 'mira.okafor' }], OBJECT_ID);
    const checked = await check();
    expect(checked).toMatchObject({ verdict: 'mismatch', logins: { byNobody: 1 } });
    expect(ids(checked)).toEqual(['unlike-anybody', 'nickname-as-external-id']);
    expect(checked.advice).toMatchObject([
      { id: 'externalId', recommended: true },
      { id: 'userName', recommended: false },
    ]);
  });

  it.each([
    [
      'an e-mail address',
      { userName: UPN, externalId: OBJECT_ID, emails: [{ value: 'Mira@contoso.example' }] },
      'mira@contoso.example',
      'email-only',
    ],
    ['an externalId in other cases', { userName: UPN, externalId: OBJECT_ID }, OBJECT_ID.toUpperCase(), 'case-differs'],
    ['a userName without its domain', { userName: UPN, externalId: OBJECT_ID }, 'mira.okafor', 'part-differs'],
    ['an externalId with a domain', { userName: OBJECT_ID, externalId: 'mira.okafor' }, UPN, 'part-differs'],
    ['nothing that anybody has', { userName: UPN }, 'mira@fabrikam.example', 'unlike-anybody'],
  ])('explains a NameID that is %s', async (_what, person, nameId, finding) => {
    const { check } = await given([person], nameId);
    const checked = await check();
    expect({ verdict: checked.verdict, first: ids(checked)[0] }).toEqual({ verdict: 'mismatch', first: finding });
    expect(checked.findings[0].severity).toBe('problem');
  });

  it('sees a mapping that is right for some', async () => {
    const bob = {
      userName: 'bob@contoso.example',
      externalId: randomUUID(),
      emails: [{ value: 'bob.b@contoso.example' }],
    };
    const { check } = await given([{ userName: UPN, externalId: OBJECT_ID }, bob], UPN, 'bob.b@contoso.example');
    const checked = await check();
    expect(checked).toMatchObject({ verdict: 'mixed', logins: { byUserName: 1, byEmailOnly: 1 } });
    expect(ids(checked)).toEqual(['email-only', 'linked-by-user-name']);
    expect(checked.advice).toMatchObject([
      { id: 'userName', recommended: true },
      { id: 'externalId', recommended: false },
    ]);
  });

  it('is not content while somebody signs in whom it does not know', async () => {
    const { check } = await given([{ userName: UPN }], UPN, 'guest@contoso.example');
    const checked = await check();
    expect(checked).toMatchObject({ verdict: 'mixed', logins: { byUserName: 1, byNobody: 1 } });
    expect(checked.findings[0]).toMatchObject({ id: 'unknown', severity: 'note' });
  });

  it('does not blame the settings for an owner whom nobody provisioned', async () => {
    const { check } = await given([{ userName: UPN }], 'owner@contoso.example');
    expect(await check()).toMatchObject({ verdict: 'too-early', logins: { byNobody: 1 } });
  });

  it('is not content where those who come next are sent otherwise', async () => {
    const { acme, check } = await given([{ userName: UPN, externalId: OBJECT_ID }], OBJECT_ID);
    await acme.idp.createUser({ userName: 'bob@contoso.example' });
    const checked = await check();
    expect(checked.verdict).toBe('mixed');
    expect(ids(checked)).toContain('sent-unlike');
  });

  it('sees at once that the other side was put right', async () => {
    const { acme, check } = await given([{ userName: UPN, externalId: 'mira.okafor' }], OBJECT_ID);
    expect((await check()).verdict).toBe('mismatch');
    const [person] = (await acme.idp.get('/Users')).body.Resources;
    await acme.idp.patch(`/Users/${person.id}`, [{ op: 'replace', path: 'externalId', value: OBJECT_ID }]);
    const checked = await check();
    expect({ verdict: checked.verdict, ids: ids(checked) }).toEqual({ verdict: 'ok', ids: ['waiting'] });
    await acme.accountOf(OBJECT_ID);
    expect(ids(await check())).toEqual(['linked-by-external-id']);
  });

  it('knows logins that were refused, and forgets those that got in since', async () => {
    const { acme, check } = await given([{ userName: UPN, externalId: 'mira.okafor' }]);
    expect(await acme.signIn(OBJECT_ID, { allowJit: false })).toEqual({ result: 'refused', reason: 'jit-disabled' });
    expect(await acme.signIn('bob@x.example', {}, async () => ({ refuse: 'no-seat' }))).toEqual({
      result: 'refused',
      reason: 'no-seat',
    });
    await settle();
    expect(await check()).toMatchObject({ verdict: 'mismatch', logins: { refused: 2, byNobody: 2 } });
    await acme.accountOf(OBJECT_ID);
    await acme.accountOf('bob@x.example');
    expect(await check()).toMatchObject({ logins: { refused: 0, byNobody: 2 } });
  });

  it('sees NameIDs that are transient, and keeps nothing of them', async () => {
    const { acme, check } = await given([{ userName: UPN }]);
    const nameIdFormat = 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient';
    await acme.signIn('_a1b2c3', { nameIdFormat });
    await acme.signIn('_d4e5f6', { nameIdFormat });
    await settle();
    const checked = await check();
    expect({ verdict: checked.verdict, ids: ids(checked) }).toEqual({
      verdict: 'mismatch',
      ids: ['unusable-name-id', 'no-external-id'],
    });
    expect(await refusedOf(acme)).toEqual([{ name_id: '', reason: 'unusable-name-id' }]);
  });

  it('sees that the NameID was changed for people who are linked, until they come by the old one again', async () => {
    const { acme, check } = await given([{ userName: UPN, externalId: OBJECT_ID }], UPN);
    expect(await acme.signIn(OBJECT_ID)).toEqual({ result: 'refused', reason: 'identity-already-linked' });
    await settle();
    const checked = await check();
    expect({ verdict: checked.verdict, ids: ids(checked) }).toEqual({
      verdict: 'mixed',
      ids: ['linked-before', 'linked-by-user-name'],
    });
    await acme.accountOf(UPN);
    expect(await check()).toMatchObject({ verdict: 'ok' });
  });

  it('sees a NameID that means two people', async () => {
    const { acme, check } = await given([{ userName: 'mira' }, { userName: 'bob', externalId: 'mira' }], 'mira');
    expect(ids(await check())).toContain('ambiguous');
    expect(await refusedOf(acme)).toEqual([{ name_id: 'mira', reason: 'ambiguous' }]);
  });

  it('does not ask about people whom SCIM keeps out', async () => {
    const { acme, check } = await given(
      [{ userName: UPN }, { userName: 'bob@contoso.example' }],
      UPN,
      'bob@contoso.example',
    );
    const [mira, bob] = (await acme.idp.get('/Users')).body.Resources;
    await acme.idp.patch(`/Users/${mira.id}`, [{ op: 'replace', path: 'active', value: false }]);
    await acme.idp.delete(`/Users/${bob.id}`);
    expect(await acme.signIn(UPN)).toMatchObject({ reason: 'suspended' });
    expect(await acme.signIn('bob@contoso.example')).toMatchObject({ reason: 'deprovisioned' });
    await settle();
    expect(await refusedOf(acme)).toEqual([]);
    expect(await check()).toMatchObject({ verdict: 'ok', logins: { byUserName: 1, byNobody: 0, refused: 0 } });
  });

  it('looks at the SSO connection that the host names, and at one organization', async () => {
    const { acme, check } = await given([{ userName: UPN }]);
    await acme.signIn('somebody@else.example', { ssoConnectionId: 'saml-old' });
    const other = await TestOrganization.of(host);
    await other.signIn('x@y.example');
    expect(await check()).toMatchObject({ verdict: 'mismatch' });
    host.organizations.refused.set(acme.id, { allowed: true, ssoConnectionId: 'saml-1' });
    host.app.get(ScimEntitlements, { strict: false }).forget(acme.id);
    const entitled = await check();
    expect(entitled).toMatchObject({ verdict: 'too-early', logins: { byNobody: 0 } });
  });

  it('does not go by people who have not signed in for long', async () => {
    const { acme, check } = await given([{ userName: UPN }], UPN, 'guest@contoso.example');
    await host.dataSource.query(
      `update scim_link set last_login_at = now() - interval '91 days' where organization_id = $1 and name_id like 'guest%'`,
      [acme.id],
    );
    expect(await check()).toMatchObject({ verdict: 'ok' });
  });

  it('keeps the newest twenty refused NameIDs, once each, and none for longer than thirty days', async () => {
    const { acme } = await given([{ userName: UPN }]);
    for (let index = 0; index < 23; index += 1) {
      await acme.signIn(`n-${index}`, { allowJit: false });
      await settle();
    }
    await acme.signIn('n-22', { allowJit: false });
    await settle();
    expect(await refusedOf(acme)).toHaveLength(20);
    await host.dataSource.query(
      `update scim_refused_login set refused_at = now() - interval '31 days' where organization_id = $1 and name_id <> 'n-22'`,
      [acme.id],
    );
    await host.app.get(ScimMilestones, { strict: false }).tick();
    expect(await refusedOf(acme)).toEqual([{ name_id: 'n-22', reason: 'jit-disabled' }]);
  });

  it('keeps none of an organization that never had SCIM, and forgets them with the connection', async () => {
    const acme = new TestOrganization(host, new ScimClient(host.url, '', randomUUID()));
    await acme.signIn('nobody', { allowJit: false });
    await settle();
    expect(await refusedOf(acme)).toEqual([]);
    const { acme: globex } = await given([]);
    await globex.signIn('nobody', { allowJit: false });
    await settle();
    expect(await refusedOf(globex)).toHaveLength(1);
    await host.dataSource.query(`delete from scim_connection where organization_id = $1`, [globex.id]);
    expect(await refusedOf(globex)).toEqual([]);
  });

  const refusedOf = ({ id }: TestOrganization): Promise<unknown[]> =>
    host.dataSource.query(
      `select name_id, reason from scim_refused_login where organization_id = $1 order by name_id`,
      [id],
    );
});
