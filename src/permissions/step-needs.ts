import type { Need, Needs, Right } from '../state/need.ts';
import { steps } from '../steps/steps.ts';

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
