import { Composer, type CST, type Document, Lexer, Parser, type YAMLError } from 'yaml';
import { escapeControls, quote } from '../text/quote.ts';
import { type Place, placesIn } from './place.ts';
import { type Finding, problem } from './problem.ts';
import { mostEntries, type Positions, tooMuch, walkYaml } from './walk-yaml.ts';

export interface YamlTree {
  /** Undefined where the text cannot be understood as a whole; `findings` says why. */
  readonly tree: unknown;
  readonly findings: readonly Finding[];
  readonly positions: Positions;
  readonly placeOf: (offset: number) => Place;
}

/** 1,000 rules, the most that S3 takes, with every field are 283 KB and 82,000 lexemes. */
export const mostYamlBytes = 512 * 1024;
const mostLexemes = 100_000;
// One wrong quote can make the parser complain about each line after it.
const mostOfText = 20;
const mostErrors = 1_000;
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

/** Every problem of the text is a finding; never throws. */
export function readYaml(textOfFile: string): YamlTree {
  // An editor does not count the byte order mark as a column.
  const text = textOfFile.replace(/^\uFEFF/, '');
  const placeOf = placesIn(text);
  const withoutTree = (findings: readonly Finding[]): YamlTree => {
    return { tree: undefined, findings, positions: new Map(), placeOf };
  };
  if (Buffer.byteLength(text) > mostYamlBytes) {
    const message = `the file is larger than ${mostYamlBytes / 1024} KiB (check that it is the right file)`;
    return withoutTree([problem([], message)]);
  }
  const controls = findControlCharacters(text);
  if (controls.length > 0) {
    return withoutTree(controls);
  }
  const tokens = parse(text);
  if ('severity' in tokens) {
    return withoutTree([tokens]);
  }
  const documents = compose(tokens);
  const [document, second] = documents;
  const errors = documents.flatMap((each) => [...each.errors, ...each.warnings.filter(isNoTag)]);
  if (errors.length > 0) {
    return withoutTree(explainErrors(errors));
  }
  if (document === undefined || document.contents === null) {
    return withoutTree([problem([], 'the file is empty (begin with docs/examples/minimal.yaml)')]);
  }
  if (second !== undefined) {
    const message = 'a second YAML document begins here (write one file for each setup)';
    return withoutTree([{ ...problem([], message), offset: second.range[0] }]);
  }
  const { findings, positions, readable } = walkYaml(document.contents);
  if (!readable) {
    return { ...withoutTree(findings), positions };
  }
  // The walk has limited aliases already.
  return { tree: document.toJS({ maxAliasCount: -1 }), findings, positions, placeOf };
}

/**
 * Refuses too much text while reading, and deep nesting before composing, which recurses: near the end of the stack V8 may abort the program
 * instead of throwing, when it compiles a regular expression.
 */
function parse(text: string): readonly CST.Token[] | Finding {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  let lexemes = 0;
  let entries = 0;
  let errors = 0;
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) {
      tokens.push(token);
      errors += token.type === 'error' ? 1 : 0;
    }
    if (errors === mostErrors) break;
    lexemes += 1;
    entries += lexeme === '-' ? 1 : 0;
    const refusal = refusalOf(parser, lexemes, entries);
    if (refusal) return refusal;
  }
  for (const token of parser.end()) tokens.push(token);
  return tokens;
}

function refusalOf(parser: Parser, lexemes: number, entries: number): Finding | undefined {
  const tooDeep = parser.stack[deepest + 1];
  if (tooDeep !== undefined) {
    const message = `nested more than ${deepest} levels deep (nest less deeply)`;
    return { ...problem([], message), offset: tooDeep.offset };
  }
  return lexemes > mostLexemes || entries > mostEntries
    ? { ...problem([], tooMuch), offset: parser.offset }
    : undefined;
}

function compose(tokens: readonly CST.Token[]): readonly Document.Parsed[] {
  const composer = new Composer({
    logLevel: 'silent',
    prettyErrors: false,
    resolveKnownTags: false,
    stringKeys: true,
    uniqueKeys: false,
  });
  const { stackTraceLimit } = Error;
  try {
    // There may be an error for each character, and stacks, which nobody reads, take most of the time.
    Error.stackTraceLimit = 0;
    return [...composer.compose(tokens)];
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function findControlCharacters(text: string): readonly Finding[] {
  const found: Finding[] = [];
  for (const { 0: character, index } of text.matchAll(/(?![\t\n\r\u0085])\p{Cc}/gu)) {
    const message = `the control character ${quote(character)} is in the file (remove it)`;
    found.push({ ...problem([], message), offset: index });
    if (found.length === mostOfText) break;
  }
  return found;
}

/** The walk finds unknown tags, with their paths. */
function isNoTag(error: YAMLError): boolean {
  return error.code !== 'TAG_RESOLVE_FAILED';
}

function explainErrors(errors: readonly YAMLError[]): readonly Finding[] {
  return keepFirstAtEachPlace(errors)
    .slice(0, mostOfText)
    .map((error) => {
      const advice = syntaxAdvice[error.code] ?? 'check the indentation and the quotes here';
      return { ...problem([], `not valid YAML: ${escapeControls(error.message)} (${advice})`), offset: error.pos[0] };
    });
}

/** One mistake often makes the parser complain several times about one character. */
function keepFirstAtEachPlace(errors: readonly YAMLError[]): readonly YAMLError[] {
  const byOffset = new Map<number, YAMLError>();
  for (const error of errors) {
    if (!byOffset.has(error.pos[0])) {
      byOffset.set(error.pos[0], error);
    }
  }
  return [...byOffset.values()];
}
