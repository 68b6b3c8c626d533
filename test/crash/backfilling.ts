/** What `s3repl backfill --yes` does, in process and without a terminal; and objects that were there before. */
import { DeleteBucketReplicationCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { run as backfill } from '../../src/commands/backfill.ts';
import type { Spec } from '../../src/config/spec.ts';
import { connect } from '../../src/connect/connect.ts';
import { Failure } from '../../src/events/failure.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import type { SandboxState } from '../../src/sandbox/store/state.ts';
import type { BackfillOptions } from '../../src/session/backfill-options.ts';
import type { Context } from '../../src/session/context.ts';
import { clientsOf } from '../sandbox/clients.ts';
import type { Run } from './cloud.ts';
import { running } from './run.ts';

const options = {
  ...{ yes: true, wait: true, priority: 10, state: '.s3repl', color: false, flagValues: {} },
} as const satisfies BackfillOptions;

const nobody: Context = {
  stdout: { write: () => true },
  stderr: { write: () => true },
  env: {},
  signal: new AbortController().signal,
  use: () => undefined,
};

/** One run, to its end. Fails where it ends without a success. */
export function backfilling(spec: Spec, given: Partial<BackfillOptions> = {}): Run {
  return async (surroundings) => {
    const connections = await connect(spec, surroundings);
    const view = {
      report: surroundings.report,
      plan: async () => undefined,
      diagnosis: () => undefined,
      status: () => undefined,
      round: () => undefined,
      releaseScreen: () => undefined,
    };
    try {
      const { signal } = nobody;
      const about = { spec, config: {}, file: 'repl.yaml', on: {} };
      const session = { ...about, view, surroundings, connections, acceptBreaking: [], signal };
      const result = await backfill({ ...session, close: async () => undefined }, { ...options, ...given }, nobody);
      const { outcome, error, changes } = result;
      if (error) throw new Failure(outcome, error.code, error.message, error.fix);
      return changes;
    } finally {
      connections.close();
    }
  };
}

/** Applies, with objects in the source bucket that no rule has taken. */
export async function applyOverOldObjects(
  spec: Spec,
  { sandbox, run }: { readonly sandbox: Sandbox; readonly run: (one: Run) => Promise<unknown> },
  keys: readonly string[],
): Promise<void> {
  const { account, bucket: Bucket, region } = spec.source;
  const { s3 } = clientsOf(sandbox, account, region);
  await run(running(spec));
  await s3.send(new DeleteBucketReplicationCommand({ Bucket }));
  for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
  await run(running(spec));
}

/** Jobs that were under way at the same time, and what more jobs there are than asked for. */
export function jobsInExcess(state: SandboxState, most: number): readonly string[] {
  const jobs = Object.values(state.jobs).toSorted((a, b) => a.created - b.created);
  const overlapping = jobs.flatMap((job, index) => {
    const before = jobs[index - 1];
    return before && (before.ended ?? Number.POSITIVE_INFINITY) > job.created ? [`${before.id} and ${job.id}`] : [];
  });
  const working = jobs.filter(({ succeeded }) => succeeded > 0);
  return [
    ...overlapping.map((two) => `two jobs at once: ${two}`),
    ...(working.length > most ? [`${working.length} jobs have copied objects`] : []),
  ];
}
