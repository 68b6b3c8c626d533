/**
 * `npm run addresses`: writes what package.json says of where s3repl lives and which version it is into its other fields, the docs and the
 * action. `-- --pin COMMIT` besides: the commit of the last release, for the action's examples.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const { pin } = parseArgs({ options: { pin: { type: 'string' } } }).values;
if (pin !== undefined && !/^[0-9a-f]{40}$/.test(pin)) throw new Error('--pin is a whole commit hash');

const packageFile = `${root}package.json`;
const { repository, homepage, bugs, ...others } = JSON.parse(readFileSync(packageFile, 'utf8'));
const [, address, repositoryName] = /^git\+(https:\/\/[^/]+\/([^/]+\/[^/]+))\.git$/.exec(repository.url) ?? [];
if (!address) throw new Error('package.json: repository.url is git+https://HOST/OWNER/NAME.git');
const { name, version, description, license, ...rest } = others;
const addresses = { repository, homepage: `${address}#readme`, bugs: { url: `${address}/issues` } };
rewrite(
  'package.json',
  () => `${JSON.stringify({ name, version, description, license, ...addresses, ...rest }, null, 2)}\n`,
);

const docs = readdirSync(`${root}docs`).filter((file) => file.endsWith('.md'));
for (const file of ['README.md', 'action.yml', ...docs.map((one) => `docs/${one}`)])
  rewrite(file, (text) =>
    text
      .replace(/[\w.-]+\/s3repl@(FULL-COMMIT-SHA|[0-9a-f]{40})/g, (_, before) => `${repositoryName}@${pin ?? before}`)
      .replace(/(?<=\s)s3repl@\d+\.\d+\.\d+\b/g, `s3repl@${version}`)
      .replace(/(?<=installed" for the one in node_modules or on the PATH\n\s+default: ).*/, version),
  );

function rewrite(file, change) {
  const before = readFileSync(root + file, 'utf8');
  const after = change(before);
  if (after !== before) writeFileSync(root + file, after);
}
