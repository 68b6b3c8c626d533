/**
 * `npm run mutation [-- --mutate src/aws/policy.ts]`: see docs/mutation.md.
 *
 * @type {import('@stryker-mutator/api/core').PartialStrykerOptions}
 */
export default {
  mutate: ['src/{aws,state,events,plan,permissions,steps,model}/**/*.ts'],
  testRunner: 'in-process',
  plugins: ['./test/mutation/runner.js', './test/mutation/survivors.js'],
  inProcess: {
    tests: [
      ...['test/aws', 'test/state', 'test/events', 'test/plan', 'test/permissions', 'test/model', 'test/steps'],
      // Of src/model/alerts.
      ...['test/doctor/look-at-alarms.test.ts', 'test/doctor/look-at-targets.test.ts'],
    ],
    // What looks for surprises among thousands of samples takes seconds, for every mutant that survives the rest.
    without: [
      // Compares a file of src with what makes it; Stryker rewrites that file.
      'test/model/evaluation/action-keys.test.ts',
      'test/model/evaluation/differential.test.ts',
      'test/model/evaluation/properties.test.ts',
      'test/model/mutants/mutants.test.ts',
      'test/model/replication/unknown.test.ts',
      'test/steps/laws.test.ts',
    ],
    // Of tests, for each mutant: those that kill for the least time come first.
    milliseconds: 30_000,
  },
  coverageAnalysis: 'perTest',
  // What is made when a module is imported: its types, and the tests of the tables that it makes, hold it.
  ignoreStatic: true,
  // A survivor imports all tests again; what goes round and round is found by counting.
  timeoutMS: 60_000,
  concurrency: 2,
  ignorePatterns: ['**', '!package.json', '!tsconfig.json', '!src/**', '!test/**', '!docs/**'],
  tempDirName: '.stryker',
  // Stryker would read it with TypeScript's old API.
  tsconfigFile: 'none',
  warnings: { unknownOptions: false },
  reporters: ['survivors', 'progress-append-only'],
};
