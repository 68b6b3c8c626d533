/** Two buckets that replicate as a test says, behind a mocked S3 client: for the exact calls of a canary. */
import {
  DeleteObjectCommand,
  GetObjectLockConfigurationCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import type { Connections } from '../../src/observe/connect.ts';
import type { Event } from '../../src/plan/event.ts';
import { planApply } from '../../src/plan/plan.ts';
import type { State } from '../../src/plan/state.ts';
import type { CanaryWork } from '../../src/verify/canary.ts';
import { aDestination, aRule, aSource, aSpec, DESTINATION, keyArn, nothing, SOURCE } from '../builders.ts';

interface Stored {
  readonly id: string;
  readonly key: string;
  readonly marker: boolean;
  readonly at: number;
  readonly input?: { readonly Body?: unknown; readonly ChecksumSHA256?: string };
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
  owners = { 'acme-invoices': 'source-id', 'acme-invoices-replica': 'destination-id' };
  retention = false;
  /** Thrown in place of an answer. */
  refuse: (operation: string, bucket: string, input: Readonly<Record<string, unknown>>) => Error | undefined = () =>
    undefined;
  onSleep: () => void = () => undefined;
  readonly controller = new AbortController();
  #ids = 0;

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
      const due = this.status === 'COMPLETED' && this.now >= one.at + this.seconds * 1000;
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

  /** Operations and buckets, in their order. */
  calls(): readonly string[] {
    return this.mock.calls().map(({ args: [command] }) => {
      const { Bucket, VersionId } = command.input as { Bucket?: string; VersionId?: string };
      const name = command.constructor.name.replace(/Command$/, '');
      return `${name} ${Bucket}${VersionId === undefined ? '' : ` ${VersionId}`}`;
    });
  }

  left(): readonly string[] {
    return [...this.buckets].flatMap(([bucket, all]) => all.map(({ id }) => `${bucket} ${id}`));
  }

  work(change: Partial<CanaryWork> = {}): CanaryWork {
    const connection = (account: string) => ({ account, s3: new S3Client({ region: 'eu-west-1' }) });
    const connections = {
      of: (side: string) => connection(side === 'source' ? SOURCE : DESTINATION),
      close: () => undefined,
    } as unknown as Connections;
    return {
      spec,
      state: setUp,
      connections,
      surroundings: {
        report: (event) => this.events.push(event),
        now: () => this.now,
        sleep: async (ms) => {
          this.now += ms;
          this.onSleep();
        },
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
