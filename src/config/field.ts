import type { limits } from './field-rules.ts';

export interface Around {
  readonly config: { readonly name: string; readonly source: { readonly account: string | undefined } };
  readonly destination?: { readonly account: string | undefined };
  readonly rule?: { readonly tags?: unknown };
  readonly at?: number;
}

/** Undefined: not known while a `${VAR}` is in the way. */
export type Default<T> = T | ((around: Around) => T | undefined);

export type Limit = keyof typeof limits | { readonly pattern: string; readonly otherwise: string };

export type Asked =
  | 'selection'
  | 'advanced'
  /** A line to tick in the list of rule options; `next` asks for the word. */
  | {
      readonly tick: string;
      readonly short: string;
      readonly next?: { readonly message: string; readonly preset: string };
    };

interface AnyField {
  readonly description: string;
  readonly comment?: string | undefined;
  readonly required?: true;
  readonly ask?: Asked;
  readonly noFlag?: true;
}

export interface TextField extends AnyField {
  readonly kind: 'text';
  readonly write: string;
  readonly limit?: Limit;
  readonly mayBeEmpty?: true;
  readonly digits?: true;
  readonly default?: Default<string>;
}

export interface WordField extends AnyField {
  readonly kind: 'word';
  readonly words: readonly [string, ...string[]];
}

export interface BooleanField extends AnyField {
  readonly kind: 'boolean';
  readonly default?: Default<boolean>;
}

export interface IntegerField extends AnyField {
  readonly kind: 'integer';
  readonly write: string;
  readonly most: number;
}

export interface ListField extends AnyField {
  readonly kind: 'list';
  readonly example: string;
  /** May stand in place of the list, and means an empty one. */
  readonly word?: string;
  /** Entries. */
  readonly most?: number;
  readonly limit: Limit;
  readonly default: readonly string[];
}

export interface MapField extends AnyField {
  readonly kind: 'map';
  readonly most: number;
  readonly limit: Limit;
  readonly default?: Readonly<Record<string, string>>;
}

export interface ConstantField extends AnyField {
  readonly kind: 'constant';
  readonly value: number;
}

export interface MappingField extends AnyField {
  readonly kind: 'mapping';
  readonly write: string;
  readonly fields: Fields;
  /** Whether we write the fields in this order, whatever the order of the answers. */
  readonly sorted?: true;
  readonly default?: () => object;
}

export interface MappingsField extends Omit<MappingField, 'kind' | 'default'> {
  readonly kind: 'mappings';
  readonly mayBeEmpty?: true;
  readonly entry: {
    readonly as?: 'destination' | 'rule';
    readonly name: string;
    readonly write: string;
    readonly description: string;
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

export type Fields = Readonly<Record<string, Field>>;

/** Optional unless required. */
export type Written<F> = Flat<
  { readonly [K in keyof F as F[K] extends Required ? K : never]: Value<F[K], 'written'> } & {
    readonly [K in keyof F as F[K] extends Required ? never : K]?: Value<F[K], 'written'>;
  }
>;

/** With all defaults: fields that may still be absent have none. */
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
