/** Two buckets that replicate as a test says, behind a mocked S3 client: for the exact calls of a canary. */
import {
  DeleteObjectCommand,
  GetObjectLockConfigurationCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  ListObjectVersionsCommand,
  PutObjectCommand,
  type ReplicationRuleFilter,
  S3Client,
} from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import type { RuleSpec } from '../../src/config/spec.ts';
import type { Connections } from '../../src/connect/connection.ts';
import type { Event } from '../../src/events/event.ts';
import { planApply } from '../../src/plan/plan.ts';
import type { State } from '../../src/state/state.ts';
import type { CanaryWork } from '../../src/verify/canary.ts';
import { aDestination, aRule, aSource, aSpec, DESTINATION, keyArn, nothing, SOURCE } from '../builders.ts';
import { bucketOf, put } from '../plain-state.ts';

interface Stored {
  readonly id: string;
  readonly key: string;
  readonly marker: boolean;
  readonly at: number;
  readonly input?: { readonly Body?: unknown; readonly ChecksumSHA256?: string; readonly Tagging?: string };
}

export const replicaKey = keyArn(DESTINATION, 'eu-central-1');
export const spec = aSpec({
  source: aSource({ kmsKey: { kind: 'arn', arn: keyArn() } }),
  destinations: [aDestination({ kmsKey: { kind: 'arn', arn: replicaKey }, rules: [aRule()] })],
});

export class Refused extends Error {
  readonly $metadata: { readonly httpStatusCode: number };
  constructor(status: number, name = 'AccessDenied') {
    super(`refused with ${status}`);
    this.name = name;
    this.$metadata = { httpStatusCode: status };
  }
}

export class FakeS3 {
  readonly mock = mockClient(S3Client);
  readonly buckets = new Map<string, Stored[]>([
    ['acme-invoices', []],
    ['acme-invoices-replica', []],
  ]);
  readonly events: Event[] = [];
  readonly diagnosed: string[] = [];
  now = 0;
  /** Seconds until a version has its last status. */
  seconds = 12;
  status: 'COMPLETED' | 'FAILED' | undefined = 'COMPLETED';
  /** What the replica shows otherwise than it should. */
  replica: Partial<HeadObjectCommandOutput> = {};
  /** Whether a replica arrives though its source is FAILED. */
  arrivesAnyway = false;
  /** Whether the replica has the tags of its source. */
  tagsArrive = true;
  owners = { 'acme-invoices': 'source-id', 'acme-invoices-replica': 'destination-id' };
  retention = false;
  /** Thrown in place of an answer. */
  refuse: (operation: string, bucket: string, input: Readonly<Record<string, unknown>>) => Error | undefined = () =>
    undefined;
  onSleep: () => void = () => undefined;
  readonly controller = new AbortController();
  #ids = 0;
  #waiting: { readonly until: number; readonly resolve: () => void }[] = [];

  constructor() {
    this.mock.onAnyCommand().callsFake(async (input) => {
      throw new Error(`not expected: ${JSON.stringify(input)}`);
    });
    this.mock.on(PutObjectCommand).callsFake(async (input) => {
      this.#check('PutObject', input);
      return { VersionId: this.#store(input.Bucket, input.Key, false, input), ETag: '"etag"' };
    });
    this.mock.on(DeleteObjectCommand).callsFake(async (input) => {
      this.#check('DeleteObject', input);
      if (input.VersionId === undefined)
        return { DeleteMarker: true, VersionId: this.#store(input.Bucket, input.Key, true) };
      const all = this.buckets.get(input.Bucket) ?? [];
      this.buckets.set(
        input.Bucket,
        all.filter(({ key, id }) => key !== input.Key || id !== input.VersionId),
      );
      return {};
    });
    this.mock.on(HeadObjectCommand).callsFake(async (input) => this.#head(input));
    this.mock.on(GetObjectTaggingCommand).callsFake(async (input) => {
      this.#check('GetObjectTagging', input);
      const found = this.#seen(input.Bucket).find(({ key, id }) => key === input.Key && id === input.VersionId);
      if (!found) throw new Refused(404, 'NoSuchKey');
      const tags = [...new URLSearchParams(this.tagsArrive ? found.input?.Tagging : '')];
      return { TagSet: tags.map(([Key, Value]) => ({ Key, Value })) };
    });
    this.mock.on(ListObjectVersionsCommand).callsFake(async (input) => {
      this.#check('ListObjectVersions', input);
      const stored = this.#seen(input.Bucket).filter(({ key }) => key.startsWith(input.Prefix));
      const shown = (marker: boolean) =>
        stored
          .filter((one) => one.marker === marker)
          .map(({ key, id }) => ({
            Key: key,
            VersionId: id,
            Owner: { ID: this.owners[input.Bucket as keyof typeof this.owners] },
          }));
      return { Versions: shown(false), DeleteMarkers: shown(true) };
    });
    this.mock.on(GetObjectLockConfigurationCommand).callsFake(async () => ({
      ObjectLockConfiguration: {
        ObjectLockEnabled: 'Enabled',
        ...(this.retention ? { Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 1 } } } : {}),
      },
    }));
  }

  #check(operation: string, input: { readonly Bucket: string } & Record<string, unknown>): void {
    const error = this.refuse(operation, input.Bucket, input);
    if (error) throw error;
  }

