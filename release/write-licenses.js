/** Writes THIRD-PARTY-LICENSES.txt: what is in the bundle, and under which license. */
import { writeFileSync } from 'node:fs';
import { bundledPackages } from './bundled-packages.js';

const byText = new Map();
for (const one of bundledPackages()) byText.set(one.text, [...(byText.get(one.text) ?? []), one]);
const rule = '-'.repeat(80);
const sections = [...byText].map(([text, packages]) => {
  const names = packages.map(({ name, version, license }) => `${name} ${version} (${license})`);
  return `${rule}\n${names.join('\n')}\n${rule}\n\n${text}\n`;
});
writeFileSync(
  new URL('../THIRD-PARTY-LICENSES.txt', import.meta.url),
  `s3repl is under the MIT license (LICENSE). Its package contains code of these packages:\n\n${sections.join('\n')}`,
);
