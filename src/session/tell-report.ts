/** Why tasks of a job failed: by AWS's reasons in its report, joined with doctor's causes. */
import type { Spec } from '../config/spec.ts';
import { isDenied } from '../connect/absent.ts';
import type { Connection } from '../connect/connection.ts';
import { callBehind } from '../connect/trace.ts';
import { taskCode } from '../doctor/catalogue/task-codes.ts';
import { diagnose } from '../doctor/diagnose.ts';
import type { GroupedCause, Level } from '../doctor/diagnosis.ts';
import { Failure, isStop } from '../events/failure.ts';
import type { ObjectSnapshot } from '../model/snapshot.ts';
import type { FailureCode } from '../model/verdict.ts';
import { headBucket } from '../observe/head-bucket.ts';
import { type JobReport, readJobReport } from '../observe/job-report.ts';
import type { JobSeen, ReportPlace } from '../plan/backfill-jobs.ts';
import {
  type FailedVersion,
  type FailureGroup,
  type ReportRow,
  reportFolder,
  UnreadableReport,
} from '../plan/job-report.ts';
import { type ExplainedGroup, type FoundCause, groupText } from '../show/failure-text.ts';
import { type Given, repairCommands } from '../show/repair-commands.ts';
import { sidesOf } from '../state/names.ts';
import { withoutMarks } from '../text/without-marks.ts';
import { explain } from './explain.ts';
import { FailedFile } from './failed-file.ts';
import { readAround } from './read-around.ts';
import type { Session } from './session.ts';

/** What it takes of a session. */
type Telling = Pick<Session, 'signal' | 'spec' | 'view' | 'surroundings' | 'connections'>;

export type ReportTold =
  /** Reports all failures of the job. */
  | { readonly read: 'whole' }
  /** A sentence. */
  | { readonly read: 'in-part' | 'not'; readonly why: string };

/** A report may come a moment after the end of its job: AWS does not say when. In milliseconds. */
const patience = { tries: 3, pauseMs: 10_000 };

/** @param out a file for all that failed. @returns undefined where the job writes no report. */
export async function tellReport(
  session: Telling,
  job: JobSeen,
  { out, waits }: { readonly out?: string | undefined; readonly waits: boolean },
): Promise<ReportTold | undefined> {
  const { report: place } = job;
  if (place === undefined) return undefined;
  const file = out === undefined ? undefined : await FailedFile.open(out);
  try {
    const told = await readAndTell(session, job, place, { waits, onFailed: (row) => file?.add(row) });
    if (told.read === 'not') file?.discard();
    else file?.keep();
    return told;
  } catch (error) {
    file?.discard();
    throw error;
  }
}

interface Reading {
  readonly waits: boolean;
  readonly onFailed: (row: ReportRow) => void;
}

async function readAndTell(session: Telling, job: JobSeen, place: ReportPlace, reading: Reading): Promise<ReportTold> {
  const where = `s3://${place.bucket}/${reportFolder(place.prefix, job.id)}`;
  try {
    const at = await connectionFor(session, place);
    const found = await readPatiently(session, () => readJobReport(at, place, job.id, reading.onFailed), reading.waits);
    if (found === null) return { read: 'not', why: explainAbsence(job, where) };
    for (const group of await explainGroups(session, found.groups)) {
      session.view.report({ type: 'item', kind: 'failure', members: group, text: groupText(group) });
    }
    return judgeReport(found, job, where);
  } catch (error) {
    if (error instanceof UnreadableReport) return { read: 'not', why: `the report in ${where}: ${error.message}` };
    if (!isOfReading(error, session)) throw error;
    if (!isDenied(error)) return { read: 'not', why: explain(error).message };
    const { account } = session.connections.get('source');
    return {
      read: 'not',
      why: `account ${account} has no permission to read the report in ${where} (s3:GetObject, s3:ListBucket)`,
    };
  }
}

/** Whether AWS has not answered as it should: the job is over, and its result is reported anyway. */
export function isOfReading(error: unknown, { signal }: Pick<Session, 'signal'>): boolean {
  if (isStop(error, signal)) return false;
  return callBehind(error) !== undefined || (error instanceof Failure && error.outcome === 'unauthorized');
}

/** In the Region of the bucket. */
async function connectionFor({ connections, spec }: Telling, { bucket }: ReportPlace): Promise<Connection> {
  const at = connections.get('source');
  if (bucket === spec.source.bucket) return at;
  const found = await headBucket(at, bucket);
  const region = found && 'inaccessible' in found ? found.region : undefined;
  return region === undefined || region === at.region ? at : at.inRegion(region);
}

async function readPatiently(
  { surroundings }: Telling,
  read: () => Promise<JobReport | null>,
  waits: boolean,
): Promise<JobReport | null> {
  for (let left = waits ? patience.tries : 1; ; left -= 1) {
    const found = await read();
    if (found !== null || left <= 1) return found;
    const seconds = 0;
    surroundings.report({ type: 'pending', resource: 'report of the job', reason: 'S3 to write it', seconds });
    await surroundings.sleep(patience.pauseMs);
  }
}

