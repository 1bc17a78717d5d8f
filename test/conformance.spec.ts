import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const text = readFileSync(join(root, 'docs/conformance.md'), 'utf8');
const LINES = 343;

/** The rows of requirements: id, status, and the cell that names tests. */
const rows = [...text.matchAll(/^\| (P-\d{3}) +\|[^|]+\|([^|]+)\|([^|]+)\|$/gm)].map(
  ([, id = '', status = '', tests = '']) => ({ id, status: status.trim(), tests }),
);
/** Where a test is named: its file and, in quotes, its name as it stands in the file. */
const named = rows.flatMap(({ id, tests }) =>
  [...tests.matchAll(/`(test\/[^`]+)`(?: “([^”]+)”)?/g)].map(([, file = '', name]) => ({ id, file, name })),
);

describe('docs/conformance.md', () => {
  it('has each line of the checklist once, in order', () => {
    const expected = Array.from({ length: LINES }, (_, index) => `P-${String(index + 1).padStart(3, '0')}`);
    expect(rows.map(({ id }) => id)).toEqual(expected);
  });

  it('says of each line what is so, and of what is so where that is tested', () => {
    for (const { id, status, tests } of rows) {
      expect(`${id}: ${status}`).toMatch(
        /: (yes|not yet \(issue \d\)|deviation \d+|measured, not asserted|revocation yes)/,
      );
      if (status.startsWith('yes')) expect(`${id}: ${tests}`).toContain('`test/');
    }
  });

  it('names files and tests that exist', () => {
    const texts = new Map<string, string>();
    const missing = named.filter(({ file, name }) => {
      if (!existsSync(join(root, file))) return true;
      const source = texts.get(file) ?? readFileSync(join(root, file), 'utf8');
      texts.set(file, source);
      return name !== undefined && !source.includes(name);
    });
    expect(missing).toEqual([]);
    expect(named.length).toBeGreaterThan(LINES);
  });

  it('names every identity provider whose traffic is replayed', () => {
    const folders = readdirSync(join(import.meta.dirname, 'idp'), { withFileTypes: true });
    for (const folder of folders.filter((each) => each.isDirectory()))
      expect(text).toContain(`\`test/idp/${folder.name}\``);
  });
});
