import { DataSource } from 'typeorm';
import { ScimError, type ScimModuleOptions } from '../../../src/scim/index.js';
import { isDatabaseDown, violatedIndex } from '../../../src/scim/persistence/database-errors.js';
import { ScimDatabase } from '../../../src/scim/persistence/scim-database.js';
import { createTestDatabase, endConnections, type TestDatabase } from '../../support/database.js';
import { TestOrganizations } from '../../support/module-host.js';

let testDatabase: TestDatabase;
let dataSource: DataSource;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  dataSource = new DataSource({ type: 'postgres', url: testDatabase.url });
  await dataSource.initialize();
  await dataSource.query('create table note (text text constraint note_text unique)');
});

afterAll(() => dataSource.destroy());

const databaseOf = (options: Partial<ScimModuleOptions> = {}): ScimDatabase =>
  new ScimDatabase(dataSource, { baseUrl: '', organizations: new TestOrganizations(), ...options });

const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('run', () => {
  it.each([
    ['plans a named statement once a connection', undefined, 1],
    ['names none for a pooler that cannot have it', false, 0],
  ])('%s', async (_what, preparedStatements, expected) => {
    const database = databaseOf(preparedStatements === undefined ? {} : { preparedStatements });
    const name = `scim_test_${String(preparedStatements)}`;
    const statement = { name, text: 'select $1::int + 1 as sum' };
    const planned = await database.transaction(async (manager) => {
      expect(await database.run(statement, [1], manager)).toEqual([{ sum: 2 }]);
      expect(await database.run(statement, [2], manager)).toEqual([{ sum: 3 }]);
      return database.run<{ count: number }>(
        { text: 'select count(*)::int as count from pg_prepared_statements where name = $1' },
        [name],
        manager,
      );
    });
    expect(planned).toEqual([{ count: expected }]);
  });

  it('stays in the transaction of the manager it is given', async () => {
    const database = databaseOf();
    const insert = { text: 'insert into note values ($1)' };
    const work = database.transaction(async (manager) => {
      await database.run(insert, ['rolled back'], manager);
      expect(await database.run({ text: 'select * from note' }, [], manager)).toHaveLength(1);
      expect(await database.run({ text: 'select * from note' }, [])).toHaveLength(0);
      throw new Error('enough');
    });
    await expect(work).rejects.toThrow('enough');
    expect(await database.run({ text: 'select * from note' }, [])).toEqual([]);
  });

  it.each([
    ['a serialization failure', '40001'],
    ['a deadlock', '40P01'],
    ['a lock that is not to be had', '55P03'],
    ['a cancelled statement', '57014'],
    ['a shutdown', '57P01'],
    ['a start that is not over', '57P03'],
    ['a full disk', '53100'],
    ['too many connections', '53300'],
    ['a broken connection', '08006'],
  ])('says "try again later" for %s', async (_what, code) => {
    const text = `do $$ begin raise exception 'secret words' using errcode = '${code}'; end $$`;
    const database = databaseOf();
    const errors = [
      await failure(database.run({ text }, [])),
      await failure(database.transaction((manager) => database.run({ text }, [], manager))),
      await failure(database.transaction((manager) => manager.query(text))),
    ];
    for (const error of errors) {
      expect(error).toBeInstanceOf(ScimError);
      expect(error).toMatchObject({ status: 503, headers: { 'Retry-After': '5' } });
      expect(String(error)).not.toContain('secret words');
    }
  });

  it.each([
    ['a mistake of ours', 'select nothing from nowhere'],
    ['a value no column takes', `select 'junk'::uuid`],
  ])('leaves %s an error of ours', async (_what, text) => {
    const error = await failure(databaseOf().run({ text }, []));
    expect(error).not.toBeInstanceOf(ScimError);
    expect(violatedIndex(error)).toBeUndefined();
  });

  it('finds a connection again after all were cut', async () => {
    const database = databaseOf();
    await Promise.all(Array.from({ length: 4 }, () => database.run({ text: 'select pg_sleep(0)' }, [])));
    await endConnections(testDatabase.url);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => failure(database.run({ text: 'select 1' }, []))),
    );
    for (const answer of answers) if (answer !== undefined) expect(answer).toMatchObject({ status: 503 });
    expect(await database.run({ text: 'select 1 as one' }, [])).toEqual([{ one: 1 }]);
  });
});

describe('a manager', () => {
  const one = { text: 'select 1 as one' };

  it("is refused after its transaction, when its connection is somebody else's", async () => {
    const database = databaseOf();
    const kept = await dataSource.transaction(async (manager) => manager);
    const error = await failure(database.run(one, [], kept));
    expect(error).toMatchObject({ status: 503 });
    expect(isDatabaseDown(error)).toBe(false);
  });

  it.each([
    ['that never had a transaction', () => dataSource.manager],
    ['of a connection without one', () => dataSource.createQueryRunner().manager],
  ])('is refused %s', async (_what, managerOf) => {
    await expect(databaseOf().run(one, [], managerOf())).rejects.toThrow('no open transaction');
  });
});

