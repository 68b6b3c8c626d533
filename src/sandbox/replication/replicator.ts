import { createHash } from 'node:crypto';
import { bucketNameIn } from '../../aws/arn.ts';
import { findGoverning } from '../../model/replication/governing.ts';
import { judge } from '../../model/replication/judge.ts';
import { type Prepared, prepare } from '../../model/replication/prepare.ts';
import { type Rule, type RuleBook, ruleBookOf } from '../../model/replication/rule.ts';
import { silenceOf } from '../../model/replication/silent.ts';
import type { Verdict } from '../../model/verdict.ts';
import { findVersion, isReplicaIn, updateVersion, wasReplicaDeleted } from '../s3/object-store.ts';
import type { BucketReplication } from '../s3/shapes.ts';
import type { ObjectVersion, StoredObject } from '../s3/stored-object.ts';
import type { Bucket, SandboxState } from '../store/state.ts';
import { listDue, nextDue } from './due.ts';
import { codeOfLostTags, type Operated, tellFailure, tellSuccess } from './events.ts';
import { KeyRequests } from './key-requests.ts';
import type { ObjectWatch } from './object-watch.ts';
import { changeReplica, copyVersion } from './replica.ts';
import { noteTaken } from './replication-metrics.ts';
import { objectSnapshot, replicationSnapshot } from './replication-snapshot.ts';
import type { ChangedPart, Queued } from './replication-state.ts';

/** Virtual milliseconds that policy results are reused for, unless something other than objects changes. */
const rememberedMs = 1000;

/** Virtual milliseconds until a retry where the model cannot say what AWS would do. */
const undecidedMs = 60_000;

interface Known {
  readonly digest: string;
  readonly book: RuleBook;
}

/** What became of a version at one destination. */
interface Served {
  /** Whether all of it arrived. */
  readonly isWhole: boolean;
  readonly isCopied: boolean;
}

interface Failing {
  readonly code?: string;
}

interface Replicable {
  readonly bucket: Bucket;
  readonly version: ObjectVersion;
  readonly prepared: Prepared;
  readonly requests: KeyRequests;
}

/** Takes in new versions and changes, and does what is due when asked. The model decides by the state at that moment (recorded fact 69). */
export class Replicator implements ObjectWatch {
  readonly #state: SandboxState;
  readonly #delay: number;
  /** In order of time; undecided items have another pace, and so a map of their own. */
  readonly #queue = new Map<number, Queued>();
  readonly #undecided = new Map<number, Queued>();
  #next = 1;
  readonly #known = new WeakMap<BucketReplication, Known>();
  readonly #prepared = new Map<string, { readonly prepared: Prepared; readonly at: number }>();

  /** @param delay virtual milliseconds until a version is replicated. */
  constructor(state: SandboxState, delay: number) {
    this.#state = state;
    this.#delay = delay;
    // Keys that are numbers come in numeric order.
    for (const [id, item] of Object.entries(state.replication.queue)) {
      this.#queueOf(item).set(Number(id), item);
      this.#next = Number(id) + 1;
    }
  }

  /** PENDING if a rule takes the version in; otherwise it has no status (recorded facts 55, 58). */
  newVersion(bucket: Bucket, version: ObjectVersion): void {
    this.#take(bucket, version, undefined);
  }

  /** Takes in a change to a version that was taken in before, if a rule still governs it (facts 45, 59). */
  noteChange(bucket: Bucket, version: StoredObject, part: ChangedPart): void {
    const { replication } = version;
    if (replication !== undefined && replication !== 'REPLICA') this.#take(bucket, version, part);
  }

  settingsChanged(): void {
    this.#prepared.clear();
  }

