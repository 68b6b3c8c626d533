import { AwsError } from '../wire/errors.ts';
import type { Call } from '../wire/route.ts';
import { invalidRequest } from './request.ts';
import type { StoredObject } from './stored-object.ts';

/** Both ends are included; `number` if it was asked for as a part of an upload. */
export interface Part {
  readonly start: number;
  readonly end: number;
  readonly number?: number;
}

/** Undefined: the whole. Ignores an unreadable range; one beyond the object is 416. */
export function partOf({ headers, query }: Call, object: StoredObject): Part | undefined {
  const { range } = headers;
  if (query.partNumber !== undefined) {
    if (range !== undefined) throw invalidRequest('Cannot specify both Range header and partNumber query parameter');
    return partByNumber(Number(query.partNumber), object);
  }
  return range === undefined ? undefined : partInRange(range, object.size);
}

function partInRange(range: string, size: number): Part | undefined {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(range) ?? [];
  if (from === '' && to === '') return undefined;
  if (from !== '' && to !== '' && Number(to) < Number(from)) return undefined;
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (start <= end) return { start, end };
  throw new AwsError('InvalidRange', 416, 'The requested range is not satisfiable', {
    RangeRequested: range,
    ActualObjectSize: String(size),
  });
}

function partByNumber(number: number, { parts, size }: StoredObject): Part | undefined {
  const sizes = parts ?? [size];
  const length = sizes[number - 1];
  if (length === undefined) {
    throw new AwsError('InvalidPartNumber', 416, 'The requested partnumber is not satisfiable', {
      PartNumberRequested: String(number),
      ActualPartCount: String(sizes.length),
    });
  }
  const start = sizes.slice(0, number - 1).reduce((sum, part) => sum + part, 0);
  return length === 0 ? undefined : { start, end: start + length - 1, number };
}
