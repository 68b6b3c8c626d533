import type { JsonObject } from '../src/aws/json.ts';
import type { Call, Change } from '../src/state/change.ts';

/** A call of whichever operation: its input may have any member. */
export interface AnyCall extends Pick<Call, 'side' | 'service' | 'turn' | 'onlyIf'> {
  readonly operation: string;
  readonly input: JsonObject;
}

export function callsIn(changes: readonly Change[]): readonly AnyCall[] {
  return changes.flatMap(({ calls }) =>
    calls.map((call) => ({ ...call, input: JSON.parse(JSON.stringify(call.input)) as JsonObject })),
  );
}