function explainAbsence({ id, reasons }: JobSeen, where: string): string {
  const said = reasons.map(({ reason }) => reason).filter((reason) => /report/i.test(reason));
  const why =
    said.length > 0
      ? `S3 says: ${said.join('; ')}`
      : 'S3 writes none if the bucket has a default retention of Object Lock, or if its policy does not let the role of the job write, for instance because it requires KMS';
  return `there is no report of job ${id} in ${where}. ${why}`;
}

function judgeReport({ failed, problems }: JobReport, job: JobSeen, where: string): ReportTold {
  const lacks = failed < job.failed ? [`it names ${failed} of ${job.failed} objects`] : [];
  const all = [...problems, ...lacks];
  return all.length === 0
    ? { read: 'whole' }
    : { read: 'in-part', why: `the report in ${where} is incomplete: ${all.join('; ')}` };
}

/** Versions that are looked at, of all reasons together, and of each: one reason may have several causes. */
const mostExamples = 40;
const mostOfReason = 4;

async function explainGroups(session: Telling, groups: readonly FailureGroup[]): Promise<readonly ExplainedGroup[]> {
  const each = Math.max(1, Math.min(mostOfReason, Math.floor(mostExamples / groups.length)));
  const looked = groups.map(({ versions }, index) => (index < mostExamples ? spreadOver(versions, each) : []));
  const examples = looked.flat();
  const explainNone = () => groups.map((group) => explainGroup(group, undefined));
  if (examples.length === 0) return explainNone();
  const around = await readAround(session, { sample: examples.length, examples }).catch((error: unknown) => {
    if (isOfReading(error, session)) return undefined;
    throw error;
  });
  if (around === undefined) return explainNone();
  const { snapshot } = around;
  return groups.map((group, index) => {
    const { objects } = snapshot;
    const versions = looked[index] ?? [];
    if (objects === 'unknown' || versions.length === 0) return explainGroup(group, undefined);
    const there = versions.flatMap((version) => objects.find((object) => isVersion(object, version)) ?? []);
    const { causes } = diagnose(snapshot, { objects: there.map(asTried), spec: session.spec });
    return explainGroup(group, { isThere: there.length > 0, causes, profiles: profilesOf(session.spec) });
  });
}

/** The first, the last, and some between: a report is in the order of keys, and other keys may have other causes. */
function spreadOver<T>(all: readonly T[], count: number): readonly T[] {
  if (all.length <= count) return all;
  const step = (all.length - 1) / Math.max(1, count - 1);
  return Array.from({ length: count }, (_, index) => all[Math.round(index * step)]).filter((one) => one !== undefined);
}

function isVersion(object: ObjectSnapshot, { key, versionId }: FailedVersion): boolean {
  if (object.key !== key) return false;
  return versionId === undefined || object.versionId === (versionId === 'null' ? null : versionId);
}

/** A job tries it however old it is, and whatever became of it before. */
function asTried(object: ObjectSnapshot): ObjectSnapshot {
  const { replicationStatus: status } = object;
  return status === 'REPLICA' ? object : { ...object, replicationStatus: 'PENDING', existedBeforeRule: false };
}

interface FoundNow extends Required<Pick<Given, 'profiles'>> {
  readonly isThere: boolean;
  readonly causes: readonly GroupedCause[];
}

function profilesOf(spec: Spec): FoundNow['profiles'] {
  const named = sidesOf(spec).map(({ account, access: { profile } }) => [account, profile] as const);
  return Object.fromEntries(named.flatMap(([account, profile]) => (profile === undefined ? [] : [[account, profile]])));
}

/** @param found what is known of some of its versions now. */
function explainGroup(group: FailureGroup, found: FoundNow | undefined): ExplainedGroup {
  const { code, reason } = group;
  const known = taskCode(code ?? reason);
  return {
    ...group,
    ...(known && { means: withoutMarks(known.means), usualFix: withoutMarks(known.fix) }),
    ...(known?.only && { only: known.only }),
    causes: (found?.causes ?? []).flatMap((cause) => explainCause(cause, code, found?.profiles)),
    ...(found && { isThere: found.isThere }),
  };
}

const stopping: readonly Level[] = ['fails', 'unknown'];

/** Where a rule that leaves the object out says why; as a warning, `diagnose` has it of archived objects. */
const levelsOf: Partial<Record<FailureCode, readonly Level[]>> = {
  InitiateReplicationNotPermitted: [...stopping, 'note'],
  SrcObjectNotEligible: [...stopping, 'note', 'warning'],
};

function explainCause(
  { level, check, summary, fix, repair }: GroupedCause,
  code: FailureCode | undefined,
  profiles: Given['profiles'] = {},
): readonly FoundCause[] {
  const shown = (code && levelsOf[code]) ?? stopping;
  if (!shown.includes(level)) return [];
  const commands = repairCommands(repair, { profiles });
  return [{ level: level === 'unknown' ? level : 'fails', check, summary, fix, commands }];
}
