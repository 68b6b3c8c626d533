/** What happens to a bucket that is replicated to two Regions: some steps, and a journal of what each has S3 do. */
import { DisableKeyCommand, EnableKeyCommand } from '@aws-sdk/client-kms';
import {
  DeleteBucketPolicyCommand,
  DeleteObjectCommand,
  GetBucketPolicyCommand,
  GetBucketReplicationCommand,
  PutBucketPolicyCommand,
  PutBucketReplicationCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  type ReplicationRule,
} from '@aws-sdk/client-s3';
import fc from 'fast-check';
import type { Practice } from '../apply/in-sandbox.ts';
import { aDestination, aRule, aSource, aSpec, DESTINATION, SOURCE } from '../builders.ts';
import { clientsOf } from '../sandbox/clients.ts';

const rule = (id: string, prefix: string, metrics: boolean) =>
  aRule({ id, prefix, metrics, replicationTimeControl: false });

/** Without Bucket Keys, so that each object is a request to KMS. */
export const spec = aSpec({
  source: aSource({ bucketKey: false }),
  destinations: [
    aDestination({ bucketKey: false, rules: [rule('docs', 'docs/', true), rule('logs', 'logs/', false)] }),
    aDestination({
      id: 'destinations[1]',
      bucketKey: false,
      region: 'us-east-2',
      bucket: 'acme-invoices-far',
      rules: [rule('every', '', true)],
    }),
  ],
});
const Bucket = spec.source.bucket;
export const [near, far] = ['acme-invoices-replica', 'acme-invoices-far'] as const;

type RuleName = 'docs' | 'logs' | 'every';
export const idOf = (name: RuleName) => `s3repl.invoices-dr.${name}`;

export const rules: readonly { readonly name: RuleName; readonly destination: string; readonly region: string }[] = [
  { name: 'docs', destination: near, region: 'eu-central-1' },
  { name: 'logs', destination: near, region: 'eu-central-1' },
  { name: 'every', destination: far, region: 'us-east-2' },
];

/** Of a rule at a time; one that is off takes nothing in. */
export interface Setting {
  readonly since: number;
  readonly isOn: boolean;
  readonly metrics: boolean;
}

export interface Operation {
  readonly kind: 'put' | 'marker' | 'tags';
  readonly key: string;
  readonly versionId: string;
  readonly size: number;
  readonly at: number;
  /** When S3 has tried it. */
  readonly due: number;
  /** That took it in. */
  readonly rules: readonly { readonly name: RuleName; readonly metrics: boolean }[];
  /** When somebody deleted the version for good. */
  erased?: number;
}

const keys = ['docs/a', 'docs/b', 'logs/a', 'else'] as const;
const key = fc.constantFrom(...keys);

export type Step =
  | { readonly do: 'put'; readonly key: string; readonly size: number }
  | { readonly do: 'delete' | 'erase' | 'tag'; readonly key: string }
  | { readonly do: 'key' | 'policy' | 'metrics' | 'rule'; readonly isOn: boolean }
  | { readonly do: 'wait'; readonly seconds: number };

const change = (...what: readonly ('key' | 'policy' | 'metrics' | 'rule')[]) =>
  fc.record({ do: fc.constantFrom(...what), isOn: fc.boolean() });

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('put'), key, size: fc.integer({ min: 1, max: 100 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('delete', 'erase', 'tag'), key }) },
  { weight: 3, arbitrary: change('key', 'policy', 'metrics', 'rule') },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('wait'),
      seconds: fc.oneof(fc.integer({ min: 1, max: 150 }), fc.integer({ min: 1, max: 5 * 3600 })),
    }),
  },
);

export interface Drawn {
  /** Until S3 tries to replicate a version, in milliseconds. */
  readonly lag: number;
  /** After each, the status is looked at. */
  readonly parts: Step[][];
}

export const anyHistory: fc.Arbitrary<Drawn> = fc.record({
  lag: fc.constantFrom(2000, 90_000, 600_000, 3 * 3_600_000),
  parts: fc.array(fc.array(step, { minLength: 1, maxLength: 15 }), { minLength: 1, maxLength: 3 }),
});

export class History {
  readonly practice: Practice;
  readonly operations: Operation[] = [];
  readonly settings: Readonly<Record<RuleName, Setting[]>>;
  readonly #lag: number;
  #policy: string | undefined;

  constructor(practice: Practice, lag: number) {
    this.practice = practice;
    this.#lag = lag;
    const since = practice.sandbox.clock.now();
    const setting = (metrics: boolean): Setting[] => [{ since, isOn: true, metrics }];
    this.settings = { docs: setting(true), logs: setting(false), every: setting(true) };
  }

  get now(): number {
    return this.practice.sandbox.clock.now();
  }

