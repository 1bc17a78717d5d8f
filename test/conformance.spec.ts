import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const text = readFileSync(join(root, 'docs/conformance.md'), 'utf8');
const LINES = 343;

/** The rows of requirements: id, status, and the cell that names tests. */
const rows = [...text.matchAll(/^\| (P-\d{3}) +\|[^|]+\|([^|]+)\|([^|]+)\|$/gm)].map(
  ([, id = '', status = '', tests = '']) => ({ id, status: status.trim(), tests }),
);
interface Named {
  readonly id: string;
  readonly file: string;
  readonly name: string | undefined;
}

/** Where a test is named: its file and, in quotes, its name as it stands in the file. */
const toNamed = ({ id, tests }: { readonly id: string; readonly tests: string }): Named[] =>
  [...tests.matchAll(/`(test\/[^`]+)`(?: “([^”]+)”)?/g)].map(([, file = '', name]) => ({ id, file, name }));

const named = rows.flatMap(toNamed);

/** What is named and is not there. */
function findMissing(all: readonly Named[]): readonly Named[] {
  const texts = new Map<string, string>();
  return all.filter(({ file, name }) => {
    if (!existsSync(join(root, file))) return true;
    const source = texts.get(file) ?? readFileSync(join(root, file), 'utf8');
    texts.set(file, source);
    return name !== undefined && !source.includes(name);
  });
}

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
    expect(findMissing(named)).toEqual([]);
    expect(named.length).toBeGreaterThan(LINES);
  });

  it('names every identity provider whose traffic is replayed', () => {
    const folders = readdirSync(join(import.meta.dirname, 'idp'), { withFileTypes: true });
    for (const folder of folders.filter((each) => each.isDirectory()))
      expect(text).toContain(`\`test/idp/${folder.name}\``);
  });
});

describe('docs/threats.md', () => {
  const threats = readFileSync(join(root, 'docs/threats.md'), 'utf8');
  const threatRows = [...threats.matchAll(/^\| ([C-I]\d{2}) +\|[^|]+\|([^|]+)\|([^|]+)\|$/gm)].map(
    ([, id = '', status = '', tests = '']) => ({ id, status: status.trim(), tests: tests.trim() }),
  );

  it('has each row of the threat model once, in order, and says of each whether a test shows it', () => {
    const lengths = { C: 7, D: 16, E: 12, F: 14, H: 18, I: 17 };
    const ids = Object.entries(lengths).flatMap(([letter, length]) =>
      Array.from({ length }, (_, index) => `${letter}${String(index + 1).padStart(2, '0')}`),
    );
    expect(threatRows.map(({ id }) => id)).toEqual(ids);
    for (const { id, status, tests } of threatRows) {
      expect(`${id}: ${status}`).toMatch(/: (shown|part|no)$/);
      expect(`${id}: ${tests}`).toMatch(status === 'no' ? /: ./ : /`test\//);
    }
  });

  it('names files and tests that exist', () => {
    expect(findMissing(threatRows.flatMap(toNamed))).toEqual([]);
  });
});
