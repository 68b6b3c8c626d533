import { namesOf, type UnknownElement, unknownElements } from '../../aws/unknown-elements.ts';
import { settingOf } from './find.ts';
import type { Check, Finding } from './finding.ts';
import type { Path } from './path.ts';
import { destinationSide, type Prepared } from './prepare.ts';
import type { Rule } from './rule.ts';

/** Elements that s3repl does not know, also of the destination's default encryption (BlockedEncryptionTypes): we cannot tell what S3 does with them. */
export function strangeElements(prepared: Prepared, rule: Rule): readonly Finding[] {
  const { name, path, value } = destinationSide(prepared, rule.destination);
  return prepared.answerOnce(`strange elements under ${rule.path}`, () => [
    ...strangeFindings('C04', `Rule ${rule.id}`, rule.path, rule.strange),
    ...strangeFindings(
      'C27',
      `The default encryption of bucket ${name}`,
      [...path, 'encryption'],
      unknownElements(settingOf(value, 'encryption')),
    ),
  ]);
}

function strangeFindings(
  check: Check,
  what: string,
  path: Path,
  elements: readonly UnknownElement[],
): readonly Finding[] {
  if (elements.length === 0) return [];
  const summary = `${what} has elements that this s3repl does not know: ${namesOf(elements)}.`;
  const fix = 'Update s3repl: a newer version may know them.';
  const unknown = elements.map(({ element }) => `what ${element} means`);
  return [{ effect: 'unknown', cause: { check, summary, fix, evidence: { path, unknown } } }];
}
