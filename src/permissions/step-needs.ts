import type { Need, Needs, Right } from '../state/need.ts';
import { steps } from '../steps/steps.ts';

/** What the calls of all steps need at a resource, in the order of the steps. */
export function stepNeeds(
  resource: Omit<Need, 'actions' | 'for'>,
  rightsOf: (needs: Needs) => readonly Right[] | undefined,
): readonly Need[] {
  return steps
    .flatMap(({ needs = {} }) => rightsOf(needs) ?? [])
    .map((right) =>
      right.on === undefined ? { ...resource, ...right } : { sid: resource.sid, ...right, on: right.on },
    );
}
