import { exceptionArgument } from '../config/exception-text.ts';
import { diagnose } from '../doctor/diagnose.ts';
import type { Diagnosis } from '../doctor/diagnosis.ts';
import { isOnlyUnproven } from '../doctor/sightings.ts';
import type { GivenFlag, NextCommand, Result } from '../events/event.ts';
import { Failure } from '../events/failure.ts';
import { readSnapshotFile, snapshotText } from '../files/snapshot-file.ts';
import { writeFileAtomically } from '../files/write-file.ts';
import { exceptText } from '../model/classes/except-text.ts';
import type { ObjectSnapshot, Snapshot } from '../model/snapshot.ts';
import { nextCommand, whereOf } from '../session/common-options.ts';
import type { Context } from '../session/context.ts';
import type { LiveSnapshot } from '../session/doctor-live.ts';
import { type DoctorOptions, parseObject } from '../session/doctor-options.ts';
import { viewFor } from '../session/view-for.ts';
import { blocksOf } from '../show/doctor-text.ts';
import { flagsOf, type Given } from '../show/repair-commands.ts';
import type { View } from '../show/view.ts';

export async function run(options: DoctorOptions, context: Context): Promise<Result> {
  const view = await viewFor(options, context);
  const {
    snapshot,
    spec,
    profiles = {},
    unreached = [],
  } = options.snapshot === undefined
    ? await takeLiveSnapshot(options, context, view)
    : { snapshot: await readSnapshotFile(options.snapshot) };
  if (options.saveSnapshot !== undefined) await writeFileAtomically(options.saveSnapshot, snapshotText(snapshot));
  const objects = options.object === undefined ? undefined : objectsOf(snapshot, options.object);
  const exclusions = (options.except ?? []).map((one) => ({ ...one, why: '--except' }));
  const [account] = options.bucket === undefined || namesDestination(options) ? [] : unreached;
  const diagnosis = diagnose(snapshot, {
    exclusions,
    ...(objects && { objects }),
    ...(spec && { spec }),
    ...(account !== undefined && { unreached: [account] }),
  });
  const given = { on: whereOf(options), profiles };
  view.diagnosis(diagnosis, { ...given, all: options.all ?? false });
  return {
    ...resultOf(diagnosis, options, given),
    ...nextAfter(diagnosis, { hasConfig: spec !== undefined, account }, options),
  };
}

function namesDestination({ destinationProfile, flagValues }: DoctorOptions): boolean {
  return destinationProfile !== undefined || Object.keys(flagValues).some((path) => path.startsWith('destinations'));
}

type Seen = Pick<LiveSnapshot, 'snapshot'> & Partial<LiveSnapshot>;

/** Loaded here only: a saved snapshot needs neither the SDK nor the configuration. */
async function takeLiveSnapshot(options: DoctorOptions, context: Context, view: View): Promise<Seen> {
  const { liveSnapshot } = await import('../session/doctor-live.ts');
  return liveSnapshot(options, context, view);
}

function objectsOf({ objects, source }: Snapshot, text: string): readonly ObjectSnapshot[] {
  const { key, versionId } = parseObject(text);
  if (objects === 'unknown') {
    throw new Failure('unknown', 'objects-unread', 'the objects of the source bucket could not be read');
  }
  const found = objects.filter((one) => one.key === key && (versionId === undefined || one.versionId === versionId));
  if (found.length > 0) return found;
  throw new Failure(
    'invalid',
    'no-object',
    `there is no object ${text} among the ${objects.length} that were read of bucket ${source.bucket}`,
    'give the full key, without the name of the bucket; keys are case-sensitive',
  );
}

function resultOf({ outcome, causes, excluded = [] }: Diagnosis, options: DoctorOptions, given: Given): Result {
  const blocks = blocksOf(causes, given);
  const count = (level: string, one: string, many: string) => {
    const number = blocks.filter((block) => block.level === level).length;
    return number === 0 ? [] : [`${number} ${number === 1 ? one : many}`];
  };
  const parts = [
    ...count('fails', 'cause keeps objects from replicating', 'causes keep objects from replicating'),
    ...count('unknown', 'thing that s3repl cannot tell', 'things that s3repl cannot tell'),
    ...count('warning', 'warning', 'warnings'),
  ];
  const all =
    options.object === undefined ? `new objects replicate${exceptText(excluded)}` : 'nothing is wrong with it';
  return {
    outcome,
    changes: 0,
    summary: outcome === 'healthy' ? [all, ...parts].join('; ') : parts.join('; '),
  };
}

/** Where nothing but old failures leaves the answer open, only a new object tells. */
function nextAfter(
  { outcome, causes }: Diagnosis,
  { hasConfig, account }: { readonly hasConfig: boolean; readonly account: string | undefined },
  options: DoctorOptions,
): Pick<Result, 'next'> {
  const failing = causes.filter(({ level }) => level === 'fails');
  if (failing.some(({ fixedByApply }) => fixedByApply === true)) return { next: nextCommand('apply', options) };
  const [repair] = failing.map((cause) => cause.repair);
  if (repair?.by === 's3repl') return { next: nextCommand(repair.command, options, { flags: flagsOf(repair) }) };
  if (isOnlyUnproven(causes) && options.snapshot === undefined)
    return { next: hasConfig ? nextCommand('verify', options) : doctorAgain(options) };
  if (outcome !== 'unknown' || account === undefined) return {};
  return { next: doctorAgain({ ...options, destinationProfile: 'PROFILE' }, [['--destination-account', account]]) };
}

/** After somebody has written an object, or with a sign-in to one more account. */
function doctorAgain(options: DoctorOptions, more: readonly GivenFlag[] = []): NextCommand {
  const { bucket, object, except = [] } = options;
  const flags = [
    ...(bucket === undefined ? [] : [['--bucket', bucket.name] as const]),
    ...(object === undefined ? [] : [['--object', object] as const]),
    ...except.map((one) => ['--except', exceptionArgument(one)] as const),
    ...more,
  ];
  return nextCommand('doctor', options, { flags });
}
