import { namesS3 } from '../../aws/arn.ts';
import { wildcardPattern } from '../evaluation/pattern.ts';
import { matcherOf } from '../evaluation/tails.ts';
import type { Snapshot } from '../snapshot.ts';

/** Undefined where policies tell objects apart by more than their ARNs and tags. */
export type ClassOf = (objectArn: string) => string | undefined;

export interface ObjectClasses {
  readonly classOf: ClassOf;
  /** Whether policies tell objects of one class apart by their tags. */
  readonly namesTags: boolean;
}

/** Parts that are neither in an ARN nor tags, or that compare in another way than patterns do. */
const otherParts = /ignorecase|^s3:versionid$/i;

/** Objects that no policy can tell apart: their ARNs match the same patterns in `Resource` and conditions. */
export function objectClasses({ accounts }: Snapshot): ObjectClasses {
  const texts = new Set<string>();
  const names = new Set<string>();
  collect(accounts, texts, names);
  const patterns = [...texts].filter((text) => /[*?]/.test(text) || namesS3(text));
  if ([...names].some((name) => otherParts.test(name)) || patterns.some((text) => text.includes('${'))) {
    return { classOf: () => undefined, namesTags: true };
  }
  const tests = patterns.map((text) => matcherOf(wildcardPattern(text)));
  const classes = new Map<string, string>();
  const classOf = (arn: string) => {
    const known = classes.get(arn);
    if (known !== undefined) return known;
    const name = tests.map((test) => (test(arn) ? '1' : '0')).join('');
    classes.set(arn, name);
    return name;
  };
  return { classOf, namesTags: [...names].some((name) => /objecttag/i.test(name)) };
}

function collect(value: unknown, texts: Set<string>, names: Set<string>): void {
  if (typeof value === 'string') texts.add(value);
  if (typeof value !== 'object' || value === null) return;
  for (const [name, member] of Object.entries(value)) {
    names.add(name);
    collect(member, texts, names);
  }
}
