/** Tests run as native ES modules; swc strips the types, `npm run lint` checks them. */
export default {
  testEnvironment: 'node',
  // A bound, not an expectation: the machine may be busy with something else.
  testTimeout: 60_000,
  // Tests wait for processes more than they compute.
  maxWorkers: '100%',
  roots: ['<rootDir>/tests'],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' }, module: { type: 'es6' } },
    ],
  },
};
