/** Commands as they are run on one configuration, without argv. */
import type { ApplyOptions } from '../src/commands/apply.ts';
import { commands } from '../src/commands/commands.ts';
import type { DestroyOptions } from '../src/commands/destroy.ts';
import type { PermissionsOptions } from '../src/commands/permissions.ts';
import type { PlanOptions } from '../src/commands/plan.ts';
import { runOnOne } from '../src/commands/run.ts';
import type { VerifyOptions } from '../src/commands/verify.ts';
import type { BackfillOptions } from '../src/session/backfill-options.ts';
import type { CommonOptions } from '../src/session/common-options.ts';
import type { Context } from '../src/session/context.ts';
import type { DoctorOptions } from '../src/session/doctor-options.ts';
import type { StatusOptions } from '../src/session/status-options.ts';

/** The declaration of a command. */
export function declared(name: string) {
  const found = commands.find((one) => one.name === name);
  if (!found) throw new Error(`there is no command ${name}`);
  return found;
}

function running<O extends CommonOptions>(name: string) {
  return (options: O, context: Context) => runOnOne(declared(name), options, context);
}

export const runPlan = running<PlanOptions>('plan');
export const runApply = running<ApplyOptions>('apply');
export const runPermissions = running<PermissionsOptions>('permissions');
export const runDoctor = running<DoctorOptions>('doctor');
export const runVerify = running<VerifyOptions>('verify');
export const runBackfill = running<BackfillOptions>('backfill');
export const runStatus = running<StatusOptions>('status');
export const runDestroy = running<DestroyOptions>('destroy');
