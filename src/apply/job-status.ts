import type { Connection } from '../connect/connection.ts';
import { isJobUnknown } from '../observe/jobs.ts';
import { send } from './send.ts';

/** Lets a job go on, or ends it. A job that is over by now, or was asked before, stays as it is: the next look at it tells. */
export async function requestJobStatus(
  at: Connection,
  JobId: string,
  RequestedJobStatus: 'Ready' | 'Cancelled',
  reason?: string,
): Promise<void> {
  const input = {
    AccountId: at.account,
    JobId,
    RequestedJobStatus,
    ...(reason !== undefined && { StatusUpdateReason: `s3repl: ${reason}` }),
  };
  await send<'UpdateJobStatus'>(at, { service: 'S3Control', operation: 'UpdateJobStatus', input }).catch(
    (error: unknown) => {
      if (!isTooLate(error)) throw error;
    },
  );
}

/** API Reference, UpdateJobStatus. */
function isTooLate(error: unknown): boolean {
  return isJobUnknown(error) || (error instanceof Error && error.name === 'JobStatusException');
}