describe('a database that does not answer', () => {
  const limits = { statementTimeoutMs: 100 };
  const sleep = { text: 'select pg_sleep(30)' };
  const sleepers = (): Promise<unknown[]> =>
    dataSource.query(`select pid from pg_stat_activity where query = $1 and application_name = 'narrow'`, [sleep.text]);
  let narrow: DataSource;

  beforeEach(async () => {
    narrow = new DataSource({ type: 'postgres', url: testDatabase.url, poolSize: 1, applicationName: 'narrow' });
    await narrow.initialize();
  });

  afterEach(async () => {
    await dataSource.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'narrow'`);
    await narrow.destroy();
  });

  const narrowDatabase = (): ScimDatabase =>
    new ScimDatabase(narrow, { baseUrl: '', organizations: new TestOrganizations(), limits });

  it.each([
    ['a statement', (database: ScimDatabase) => database.run(sleep, [])],
    [
      'a statement in a transaction',
      (database: ScimDatabase) => database.transaction((manager) => database.run(sleep, [], manager)),
    ],
    [
      'a statement in a transaction of the host',
      (database: ScimDatabase) => narrow.transaction((manager) => database.run(sleep, [], manager)),
    ],
  ])('makes %s a 503 in time, and its connection is not used again', async (_what, work) => {
    const database = narrowDatabase();
    const error = await failure(work(database));
    expect(error).toMatchObject({ status: 503, headers: { 'Retry-After': '5' } });
    expect(isDatabaseDown(error)).toBe(true);
    expect(await sleepers()).toHaveLength(1);
    // The pool has one connection: a new one, for the old one still sleeps.
    expect(await database.run({ text: 'select 1 as one' }, [])).toEqual([{ one: 1 }]);
  });

  it.each([
    ['a statement', (database: ScimDatabase) => database.run({ text: 'select 1' }, [])],
    ['a transaction', (database: ScimDatabase) => database.transaction(async () => 1)],
  ])(
    'makes %s a 503 where no connection is to be had in time, and gives back the one that comes late',
    async (_what, work) => {
      const database = narrowDatabase();
      const holder = narrow.createQueryRunner();
      await holder.connect();
      const error = await failure(work(database));
      expect(error).toMatchObject({ status: 503 });
      expect(isDatabaseDown(error)).toBe(true);
      await holder.release();
      expect(await database.run({ text: 'select 1 as one' }, [])).toEqual([{ one: 1 }]);
    },
  );

  it('keeps a connection whose statement merely failed', async () => {
    const database = narrowDatabase();
    const pid = { text: 'select pg_backend_pid() as pid' };
    const before = await database.run(pid, []);
    await failure(database.run({ text: 'select nothing from nowhere' }, []));
    expect(await database.run(pid, [])).toEqual(before);
  });

  it('does not let work that is over its limit write any more', async () => {
    const database = narrowDatabase();
    let late: Promise<unknown> = Promise.resolve();
    const insert = { text: 'insert into note values ($1)' };
    const work = database.transaction(async (manager) => {
      await database.run(insert, ['in time'], manager);
      late = work
        .catch(() => undefined)
        .then(async () => [
          await failure(database.run(insert, ['late'], manager)),
          await failure(manager.query(insert.text, ['late'])),
        ]);
      await late;
    }, 50);
    await expect(work).rejects.toThrow('not done within 0.05 s');
    expect(await late).toEqual([expect.anything(), expect.anything()]);
    expect(await database.run({ text: `select * from note where text in ('in time', 'late')` }, [])).toEqual([]);
  });

  it('destroys the connection of work over its limit, whatever it waits for', async () => {
    const database = narrowDatabase();
    await failure(database.transaction((manager) => manager.query(sleep.text), 50));
    expect(await database.run({ text: 'select 1 as one' }, [])).toEqual([{ one: 1 }]);
  });
});

describe('violatedIndex', () => {
  it('names the index, whether the driver or TypeORM raised the error', async () => {
    const database = databaseOf();
    const text = `insert into note values ('a'), ('a')`;
    expect(violatedIndex(await failure(database.run({ text }, [])))).toBe('note_text');
    expect(violatedIndex(await failure(dataSource.query(text)))).toBe('note_text');
  });

  it.each([undefined, null, 'text', 23505, new Error('23505'), {}])('is nothing for %p', (error) => {
    expect(violatedIndex(error)).toBeUndefined();
  });
});
