/** The snapshot of accounts as they are now. */
import type { Spec } from '../config/spec.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { Failure } from '../plan/failure.ts';
import type { View } from '../show/view.ts';
import type { Context } from './context.ts';
import type { DoctorOptions } from './doctor.ts';

export async function liveSnapshot(
  _options: DoctorOptions,
  _context: Context,
  _view: View,
): Promise<{ readonly snapshot: Snapshot; readonly spec?: Spec }> {
  throw new Failure('invalid', 'not-yet', 'only --snapshot FILE yet');
}
