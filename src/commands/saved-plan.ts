/** A plan in a file: the configuration as written, what was seen, and the calls that were shown. */
import { z } from 'zod';
import { faultIn } from '../observe/json-text.ts';
import { mostJsonBytes, readText } from '../observe/text-file.ts';
import { Failure } from '../plan/failure.ts';
import { sameJson } from '../plan/json.ts';
import { type Plan, stateHash } from '../plan/plan.ts';
import type { State } from '../plan/state.ts';
import { writeFileAtomically } from './write-file.ts';

const savedPlanSchema = z.object({
  version: z.literal(1),
  sandbox: z.boolean(),
  spec: z.record(z.string(), z.unknown()),
  observedHash: z.string().regex(/^[0-9a-f]{64}$/),
  accepted: z.object({ breaking: z.array(z.string()), narrowing: z.boolean() }).optional(),
  changes: z.array(z.unknown()),
});

export type SavedPlan = z.infer<typeof savedPlanSchema>;

/** Writes a plan, readable by its owner only; environment variables stay names in it. */
export async function savePlan(
  file: string,
  { config, sandbox, accepted }: Pick<SavedPlan, 'sandbox' | 'accepted'> & { readonly config: unknown },
  observed: State,
  plan: Plan,
): Promise<void> {
  const saved = {
    version: 1,
    sandbox,
    spec: config,
    observedHash: stateHash(observed),
    accepted,
    changes: plan.changes,
  };
  await writeFileAtomically(file, `${JSON.stringify(saved, null, 2)}\n`);
}

/** @throws Failure `invalid` where the file is not a plan, or one of the sandbox for AWS, or the reverse. */
export async function readPlan(file: string, sandbox: boolean): Promise<SavedPlan> {
  const text = await readText(file, { most: mostJsonBytes, refuse });
  if (text === undefined) throw refuse(`there is no file ${file}`);
  const parsed = savedPlanSchema.safeParse(jsonOrUndefined(text));
  if (parsed.success && parsed.data.sandbox !== sandbox) {
    const [of, flag] = parsed.data.sandbox ? ['the sandbox', 'with --sandbox'] : ['AWS', 'without --sandbox'];
    throw refuse(`${file} is a plan for ${of}`, `apply it ${flag}`);
  }
  if (parsed.success) return parsed.data;
  throw refuse(`${file} is not a plan of s3repl`);
}

function refuse(
  message: string,
  fix = 'make one with s3repl plan --out FILE; to apply a configuration: s3repl apply --config FILE',
): Failure {
  return new Failure('invalid', 'plan-file', message, fix);
}

function jsonOrUndefined(text: string): unknown {
  return faultIn(text) === undefined ? JSON.parse(text) : undefined;
}

/**
 * A saved plan is applied only as long as it is exactly what would be planned now.
 *
 * @throws Failure `blocked` where AWS, or what makes the plan, has changed since.
 */
export function assertCurrent(saved: SavedPlan, observed: State, plan: Plan): void {
  if (saved.observedHash === stateHash(observed) && sameJson(saved.changes, plan.changes)) return;
  throw new Failure(
    'blocked',
    'stale-plan',
    'the plan is older than AWS: what is there has changed since it was made',
    'make and review a new one: s3repl plan --out FILE',
  );
}
