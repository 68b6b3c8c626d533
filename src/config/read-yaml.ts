import { Composer, type CST, type Document, Parser, type YAMLError } from 'yaml';
import { type Place, placesIn } from './place.ts';
import { type Finding, problem } from './problem.ts';
import { escapeControls, quote } from './quote.ts';
import { type Positions, walkYaml } from './walk-yaml.ts';

export interface YamlTree {
  /** Plain values; undefined where the text cannot be understood as a whole, which `findings` explains. */
  readonly tree: unknown;
  readonly findings: readonly Finding[];
  readonly positions: Positions;
  readonly placeOf: (offset: number) => Place;
}

const mostBytes = 1024 * 1024;
// One wrong quote can make the parser complain about each line after it.
const mostOfText = 20;
const deepest = 32;

const syntaxAdvice: Partial<Record<YAMLError['code'], string>> = {
  TAB_AS_INDENT: 'indent with spaces',
  BAD_INDENT: 'check the indentation and the closing brackets',
  MISSING_CHAR: 'add what is missing',
  BAD_SCALAR_START: 'put the value in quotes',
  BAD_DQ_ESCAPE: 'write \\\\ for a backslash, or use single quotes',
  BLOCK_AS_IMPLICIT_KEY: 'check the indentation, or put a value with ": " in it in quotes',
  MULTILINE_IMPLICIT_KEY: 'check the indentation, or put the value in quotes',
  NON_STRING_KEY: 'write a plain word before the colon',
  UNEXPECTED_TOKEN: `check the indentation and the quotes; inside { } and [ ] put \${VAR} in quotes`,
};

/** Reads one YAML document of plain values. Every problem of the text is a finding; nothing is thrown. */
export function readYaml(textOfFile: string): YamlTree {
  // An editor does not count the byte order mark as a column.
  const text = textOfFile.replace(/^\uFEFF/, '');
  const placeOf = placesIn(text);
  const unreadable = (findings: readonly Finding[]): YamlTree => {
    return { tree: undefined, findings, positions: new Map(), placeOf };
  };
  if (Buffer.byteLength(text) > mostBytes) {
    return unreadable([problem([], 'the file is larger than 1 MiB (check that it is the right file)')]);
  }
  const tokens = [...new Parser().parse(text)];
  const controls = findControlCharacters(text);
  if (controls.length > 0) {
    return unreadable(controls);
  }
  const tooDeep = findTooDeep(tokens);
  if (tooDeep !== undefined) {
    return unreadable([tooDeep]);
  }
  const documents = compose(tokens);
  const [document, second] = documents;
  const errors = documents.flatMap((each) => [...each.errors, ...each.warnings.filter(isNoTag)]);
  if (errors.length > 0) {
    return unreadable(explainErrors(errors));
  }
  if (document === undefined || document.contents === null) {
    return unreadable([problem([], 'the file is empty (begin with docs/examples/minimal.yaml)')]);
  }
  if (second !== undefined) {
    const message = 'a second YAML document begins here (write one file for each setup)';
    return unreadable([{ ...problem([], message), offset: second.range[0] }]);
  }
  const { findings, positions, readable } = walkYaml(document.contents);
  if (!readable) {
    return { ...unreadable(findings), positions };
  }
  return { ...plainTree(document, findings), positions, placeOf };
}

function compose(tokens: readonly CST.Token[]): readonly Document.Parsed[] {
  const composer = new Composer({
    logLevel: 'silent',
    prettyErrors: false,
    resolveKnownTags: false,
    stringKeys: true,
    uniqueKeys: false,
  });
  return [...composer.compose(tokens)];
}

/**
 * Looks before composing, which recurses: where the stack is nearly used up, V8 ends the whole program rather than
 * throw when it has to compile a regular expression.
 */
function findTooDeep(tokens: readonly CST.Token[]): Finding | undefined {
  const waiting = tokens.map((token) => ({ token, depth: 0 }));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { token, depth } = next;
    if (depth > deepest) {
      const message = `nested more than ${deepest} levels deep (nest less deeply)`;
      return { ...problem([], message), offset: token.offset };
    }
    for (const inner of tokensIn(token)) {
      waiting.push({ token: inner, depth: depth + 1 });
    }
  }
  return undefined;
}

function tokensIn(token: CST.Token): readonly CST.Token[] {
  if (token.type === 'document') {
    return token.value === undefined ? [] : [token.value];
  }
  const items = 'items' in token ? token.items : [];
  return items.flatMap(({ key, value }) => [key, value].filter((each) => each !== undefined && each !== null));
}

function plainTree(document: Document, findings: readonly Finding[]): { tree: unknown; findings: readonly Finding[] } {
  try {
    return { tree: document.toJS({ maxAliasCount: 100 }), findings };
  } catch (error) {
    if (!(error instanceof ReferenceError)) {
      throw error;
    }
    const message = 'the file repeats itself with too many aliases (write the values out)';
    return { tree: undefined, findings: [...findings, problem([], message)] };
  }
}

function findControlCharacters(text: string): readonly Finding[] {
  const characters = Array.from(text.matchAll(/(?![\t\n\r\u0085])\p{Cc}/gu));
  return characters.slice(0, mostOfText).map(({ 0: character, index }) => {
    const message = `the control character ${quote(character)} is in the file (remove it)`;
    return { ...problem([], message), offset: index };
  });
}

/** Unknown tags are found, with their path, while walking. */
function isNoTag(error: YAMLError): boolean {
  return error.code !== 'TAG_RESOLVE_FAILED';
}

function explainErrors(errors: readonly YAMLError[]): readonly Finding[] {
  return firstAtEachPlace(errors)
    .slice(0, mostOfText)
    .map((error) => {
      const advice = syntaxAdvice[error.code] ?? 'check the indentation and the quotes here';
      return { ...problem([], `not valid YAML: ${escapeControls(error.message)} (${advice})`), offset: error.pos[0] };
    });
}

/** One mistake often makes the parser complain several times about one character. */
function firstAtEachPlace(errors: readonly YAMLError[]): readonly YAMLError[] {
  const byOffset = new Map<number, YAMLError>();
  for (const error of errors) {
    if (!byOffset.has(error.pos[0])) {
      byOffset.set(error.pos[0], error);
    }
  }
  return [...byOffset.values()];
}
