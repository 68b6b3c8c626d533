import { createHash } from 'node:crypto';
import { send } from '../apply/send.ts';
import { required } from '../aws/required.ts';
import type { Spec } from '../config/spec.ts';
import { statusOf } from '../connect/absent.ts';
import type { Connections } from '../connect/connection.ts';
import type { Surroundings } from '../connect/surroundings.ts';
import { canaryName } from '../events/event.ts';
import { Failure, stopFailure } from '../events/failure.ts';
import type { Place } from '../model/decision.ts';
import type { Input, Output } from '../state/change.ts';
import type { State } from '../state/state.ts';
import type { Canary } from './canaries.ts';
import { canaryHeaders } from './canary-headers.ts';
import { poll } from './poll.ts';
import { isForbidden, isRefusal } from './refusal.ts';
import { type Leftover, removeCanary, versionsOf } from './remove.ts';
import { faultOfFailed, faultsOfReplica, type Written } from './replica.ts';

const { HeadObjectCommand } = required('@aws-sdk/client-s3');

export interface CanaryWork {
  readonly spec: Spec;
  readonly state: State;
  readonly connections: Connections;
  readonly surroundings: Pick<Surroundings, 'report' | 'now' | 'sleep' | 'deadline'>;
  /** Aborted by Ctrl-C, or at the deadline: the canary is removed all the same. */
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** Called while the object is still there. */
  readonly diagnose: (object: { readonly key: string; readonly versionId: string }) => Promise<void>;
}

export type CanaryEnd =
  | { readonly outcome: 'replicated'; readonly seconds: number; readonly deleteMarkerSeconds?: number }
  /** S3 says FAILED, has not selected it at all, or the replica is wrong. In seconds. */
  | { readonly outcome: 'failed' | 'not-selected'; readonly seconds: number; readonly faults: readonly string[] }
  | { readonly outcome: 'pending' | 'delete-marker-pending'; readonly seconds: number };

export interface Proof {
  readonly canary: Canary;
  readonly end?: CanaryEnd;
  readonly error?: unknown;
  /** AWS's refusal of a tagged second canary: that one only proves more. */
  readonly untried?: unknown;
  readonly leftovers: readonly Leftover[];
}

/** S3 sets the status of a version when it writes it; one without a status by then was not selected. */
const selectionMs = 60_000;

/** Never throws, so that the canaries of other rules end as well. */
export async function proveRule(canary: Canary, work: CanaryWork): Promise<Proof> {
  const known: string[] = [];
  let end: CanaryEnd | undefined;
  let failure: { readonly error: unknown } | undefined;
  try {
    end = await followCanary(canary, work, known);
  } catch (error) {
    failure = { error };
  }
  const refused = known.length === 0 && failure !== undefined && isRefusal(failure.error);
  if (refused && canary.second && isForbidden(failure?.error)) {
    return { canary, untried: failure?.error, leftovers: [] };
  }
  const arrived = end !== undefined && end.outcome !== 'pending' && end.outcome !== 'delete-marker-pending';
  const leftovers = refused ? [] : await removeCanary(canary, work, { known, arrived });
  return { canary, leftovers, ...(end ? { end } : {}), ...(failure ? { error: failure.error } : {}) };
}

async function followCanary(canary: Canary, work: CanaryWork, known: string[]): Promise<CanaryEnd> {
  const { now } = work.surroundings;
  const started = now();
  const secondsSoFar = () => Math.round((now() - started) / 1000);
  if (work.signal.aborted) throw stopFailure(work.signal, notArrived);
  const written = await write(canary, work);
  known.push(written.versionId);

  const status = await replicationStatus(canary, written, work, started);
  if (status === 'pending') return { outcome: 'pending', seconds: secondsSoFar() };
  if (status !== 'completed') {
    const fault =
      status === 'failed'
        ? await faultOfFailed(canary, written, { ...work, report: work.surroundings.report })
        : 'S3 has not selected it: no active rule applies to it';
    await work.diagnose({ key: canary.key, versionId: written.versionId });
    return { outcome: status, seconds: secondsSoFar(), faults: [fault] };
  }
  const arrivedAfter = secondsSoFar();
  const faults = await faultsOfReplica(canary, written, { ...work, report: work.surroundings.report });
  if (faults.length > 0) return { outcome: 'failed', seconds: arrivedAfter, faults };
  if (!canary.rule.deleteMarkers || canary.second) return { outcome: 'replicated', seconds: arrivedAfter };

  const marked = now();
  const { VersionId } = await deletion(canary, work);
  if (VersionId) known.push(VersionId);
  const arrived = await markerArrives(canary, work, marked);
  const deleteMarkerSeconds = Math.round((now() - marked) / 1000);
  return arrived
    ? { outcome: 'replicated', seconds: arrivedAfter, deleteMarkerSeconds }
    : { outcome: 'delete-marker-pending', seconds: deleteMarkerSeconds };
}

