/** The codes that the report of a job of S3 Batch Replication has for a task that failed. */
import { type FailureCode, failureCodes } from '../../model/verdict.ts';
import type { CheckId } from '../catalogue.ts';
import type { ReasonEntry } from './reason.ts';
import { reasons } from './reasons.ts';

export interface TaskCode {
  readonly means: string;
  readonly fix: string;
  /** Those of `doctor` that explain it. */
  readonly checks: readonly CheckId[];
  /** As in `reasons`. */
  readonly only?: ReasonEntry['only'];
}

const { DstMultipartUploadNotPermitted } = reasons;

/** Codes that are not failure codes of replication. */
const otherCodes = {
  // S3 User Guide of 2023, replication-failure-codes.
  DstMultipartPartUploadNotPermitted: {
    ...DstMultipartUploadNotPermitted,
    means: 'The older spelling of `DstMultipartUploadNotPermitted`: S3 may not upload the parts of a replica.',
  },
  // S3 User Guide of 2023, troubleshooting-batch-operations.
  InvalidRequest: {
    means: 'A row of the manifest has no version ID, and the message is “Task failed due to missing VersionId”.',
    fix: 'Put the version ID into each row of the manifest; for a version without one, write `null`.',
    checks: ['C32'],
  },
  // S3 User Guide, batch-ops-examples-reports.
  PermanentFailure: {
    means: 'The task failed, and S3 does not try it again. The word alone does not say why.',
    fix: 'Look for one of the other codes in the message of the row. If there is none, run `s3repl doctor --object KEY`, fix the cause, and then run `s3repl backfill --status failed`.',
    checks: ['C36'],
  },
  Undecided: {
    means:
      'Only in the s3repl sandbox: it cannot tell whether S3 would replicate the version, because the documents do not decide it.',
    fix: 'Run `s3repl doctor --sandbox`: it names the policy or the key that leaves the answer open.',
    checks: ['C30'],
  },
} as const satisfies Readonly<Record<string, TaskCode>>;

type TaskCodeName = FailureCode | keyof typeof otherCodes;

export const taskCodeNames: readonly TaskCodeName[] = [
  ...failureCodes,
  ...(Object.keys(otherCodes) as (keyof typeof otherCodes)[]),
].toSorted();

const taskCodes: ReadonlyMap<string, TaskCode> = new Map(
  taskCodeNames.map((code) => [code, isFailureCode(code) ? reasons[code] : otherCodes[code]]),
);

/** @param code as it stands in the report (S3 User Guide, replication-metrics-events and batch-ops-examples-reports). @returns undefined where s3repl does not know it. */
export function taskCode(code: string): TaskCode | undefined {
  return taskCodes.get(code);
}

export function isFailureCode(code: TaskCodeName): code is FailureCode {
  return !(code in otherCodes);
}
