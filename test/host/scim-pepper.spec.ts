import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
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

  it('leaves a configured pepper alone', async () => {
    const settings = readSettings({ DATA_DIR: folder, SCIM_TOKEN_PEPPERS: 'k1:0123456789abcdef' });
    expect(await withPeppers(settings)).toBe(settings);
    await expect(stat(join(folder, 'scim-token-pepper'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
