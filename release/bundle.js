/** Makes `dist`, which is what gets installed: the program in ESM chunks that are read when a command needs them, and the packages of `required` in files of their own. */
import { rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { packageNames } from '../build/aws/required.js';

const root = fileURLToPath(new URL('..', import.meta.url));

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  minify: true,
  // Errors are told apart by the names of their classes.
  keepNames: true,
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
};

/** The SDK's clients share most of their code, so they share a file; each other package of `required` has its own. */
const files = {};
for (const name of packageNames) files[fileOf(name)] = [...(files[fileOf(name)] ?? []), name];

function fileOf(name) {
  return /^@(aws-sdk|smithy)\//.test(name) ? 'sdk' : name;
}

/** In the bundle `required` takes from these files, which Node reads at the first call. */
const requiredFromFiles = {
  name: 'required-from-files',
  setup: ({ onLoad }) =>
    onLoad({ filter: /[\\/]src[\\/]aws[\\/]required\.ts$/ }, () => ({
      contents: `import { createRequire } from 'node:module';
        const require = createRequire(import.meta.url);
        const files = ${JSON.stringify(Object.fromEntries(packageNames.map((name) => [name, fileOf(name)])))};
        export const required = (name) => require('./' + files[name] + '.cjs')[name]();`,
    })),
};

/**
 * Writes `dist` and `build/metafile.json`, which says what is in it.
 *
 * @param sourceMaps whether a map goes beside each file: three times the size, so not for the package.
 */
export async function bundle({ sourceMaps = false } = {}) {
  rmSync(`${root}dist`, { recursive: true, force: true });
  const program = await build({
    ...common,
    entryPoints: ['src/cli/main.ts'],
    outdir: 'dist',
    format: 'esm',
    splitting: true,
    chunkNames: '[name]-[hash]',
    sourcemap: sourceMaps && 'external',
    // What is CommonJS asks for Node's own modules.
    banner: { js: "import{createRequire as makeRequire}from'node:module';const require=makeRequire(import.meta.url);" },
    plugins: [requiredFromFiles],
  });
  const packages = await Promise.all(
    Object.entries(files).map(([file, names]) =>
      build({
        ...common,
        stdin: {
          contents: `module.exports = {${names.map((name) => `'${name}': () => require('${name}')`).join()}}`,
          resolveDir: root,
        },
        outfile: `dist/${file}.cjs`,
        format: 'cjs',
        sourcemap: sourceMaps && 'external',
      }),
    ),
  );
  writeFileSync(`${root}build/metafile.json`, JSON.stringify([program, ...packages].map(({ metafile }) => metafile)));
}
