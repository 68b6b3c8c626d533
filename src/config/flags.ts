// Load neither zod nor yaml here: `s3repl --help` reads the flags and must stay fast.
import type { Field, Fields } from './field.ts';
import { configFields } from './fields.ts';

export type FlagKind = 'text' | 'boolean' | 'integer' | 'list' | 'map';

export interface Flag {
  readonly flag: string;
  readonly path: string;
  /** `boolean` has a `--no-…` form; `list` and `map` (`key=value`) may be repeated. */
  readonly kind: FlagKind;
  readonly description: string;
}

/** By path in `repl.yaml`; text is read according to the flag's kind. */
export type FlagValues = Readonly<Record<string, unknown>>;

export const flags: readonly Flag[] = flagsFor(configFields, '');

export function flagAt(path: string): Flag | undefined {
  return flags.find((flag) => flag.path === path);
}

function flagsFor(fields: Fields, below: string): readonly Flag[] {
  return Object.entries(fields).flatMap(([key, field]) => (field.noFlag ? [] : flagsOf(field, `${below}${key}`)));
}

function flagsOf(field: Field, path: string): readonly Flag[] {
  const { kind, description } = field;
  switch (kind) {
    case 'mapping':
      return flagsFor(field.fields, `${path}.`);
    case 'mappings':
      return flagsFor(field.fields, `${path}[0].`);
    case 'constant':
      return [];
    case 'word':
      return [{ flag: flagName(path), path, kind: 'text', description }];
    default:
      return [{ flag: flagName(path), path, kind, description }];
  }
}

function flagName(path: string): string {
  const words = path
    .replace(/^destinations/, 'destination')
    .replaceAll('[0]', '')
    .replaceAll('.', '-');
  return `--${words.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
