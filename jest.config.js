/**
 * Tests run in two plain threads of Node, which load Nest and TypeORM once: Jest's own runner loads them anew for each file,
 * which was half of a run's time. Not in processes, the runner's other way: two that start together may wait for ever.
 */
export default {
  runner: 'jest-light-runner',
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
