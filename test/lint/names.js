/** Functions are verbs: no participle begins their names (`applied`, `shown`), and no constant shouts. What Biome cannot say of names. */
import { files, textOf } from './imports.js';

const findings = [];

/** Participles that do not end in -ed. */
const irregular = new Set(
  `begun broken chosen done forgotten found frozen given gone hidden kept known left lost made meant met paid proven said seen sent shown
  shut taken taught thought told understood withdrawn written wrote`.split(/\s+/),
);

/** Names that say nothing of what a function does. */
const vague = new Set(
  'again anyone back each here in like of once only other ours own rest single thing until word'.split(' '),
);

/** Words that only end like a participle. */
const verbs = new Set(['embed', 'exceed', 'feed', 'need', 'proceed', 'read', 'seed', 'shed', 'speed', 'succeed']);

/** AWS's terms and error codes, and the combinators of shapes, which are called as zod calls them. */
const exceptions = new Set([
  'cannedAcl',
  'malformedElement',
  'malformedKeyPolicy',
  'malformedPolicy',
  'malformedPolicyDocument',
  'malformedPrincipal',
  'malformedXml',
  'managedKey',
  'managedKeyFor',
  'required',
]);

/** Where the bracket that opens at `from` closes. */
function closingOf(text, from) {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    if ('([{'.includes(text[at])) depth += 1;
    if (')]}'.includes(text[at])) depth -= 1;
    if (depth === 0) return at;
  }
  return text.length;
}

/** Declarations, arrows, methods, and members that are functions, each with its place in the text. */
function functionsIn(text) {
  const declared = [...text.matchAll(/\bfunction\*? (\w+)/g)];
  const opened = [
    { pattern: /\bconst (\w+)(?:: [^=\n]+)? =\s+(?:async )?(?:<[^>]*>)?\(/g, after: /^(?:: [^;]*?)? =>/ },
    { pattern: /\breadonly (\w+)\??:\s+\(?(?:<[^>]*>)?\(/g, after: /^ =>/ },
    {
      pattern: /^ +(?:static |override |async |\*)*(#?\w+)(?:<[^>]*>)?\(/gm,
      after: /^(?:(?:: [^;{]+)?(?: \{| \{\})$|: [^;]+;$)/m,
    },
  ].flatMap(({ pattern, after }) =>
    [...text.matchAll(pattern)].filter(({ 0: { length }, index }) =>
      after.test(text.slice(closingOf(text, index + length - 1) + 1).slice(0, 300)),
    ),
  );
  return [...declared, ...opened]
    .map(({ 1: name, index }) => ({ name: name.replace('#', ''), index }))
    .filter(({ name }) => !/^(?:if|for|while|switch|catch|function|constructor|return|super)$/.test(name));
}

for (const file of files) {
  const text = textOf(file).replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, (comment) => comment.replace(/[^\n]/g, ' '));
  const say = (index, what) => findings.push(`src/${file}:${text.slice(0, index).split('\n').length}: ${what}`);
  for (const { name, index } of functionsIn(text)) {
    const [first = ''] = /^[a-z]+/.exec(name) ?? [];
    const isParticiple = irregular.has(first) || (/ed$/.test(first) && !verbs.has(first));
    if (isParticiple && !exceptions.has(name))
      say(index, `${name} is a participle: a function's name begins with a verb`);
    if (vague.has(name)) say(index, `${name} says nothing of what the function does`);
  }
  for (const { 1: name, index } of text.matchAll(/^(?:export )?const ([A-Z][A-Z0-9_]+)\b/gm))
    say(index, `${name} shouts: constants are in camelCase`);
  for (const { 1: name, index } of text.matchAll(/\bcatch \((\w+)\)/g))
    if (name !== 'error') say(index, `what is caught is called error, not ${name}`);
}

for (const finding of findings) process.stderr.write(`${finding}\n`);
process.stdout.write(`names: ${files.length} files, ${findings.length} findings\n`);
process.exitCode = findings.length > 0 ? 1 : 0;