  /** Those that govern a version now and would replicate it, whatever became of it before; one for each destination. */
  rulesFor(bucket: Bucket, version: ObjectVersion): readonly Rule[] {
    if (bucket.replication === undefined) return [];
    const object = objectSnapshot({ ...version, replication: 'PENDING' });
    const governing = findGoverning(this.#recognize(bucket.replication).book, object);
    return governing.flatMap(({ rule }) => (silenceOf(rule, object) === undefined ? [rule] : []));
  }

  /** Replicates an existing version at once, by rules of the bucket's configuration as it is now. Gives AWS's failure codes, and `Undecided`, of those that fail. */
  replicateNow(bucket: Bucket, version: ObjectVersion, rules: readonly Rule[]): readonly string[] {
    const { replication } = bucket;
    if (replication === undefined) return ['SrcBucketReplicationConfigMissing'];
    const { digest } = this.#recognize(replication);
    const prepared = this.#prepareFor(bucket, digest, replication);
    const requests = new KeyRequests(this.#state, replication);
    const ends = rules.map((rule) => this.#replicateBy(rule, { bucket, version, prepared, requests }));
    if (ends.some(({ isCopied }) => isCopied)) requests.countRead(bucket, version);
    return ends.flatMap(({ code }) => code ?? []);
  }

  #replicateBy(rule: Rule, { bucket, version, prepared, requests }: Replicable): Pick<Served, 'isCopied'> & Failing {
    const judged = judge(prepared, objectSnapshot({ ...version, replication: 'PENDING' }), { rule, certain: true });
    if (judged.outcome === 'unknown') return { isCopied: false, code: 'Undecided' };
    const destination = this.#state.buckets[bucketNameIn(rule.destination)];
    const operated = { state: this.#state, bucket, version, rule };
    if (destination !== undefined && judged.replica !== null && wasReplicaDeleted(destination, version)) {
      const code = 'DstObjectHardDeleted';
      tellFailure({ ...operated, part: undefined }, code);
      return { isCopied: false, code };
    }
    // With what is there already, S3 compares only the metadata (S3 pricing page).
    const part = destination !== undefined && isReplicaIn(destination, version) ? 'tags' : undefined;
    const { isWhole, isCopied } = this.#serve({ ...operated, part }, judged, requests);
    return isWhole ? { isCopied } : { isCopied, code: judged.reason ?? codeOfLostTags(judged) };
  }

  /** When the next version is to be replicated. What nobody could decide is tried again when the clock stops anyhow. */
  get due(): number {
    return nextDue(this.#queue, this.#delay);
  }

  /** Gives whether anything was due. */
  work(): boolean {
    const { now } = this.#state;
    const due = [...listDue(this.#queue, this.#delay, now), ...listDue(this.#undecided, undecidedMs, now)];
    for (const [id, item] of due) {
      this.#queueOf(item).delete(id);
      delete this.#state.replication.queue[id];
      const left = this.#replicate(item);
      if (left !== undefined) this.#add(left);
    }
    if (due.length > 0 && this.#queue.size + this.#undecided.size === 0) this.#forgetConfigurations();
    return due.length > 0;
  }

  #queueOf(item: Queued): Map<number, Queued> {
    return item.undecided === true ? this.#undecided : this.#queue;
  }

  #take(bucket: Bucket, version: ObjectVersion, part: ChangedPart | undefined): void {
    if (bucket.replication === undefined) return;
    const { digest, book } = this.#recognize(bucket.replication);
    const object = objectSnapshot(version);
    const rules = findGoverning(book, object).filter(({ rule }) => silenceOf(rule, object) === undefined);
    if (rules.length === 0) return;
    updateVersion(bucket, version, { replication: 'PENDING' });
    for (const { rule } of rules) noteTaken({ state: this.#state, bucket, rule });
    const { configurations } = this.#state.replication;
    if (configurations[digest] === undefined) configurations[digest] = bucket.replication;
    this.#add({
      since: this.#state.now,
      bucket: bucket.name,
      key: version.key,
      versionId: version.versionId,
      configuration: digest,
      rules: rules.map(({ rule }) => rule.id),
      ...(part === undefined ? {} : { part }),
    });
  }

  #recognize(configuration: BucketReplication): Known {
    const known = this.#known.get(configuration);
    if (known !== undefined) return known;
    const digest = createHash('sha256').update(JSON.stringify(configuration)).digest('hex').slice(0, 16);
    const found = { digest, book: ruleBookOf(configuration as unknown as Parameters<typeof ruleBookOf>[0], []) };
    this.#known.set(configuration, found);
    return found;
  }

  #add(item: Queued): void {
    const id = this.#next++;
    this.#queueOf(item).set(id, item);
    this.#state.replication.queue[id] = item;
  }

  #forgetConfigurations(): void {
    const { configurations } = this.#state.replication;
    for (const digest of Object.keys(configurations)) delete configurations[digest];
  }

  /** Serves each destination on its own; gives what nobody could decide, for later. */
  #replicate(item: Queued): Queued | undefined {
    const { buckets, now, replication } = this.#state;
    const bucket = buckets[item.bucket];
    const configuration = replication.configurations[item.configuration];
    const version = bucket && findVersion(bucket, item.key, item.versionId);
    // Deleted meanwhile: nothing is left to replicate.
    if (bucket === undefined || version === undefined || configuration === undefined) return undefined;
    const prepared = this.#prepareFor(bucket, item.configuration, configuration);
    const undecided: string[] = [];
    const requests = new KeyRequests(this.#state, configuration);
    const since = item.began ?? item.since;
    const ends: Served[] = [];
    for (const rule of this.#recognize(configuration).book.byDestination.flat()) {
      if (!item.rules.includes(rule.id)) continue;
      const judged = judge(prepared, objectSnapshot({ ...version, replication: 'PENDING' }), { rule, certain: true });
      if (judged.outcome === 'unknown') undecided.push(rule.id);
      else
        ends.push(this.#serve({ state: this.#state, bucket, version, rule, part: item.part, since }, judged, requests));
    }
    if (ends.some(({ isCopied }) => isCopied)) requests.countRead(bucket, version);
    const failed = item.failed === true || ends.some(({ isWhole }) => !isWhole);
    if (undecided.length > 0) {
      return { ...item, rules: undecided, failed, since: now, began: since, undecided: true };
    }
    updateVersion(bucket, version, { replication: failed ? 'FAILED' : 'COMPLETED' });
    return undefined;
  }

  #serve(
    operated: Operated,
    { outcome, reason, replica }: Pick<Verdict, 'outcome' | 'reason' | 'replica'>,
    requests: KeyRequests,
  ): Served {
    const { version, rule, part } = operated;
    const destination = this.#state.buckets[bucketNameIn(rule.destination)];
    if (destination === undefined || replica === null) {
      tellFailure(operated, reason ?? 'DstBucketNotFound');
      return { isWhole: false, isCopied: false };
    }
    const losesTags = outcome === 'fails';
    const isCopied = part === undefined;
    if (isCopied) requests.countWrite(destination, copyVersion(destination, version, replica, this.#state.now));
    else if (!version.deleteMarker && !(losesTags && part === 'tags') && !changeReplica(destination, version, part)) {
      tellFailure(operated, 'DstVersionNotFound');
      return { isWhole: false, isCopied };
    }
    tellSuccess(operated);
    return { isWhole: !losesTags, isCopied };
  }

  #prepareFor(bucket: Bucket, digest: string, configuration: BucketReplication): Prepared {
    const { now } = this.#state;
    const name = `${bucket.name} ${digest}`;
    const known = this.#prepared.get(name);
    if (known !== undefined && now - known.at < rememberedMs) return known.prepared;
    const prepared = prepare(replicationSnapshot(this.#state, bucket, configuration));
    this.#prepared.set(name, { prepared, at: now });
    return prepared;
  }
}
