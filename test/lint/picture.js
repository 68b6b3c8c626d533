/** Draws the floors of `src` into docs/architecture.md, from the imports: `npm run architecture`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { files, floorOf, floors, folderOf, importsOf, root } from './imports.js';

const imported = new Map(floors.flat().map((folder) => [folder, new Set()]));
for (const file of files)
  for (const { to } of importsOf(file))
    if (files.includes(to) && floorOf(to) <= floorOf(file) && folderOf(to) !== folderOf(file))
      imported.get(folderOf(file))?.add(folderOf(to));

/** Whether a folder imports another by way of a third, so that an arrow of its own would say nothing new. */
const reaches = (from, to, seen = new Set()) =>
  [...(imported.get(from) ?? [])].some((one) => {
    if (one === to) return true;
    if (seen.has(one)) return false;
    seen.add(one);
    return reaches(one, to, seen);
  });
const arrows = [...imported].flatMap(([from, tos]) =>
  [...tos].filter((to) => ![...tos].some((other) => other !== to && reaches(other, to))).map((to) => [from, to]),
);
const picture = [
  '```mermaid',
  'flowchart TB',
  ...floors
    .toReversed()
    .flatMap((folders, index) => [
      `  subgraph floor${floors.length - index}[" "]`,
      ...folders.map((folder) => `    ${folder}[${folder}/]`),
      '  end',
    ]),
  ...arrows.sort().map(([from, to]) => `  ${from} --> ${to}`),
  '```',
].join('\n');

const file = `${root}docs/architecture.md`;
const text = readFileSync(file, 'utf8');
const [before, rest] = text.split('<!-- picture: npm run architecture -->\n');
const after = rest?.split('<!-- end of picture -->')[1];
if (after === undefined) throw new Error('docs/architecture.md has no place for the picture');
writeFileSync(file, `${before}<!-- picture: npm run architecture -->\n${picture}\n<!-- end of picture -->${after}`);
