/** The packages that are in the bundle. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Licenses that let us ship a copy inside a package under MIT. Others are looked at by a person first. */
const allowed = new Set(['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD']);

/**
 * Each package of which code is in the bundle, by name, with the text of its license.
 *
 * @throws where a license is not one of ours to ship, or its text is nowhere.
 */
export function bundledPackages() {
  const metafiles = JSON.parse(readFileSync(`${root}build/metafile.json`, 'utf8'));
  const inputs = metafiles
    .flatMap(({ outputs }) => Object.values(outputs))
    .flatMap((output) => Object.entries(output.inputs))
    .flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : []));
  const folders = new Set(inputs.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []));
  const packages = [...folders].map(readPackage).sort((a, b) => (a.name < b.name ? -1 : 1));
  // A license without a copyright line of its own is the same text everywhere.
  const apache = packages.find(({ license, text }) => license === 'Apache-2.0' && text)?.text;
  return packages.map((one) => {
    const text = one.text ?? (one.license === 'Apache-2.0' ? apache : undefined);
    if (!allowed.has(one.license)) throw new Error(`${one.name} is under ${one.license}: may s3repl ship it?`);
    if (!text) throw new Error(`${one.name} has no license file, and ${one.license} names its holder`);
    return { ...one, text };
  });
}

function readPackage(folder) {
  const { name, version, license } = JSON.parse(readFileSync(`${root}${folder}/package.json`, 'utf8'));
  const file = readdirSync(root + folder).find((entry) => /^(licen[cs]e|copying)(\.\w+)?$/i.test(entry));
  const notice = readdirSync(root + folder).find((entry) => /^notice(\.\w+)?$/i.test(entry));
  const textOf = (entry) => entry && readFileSync(`${root}${folder}/${entry}`, 'utf8').replaceAll('\r\n', '\n').trim();
  return { name, version, license, text: [textOf(file), textOf(notice)].filter(Boolean).join('\n\n') || undefined };
}
