import type { CommonOptions } from './common-options.ts';

export interface DoctorOptions extends CommonOptions {
  readonly snapshot?: string;
  readonly saveSnapshot?: string;
  /** `KEY` or `KEY?versionId=ID`. */
  readonly object?: string;
  readonly bucket?: string;
  readonly sample: number;
}

/** The object that `--object` names. */
export function parseObject(text: string): { readonly key: string; readonly versionId?: string } {
  const [, key, versionId] = /^(.*)\?versionId=([^?&]+)$/s.exec(text) ?? [];
  return key === undefined || versionId === undefined ? { key: text } : { key, versionId };
}
