import base from '../../jest.config.js';

/** Against real brokers, which have to be installed: `npm run test:brokers`, not part of `npm test` (docs/publishers.md). */
export default {
  ...base,
  rootDir: '../..',
  roots: ['<rootDir>/test/brokers'],
  testMatch: ['**/*.broker.ts'],
  maxWorkers: 1,
};
