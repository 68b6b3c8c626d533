/** A setup that s3repl applied in the sandbox, whose documents become those of a `World`, and objects that are put into it. */
import { PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { PutKeyPolicyCommand } from '@aws-sdk/client-kms';
import {
  DeleteBucketPolicyCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  PutBucketEncryptionCommand,
  PutBucketPolicyCommand,
  PutBucketReplicationCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type ReplicationConfiguration,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { ObjectSnapshot, Snapshot } from '../../src/model/snapshot.ts';
import { observe } from '../../src/observe/observe.ts';
import { takeSnapshot } from '../../src/observe/snapshot.ts';
import { ruleIdPrefix } from '../../src/state/names.ts';
import type { State } from '../../src/state/state.ts';
import { aPractice, type Practice } from '../apply/in-sandbox.ts';
import { aDestination, aSource, aSpec } from '../builders.ts';
import type { Seen } from '../model/classes/said-of.ts';
import { dstKeyArn, other, source, srcKeyArn, type World } from '../model/replication/world.ts';
import { type Clients, clientsOf } from './clients.ts';

/** Names and Regions are those of a `World`. */
export const spec = aSpec({
  name: 'x',
  source: aSource({ bucket: 'src', region: 'us-east-1' }),
  destinations: [aDestination({ bucket: 'dst', region: 'us-west-2' })],
  role: { name: 's3repl-x' },
});

/** What to put: members that are not there are as the bucket's defaults make them. */
export type Wanted = Partial<Seen> & Pick<Seen, 'key'>;

/** A version at the source, after replication had its time. */
export interface Written extends Seen {
  /** Of a delete marker S3 tells no status: `FAILED` where it is not at the destination. */
  readonly status: string | undefined;
}

export class WorldInSandbox {
  readonly #practice: Practice;
  readonly #keys: Readonly<Record<'src' | 'dst', string>>;
  readonly #sides: Readonly<Record<'src' | 'dst', Clients>>;

  static async open(): Promise<WorldInSandbox> {
    const practice = await aPractice();
    await practice.apply(spec);
    const keyOf = (account: string) => {
      const key = Object.values(practice.sandbox.state.keys).find((one) => one.account === account);
      if (key === undefined) throw new Error(`no key in ${account}`);
      return key.arn;
    };
    return new WorldInSandbox(practice, { src: keyOf(source), dst: keyOf(other) });
  }

  private constructor(practice: Practice, keys: Readonly<Record<'src' | 'dst', string>>) {
    this.#practice = practice;
    this.#keys = keys;
    const { sandbox } = practice;
    this.#sides = { src: clientsOf(sandbox, source, 'us-east-1'), dst: clientsOf(sandbox, other, 'us-west-2') };
  }

  /** Everybody writes their documents. */
  async become(world: World): Promise<void> {
    const { src, dst } = this.#sides;
    const PolicyDocument = this.#text(world.rolePolicy);
    await src.iam.send(new PutRolePolicyCommand({ RoleName: 's3repl-x', PolicyName: 's3repl-x', PolicyDocument }));
    await this.#setBucket(src.s3, 'src', world.src);
    await this.#setBucket(dst.s3, 'dst', world.dst);
    for (const [{ kms }, KeyId, { policy }] of [
      [src, this.#keys.src, world.srcKey],
      [dst, this.#keys.dst, world.dstKey],
    ] as const) {
      await kms.send(new PutKeyPolicyCommand({ KeyId, PolicyName: 'default', Policy: this.#text(policy) }));
    }
    const Rules = world.rules.map((rule) => ({ ...rule, ID: `${ruleIdPrefix(spec)}${rule.ID}` }));
    const configuration = this.#text({ Role: world.roleArn, Rules });
    const ReplicationConfiguration: ReplicationConfiguration = JSON.parse(configuration);
    await src.s3.send(new PutBucketReplicationCommand({ Bucket: 'src', ReplicationConfiguration }));
    await this.#practice.sandbox.clock.sleep(10_000);
  }

  /** What `doctor` and `plan` read. */
  async read(): Promise<{ readonly snapshot: Snapshot; readonly state: State; readonly takenAt: Date }> {
    const takenAt = new Date(this.#practice.sandbox.clock.now());
    const connections = await this.#practice.connect(spec);
    try {
      const reach = { source: connections.get('source'), destinations: [connections.get('destinations[0]')] };
      const snapshot = await takeSnapshot(reach, 'src', { takenAt });
      return { snapshot, state: await observe(connections, spec), takenAt };
    } finally {
      connections.close();
    }
  }

  /** Puts and deletes, lets replication have its time, and looks at what became of each. */
  async write(wanted: readonly Wanted[]): Promise<readonly Written[]> {
    const ids = await Promise.all(wanted.map((one) => this.#put(one)));
    await this.#practice.sandbox.clock.sleep(5000);
    const arrived = await this.#markersThere();
    return await Promise.all(wanted.map((one, index) => this.#look(one, ids[index] ?? '', arrived)));
  }

  async #put({ key: Key, deleteMarker, ...more }: Wanted): Promise<string> {
    const { s3 } = this.#sides.src;
    const { VersionId = '' } = await (deleteMarker
      ? s3.send(new DeleteObjectCommand({ Bucket: 'src', Key }))
      : s3.send(new PutObjectCommand({ Bucket: 'src', Key, Body: 'content', ...this.#headers(more) })));
    return VersionId;
  }

  #headers({ tags, encryption, bucketKey }: Omit<Wanted, 'key'>): Partial<PutObjectCommandInput> {
    const Tagging = tags && tags !== 'unknown' ? { Tagging: new URLSearchParams(tags).toString() } : {};
    const SSEKMSKeyId = this.#keys.src;
    switch (encryption) {
      case undefined:
        return Tagging;
      case 'SSE-S3':
        return { ...Tagging, ServerSideEncryption: 'AES256' };
      case 'SSE-KMS':
        return { ...Tagging, ServerSideEncryption: 'aws:kms', SSEKMSKeyId, BucketKeyEnabled: bucketKey === true };
      case 'DSSE-KMS':
        return { ...Tagging, ServerSideEncryption: 'aws:kms:dsse', SSEKMSKeyId };
      default:
        throw new Error(`nothing here is put with ${encryption}`);
    }
  }

  async #look({ key: Key, deleteMarker = false, tags = {} }: Wanted, VersionId: string, arrived: ReadonlySet<string>) {
    const seen = { key: Key, deleteMarker, tags };
    if (deleteMarker) {
      const status = arrived.has(VersionId) ? 'COMPLETED' : 'FAILED';
      return { ...seen, encryption: 'NONE' as const, bucketKey: false, status };
    }
    const head = await this.#sides.src.s3.send(new HeadObjectCommand({ Bucket: 'src', Key, VersionId }));
    const encryption = encryptions[head.ServerSideEncryption ?? ''];
    if (encryption === undefined) throw new Error(`${head.ServerSideEncryption} is not put here`);
    return { ...seen, encryption, bucketKey: head.BucketKeyEnabled === true, status: head.ReplicationStatus };
  }

  async #markersThere(): Promise<ReadonlySet<string>> {
    const ids = new Set<string>();
    let next: { readonly KeyMarker?: string | undefined; readonly VersionIdMarker?: string | undefined } | undefined =
      {};
    while (next) {
      const page: ListObjectVersionsCommandOutput = await this.#sides.dst.s3.send(
        new ListObjectVersionsCommand({ Bucket: 'dst', ...next }),
      );
      for (const { VersionId = '' } of page.DeleteMarkers ?? []) ids.add(VersionId);
      next = page.IsTruncated
        ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
        : undefined;
    }
    return ids;
  }

  async #setBucket(s3: S3Client, Bucket: string, { policy, encryption }: World['src']): Promise<void> {
    if (policy === null) await s3.send(new DeleteBucketPolicyCommand({ Bucket }));
    else await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: this.#text(policy) }));
    const ServerSideEncryptionConfiguration = JSON.parse(this.#text(encryption));
    await s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration }));
  }

  /** With the keys that are here. */
  #text(document: unknown): string {
    return JSON.stringify(document).replaceAll(srcKeyArn, this.#keys.src).replaceAll(dstKeyArn, this.#keys.dst);
  }
}

const encryptions: Readonly<Record<string, ObjectSnapshot['encryption']>> = {
  AES256: 'SSE-S3',
  'aws:kms': 'SSE-KMS',
  'aws:kms:dsse': 'DSSE-KMS',
};
