/** What Biome cannot say about this code: who may know whom, and what is written out nowhere. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const files = readdirSync(`${root}src`, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
const findings = [];

/** Folders that decide and do not act: no SDK, no disk, no terminal. */
const pure = ['plan/', 'steps/', 'model/', 'config/', 'doctor/'];
const pureExceptions = new Set(['config/write-schema.ts', 'doctor/write-troubleshooting.ts']);
const writeCommand =
  /\b(?:Abort|Attach|Cancel|Complete|Copy|Create|Delete|Detach|Disable|Enable|Put|Remove|Restore|Schedule|Tag|Untag|Update|Upload)\w*Command\b/;

for (const file of files) {
  const text = readFileSync(`${root}src/${file}`, 'utf8');
  const say = (what) => findings.push(`src/${file}: ${what}`);
  const imports = [
    ...text.matchAll(/^(?:import|export)\s+(type\s+)?[^;]*?from\s+'([^']+)'|(?:import|required)\('([^']+)'\)/gm),
  ].map(([, type, from, dynamic]) => ({ type: Boolean(type), from: from ?? dynamic }));
  const inSandbox = file.startsWith('sandbox/');

  if (!inSandbox && file !== 'apply/send.ts' && writeCommand.test(text)) say('write commands belong to apply/send.ts');
  if (!inSandbox && !file.startsWith('verify/') && /operation: '(?:Put|Delete)Object'/.test(text))
    say('objects are written and deleted by verify only');
  if (!inSandbox && file !== 'observe/connect.ts' && /new \w+Client\(/.test(text))
    say('clients are made in observe/connect.ts');
  if (pure.some((folder) => file.startsWith(folder)) && !pureExceptions.has(file)) {
    for (const { type, from } of imports) {
      const acts =
        /^(@aws-sdk\/client-|@aws-sdk\/credential|@smithy|@inquirer|ora|chalk|commander|node:(?!crypto))/.test(from);
      if (acts && !type) say(`is pure, and must not know ${from}`);
      if (/\.\.\/(observe|apply|show|cli|commands|sandbox|verify)\//.test(from)) say(`must not know ${from}`);
    }
  }
  for (const { from } of imports) {
    if (inSandbox && /^\.\.\/(?!model\/|plan\/public-policy\.ts$|required\.ts$)/.test(from))
      say(`the sandbox must not know ${from}`);
    if (/^(observe|apply|show|verify)\//.test(file) && /\.\.\/(cli|commands)\//.test(from))
      say(`must not know ${from}`);
    if (/(^|\/)(index|util|utils|helpers?|common|misc)\.ts$/.test(from)) say(`${from} names nothing`);
  }
  if (
    !inSandbox &&
    !file.startsWith('config/') &&
    /arn:aws(-cn|-us-gov)?:/.test(text.replace(/^\s*(\/\/|\*|\/\*\*).*$/gm, ''))
  ) {
    say('a partition is written out: it comes from the Region');
  }
  if (text.split('\n').length > 300) say(`has ${text.split('\n').length} lines: look for the two things in it`);
}

for (const finding of findings) process.stderr.write(`${finding}\n`);
process.stdout.write(`boundaries: ${files.length} files, ${findings.length} findings\n`);
process.exitCode = findings.length > 0 ? 1 : 0;
