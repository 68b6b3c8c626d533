import { roleArn } from '../aws/arn.ts';
import type { Spec } from '../config/spec.ts';
import { readSnapshot, type Taken } from '../observe/snapshot.ts';
import type { View } from '../show/view.ts';
import { backfillPolicyName } from '../state/names.ts';
import type { Context } from './context.ts';
import { type DoctorOptions, parseObject } from './doctor-options.ts';
import { inAccounts, tellUnread, timeIn } from './in-accounts.ts';

export interface LiveSnapshot extends Pick<Taken, 'snapshot' | 'unreached'> {
  readonly spec?: Spec;
  /** Of the shared configuration file, by account. */
  readonly profiles: Readonly<Record<string, string>>;
}

/**
 * Follows the source bucket wherever it leads; other accounts without a sign-in are unknown. @throws Failure `unauthorized` without one to the source account.
 */
export function liveSnapshot(options: DoctorOptions, context: Context, view: View): Promise<LiveSnapshot> {
  return inAccounts(options, context, view, 'doctor', async ({ access, bucket, spec, surroundings, profiles }) => {
    const { snapshot, refused, unreached } = await readSnapshot(access, bucket, {
      takenAt: new Date(timeIn(surroundings)),
      noOrganization: surroundings.sandbox === true,
      alerts: true,
      jobs: spec ? { ours: ourJobs(spec) } : {},
      sample: {
        sample: options.sample,
        ...(options.object !== undefined && { object: parseObject(options.object) }),
      },
    });
    view.report({ type: 'phase', name: 'done' });
    tellUnread(refused, access, view);
    return { snapshot, profiles, unreached, ...(spec && { spec }) };
  });
}

function ourJobs(spec: Spec) {
  const role = roleArn(spec.source, spec.role.path ?? '/', spec.backfill.role);
  return { name: spec.name, role, policy: backfillPolicyName(spec) };
}