  #store(bucket: string, key: string, marker: boolean, input?: Stored['input']): string {
    this.#ids += 1;
    const stored = { id: `v${this.#ids}`, key, marker, at: this.now, ...(input ? { input } : {}) };
    this.buckets.get(bucket)?.push(stored);
    return stored.id;
  }

  /** Replicas arrive once the time has come, whatever has become of the source by then. */
  #seen(bucket: string): readonly Stored[] {
    const replicas = this.buckets.get('acme-invoices-replica') ?? [];
    for (const one of this.buckets.get('acme-invoices') ?? []) {
      const due = (this.status === 'COMPLETED' || this.arrivesAnyway) && this.now >= one.at + this.seconds * 1000;
      if (due && !replicas.some(({ id }) => id === one.id)) replicas.push(one);
    }
    return this.buckets.get(bucket) ?? [];
  }

  #head(input: { readonly Bucket: string; readonly Key: string; readonly VersionId: string; ChecksumMode?: string }) {
    this.#check('HeadObject', { ...input });
    const found = this.#seen(input.Bucket).find(({ key, id }) => key === input.Key && id === input.VersionId);
    if (!found) throw new Refused(404, 'NotFound');
    if (input.Bucket === 'acme-invoices') {
      const over = this.now >= found.at + this.seconds * 1000;
      return { ReplicationStatus: this.status === undefined ? undefined : over ? this.status : 'PENDING' };
    }
    return {
      ReplicationStatus: 'REPLICA',
      ServerSideEncryption: 'aws:kms',
      SSEKMSKeyId: replicaKey,
      ETag: '"etag"',
      ContentLength: String(found.input?.Body).length,
      ...(input.ChecksumMode ? { ChecksumSHA256: found.input?.ChecksumSHA256 } : {}),
      ...this.replica,
    };
  }

  /** Time passes when everybody waits: until the first of them has waited long enough. */
  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ until: this.now + ms, resolve });
      if (this.#waiting.length === 1) setImmediate(() => this.#wake());
    });
  }

  #wake(): void {
    const next = this.#waiting.reduce((a, b) => (b.until < a.until ? b : a));
    this.now = Math.max(this.now, next.until);
    this.#waiting = this.#waiting.filter((one) => one !== next);
    this.onSleep();
    next.resolve();
    if (this.#waiting.length > 0) setImmediate(() => this.#wake());
  }

  /** The keys that were written, in their order. */
  keys(): readonly string[] {
    return this.mock.commandCalls(PutObjectCommand).map(({ args: [{ input }] }) => String(input.Key));
  }

  /** Operations and buckets of one key, in their order. */
  calls(key = this.keys()[0]): readonly string[] {
    return this.mock.calls().flatMap(({ args: [command] }) => {
      const { Bucket, Key, Prefix, VersionId } = command.input as Readonly<Record<string, string | undefined>>;
      const name = command.constructor.name.replace(/Command$/, '');
      return (Key ?? Prefix) === key ? [`${name} ${Bucket}${VersionId === undefined ? '' : ` ${VersionId}`}`] : [];
    });
  }

  left(): readonly string[] {
    return [...this.buckets].flatMap(([bucket, all]) => all.map(({ id }) => `${bucket} ${id}`));
  }

  work(change: Partial<CanaryWork> = {}): CanaryWork {
    const connection = (account: string) => ({
      account,
      identity: `arn:aws:iam::${account}:role/s3repl-setup`,
      s3: new S3Client({ region: 'eu-west-1' }),
    });
    const connections = {
      get: (side: string) => connection(side === 'source' ? SOURCE : DESTINATION),
      close: () => undefined,
    } as unknown as Connections;
    return {
      spec,
      state: setUp,
      connections,
      surroundings: {
        report: (event) => this.events.push(event),
        now: () => this.now,
        sleep: (ms) => this.#sleep(ms),
      },
      signal: this.controller.signal,
      timeoutMs: 900_000,
      diagnose: async ({ key, versionId }) => {
        for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
        this.diagnosed.push(`${versionId} ${this.buckets.get('acme-invoices')?.some((one) => one.key === key)}`);
      },
      ...change,
    };
  }
}

export const setUp: State = planApply(nothing, spec).desired;

/** The setup of the fake with another rule in place of its own. */
export function withRule(rule: RuleSpec, Filter: ReplicationRuleFilter) {
  const changed = aSpec({ ...spec, destinations: spec.destinations.map((side) => ({ ...side, rules: [rule] })) });
  const bucket = bucketOf(setUp, SOURCE, 'acme-invoices');
  if (!bucket?.replication) throw new Error('no rules');
  const Rules = (bucket.replication.Rules ?? []).map((one) => ({ ...one, Filter }));
  const replication = { ...bucket.replication, Rules };
  return { spec: changed, state: put(setUp, SOURCE, 'buckets', 'acme-invoices', { ...bucket, replication }) };
}
