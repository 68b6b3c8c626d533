/** What Biome cannot say about this code: who may know whom, and what is written out nowhere. */
import { circlesIn, files, floorOf, folderOf, importsOf, textOf } from './imports.js';

const findings = [];

/** Folders that decide and do not act: no SDK, no disk, no terminal. */
const pure = ['aws', 'text', 'config', 'state', 'steps', 'model', 'events', 'plan', 'permissions', 'doctor', 'status'];
const pureExceptions = new Set(['aws/required.ts', 'config/write-schema.ts', 'doctor/write-troubleshooting.ts']);
const acts = /^(@aws-sdk\/client-|@aws-sdk\/credential|@smithy|@inquirer|ora|chalk|commander|node:(?!crypto))/;
const writeCommand =
  /\b(?:Abort|Attach|Cancel|Complete|Copy|Create|Delete|Detach|Disable|Enable|Put|Remove|Restore|Schedule|Tag|Untag|Update|Upload)\w*Command\b/;

const edges = [];
for (const file of files) {
  const text = textOf(file);
  const code = text.replace(/^\s*(\/\/|\*|\/\*\*).*$/gm, '');
  const folder = folderOf(file);
  const say = (what) => findings.push(`src/${file}: ${what}`);
  if (floorOf(file) < 0) say('stands on no floor (test/lint/imports.js)');
  if (folder !== 'sandbox' && file !== 'apply/send.ts' && writeCommand.test(text))
    say('write commands belong to apply/send.ts');
  const putsObjects = folder === 'sandbox' || folder === 'verify' || file === 'backfill/upload-manifest.ts';
  if (!putsObjects && /operation: '(?:Put|Delete)Object'/.test(text))
    say('objects are written by verify, and lists by backfill, only');
  if (folder !== 'sandbox' && folder !== 'verify' && /operation: 'DeleteObject'/.test(text))
    say('objects are deleted by verify only');
  if (folder !== 'sandbox' && file !== 'connect/services.ts' && /new \w+Client\(|\.\w+Client\)\(/.test(text))
    say('clients are made in connect/services.ts');
  for (const { type, specifier, to } of importsOf(file)) {
    if (!type && pure.includes(folder) && !pureExceptions.has(file) && acts.test(specifier))
      say(`is pure, and must not know ${specifier}`);
    if (/(^|\/)(index|util|utils|helpers?|common|misc)\.ts$/.test(specifier)) say(`${specifier} names nothing`);
    if (to === undefined || !files.includes(to)) continue;
    edges.push([file, to]);
    if (floorOf(to) > floorOf(file)) say(`imports from a floor above: ${to}`);
    if (folder === 'sandbox' && !['sandbox', 'model', 'aws'].includes(folderOf(to)))
      say(`the sandbox must not know ${to}`);
    if (folder === 'model' && !['model', 'aws'].includes(folderOf(to))) say(`the model must not know ${to}`);
  }
  if (folder !== 'sandbox' && folder !== 'aws' && folder !== 'config' && /arn:aws(-cn|-us-gov)?:/.test(code)) {
    say('a partition is written out: it comes from the Region');
  }
  if (file !== 'cli/main.ts' && /\bprocess\.env\b|'node:process'/.test(code))
    say('the environment comes from the context: Context.env, Surroundings.env');
  if (text.split('\n').length > 300) say(`has ${text.split('\n').length} lines: look for the two things in it`);
}

/** Two may be the two sides of a thing; a third one has nobody find what they look for. */
const names = files.map((file) => file.slice(file.lastIndexOf('/') + 1));
for (const name of new Set(names)) {
  const count = names.filter((one) => one === name).length;
  if (count > 2) findings.push(`${count} files are called ${name}`);
}

for (const circle of circlesIn(edges)) findings.push(`import each other in a circle: ${circle.sort().join(', ')}`);
const between = edges.map((edge) => edge.map(folderOf)).filter(([from, to]) => from !== to);
for (const circle of circlesIn(between)) findings.push(`folders import each other in a circle: ${circle.join(', ')}`);

for (const finding of findings) process.stderr.write(`${finding}\n`);
process.stdout.write(`boundaries: ${files.length} files, ${findings.length} findings\n`);
process.exitCode = findings.length > 0 ? 1 : 0;
