/** Tests run in plain Node processes, two of them: Jest's own runner would load Nest and TypeORM anew for each file, for half of the time. */
export default {
  runner: ['jest-light-runner', { runtime: 'child_process' }],
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.spec.ts'],
  globalSetup: '<rootDir>/test/support/global-setup.js',
  globalTeardown: '<rootDir>/test/support/global-teardown.js',
  setupFilesAfterEnv: ['<rootDir>/test/support/time-limits.js'],
  reporters: process.env.CI ? ['default', '<rootDir>/test/support/closing-line.js'] : ['default'],
  // Jest would leave one of two cores idle, and most tests wait for the database.
  maxWorkers: 2,
  // Node compiles nothing here: test/support/typescript-hooks.js turns TypeScript into JavaScript.
  transform: {},
};
