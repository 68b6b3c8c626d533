/** The words in which the fields of `repl.yaml` are described (fields.ts), and the types that follow from a description. */
import type { limits } from './field-rules.ts';

/** What a default may follow from. */
export interface Around {
  readonly config: { readonly name: string; readonly source: { readonly account: string | undefined } };
  readonly destination?: { readonly account: string | undefined };
  readonly rule?: { readonly tags?: unknown };
  /** The place of the innermost of them in its list. */
  readonly at?: number;
}

/** A value, or what follows from the rest of the configuration; undefined: not known as long as there is a `${VAR}` in it. */
export type Default<T> = T | ((around: Around) => T | undefined);

/** What a text must be. In messages, {value} stands for what the file says. */
export type Limit = keyof typeof limits | { readonly pattern: string; readonly otherwise: string };

/** How the wizard asks for a field. */
export type Asked =
  /** Together with what else selects the objects of a rule. */
  | 'selection'
  /** With `--advanced`, in the words of the description. */
  | 'advanced'
  /** A line to tick among the options of a rule, as its default is. `next` asks for the word. */
  | {
      readonly tick: string;
      readonly short: string;
      readonly next?: { readonly message: string; readonly preset: string };
    };

interface AnyField {
  /** For flags and editors. */
  readonly description: string;
  /** Beside the line in a file that we write. */
  readonly comment?: string | undefined;
  /** Whether the file must say it. */
  readonly required?: true;
  readonly ask?: Asked;
  /** A field without a flag. */
  readonly noFlag?: true;
}

export interface TextField extends AnyField {
  readonly kind: 'text';
  /** What to write, for messages: `region: eu-west-1`. */
  readonly write: string;
  readonly limit?: Limit;
  readonly mayBeEmpty?: true;
  /** Whether people leave out the quotes of a text of digits. */
  readonly digits?: true;
  readonly default?: Default<string>;
}

/** One of some words. */
export interface WordField extends AnyField {
  readonly kind: 'word';
  readonly words: readonly [string, ...string[]];
}

export interface BooleanField extends AnyField {
  readonly kind: 'boolean';
  readonly default?: Default<boolean>;
}

/** A whole number from 0. */
export interface IntegerField extends AnyField {
  readonly kind: 'integer';
  readonly write: string;
  readonly most: number;
}

/** A list of texts. */
export interface ListField extends AnyField {
  readonly kind: 'list';
  readonly example: string;
  readonly limit: Limit;
  readonly default: readonly string[];
}

/** Tags. */
export interface MapField extends AnyField {
  readonly kind: 'map';
  readonly most: number;
  /** Of their keys. */
  readonly limit: Limit;
  readonly default?: Readonly<Record<string, string>>;
}

/** The one value that there is. */
export interface ConstantField extends AnyField {
  readonly kind: 'constant';
  readonly value: number;
}

/** Fields below a key. */
export interface MappingField extends AnyField {
  readonly kind: 'mapping';
  readonly write: string;
  readonly fields: Fields;
  /** Whether what we write has the fields in the order of this table, whatever the order of the answers. */
  readonly sorted?: true;
  /** Makes those of its fields that have a default. */
  readonly default?: () => object;
}

/** A list of mappings. */
export interface MappingsField extends Omit<MappingField, 'kind' | 'default'> {
  readonly kind: 'mappings';
  readonly mayBeEmpty?: true;
  readonly entry: {
    /** What defaults call it. */
    readonly as?: 'destination' | 'rule';
    readonly name: string;
    readonly write: string;
    readonly description: string;
    /** Fields any of which it must have. */
    readonly anyOf?: readonly string[];
  };
  readonly default?: Default<readonly object[]>;
}

export type Field =
  | TextField
  | WordField
  | BooleanField
  | IntegerField
  | ListField
  | MapField
  | ConstantField
  | MappingField
  | MappingsField;

/** Fields by key, in the order of the file. */
export type Fields = Readonly<Record<string, Field>>;

/** A mapping as files have it: what is not required may be left out. */
export type Written<F> = Flat<
  { readonly [K in keyof F as F[K] extends Required ? K : never]: Value<F[K], 'written'> } & {
    readonly [K in keyof F as F[K] extends Required ? never : K]?: Value<F[K], 'written'>;
  }
>;

/** The same with all defaults: what may still be absent has none. */
export type Complete<F> = Flat<
  { readonly [K in keyof F as F[K] extends Required | Defaulted ? K : never]: Value<F[K], 'complete'> } & {
    readonly [K in keyof F as F[K] extends Required | Defaulted ? never : K]?: Value<F[K], 'complete'>;
  }
>;

type Required = { readonly required: true };
type Defaulted = { readonly default: unknown };
type Flat<T> = { readonly [K in keyof T]: T[K] };
type Inner<F, How> = How extends 'written' ? Written<F> : Complete<F>;

type Value<F, How> = F extends { readonly kind: 'mapping'; readonly fields: infer Below }
  ? Inner<Below, How>
  : F extends { readonly kind: 'mappings'; readonly fields: infer Below }
    ? readonly Inner<Below, How>[]
    : F extends { readonly kind: 'word'; readonly words: readonly (infer Word)[] }
      ? Word
      : F extends { readonly kind: 'constant'; readonly value: infer Constant }
        ? Constant
        : F extends { readonly kind: keyof Plain }
          ? Plain[F['kind']]
          : never;

interface Plain {
  readonly text: string;
  readonly boolean: boolean;
  readonly integer: number;
  readonly list: readonly string[];
  readonly map: Readonly<Record<string, string>>;
}
