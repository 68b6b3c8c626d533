/** Makes `dist`, which is what gets installed: the program in ESM chunks that are read when a command needs them, and the packages of `required` in `sdk.cjs`. */
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

/** In the bundle `required` takes from `sdk.cjs`, which Node reads at the first call. */
const requiredFromSdk = {
  name: 'required-from-sdk',
  setup: ({ onLoad }) =>
    onLoad({ filter: /[\\/]src[\\/]aws[\\/]required\.ts$/ }, () => ({
      contents: `import { createRequire } from 'node:module';
        let sdk;
        export const required = (name) => (sdk ??= createRequire(import.meta.url)('./sdk.cjs'))[name]();`,
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
    plugins: [requiredFromSdk],
  });
  const sdk = await build({
    ...common,
    stdin: {
      contents: `module.exports = {${packageNames.map((name) => `'${name}': () => require('${name}')`).join()}}`,
      resolveDir: root,
    },
    outfile: 'dist/sdk.cjs',
    format: 'cjs',
    sourcemap: sourceMaps && 'external',
  });
  writeFileSync(`${root}build/metafile.json`, JSON.stringify([program.metafile, sdk.metafile]));
}
