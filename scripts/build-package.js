import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';

/**
 * Builds what npm publishes, twice: a Nest 11 host's Jest can only `require`, a Nest 12 host's only `import`, and either
 * form alone breaks the other's tests.
 */
rmSync('dist', { recursive: true, force: true });
for (const config of ['tsconfig.esm.json', 'tsconfig.cjs.json']) {
  const tsc = ['node_modules/typescript/bin/tsc', '-p', config];
  const { status } = spawnSync(process.execPath, tsc, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
writeFileSync('dist/cjs/package.json', '{ "type": "commonjs" }\n');
