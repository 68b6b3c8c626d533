import { type Document, isMap, isNode, isScalar, isSeq, parseDocument } from 'yaml';
import { isSameJson } from '../aws/json.ts';
import { isMapping, type Path } from './path.ts';
import { readYaml } from './read-yaml.ts';
import { walkYaml } from './walk-yaml.ts';

/** Keeps comments and order. @returns undefined where that is impossible (aliases, text that is not YAML): then the file has to be written from scratch. */
export function updateConfigText(text: string, tree: unknown): string | undefined {
  const before = readYaml(text);
  if (before.tree === undefined || before.findings.length > 0) return undefined;
  if (isSameJson(before.tree, tree)) return text;
  const document = parseDocument(text, { stringKeys: true });
  // As on reading: account IDs and tags are text, also without quotes.
  if (isNode(document.contents)) walkYaml(document.contents);
  change(document, [], before.tree, tree);
  const indentSeq = !/^( *)\S[^\n]*:[ \t]*(#[^\n]*)?\n\1- /m.test(text);
  const written = withOldLines(text, document.toString({ lineWidth: 0, indentSeq }));
  return isSameJson(readYaml(written).tree, tree) ? written : undefined;
}

function change(document: Document, path: Path, from: unknown, to: unknown): void {
  if (isSameJson(from, to)) return;
  if (isMapping(from) && isMapping(to)) {
    const gone = Object.keys(from).filter((key) => to[key] === undefined);
    for (const key of gone) document.deleteIn([...path, key]);
    const kept = Object.entries(to).filter(([, value]) => value !== undefined);
    for (const [key, value] of kept) change(document, [...path, key], from[key], value);
  } else if (Array.isArray(from) && Array.isArray(to) && from.length <= to.length) {
    to.forEach((item: unknown, index) => {
      change(document, [...path, index], from[index], item);
    });
  } else {
    replace(document, path, to);
  }
}

/** Keeps the comment. */
function replace(document: Document, path: Path, to: unknown): void {
  const node = document.getIn(path, true);
  if (isScalar(node) && !(typeof to === 'object' && to !== null)) {
    node.value = to;
    return;
  }
  const made = document.createNode(to);
  const comment = isScalar(node) || isMap(node) || isSeq(node) ? node.comment : undefined;
  if (comment) made.comment = comment;
  document.setIn(path, made);
}

/** The YAML writer changes spaces before comments; lines that say the same stay as they were. */
function withOldLines(before: string, after: string): string {
  const squeeze = (line: string) =>
    line
      .trimEnd()
      .replace(/ +#/, ' #')
      .replace(/([[{]) +| +(?=[\]}])/g, '$1')
      .replace(/"(\d+)"/g, '$1');
  const old = new Map(before.split('\n').map((line) => [squeeze(line), line]));
  // The writer moves a comment beside the key of a block to the next line.
  const beside = after.replace(/^( *[^\n#]+:)\n +(#[^\n]*)$/gm, (both, key: string, comment: string) =>
    old.has(squeeze(`${key} ${comment}`)) ? `${key} ${comment}` : both,
  );
  return beside
    .split('\n')
    .map((line) => old.get(squeeze(line)) ?? line)
    .join('\n');
}
