import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes minutes begins first, so that no worker waits for it at the end. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) =>
      ['/test/moto/', '/test/least-privilege/', '/test/stories/', ''].findIndex((folder) => moduleId.includes(folder));
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}

// Minutes of another program's time: npm run test:terraform, npm run test:breakages.
const excluded = [
  ...configDefaults.exclude,
  ...(process.env.S3REPL_TERRAFORM ? [] : ['test/terraform/**']),
  ...(process.env.S3REPL_BREAKAGES ? [] : ['test/breakages/**']),
];

// What is drawn at random is drawn from this; SEED=N draws it again.
process.env.SEED ??= String(Math.floor(Math.random() * 2 ** 31));
const drawsAll = process.env.S3REPL_DRAWS === 'all';
const fewer = fileURLToPath(new URL('test/fast-check.ts', import.meta.url));

export default defineConfig({
  plugins: drawsAll
    ? []
    : [
        {
          name: 'fewer-draws',
          enforce: 'pre',
          resolveId: (source, importer) => (source === 'fast-check' && importer !== fewer ? fewer : undefined),
        },
      ],
  test: {
    // What was compiled once is not compiled again by the next run; what the plugin above has changed, apart.
    experimental: {
      fsModuleCache: true,
      fsModuleCachePath: fileURLToPath(
        new URL(`node_modules/.cache/vitest-${drawsAll ? 'all' : 'part'}`, import.meta.url),
      ),
    },
    include: ['test/**/*.test.ts'],
    exclude: excluded,
    // All share a world, where what they import is loaded and compiled once; test/restored.ts puts back what a file replaces.
    isolate: false,
    globalSetup: ['test/print-seed.ts'],
    setupFiles: ['test/secrets.ts', 'test/restored.ts'],
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', AWS_EC2_METADATA_DISABLED: 'true' },
    // Some wait for a clock or for another program: one more than there are cores. Each costs some seconds, to load what is tested.
    maxWorkers: availableParallelism() + 1,
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
