import { createHash } from 'node:crypto';
import * as z from 'zod';
import { canonical, isSameJson } from '../aws/json.ts';
import { isMapping } from '../config/path.ts';
import type { Spec } from '../config/spec.ts';
import type { ItemEvent } from '../events/event.ts';
import { Failure } from '../events/failure.ts';
import { faultIn } from '../files/json-text.ts';
import { mostJsonBytes, readText } from '../files/text-file.ts';
import { writeFileAtomically } from '../files/write-file.ts';
import { type Plan, stateHash } from '../plan/plan.ts';
import { sidesOf } from '../state/names.ts';
import type { State } from '../state/state.ts';

/** Version 1 had no digest. */
const version = 2;

const savedPlanSchema = z.object({
  version: z.literal(version),
  sandbox: z.boolean(),
  spec: z.record(z.string(), z.unknown()),
  observedHash: z.string().regex(/^[0-9a-f]{64}$/),
  accepted: z.object({ breaking: z.array(z.string()), narrowing: z.boolean() }).optional(),
  changes: z.array(z.unknown()),
});

export type SavedPlan = z.infer<typeof savedPlanSchema>;

/**
 * Readable by its owner only. Environment variables stay names in the configuration; the changes hold values, but no credential (config/credential-names.ts).
 */
export async function savePlan(
  file: string,
  { config, sandbox, accepted }: Pick<SavedPlan, 'sandbox' | 'accepted'> & { readonly config: unknown },
  observed: State,
  plan: Plan,
): Promise<void> {
  const observedHash = stateHash(observed);
  const saved = { version, sandbox, spec: config, observedHash, accepted, changes: plan.changes };
  await writeFileAtomically(file, `${JSON.stringify({ ...saved, digest: digestOf(saved) }, null, 2)}\n`);
}

/** @throws Failure `invalid` where the file is not a plan, or is one of the sandbox for AWS, or the reverse. */
export async function readPlan(file: string, sandbox: boolean): Promise<SavedPlan> {
  const text = await readText(file, { most: mostJsonBytes, refuse });
  if (text === undefined) throw refuse(`there is no file ${file}`);
  const json = jsonOrUndefined(text);
  const parsed = savedPlanSchema.safeParse(json);
  if (parsed.success && !isUnchanged(json)) {
    throw refuse(`${file} was changed after it was saved`, 'make and review a new one: s3repl plan --out FILE');
  }
  if (parsed.success && parsed.data.sandbox !== sandbox) {
    const [of, flag] = parsed.data.sandbox ? ['the sandbox', 'with --sandbox'] : ['AWS', 'without --sandbox'];
    throw refuse(`${file} is a plan for ${of}`, `apply it ${flag}`);
  }
  if (parsed.success) return parsed.data;
  if (isMapping(json) && typeof json.version === 'number' && json.version !== version && 'observedHash' in json) {
    throw refuse(`${file} was saved by another version of s3repl`, 'make a new one: s3repl plan --out FILE');
  }
  throw refuse(`${file} is not a saved plan`);
}

/** A person has to see where profiles and roles lead: whoever changes a plan can renew its digest. Leaves out external IDs. */
export function signInsOf(file: string, spec: Spec): readonly ItemEvent[] {
  return sidesOf(spec).map(({ id: side, account, access: { externalId, ...access } }) => {
    const { profile, assumeRole, mfaSerial } = access;
    const how = [
      profile === undefined ? 'the default credentials' : `the profile ${profile}`,
      ...(assumeRole === undefined ? [] : [`the role ${assumeRole}`]),
      ...(externalId === undefined ? [] : ['an external ID']),
      ...(mfaSerial === undefined ? [] : [`the MFA device ${mfaSerial}`]),
    ];
    const text = `The plan ${file} signs in to ${side}, account ${account}, with ${how.join(', ')}`;
    return { type: 'item', kind: 'sign-in', text, members: { side, account, ...access } };
  });
}

/** SHA-256 over all other members. It finds manual or accidental changes; it is no signature, since it holds no secret and anyone can renew it. */
function digestOf(saved: object): string {
  return createHash('sha256').update(canonical(saved)).digest('hex');
}

function isUnchanged(json: unknown): boolean {
  if (!isMapping(json)) return false;
  const { digest, ...saved } = json;
  return digest === digestOf(saved);
}

function refuse(
  message: string,
  fix = 'make one: s3repl plan --out FILE; to apply a configuration: s3repl apply --config FILE',
): Failure {
  return new Failure('invalid', 'plan-file', message, fix);
}

function jsonOrUndefined(text: string): unknown {
  return faultIn(text) === undefined ? JSON.parse(text) : undefined;
}

/** Applies a saved plan only while it is exactly what would be planned now. @throws Failure `blocked` where AWS, or what makes the plan, has changed since. */
export function assertCurrent(saved: SavedPlan, observed: State, plan: Plan): void {
  if (saved.observedHash === stateHash(observed) && isSameJson(saved.changes, plan.changes)) return;
  throw new Failure(
    'blocked',
    'stale-plan',
    'the plan is out of date: something in AWS has changed since it was made',
    'make and review a new one: s3repl plan --out FILE',
  );
}
