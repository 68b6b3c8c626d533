import { isSameJson } from '../aws/json.ts';
import { type Plan, stateHash } from '../plan/plan.ts';
import type { State } from '../state/state.ts';
import { type Approvable, approve, stalePlanFailure } from './approval.ts';
import type { Asker, Job } from './context.ts';

interface Seen {
  readonly hash: string;
  readonly plan: Plan;
}

export class JointApproval {
  readonly #seen = new Map<string, Seen>();

  /** First round: shows the plan, and remembers it. */
  look(config: string): Approvable {
    const isApproved = (observed: State, plan: Plan) => {
      this.#seen.set(config, { hash: stateHash(observed), plan });
      return false;
    };
    return { look: true, isApproved };
  }

  /** Second round: does what was approved, and nothing else. @param before files already done that share documents with this one. */
  approvalFor(config: string, before: readonly string[]): Approvable {
    const isApproved = (observed: State, plan: Plan) => {
      const seen = this.#seen.get(config);
      const covered =
        seen !== undefined &&
        (seen.hash === stateHash(observed) ||
          isCovered(
            plan,
            seen.plan,
            before.flatMap((one) => this.#seen.get(one)?.plan ?? []),
          ));
      if (covered) return true;
      throw stalePlanFailure();
    };
    return { isApproved };
  }

  /** @throws Failure `cancelled` unless a person says yes to all plans together. */
  async ask(
    { name, writes, jointly }: Pick<Job, 'name' | 'writes' | 'jointly'>,
    ask: Asker,
    signal: AbortSignal,
  ): Promise<void> {
    const count = this.#seen.size;
    const changes = [...this.#seen.values()].reduce((sum, { plan }) => sum + plan.changes.length, 0);
    const to = count === 1 ? 'one configuration' : `${count} configurations`;
    const explainDecline = () => ({ message: 'not approved; nothing was changed' });
    const typed = `${name} ${count}`;
    const question =
      writes === 'typed'
        ? { message: `Type "${typed}" to make these ${changes} changes, to ${to}:`, typed, explainDecline }
        : {
            message: `${jointly ? `${jointly}, of` : `${capitalize(name)} these ${changes} changes, to`} ${to}?`,
            explainDecline,
          };
    await approve(question, ask, signal);
  }
}

function capitalize(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** Whether a plan holds what was approved, and differs only in what the plans before it have written since. */
export function isCovered(plan: Plan, approved: Plan, before: readonly Plan[]): boolean {
  const written = new Set(before.flatMap(({ changes }) => changes.map(({ target }) => target)));
  return plan.changes.every((change) =>
    approved.changes.some(
      (one) =>
        isSameJson(one, change) ||
        (one.step === change.step && one.target === change.target && written.has(change.target)),
    ),
  );
}