  get #source() {
    return clientsOf(this.practice.sandbox, SOURCE).s3;
  }

  wait(milliseconds: number): Promise<void> {
    return this.practice.sandbox.clock.sleep(milliseconds);
  }

  async take(step: Step): Promise<void> {
    switch (step.do) {
      case 'wait':
        return this.wait(step.seconds * 1000);
      case 'put':
        return this.#put(step.key, step.size);
      case 'delete':
        return this.#delete(step.key);
      case 'erase':
        return this.#erase(step.key);
      case 'tag':
        return this.#tag(step.key);
      case 'key':
        return this.#setKey(step.isOn);
      case 'policy':
        return this.#setPolicy(step.isOn);
      case 'metrics':
        return this.#setRule('docs', { metrics: step.isOn });
      case 'rule':
        return this.#setRule('every', { isOn: step.isOn });
    }
  }

  async #put(Key: string, size: number): Promise<void> {
    const { VersionId } = await this.#source.send(new PutObjectCommand({ Bucket, Key, Body: 'x'.repeat(size) }));
    this.#note('put', Key, VersionId, size);
  }

  async #delete(Key: string): Promise<void> {
    const { VersionId } = await this.#source.send(new DeleteObjectCommand({ Bucket, Key }));
    this.#note('marker', Key, VersionId);
  }

  async #erase(Key: string): Promise<void> {
    const { versionId: VersionId } = this.#findLast(Key) ?? {};
    if (VersionId === undefined) return;
    await this.#source.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
    for (const one of this.operations) if (one.versionId === VersionId) one.erased = this.now;
  }

  /** S3 takes in a change only of a version that it took in before. */
  async #tag(Key: string): Promise<void> {
    const last = this.#findLast(Key);
    if (last === undefined) return;
    const { versionId: VersionId, rules: taking } = last;
    const Tagging = { TagSet: [{ Key: 'at', Value: String(this.now) }] };
    await this.#source.send(new PutObjectTaggingCommand({ Bucket, Key, VersionId, Tagging }));
    if (taking.length > 0) this.#note('tags', Key, VersionId);
  }

  #findLast(key: string): Operation | undefined {
    return this.operations.findLast((one) => one.kind === 'put' && one.key === key && one.erased === undefined);
  }

  #note(kind: Operation['kind'], key: string, versionId = '', size = 0): void {
    const governing = rules.filter(({ name }) => name === 'every' || key.startsWith(`${name}/`));
    const taking = governing.flatMap(({ name }) => {
      const setting = this.settings[name].at(-1);
      return setting?.isOn ? [{ name, metrics: setting.metrics }] : [];
    });
    this.operations.push({ kind, key, versionId, size, at: this.now, due: this.now + this.#lag, rules: taking });
  }

  async #setKey(isOn: boolean): Promise<void> {
    const { state } = this.practice.sandbox;
    const KeyId = Object.values(state.keys).find(({ region }) => region === 'eu-central-1')?.arn ?? '';
    const { kms } = clientsOf(this.practice.sandbox, DESTINATION, 'eu-central-1');
    await kms.send(isOn ? new EnableKeyCommand({ KeyId }) : new DisableKeyCommand({ KeyId }));
  }

  async #setPolicy(isOn: boolean): Promise<void> {
    const { s3 } = clientsOf(this.practice.sandbox, DESTINATION, 'us-east-2');
    this.#policy ??= (await s3.send(new GetBucketPolicyCommand({ Bucket: far }))).Policy ?? '';
    const command = isOn
      ? new PutBucketPolicyCommand({ Bucket: far, Policy: this.#policy })
      : new DeleteBucketPolicyCommand({ Bucket: far });
    await (isOn ? s3.send(command as PutBucketPolicyCommand) : s3.send(command as DeleteBucketPolicyCommand));
  }

  async #setRule(name: RuleName, change: Partial<Setting>): Promise<void> {
    const { ReplicationConfiguration: now } = await this.#source.send(new GetBucketReplicationCommand({ Bucket }));
    const before = this.settings[name].at(-1) ?? { isOn: true, metrics: true };
    const after = { ...before, ...change };
    const changed = (one: ReplicationRule): ReplicationRule =>
      one.ID === idOf(name)
        ? {
            ...one,
            Status: after.isOn ? 'Enabled' : 'Disabled',
            Destination: {
              Bucket: one.Destination?.Bucket,
              ...one.Destination,
              Metrics: { Status: after.metrics ? 'Enabled' : 'Disabled' },
            },
          }
        : one;
    const ReplicationConfiguration = { Role: now?.Role, Rules: (now?.Rules ?? []).map(changed) };
    await this.#source.send(new PutBucketReplicationCommand({ Bucket, ReplicationConfiguration }));
    this.settings[name].push({ ...after, since: this.now });
  }
}
