import { swcOptions } from './test/support/swc-options.js';

/** Jest 30 as native ESM (Node 20 cannot `require` Nest 12 inside Jest); swc because ts-jest is slower and checks nothing that `npm run check` does not. */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.spec.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  globalSetup: '<rootDir>/test/support/global-setup.js',
  globalTeardown: '<rootDir>/test/support/global-teardown.js',
  reporters: process.env.CI ? ['default', '<rootDir>/test/support/closing-line.js'] : ['default'],
  // Jest would leave one of two cores idle, and most tests wait for the database.
  maxWorkers: 2,
  testTimeout: 30_000,
  transform: { '^.+\\.ts$': ['@swc/jest', swcOptions] },
};
