import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folders of src/scim in the order in which imports may point: each at itself and at what stands before it. */
const layers = [
  'protocol',
  'persistence',
  'events',
  'publishers',
  'tokens',
  'identities',
  'log',
  'people',
  'guides',
  'connections',
  'http',
  'resources',
];
/** These stand beside each other on top of the layers. */
const features = ['users', 'groups', 'custom', 'discovery', 'admin'];
/** Describes what is served; of the features it reads the admin API's DTOs. */
const descriptions = 'openapi';
/** These work through users and groups, and serve nobody but the client. */
const composites = ['bulk', 'search', 'me'];

interface Probe {
  readonly folder: string;
  readonly specifier: string;
  readonly refused: boolean;
}

const folders = [...layers, ...features, ...composites, descriptions];
const project = fileURLToPath(new URL('..', import.meta.url));
let refusals: ReadonlySet<string>;
let cycles: string;
let copy: string;

const probes: readonly Probe[] = [
  ...folders.flatMap((from) => folders.filter((to) => to !== from).map((to) => betweenFolders(from, to))),
  ...folders.flatMap((folder) => [
    refuse(`src/scim/${folder}`, '../index.js'),
    refuse(`src/scim/${folder}`, '../scim.module.js'),
    refuse(`src/scim/${folder}`, '../../host/main.js'),
    refuse(`src/scim/${folder}`, 'express'),
    refuse(`src/scim/${folder}`, '@nestjs/platform-express'),
    allow(`src/scim/${folder}`, './sibling.js'),
  ]),
  ...layers
    .slice(1)
    .flatMap((folder) => [
      allow(`src/scim/${folder}`, '../scim.options.js'),
      allow(`src/scim/${folder}`, '@nestjs/common'),
      allow(`src/scim/${folder}`, 'typeorm'),
    ]),
  refuse('src/scim/protocol', '../scim.options.js'),
  refuse('src/scim/protocol', '@nestjs/common'),
  refuse('src/scim/protocol', 'pg'),
  refuse('src/scim/protocol', 'node:crypto'),
  refuse('src/scim/protocol/filter', '../../persistence/probe.js'),
  refuse('src/scim/protocol/filter', '../../index.js'),
  allow('src/scim/protocol/filter', '../attribute-path.js'),
  allow('src/scim/protocol', './filter/lexer.js'),
  refuse('src/scim/persistence/entities', '../../users/users.service.js'),
  refuse('src/scim/publishers', '@nestjs/microservices'),
  refuse('src/scim/publishers', '@nats-io/jetstream'),
  refuse('src/scim/publishers', 'amqplib'),
  allow('src/scim/publishers', 'rxjs'),
  allow('src/scim/persistence/entities', '../../protocol/resource.js'),
  refuse('src/scim', './index.js'),
  refuse('src/scim', '../host/main.js'),
  allow('src/scim', './users/users.service.js'),
  allow('src/host', '../scim/index.js'),
  refuse('src/host', '../scim/scim.module.js'),
  refuse('src/host', '../scim/protocol/scim-error.js'),
  allow('src/host/sso', '../../scim/index.js'),
  refuse('src/host/sso', '../../scim/identities/identity-links.service.js'),
  refuse('src/host/sso', '../../../test/support/database.js'),
  allow('src/host/sso', '../organizations/index.js'),
];

beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'boundaries-'));
  await cp(join(project, '.oxlintrc.json'), join(copy, '.oxlintrc.json'));
  await symlink(join(project, 'node_modules'), join(copy, 'node_modules'));
  await Promise.all(probes.map((probe) => write(fileOf(probe), `import '${probe.specifier}';\n`)));
  await write('src/scim/http/one.ts', `import { two } from './two.js';\nexport const one = (): number => two();\n`);
  await write('src/scim/http/two.ts', `import { one } from './one.js';\nexport const two = (): number => one();\n`);
  const output = await runOxlint();
  const lines = output.split('\n');
  refusals = new Set(
    lines.filter((line) => line.includes('no-restricted-imports')).map((line) => line.replace(/:.*/, '')),
  );
  cycles = lines.filter((line) => line.includes('no-cycle')).join('\n');
});

afterAll(() => rm(copy, { recursive: true }));

describe('the import rules of .oxlintrc.json', () => {
  it.each([...new Set(probes.map((probe) => probe.folder))])(
    'refuse in %s what they should, and nothing else',
    (folder) => {
      const own = probes.filter((probe) => probe.folder === folder);
      const refused = own.filter((probe) => refusals.has(fileOf(probe)));
      expect(refused.map((probe) => probe.specifier)).toEqual(
        own.filter((probe) => probe.refused).map((probe) => probe.specifier),
      );
    },
  );

  it('refuse a cycle inside a folder', () => {
    expect(cycles).toContain('src/scim/http/one.ts');
  });
});

function betweenFolders(from: string, to: string): Probe {
  const below = layers.slice(0, layers.includes(from) ? layers.indexOf(from) : layers.length);
  const beside = composites.includes(from)
    ? ['users', 'groups', 'custom', ...composites]
    : from === descriptions
      ? ['admin']
      : [];
  const allowed = [...below, ...beside].includes(to);
  return { folder: `src/scim/${from}`, specifier: `../${to}/probe.js`, refused: !allowed };
}

function refuse(folder: string, specifier: string): Probe {
  return { folder, specifier, refused: true };
}

function allow(folder: string, specifier: string): Probe {
  return { folder, specifier, refused: false };
}

function fileOf({ folder, specifier }: Probe): string {
  return `${folder}/imports-${specifier.replace(/\W+/g, '-')}.ts`;
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(join(copy, file)), { recursive: true });
  await writeFile(join(copy, file), text);
}

/** @returns one line a finding: file:line:column: message [severity/rule]. */
function runOxlint(): Promise<string> {
  return new Promise((resolve) => {
    const oxlint = join(project, 'node_modules', 'oxlint', 'bin', 'oxlint');
    execFile(
      process.execPath,
      [oxlint, '--format', 'unix', 'src'],
      { cwd: copy, maxBuffer: 2 ** 24 },
      (_error, stdout) => resolve(stdout),
    );
  });
}
