import { required } from '../aws/required.ts';
import { type Config, configFields } from './fields.ts';
import { isMapping, type Path, valueAt } from './path.ts';
import type { Finding } from './problem.ts';

const { partition } = required('@aws-sdk/core/client');

/** Invalid values are undefined: checks across fields skip them, so that a mistake is reported once. An absent key is one that the user left out. */
export type Draft<T> = T extends readonly (infer Entry)[]
  ? readonly (Draft<Entry> | undefined)[]
  : T extends object
    ? { readonly [Key in keyof T]?: Draft<T[Key]> | undefined }
    : T;

export interface DraftSide {
  readonly path: Path;
  readonly account: string | undefined;
  readonly region: string | undefined;
  readonly partition: string | undefined;
  readonly bucket: string | undefined;
  readonly kmsKey: string | undefined;
  readonly access: Draft<NonNullable<Config['source']['access']>> | undefined;
}

export type DraftRule = Draft<NonNullable<Config['destinations'][number]['rules']>[number]>;

export function draftOf(tree: unknown, findings: readonly Finding[]): Draft<Config> {
  const draft = structuredClone(tree);
  for (const { path, on } of findings) {
    const last = path.at(-1);
    if (last === undefined) return {};
    const around = valueAt(draft, path.slice(0, -1));
    const fits = typeof last === 'number' ? Array.isArray(around) : isMapping(around);
    if (on === undefined && fits) (around as Record<string | number, unknown>)[last] = undefined;
  }
  // What did not fit the schema is undefined by now.
  return (isMapping(draft) ? draft : {}) as Draft<Config>;
}

export function draftSource(draft: Draft<Config>): DraftSide {
  return draftSide(['source'], draft.source);
}

export function draftDestinations(draft: Draft<Config>): readonly DraftSide[] {
  return (draft.destinations ?? []).map((destination, index) => draftSide(['destinations', index], destination));
}

/** Undefined when the value is invalid, `otherwise` when it was left out. */
export function valueOr<T extends object, Key extends keyof T, Otherwise>(owner: T, key: Key, otherwise: Otherwise) {
  return Object.hasOwn(owner, key) ? owner[key] : otherwise;
}

function draftSide(path: Path, side: Draft<Omit<Config['source'], 'additionalKmsKeys'>> | undefined): DraftSide {
  return {
    path,
    account: side?.account,
    region: side?.region,
    partition: side?.region === undefined ? undefined : partition(side.region).name,
    bucket: side?.bucket,
    kmsKey: side === undefined ? undefined : valueOr(side, 'kmsKey', configFields.source.fields.kmsKey.default),
    access: side?.access,
  };
}
