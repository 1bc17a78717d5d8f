import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings } from '../../src/host/host-settings.js';
import { withPeppers } from '../../src/host/scim-pepper.js';

describe('withPeppers', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nestjs-scim-pepper-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('makes a pepper once and keeps it for its owner alone', async () => {
    const settings = readSettings({ DATA_DIR: join(folder, 'data') });
    const [first, second] = await Promise.all([withPeppers(settings), withPeppers(settings)]);
    expect(first.peppers).toMatch(/^demo:[\w-]{43}$/);
    expect(second.peppers).toBe(first.peppers);
    const file = join(folder, 'data', 'scim-token-pepper');
    expect((await readFile(file, 'utf8')).trim()).toBe(first.peppers);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('refuses an empty file, and says which', async () => {
    const settings = readSettings({ DATA_DIR: folder });
    await writeFile(join(folder, 'scim-token-pepper'), ' \n');
    await expect(withPeppers(settings)).rejects.toThrow(/scim-token-pepper is empty/);
  });

  it('never shows anybody a file that is half written', async () => {
    const hosts = Array.from({ length: 20 }, () => withPeppers(readSettings({ DATA_DIR: folder })));
    expect(new Set((await Promise.all(hosts)).map(({ peppers }) => peppers)).size).toBe(1);
    expect(await readdir(folder)).toEqual(['scim-token-pepper']);
  });

  it('leaves a configured pepper alone', async () => {
    const settings = readSettings({ DATA_DIR: folder, SCIM_TOKEN_PEPPERS: 'k1:0123456789abcdef' });
    expect(await withPeppers(settings)).toBe(settings);
    await expect(stat(join(folder, 'scim-token-pepper'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
