import type { DataSource } from 'typeorm';

/**
 * Reads every row of every table of a database and looks for texts, in any case, and as PostgreSQL shows them in a bytea.
 * @returns the names of the tables that hold one.
 */
export async function findTexts(dataSource: DataSource, texts: readonly string[]): Promise<string[]> {
  const tables: { name: string }[] = await dataSource.query(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname not in ('pg_catalog', 'information_schema') order by 1`,
  );
  const wanted = texts.flatMap((text) => [text, Buffer.from(text).toString('hex')]);
  const found: string[] = [];
  for (const { name } of tables) {
    const [row] = await dataSource.query(
      `select 1 from ${name} t where exists (select 1 from unnest($1::text[]) wanted where strpos(lower(t::text), lower(wanted)) > 0) limit 1`,
      [wanted],
    );
    if (row) found.push(name.replace('public.', ''));
  }
  return found;
}
