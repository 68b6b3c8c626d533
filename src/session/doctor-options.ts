import type { ExceptedObjects } from '../config/exception-text.ts';
import type { CommonOptions } from './common-options.ts';

export interface DoctorOptions extends CommonOptions {
  readonly snapshot?: string;
  readonly saveSnapshot?: string;
  /** `KEY` or `KEY?versionId=ID`. */
  readonly object?: string;
  readonly bucket?: string;
  readonly sample: number;
  /** Objects that are left out on purpose, under any rule. */
  readonly except?: readonly ExceptedObjects[];
}

/** The object that `--object` names. */
export function parseObject(text: string): { readonly key: string; readonly versionId?: string } {
  const [, key, versionId] = /^(.*)\?versionId=([^?&]+)$/s.exec(text) ?? [];
  return key === undefined || versionId === undefined ? { key: text } : { key, versionId };
}
