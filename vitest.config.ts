import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes minutes begins first, so that no worker waits for it at the end. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) =>
      ['/test/moto/', '/test/stories/', ''].findIndex((folder) => moduleId.includes(folder));
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}

/** Tests of data in, data out. */
const pure = ['aws', 'config', 'events', 'model', 'permissions', 'plan', 'show', 'state', 'steps', 'text'].map(
  (folder) => `test/${folder}/**/*.test.ts`,
);

// What is drawn at random is drawn from this; SEED=N draws it again.
process.env.SEED ??= String(Math.floor(Math.random() * 2 ** 31));
const fewer = fileURLToPath(new URL('test/fast-check.ts', import.meta.url));

export default defineConfig({
  plugins:
    process.env.S3REPL_DRAWS === 'all'
      ? []
      : [
          {
            name: 'fewer-draws',
            enforce: 'pre',
            resolveId: (source, importer) => (source === 'fast-check' && importer !== fewer ? fewer : undefined),
          },
        ],
  test: {
    projects: [
      // One after the other in one world: what they import is loaded once.
      { extends: true, test: { name: 'pure', include: pure, isolate: false } },
      {
        extends: true,
        test: {
          name: 'rest',
          include: ['test/**/*.test.ts'],
          // Minutes of another program's time: npm run test:terraform.
          exclude: [...configDefaults.exclude, ...pure, ...(process.env.S3REPL_TERRAFORM ? [] : ['test/terraform/**'])],
        },
      },
    ],
    globalSetup: ['test/print-seed.ts'],
    setupFiles: ['test/secrets.ts'],
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', AWS_EC2_METADATA_DISABLED: 'true' },
    // Most of the time goes to child processes: a worker for each core, not for each core but one.
    maxWorkers: '100%',
    sequence: { sequencer: LongestFirst },
    // Only what hangs meets these; a slow machine does not.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    coverage: {
      provider: 'v8',
      include: ['src/**'],
      // What decides and what writes; the rest is a shell around it.
      thresholds: Object.fromEntries(
        ['aws', 'state', 'events', 'plan', 'permissions', 'steps', 'model', 'apply'].map((folder) => [
          `src/${folder}/**`,
          { branches: 95 },
        ]),
      ),
    },
  },
});
