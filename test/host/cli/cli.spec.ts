import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../../../src/host/cli/program.js';
import { HostClient } from '../../support/host-client.js';
import { CANARY_PEPPER } from '../../support/secrets.js';
import { ScimClient } from '../../support/scim-client.js';
import { openOrganization, type Organization, useHost } from '../../stories/organization.js';

const MAIN = fileURLToPath(new URL('../../../src/host/cli/main.ts', import.meta.url));
const REGISTER = new URL('../../support/register-typescript.js', import.meta.url).href;
const TOKEN = /scim_[0-9A-Za-z]{13}_[0-9A-Za-z]{49}/g;
/** Turns what follows it round. */
const HOSTILE = '\u202e<b>';

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly errors: string;
}

describe('the command line', () => {
  const started = useHost();
  let acme: Organization;
  let overrides: NodeJS.ProcessEnv = {};

  beforeAll(async () => {
    acme = await openOrganization(started.host);
  });

  const environment = (): NodeJS.ProcessEnv => ({
    PATH: process.env.PATH,
    DATABASE_URL: started.host.databaseUrl,
    SCIM_TOKEN_PEPPERS: CANARY_PEPPER,
    ...overrides,
  });

  const start = (...args: string[]): ChildProcess =>
    spawn(process.execPath, ['--import', REGISTER, MAIN, ...args], {
      env: environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });

  async function finish(child: ChildProcess): Promise<Outcome> {
    const texts = { out: '', errors: '' };
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (texts.out += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (texts.errors += text));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, ...texts };
  }

  /** The same commands without a process of their own, which takes seconds to start. */
  async function run(...args: string[]): Promise<Outcome> {
    const kept = { ...process.env };
    Object.assign(process.env, environment());
    const texts = { out: '', errors: '' };
    const out = jest.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean((texts.out += String(text))));
    const errors = jest
      .spyOn(process.stderr, 'write')
      .mockImplementation((text) => Boolean((texts.errors += String(text))));
    try {
      return { code: await runCommand(args, new AbortController().signal), ...texts };
    } finally {
      out.mockRestore();
      errors.mockRestore();
      for (const name of Object.keys(environment())) delete process.env[name];
      Object.assign(process.env, kept);
    }
  }

  /** One that gave a JSON document and said nothing beside it. */
  // eslint-disable-next-line typescript/no-explicit-any
  async function json(...args: string[]): Promise<any> {
    const { code, out, errors } = await run(...args, '--json');
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    return JSON.parse(out);
  }

  describe('in a process of its own', () => {
    it('makes a token that the host takes, and shows it once, as JSON and nothing else', async () => {
      const { code, out, errors } = await finish(
        start('token', 'create', '--org', 'acme', '--label', HOSTILE, '--json'),
      );
      expect({ code, errors, lines: out.split('\n').length }).toEqual({ code: 0, errors: '', lines: 2 });
      expect(out).toMatch(/^[\x20-\x7e\u2026]+\n$/);
      expect(out.match(TOKEN)).toHaveLength(1);
      const { token, id, ...rest } = JSON.parse(out);
      expect(rest).toMatchObject({ label: HOSTILE, createdBy: 'cli', expiresAt: expect.any(String) });
      expect((await new ScimClient(started.host.url, token, 'acme').get('/Users')).status).toBe(200);
      const { tokens } = await json('token', 'list', '--org', 'acme');
      expect(tokens[0]).toMatchObject({ id, state: 'live' });
    });

    it('follows the log until Ctrl+C', async () => {
      const child = start('log', 'tail', '--org', 'acme', '--follow', '--lines', '1', '--status', 'failed', '--json');
      await acme.idp.get('/Users/before');
      // A log that has nothing yet would show the next one alone.
      const outcome = finish(child);
      let shown = '';
      child.stdout?.on('data', (text) => (shown += String(text)));
      const paths = (): string[] =>
        shown
          .split('\n')
          .slice(0, -1)
          .map((line) => JSON.parse(line).path);
      while (paths().length < 1) await once(child.stdout!, 'data');
      await acme.idp.get('/Users');
      await acme.idp.get('/Groups/after');
      while (!paths().includes('/Groups/•••')) await once(child.stdout!, 'data');
      child.kill('SIGINT');
      expect(await outcome).toMatchObject({ code: 0, errors: '' });
      expect(paths().filter((path) => path === '/Groups/•••')).toHaveLength(1);
      expect(paths()).not.toContain('/Users');
    });

    it('ends without a word when nobody reads its log any more', async () => {
      await acme.idp.get('/Users');
      const child = start('log', 'tail', '--org', 'acme', '-f');
      const errors: string[] = [];
      child.stderr?.on('data', (text) => errors.push(String(text)));
      await once(child.stdout!, 'data');
      child.stdout?.destroy();
      await acme.idp.get('/Users');
      const [code] = await once(child, 'close');
      expect({ code, errors }).toEqual({ code: 0, errors: [] });
    });

    it('repeats no secret that was given for an id', async () => {
      const { code, out, errors } = await finish(start('token', 'rotate', acme.idp.token, '--org', 'acme'));
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(errors).toContain('revoke the token');
      expect(errors).not.toMatch(TOKEN);
    });
  });

  it('rotates and revokes tokens, and lists them without their secrets', async () => {
    const globex = ['--org', 'globex'];
    const wanted = ['--label', HOSTILE, '--expires', '30', '--scope', 'users:read', 'groups:read'];
    const made = await json('token', 'create', ...globex, ...wanted);
    expect(made.scopes).toEqual(['users:read', 'groups:read']);
    const shown = await run('token', 'rotate', made.id, ...globex, '--overlap', '1');
    expect(shown).toMatchObject({ code: 0, errors: '' });
    expect(shown.out.match(TOKEN)).toHaveLength(1);
    expect(shown.out).toContain(`It replaces ${made.id}`);
    const { out } = await run('token', 'list', ...globex);
    expect(out).not.toMatch(TOKEN);
    expect(out).not.toContain(HOSTILE);
    expect(out).toContain('\\u202e<b>');
    const states = async (): Promise<unknown> =>
      (await json('token', 'list', ...globex)).tokens.map(({ state }: { state: string }) => state);
    expect(await states()).toEqual(['live', 'retiring']);
    expect(await json('token', 'revoke', made.id, ...globex)).toEqual({ id: made.id, state: 'revoked' });
    expect(await states()).toEqual(['live', 'revoked']);
    expect(await run('token', 'create', ...globex)).toMatchObject({ code: 0, errors: '' });
    const third = await run('token', 'create', ...globex);
    expect(third).toMatchObject({ code: 1, out: '', errors: expect.stringContaining('revoke one first') });
  });

  it('shows who somebody is by id, user name and external id, with what became of them', async () => {
    const person = {
      userName: `Ada-${randomUUID()}@acme.example`,
      externalId: randomUUID(),
      displayName: `\u0085${HOSTILE}`,
    };
    const { id } = await acme.idp.createUser(person);
    await acme.idp.post('/Groups', { displayName: 'Engineers', members: [{ value: id }] });
    await new HostClient(started.host.url).signInBySso('acme', person.externalId);
    await acme.idp.patch(`/Users/${id}`, [{ op: 'replace', path: 'title', value: 'Dr' }]);
    const shown = await json('identity', 'show', person.externalId, '--org', 'acme');
    expect(shown).toMatchObject({
      identity: { id, userName: person.userName, state: 'active', groups: [{ displayName: 'Engineers' }] },
      account: { accountId: expect.any(String), role: 'member', status: 'active' },
      history: { missing: [] },
    });
    expect(shown.account.accountId).toBe(shown.identity.accountId);
    const types = shown.history.entries.map(({ type }: { type: string }) => type);
    expect(types).toEqual(['scim.user.updated', 'scim.user.linked', 'scim.user.provisioned']);
    for (const who of [id, person.userName.toUpperCase()]) {
      expect((await json('identity', 'show', who, '--org', 'acme', '--changes', '0')).identity.id).toBe(id);
    }
    const { out } = await run('identity', 'show', id, '--org', 'acme');
    expect(out).toContain('\\u0085\\u202e<b>');
    expect(out).toMatch(/^state +active$/m);
    expect(out).toMatch(/^groups +Engineers$/m);
    expect(out).toMatch(/scim\.user\.updated +active +title/);

    await acme.idp.delete(`/Users/${id}`);
    expect((await json('identity', 'show', person.externalId, '--org', 'acme')).identity.state).toBe('deprovisioned');
    await acme.idp.createUser({ userName: person.externalId });
    await acme.idp.createUser({ userName: 'other', externalId: person.externalId });
    const several = await run('identity', 'show', person.externalId, '--org', 'acme');
    expect(several).toMatchObject({ code: 1, out: '', errors: expect.stringContaining('2 people are called so') });
    const elsewhere = await run('identity', 'show', id, '--org', 'globex');
    expect(elsewhere).toMatchObject({ code: 1, out: '', errors: expect.stringContaining('Nobody is called so') });
  });

  it('shows the log, by status, person and time', async () => {
    await acme.idp.filterUsers('userName eq "\u009b2J"');
    const { out, errors } = await run('log', 'tail', '--org', 'acme', '--since', '2h');
    expect(errors).toBe('');
    expect(out).not.toMatch(/[^\P{Cc}\n]/u);
    expect(out).toMatch(/ {2}404 {2}GET {5}\/Users\/•••/);
    const lines = (await run('log', 'tail', '--org', 'acme', '--status', '4xx', '-n', '2', '--json')).out.split('\n');
    expect(lines).toHaveLength(3);
    expect(JSON.parse(lines[0]!)).toMatchObject({ method: expect.any(String), receivedAt: expect.any(String) });
    expect((await run('log', 'tail', '--org', 'acme', '--person', 'nobody', '--json')).out).toBe('');
  });

  it('lists events that a handler failed on, has them handled again, and lets them go', async () => {
    const { id } = await acme.idp.createUser({ userName: `event-${randomUUID()}` });
    const [{ eventId }] = await started.host.dataSource.query(
      `insert into scim_outbox_delivery (event_seq, consumer, organization_id, aggregate_id, terminal, status, attempts, last_error, finished_at)
       select seq, 'test.gone', organization_id, aggregate_id, false, 'dead', 12, E'boom\\u001b[2J', now() from scim_outbox where aggregate_id = $1
       returning (select id from scim_outbox where seq = event_seq) as "eventId"`,
      [id],
    );
    await started.host.dataSource.query(
      `insert into scim_consumer (name, event_types) values ('test.gone', '{scim.user.provisioned}')`,
    );
    const listed = await json('events', 'dead', '--consumer', 'test.gone');
    expect(listed.deliveries).toMatchObject([{ eventId, state: 'dead', attempts: 12, lastError: 'boom\u001b[2J' }]);
    expect(listed.backlog).toMatchObject({ dead: expect.any(Number) });
    const { out } = await run('events', 'dead', '--org', 'acme');
    expect(out).toContain('boom\\u001b[2J');
    expect(out).toMatch(/ acme +scim\.user\.provisioned /);
    expect(await json('events', 'replay', eventId, '--consumer', 'test.gone')).toEqual({ replayed: 1 });
    await started.host.dataSource.query(
      `update scim_outbox_delivery set status = 'dead', finished_at = now() where consumer = 'test.gone'`,
    );
    expect(await json('events', 'skip', '--consumer', 'test.gone', '--org', 'globex')).toEqual({ skipped: 0 });
    expect(await json('events', 'skip', '--consumer', 'test.gone')).toEqual({ skipped: 1 });
    expect((await json('events', 'dead', '--consumer', 'test.gone')).deliveries).toEqual([]);
    for (const decide of ['replay', 'skip']) {
      const again = await run('events', decide, eventId);
      expect(again).toMatchObject({ code: 1, out: '', errors: expect.stringMatching(/^error: The event (was|has) /) });
    }
    await started.host.dataSource.query(`delete from scim_consumer where name = 'test.gone'`);
  });

  it('lists and lets go what a consumer failed on that was just retired, and offers only those that are not', async () => {
    const { id } = await acme.idp.createUser({ userName: `event-${randomUUID()}` });
    const { dataSource } = started.host;
    await dataSource.query(
      `insert into scim_consumer (name, event_types, retired_at) values ('test.retired', '{scim.user.provisioned}', now())`,
    );
    await dataSource.query(
      `insert into scim_outbox_delivery (event_seq, consumer, organization_id, aggregate_id, terminal, status, attempts, finished_at)
       select seq, 'test.retired', organization_id, aggregate_id, false, 'dead', 12, now() from scim_outbox where aggregate_id = $1`,
      [id],
    );
    const { deliveries } = await json('events', 'dead', '--consumer', 'test.retired');
    expect(deliveries).toMatchObject([{ consumer: 'test.retired', state: 'dead' }]);
    const { code, errors } = await run('events', 'dead', '--consumer', 'test.retird');
    expect(code).toBe(1);
    expect(errors).toMatch(/^error: There is no consumer "test\.retird"\. There are: \w.*\.\n$/);
    expect(errors).not.toContain('test.retired');
    expect(await json('events', 'skip', '--consumer', 'test.retired')).toEqual({ skipped: 1 });
    await dataSource.query(`delete from scim_consumer where name = 'test.retired'`);
  });

  it.each([
    ['no command', []],
    ['half a command', ['token']],
    ['an unknown command', ['tokens']],
    ['no organization', ['token', 'list']],
    ['an unknown option', ['token', 'list', '--org', 'acme', '--yaml']],
    ['an unknown scope', ['token', 'create', '--org', 'acme', '--scope', 'everything']],
    ['a life beyond the longest', ['token', 'create', '--org', 'acme', '--expires', '731']],
    ['a life without end that the host does not allow', ['token', 'create', '--org', 'acme', '--expires', 'never']],
    ['a long label', ['token', 'create', '--org', 'acme', '--label', 'x'.repeat(101)]],
    ['an overlap of its own', ['token', 'rotate', 'x', '--org', 'acme', '--overlap', '2']],
    ['an unknown status', ['log', 'tail', '--org', 'acme', '--status', 'nine']],
    ['a time that is none', ['log', 'tail', '--org', 'acme', '--since', 'yesterday']],
    ['everything to be replayed by mistake', ['events', 'replay']],
    ['everything to be skipped', ['events', 'skip', '--org', 'acme']],
    ['one event and all of them', ['events', 'replay', randomUUID(), '--all']],
    ['more than it takes', ['events', 'skip', randomUUID(), randomUUID()]],
  ])('is not understood with %s', async (_what, args) => {
    const { code, out, errors } = await run(...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(errors).not.toBe('');
  });

  it.each([['--help'], ['token create --help'], ['help log']])('explains itself: %s', async (words) => {
    const { code, out, errors } = await run(...words.split(' '));
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    expect(out).toContain('Usage: npm run scim -- ');
  });

  it.each([
    ['an organization that there is not', ['token', 'list', '--org', 'nobody'], {}, 'no such organization'],
    ['an organization without events', ['events', 'dead', '--org', 'nobody'], {}, 'no such organization'],
    ['an event to replay that there is not', ['events', 'replay', randomUUID()], {}, 'no such event for any consumer'],
    ['an event to skip that there is not', ['events', 'skip', randomUUID(), '--org', 'acme'], {}, 'no such event'],
    ['an id that is none', ['events', 'skip', ''], {}, 'no such event'],
    [
      'a consumer that there is not',
      ['events', 'dead', '--consumer', 'auth.end'],
      {},
      'There is no consumer "auth.end". There are: ',
    ],
    ['a consumer to replay for that there is not', ['events', 'replay', '--consumer', 'auth.end'], {}, 'no consumer'],
    ['a token that there is not', ['token', 'revoke', randomUUID(), '--org', 'acme'], {}, 'no such token'],
    ['a token to rotate that there is not', ['token', 'rotate', 'x', '--org', 'acme'], {}, 'no such token'],
    ['a person that there is not', ['identity', 'show', randomUUID(), '--org', 'acme'], {}, 'Nobody is called so'],
    [
      'a database that does not answer',
      ['token', 'list', '--org', 'acme'],
      { DATABASE_URL: 'postgres://x@127.0.0.1:1/x' },
      'Nothing answers',
    ],
    ['no database at all', ['token', 'list', '--org', 'acme'], { DATABASE_URL: '', DATA_DIR: '/nowhere' }, 'npm start'],
    [
      'keys that it does not know',
      ['token', 'create', '--org', 'acme'],
      { SCIM_TOKEN_PEPPERS: '', DATA_DIR: '/nowhere' },
      'SCIM_TOKEN_PEPPERS',
    ],
  ])('says what is wrong with %s', async (_what, args, settings, words) => {
    overrides = settings;
    const { code, out, errors } = await run(...args);
    overrides = {};
    expect({ code, out }).toEqual({ code: 1, out: '' });
    // The test's own fault: a start that failed leaves its DataSource behind, which the next one in this process finds.
    expect(errors.replace(/^warning: A data source .*\n/, '')).toMatch(/^error: [^\n]+\n$/);
    expect(errors).toContain(words);
  });
});
