import { InvalidArgumentError } from 'commander';
import { type ExceptedObjects, parseException } from '../config/exception-text.ts';
import type { BucketOptions } from './sides-of-flags.ts';

export interface DoctorOptions extends BucketOptions {
  readonly snapshot?: string;
  readonly saveSnapshot?: string;
  /** `KEY` or `KEY?versionId=ID`. */
  readonly object?: string;
  readonly sample: number;
  /** Every check, and every cause. */
  readonly all?: boolean;
  readonly except?: readonly ExceptedObjects[];
}

export function parseObject(text: string): { readonly key: string; readonly versionId?: string } {
  const [, key, versionId] = /^(.*)\?versionId=([^?&]+)$/s.exec(text) ?? [];
  return key === undefined || versionId === undefined ? { key: text } : { key, versionId };
}

export function parseExcept(text: string): ExceptedObjects {
  try {
    return parseException(text);
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}

const mostSampled = 10_000;

export function parseSample(text: string): number {
  const size = Number(text);
  if (/^\d+$/.test(text) && size <= mostSampled) return size;
  throw new InvalidArgumentError(`use a number from 0 to ${mostSampled}.`);
}
