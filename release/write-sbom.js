/** Writes sbom.cdx.json (CycloneDX): npm's own, cut down to the packages that are in the bundle. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundledPackages } from './bundled-packages.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const { name, version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
const asked = spawnSync('npm', ['sbom', '--sbom-format', 'cyclonedx'], {
  cwd: root,
  encoding: 'utf8',
  maxBuffer: 2 ** 28,
});
if (asked.status !== 0) throw new Error(`npm sbom: ${asked.stderr}`);
const sbom = JSON.parse(asked.stdout);

const inside = new Set(bundledPackages().map((one) => `${one.name}@${one.version}`));
const components = sbom.components
  .filter((one) => inside.has(`${one.name}@${one.version}`))
  .map(({ properties, ...one }) => ({ ...one, scope: 'required' }));
const missing = [...inside].filter((one) => !components.some((known) => `${known.name}@${known.version}` === one));
if (missing.length > 0) throw new Error(`npm sbom does not list ${missing.join(', ')}`);

const refs = new Set([sbom.metadata.component['bom-ref'], ...components.map((one) => one['bom-ref'])]);
const dependencies = sbom.dependencies
  .filter(({ ref }) => refs.has(ref))
  .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((other) => refs.has(other)) }));
const component = { ...sbom.metadata.component, type: 'application', name, version };
writeFileSync(
  `${root}sbom.cdx.json`,
  `${JSON.stringify({ ...sbom, metadata: { ...sbom.metadata, component }, components, dependencies }, null, 2)}\n`,
);
