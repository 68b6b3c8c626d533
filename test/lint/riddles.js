/** Sentences that a reader has to guess at: words that read as translated, and what to write instead. Comments count, too. */
import { readdirSync, readFileSync } from 'node:fs';
import { files, root, textOf } from './imports.js';

const riddles = [
  [/\bmend(?:s|ed|ing)?\b/i, 'fix'],
  [/\b(?:go|goes|going|gone|went) from (?:the file|its file|`?repl|`\w+:)/i, 'who removes it from the file'],
  [/\b(?:is|are|was|were) told\b/i, 'who tells whom'],
  [/\btold (?:as|apart|all the same)\b/i, 'reported as, distinguished'],
  [/\b(?:comes?|came) to (?:its|their|an|no good) end\b/i, 'ends, succeeds'],
  [/\b(?:at|to) its end\b/i, 'at the end, until it ends'],
  [/\bwhat (?:came|comes|has come) of\b/i, 'the result of, how it ended'],
  [/(?<![-\w./'])set-ups?(?![-\w]|\.\w)/i, 'setup'],
  [/\bnobody to ask\b/i, 'no terminal to ask in'],
  [/\bby the model,/i, 'policy check:'],
  [/\b(?:what|as) is said (?:above|below)\b|\bsaid above\b/i, 'the problems above'],
  [/\b(?:and|written|asked|are|is|read) whole\b/i, 'full, complete, in one piece'],
  [/\bcomes? to no\b|\bno good end\b/i, 'fails'],
  [/\bstruck\b/i, 'interrupted'],
  [/\banew\b/i, 'again'],
  [/\bput(?:s|ting)? (?:it|them|that|this|everything) right\b|\bputs right\b/i, 'fix'],
  [/\bone's own\b/i, 'your own'],
  [/\b(?:it|that|which|this) is no (?:plan|file|answer|time|list|job) of\b/i, 'is not one of, was not written by'],
  [/\bof before\b(?!\))/i, 'older, from before'],
];

const named = (folder, extension) =>
  readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(extension))
    .sort()
    .map((file) => `${folder}/${file}`);

const texts = [
  ...['README.md', 'CHANGELOG.md', ...named('docs', '.md'), ...named('docs', '.yaml')].map((file) => [
    file,
    readFileSync(root + file, 'utf8'),
  ]),
  ...files.map((file) => [`src/${file}`, textOf(file)]),
];

const findings = texts.flatMap(([file, text]) => {
  // A sentence may be wrapped, in Markdown and in comments.
  const flat = text.replace(/\n *(?:\*|\/\/|>)? ?/g, (wrap) => `\n${' '.repeat(wrap.length - 1)}`);
  return riddles.flatMap(([riddle, better]) =>
    [...flat.matchAll(new RegExp(riddle.source.replaceAll(' ', '\\s+'), 'gi'))].map(
      ({ 0: found, index }) =>
        `${file}:${flat.slice(0, index).split('\n').length}: "${found.replace(/\s+/g, ' ')}": say ${better}`,
    ),
  );
});

for (const finding of findings) process.stderr.write(`${finding}\n`);
process.stdout.write(`riddles: ${texts.length} files, ${findings.length} findings\n`);
process.exitCode = findings.length > 0 ? 1 : 0;
