import { escapeXml, type XmlElement } from './xml.ts';

/** Writes members in S3's order. */
export interface Codec<T> {
  /** @throws XmlShapeError for another shape. */
  decode(element: XmlElement): T;
  encode(name: string, value: T): string;
}

/** The document does not have the shape of S3's published schema. */
export class XmlShapeError extends Error {}

interface Required<T> {
  readonly kind: 'required';
  readonly codec: Codec<T>;
}

interface Optional<T> {
  readonly kind: 'optional';
  readonly codec: Codec<T>;
}

interface Many<T> {
  readonly kind: 'many';
  readonly codec: Codec<T>;
  readonly element: string;
  readonly atLeast: number;
  readonly atMost: number;
}

type Field = Required<unknown> | Optional<unknown> | Many<unknown>;
type Fields = Readonly<Record<string, Field>>;
type Content<F> = F extends { readonly codec: Codec<infer T> } ? T : never;

export type Decoded<C> = C extends Codec<infer T> ? T : never;

type Struct<F extends Fields> = {
  readonly [K in keyof F as F[K] extends Required<unknown> ? K : never]: Content<F[K]>;
} & {
  readonly [K in keyof F as F[K] extends Optional<unknown> ? K : never]?: Content<F[K]>;
} & {
  readonly [K in keyof F as F[K] extends Many<unknown> ? K : never]: readonly Content<F[K]>[];
};

export function required<T>(codec: Codec<T>): Required<T> {
  return { kind: 'required', codec };
}

export function optional<T>(codec: Codec<T>): Optional<T> {
  return { kind: 'optional', codec };
}

/** Repeated elements of one name. */
export function many<T>(element: string, codec: Codec<T>, atLeast = 0, atMost = Number.POSITIVE_INFINITY): Many<T> {
  return { kind: 'many', codec, element, atLeast, atMost };
}

function leaf<T>(read: (text: string) => T): Codec<T> {
  return {
    decode: (element) => {
      if (element.children.length > 0) throw new XmlShapeError(element.name);
      return read(element.text);
    },
    encode: (name, value) => `<${name}>${escapeXml(String(value))}</${name}>`,
  };
}

export const text: Codec<string> = leaf((value) => value);

export const flag: Codec<boolean> = leaf((value) => {
  if (value !== 'true' && value !== 'false') throw new XmlShapeError(value);
  return value === 'true';
});

/** 32 bits. */
export const integer: Codec<number> = leaf((value) => {
  const number = Number(value);
  if (!/^-?\d+$/.test(value) || number > 2147483647 || number < -2147483648) throw new XmlShapeError(value);
  return number;
});

export function oneOf<const V extends string>(...words: readonly V[]): Codec<V> {
  return leaf((value) => {
    const word = words.find((candidate) => candidate === value);
    if (word === undefined) throw new XmlShapeError(value);
    return word;
  });
}

/** Nothing unknown, nothing twice, nothing required missing. */
export function struct<F extends Fields>(fields: F): Codec<Struct<F>> {
  return {
    decode: (element) => decodeMembers(fields, element) as Struct<F>,
    encode: (name, value) => `<${name}>${encodeMembers(fields, value)}</${name}>`,
  };
}

function elementName(name: string, field: Field): string {
  return field.kind === 'many' ? field.element : name;
}

function decodeMembers(fields: Fields, element: XmlElement): Record<string, unknown> {
  const known = new Set(Object.entries(fields).map(([name, field]) => elementName(name, field)));
  if (element.children.some((child) => !known.has(child.name))) throw new XmlShapeError(element.name);
  const members: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) {
    const found = element.children.filter((child) => child.name === elementName(name, field));
    if (field.kind === 'many') {
      if (found.length < field.atLeast || found.length > field.atMost) throw new XmlShapeError(name);
      members[name] = found.map((child) => field.codec.decode(child));
      continue;
    }
    const [only, ...more] = found;
    if (more.length > 0 || (only === undefined && field.kind === 'required')) throw new XmlShapeError(name);
    if (only !== undefined) members[name] = field.codec.decode(only);
  }
  return members;
}

function encodeMembers(fields: Fields, value: Readonly<Record<string, unknown>>): string {
  return Object.entries(fields)
    .flatMap(([name, field]) => {
      const member = value[name];
      if (member === undefined) return [];
      const items = field.kind === 'many' && Array.isArray(member) ? member : [member];
      return items.map((item) => field.codec.encode(elementName(name, field), item));
    })
    .join('');
}
