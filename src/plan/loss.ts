import { namesOf, unknownElements } from '../aws/unknown-elements.ts';
import type { Change, Finding } from '../state/change.ts';
import { factsOf } from '../steps/steps.ts';

/** Calls that would be sent without an element that the SDK does not know: s3repl never drops what others wrote. */
export function lossFindings({ calls, step, side, account }: Change, command: 'apply' | 'destroy'): readonly Finding[] {
  return calls.flatMap(({ operation, input }): Finding[] => {
    const elements = Object.values(input).flatMap((document) => unknownElements(document));
    if (elements.length === 0) return [];
    const what = `the ${factsOf(operation)?.replaces ?? operation} of bucket ${'Bucket' in input ? input.Bucket : ''}`;
    return [
      {
        level: 'problem',
        step,
        code: 'unknown-element',
        side,
        message: `${what} in account ${account} has elements that this version of s3repl does not know, and would lose them when s3repl writes it: ${namesOf(elements)}`,
        fix:
          command === 'apply'
            ? `update s3repl: a newer version may know them. Or make this change to ${what} by hand, and run the same command again`
            : `update s3repl: a newer version may know them. Or remove s3repl's part from ${what} by hand, and run the same command again. Until then, everything of this setup stays`,
      },
    ];
  });
}
