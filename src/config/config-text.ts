import { stringify } from 'yaml';
import { withDefaults, withoutDefaults } from './defaults.ts';
import type { Field } from './field.ts';
import { type Config, configFile, fieldsIn } from './fields.ts';
import { isMapping } from './path.ts';

/** For editors, in a folder that has s3repl installed. */
export const schemaLine = '# yaml-language-server: $schema=./node_modules/s3repl/docs/repl.schema.json';

/** As in docs/examples. */
const commentColumn = 33;
const widest = 80;

/** What differs from the defaults, or everything with `full`, with comments. `parseConfig` makes the same spec of it as of `config`. */
export function configText(config: Config, { full = false }: { readonly full?: boolean } = {}): string {
  const sections = Object.entries(full ? withDefaults(config) : withoutDefaults(config)).map(([key, value]) => {
    const lines = entryLines(key, value, '', configFile);
    return typeof value === 'object' ? ['', ...lines] : lines;
  });
  return [schemaLine, ...sections.flat(), ''].join('\n');
}

function entryLines(key: string, value: unknown, indent: string, parent: Field | undefined): readonly string[] {
  const fields = fieldsIn(parent);
  const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
  const comment = field?.comment;
  if (Array.isArray(value) && value.some(isMapping)) {
    const items = value.flatMap((item: unknown) => {
      const lines = mappingLines(item, `${indent}    `, field);
      const first = lines.findIndex((line) => !line.trimStart().startsWith('#'));
      return lines.map((line, index) => (index === first ? `${indent}  - ${line.trimStart()}` : line));
    });
    return [...addComment(`${indent}${keyText(key)}:`, comment), ...items];
  }
  if (Array.isArray(value) && value.length > 0) {
    const items = value.map((item: unknown) => `${indent}  - ${listItem(item)}`);
    return [...addComment(`${indent}${keyText(key)}:`, comment), ...items];
  }
  if (isMapping(value) && Object.keys(value).length > 0) {
    return [...addComment(`${indent}${keyText(key)}:`, comment), ...mappingLines(value, `${indent}  `, field)];
  }
  return addComment(`${indent}${scalarLine(key, value)}`, comment);
}

function mappingLines(value: unknown, indent: string, field: Field | undefined): readonly string[] {
  return Object.entries(Object(value)).flatMap(([key, member]) => entryLines(key, member, indent, field));
}

/** A text with line breaks would fill several lines, and no comment can stand beside it. */
const quoting = { lineWidth: 0, defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' } as const;

function scalarLine(key: string, value: unknown): string {
  const plain = stringify({ [key]: value }, { lineWidth: 0 }).slice(0, -1);
  return plain.includes('\n') ? stringify({ [key]: value }, quoting).slice(0, -1) : plain;
}

function listItem(item: unknown): string {
  const plain = stringify([item], { lineWidth: 0 }).slice(0, -1);
  return (plain.includes('\n') ? stringify([item], quoting).slice(0, -1) : plain).slice('- '.length);
}

function keyText(key: string): string {
  return stringify({ [key]: null }, { lineWidth: 0 }).replace(/: null\n$/, '');
}

/** Beside the line, or above it where both do not fit a terminal. */
function addComment(line: string, comment: string | undefined): readonly string[] {
  if (comment === undefined) return [line];
  const beside = `${line.padEnd(commentColumn - 1)} # ${comment}`;
  const indent = line.slice(0, line.length - line.trimStart().length);
  return beside.length <= widest ? [beside] : [`${indent}# ${comment}`, line];
}