async function write(canary: Canary, { spec, state, connections }: CanaryWork): Promise<Written> {
  const { key, rule, tags } = canary;
  const Body = `Written by s3repl verify to test the rule ${rule.id} of ${spec.name}. You may delete it.\n`;
  const checksum = createHash('sha256').update(Body).digest('base64');
  const tagging = Object.entries(tags).map((pair) => pair.map(encodeURIComponent).join('='));
  const at = connections.get('source');
  const { headers, deniedBy } = canaryHeaders(state, spec, at.identity, canary);
  const input: Input<'PutObject'> = {
    Bucket: spec.source.bucket,
    Key: key,
    Body,
    ContentType: 'text/plain',
    ChecksumSHA256: checksum,
    ExpectedBucketOwner: spec.source.account,
    ...(tagging.length > 0 ? { Tagging: tagging.join('&') } : {}),
    ...headers,
  };
  const request = { service: 'S3', operation: 'PutObject', input } as const;
  const { VersionId = 'null', ETag } = await send(at, request).catch((error: unknown) => {
    throw deniedBy && statusOf(error) === 403 ? denialFailure(deniedBy, spec, error) : error;
  });
  return { versionId: VersionId, etag: ETag, checksum, size: Buffer.byteLength(Body) };
}

/** No right is missing: the policy demands something of writers that a canary does not have. */
function denialFailure({ sid, statement }: Place, { source }: Spec, cause: unknown): Failure {
  const which = sid === undefined ? `statement ${statement + 1}` : `statement ${sid}`;
  return new Failure(
    'blocked',
    'canary-denied',
    `${which} of the bucket policy of ${source.bucket} denies s3:PutObject of the test object, whatever headers s3repl sends`,
    'exempt the keys of test objects from that statement, or choose another place for them: --canary-prefix PREFIX; to check without an object: s3repl verify --no-canary',
    { cause },
  );
}

function deletion({ key }: Canary, { spec, connections }: CanaryWork): Promise<Output<'DeleteObject'>> {
  const { bucket, account } = spec.source;
  const input = { Bucket: bucket, Key: key, ExpectedBucketOwner: account };
  return send(connections.get('source'), { service: 'S3', operation: 'DeleteObject', input });
}

async function replicationStatus(
  canary: Canary,
  { versionId }: Written,
  work: CanaryWork,
  started: number,
): Promise<'completed' | 'failed' | 'not-selected' | 'pending'> {
  const { source } = work.spec;
  const { s3 } = work.connections.get('source');
  const ask = { Bucket: source.bucket, Key: canary.key, VersionId: versionId, ExpectedBucketOwner: source.account };
  const found = await poll(nameWait(canary, 'S3 to replicate it'), work, started, async (waited) => {
    const { ReplicationStatus } = await s3.send(new HeadObjectCommand(ask));
    switch (ReplicationStatus) {
      case 'COMPLETED':
      case 'COMPLETE':
        return 'completed' as const;
      case 'FAILED':
        return 'failed' as const;
      case undefined:
        return waited >= selectionMs ? ('not-selected' as const) : undefined;
      default:
        return undefined;
    }
  });
  return found ?? 'pending';
}

/** A delete marker has no status to ask for. */
async function markerArrives(canary: Canary, work: CanaryWork, started: number): Promise<boolean> {
  const { id, bucket } = canary.destination;
  const at = work.connections.get(id);
  const found = await poll(nameWait(canary, 'S3 to replicate its delete marker'), work, started, async () => {
    const { markers } = await versionsOf(at, bucket, canary.key);
    return markers.length > 0 || undefined;
  });
  return found ?? false;
}

function nameWait({ rule, tags }: Canary, reason: string) {
  return { resource: canaryName(rule.id, tags), reason, stopped: notArrived };
}

const notArrived = 'before the canary had arrived';
