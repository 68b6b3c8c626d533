import { enumerate } from '../evaluation/phrase.ts';
import type { ObjectClass } from '../object-class.ts';

export interface Described {
  readonly what: 'new-object' | 'delete-marker';
  readonly class: ObjectClass;
  readonly plain: ObjectClass;
}

/** `objects under hr/`, `delete markers whose keys match *.pdf`, `objects encrypted with SSE-S3`. */
export function classText(described: Described): string {
  return `${subjectOf(described)} ${describeDifference(described)}`.trimEnd();
}

export function remarkOn(described: Described, said: Remark['said'], except?: string): Remark {
  const whole = { subject: subjectOf(described), rest: describeDifference(described), said };
  return { ...whole, name: classText(described), ...(except !== undefined && { except }) };
}

function subjectOf(described: Described): string {
  const subject = described.what === 'delete-marker' ? 'delete markers' : 'objects';
  return isPlain(described) ? `other ${subject}` : subject;
}

export function isPlain(described: Described): boolean {
  return partsOf(described).length === 0;
}

function describeDifference(described: Described): string {
  return partsOf(described).join(' and ');
}

function partsOf({ what, class: one, plain }: Described): readonly string[] {
  const parts = one.key === plain.key ? [] : [keyText(one.key)];
  if (what === 'new-object') {
    const tags = Object.entries(one.tags).filter(([key, value]) => plain.tags[key] !== value);
    if (tags.length > 0) parts.push(tagsText(tags));
    if (one.encryption !== plain.encryption) parts.push(`encrypted with ${one.encryption}`);
    else if (one.bucketKey !== plain.bucketKey) parts.push(`${one.bucketKey ? 'with' : 'without'} an S3 Bucket Key`);
  }
  return parts;
}

function keyText(pattern: string): string {
  const [, start] = /^([^*?]*)\*$/.exec(pattern) ?? [];
  if (start?.endsWith('/')) return `under ${start}`;
  if (start !== undefined) return `whose keys begin with ${start}`;
  return /[*?]/.test(pattern) ? `whose keys match ${pattern}` : `named ${pattern}`;
}

/** A tag that only a probe has stands for any. */
export const anyTag = { s3repl: 'probe' };

function tagsText(tags: readonly (readonly [string, string])[]): string {
  const isAny = tags.every(([key, value]) => Object.entries(anyTag).some((any) => any[0] === key && any[1] === value));
  return isAny ? 'with tags' : `tagged ${tags.map(([key, value]) => `${key}=${value}`).join(', ')}`;
}

export interface Remark {
  readonly name: string;
  readonly subject: string;
  readonly rest: string;
  readonly said: 'fails' | 'unknown' | 'remark';
  readonly except?: string;
}

export function classSummary(remarks: readonly Remark[], summary: string): string {
  const meant = remarks.filter(({ except }) => except !== undefined);
  if (meant.length === remarks.length) {
    const why = enumerate([...new Set(meant.map(({ except = '' }) => except))]);
    return `${sentence(names(meant))} do not replicate, as meant (${why}): ${summary}`;
  }
  const open = remarks.filter(({ except }) => except === undefined);
  const failing = open.filter(({ said }) => said === 'fails');
  if (failing.length > 0) return `${sentence(names(failing))} would fail: ${summary}`;
  const doubtful = open.filter(({ said }) => said === 'unknown');
  return doubtful.length > 0
    ? `s3repl cannot tell whether ${names(doubtful)} replicate: ${summary}`
    : `${sentence(names(open))}: ${summary}`;
}

function names(remarks: readonly Remark[]): string {
  const subjects = new Map<string, string[]>();
  for (const { subject, rest } of remarks) subjects.set(rest, [...(subjects.get(rest) ?? []), subject]);
  const rests = new Map<string, string[]>();
  for (const [rest, some] of subjects) {
    const of = some.join(' and ');
    rests.set(of, [...(rests.get(of) ?? []), rest]);
  }
  return [...rests].map(([of, some]) => `${of} ${enumerate(some)}`.trimEnd()).join('; ');
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
