/** Objects between which no policy of a snapshot can tell: what is allowed for one is allowed for all. */
import { wildcardPattern } from '../evaluation/pattern.ts';
import { matcherOf } from '../evaluation/tails.ts';
import type { Snapshot } from '../snapshot.ts';

/** The class of an object's ARN; undefined where policies tell objects apart by more than their ARNs. */
export type ClassOf = (objectArn: string) => string | undefined;

/** Conditions on parts of an object that are not in its ARN, or that compare in another way than policies' patterns do. */
const otherParts = /ignorecase$|^s3:versionid$|objecttag/i;

/**
 * Classes by every pattern of the snapshot that an object's ARN could match, in `Resource` as in conditions: two ARNs that match
 * the same ones are the same to every policy.
 */
export function objectClasses({ accounts }: Snapshot): ClassOf {
  const texts = new Set<string>();
  const names = new Set<string>();
  collect(accounts, texts, names);
  const patterns = [...texts].filter((text) => /[*?]|:s3:::/.test(text));
  if ([...names].some((name) => otherParts.test(name)) || patterns.some((text) => text.includes('${'))) {
    return () => undefined;
  }
  const tests = patterns.map((text) => matcherOf(wildcardPattern(text)));
  const classes = new Map<string, string>();
  return (arn) => {
    const known = classes.get(arn);
    if (known !== undefined) return known;
    const name = tests.map((test) => (test(arn) ? '1' : '0')).join('');
    classes.set(arn, name);
    return name;
  };
}

function collect(value: unknown, texts: Set<string>, names: Set<string>): void {
  if (typeof value === 'string') texts.add(value);
  if (typeof value !== 'object' || value === null) return;
  for (const [name, member] of Object.entries(value)) {
    names.add(name);
    collect(member, texts, names);
  }
}
