/**
 * Eventual consistency: a read soon after a write shows the state before it. Only answers are late: what the cloud decides, such as who
 * may do what, follows what was written. When S3 and KMS know a new role is separate (`roleVisible`). Closing forgets former answers.
 */
import type { Answer } from '../wire/answer.ts';
import type { Call } from '../wire/route.ts';
import { SandboxSyntaxError } from './faults.ts';

/** Milliseconds of the virtual clock, or a number of reads of the same thing. */
export type Lateness = number | { readonly requests: number };

export interface Lag {
  /** Virtual milliseconds until S3 and KMS know a new role. */
  readonly roleVisible: number;
  /** Virtual milliseconds until a new version is replicated. */
  readonly objectReplicated: number;
  /** As IAM shows it: its existence, trust, tags, boundary and policies. */
  readonly role: Lateness;
  readonly keyPolicy: Lateness;
  readonly bucketPolicy: Lateness;
  readonly replication: Lateness;
}

/** As fast as AWS can be expected to be: reads are up to date, and only new roles are not known everywhere at once. */
export const defaultLag: Lag = {
  roleVisible: 8000,
  objectReplicated: 2000,
  role: 0,
  keyPolicy: 0,
  bucketPolicy: 0,
  replication: 0,
};

type LateKind = Exclude<keyof Lag, 'roleVisible' | 'objectReplicated'>;

const lateReads: Readonly<Record<string, { readonly kind: LateKind; readonly after: RegExp }>> = {
  GetBucketReplication: { kind: 'replication', after: /^(Put|Delete)BucketReplication$/ },
  GetBucketPolicy: { kind: 'bucketPolicy', after: /^(Put|Delete)BucketPolicy$/ },
  GetKeyPolicy: { kind: 'keyPolicy', after: /^PutKeyPolicy$/ },
  GetRole: {
    kind: 'role',
    after:
      /^(CreateRole|DeleteRole|UpdateRole(Description)?|UpdateAssumeRolePolicy|TagRole|UntagRole|(Put|Delete)RolePermissionsBoundary)$/,
  },
  ListRoleTags: { kind: 'role', after: /^(CreateRole|DeleteRole|TagRole|UntagRole)$/ },
  GetRolePolicy: { kind: 'role', after: /^(Put|Delete)RolePolicy$/ },
  ListRolePolicies: { kind: 'role', after: /^(CreateRole|DeleteRole|PutRolePolicy|DeleteRolePolicy)$/ },
  ListAttachedRolePolicies: { kind: 'role', after: /^(CreateRole|DeleteRole|AttachRolePolicy|DetachRolePolicy)$/ },
};

interface Former {
  readonly answer: Answer;
  readonly written: number;
  reads: number;
}

export class LateReads {
  readonly #lag: Lag;
  /** What reads answered before each write that is not visible yet, oldest first; by what was read. */
  readonly #former = new Map<string, Former[]>();

  constructor(lag: Lag) {
    this.#lag = lag;
  }

  /** @param perform answers a call from the current state. */
  answer(call: Call, account: string, now: number, perform: (call: Call) => Answer): Answer {
    const read = Object.hasOwn(lateReads, call.operation) ? lateReads[call.operation] : undefined;
    if (read !== undefined) {
      const present = perform(call);
      const visible = this.#isLate(read.kind) ? this.#formerOf(call, read.kind, account, now) : undefined;
      // A caller without access, or whose bucket is gone or elsewhere, gets the current answer.
      return isContent(present) ? (visible ?? present) : present;
    }
    const before = Object.entries(lateReads)
      .filter(([, { kind, after }]) => this.#isLate(kind) && after.test(call.operation))
      .map(([operation]) => ({ ...call, operation }))
      .map((asked) => ({ about: subjectOf(asked, account), answer: perform(asked) }));
    const answer = perform(call);
    if (answer.status >= 300) return answer;
    for (const { about, answer } of before) {
      if (isContent(answer))
        this.#former.set(about, [...(this.#former.get(about) ?? []), { answer, written: now, reads: 0 }]);
    }
    return answer;
  }

  #isLate(kind: LateKind): boolean {
    const lateness = this.#lag[kind];
    return (typeof lateness === 'number' ? lateness : lateness.requests) > 0;
  }

  #formerOf(call: Call, kind: LateKind, account: string, now: number): Answer | undefined {
    const about = subjectOf(call, account);
    const lateness = this.#lag[kind];
    const late = (this.#former.get(about) ?? []).filter(({ written, reads }) =>
      typeof lateness === 'number' ? now - written < lateness : reads < lateness.requests,
    );
    for (const former of late) former.reads++;
    this.#former.set(about, late);
    return late[0]?.answer;
  }
}

/** 404 also counts: it says that nothing is there. */
function isContent({ status }: Answer): boolean {
  return status < 300 || status === 404;
}

function subjectOf({ operation, service, bucket, partition, body }: Call, account: string): string {
  if (service === 's3') return `${operation} ${bucket}`;
  if (service === 'kms') return `${operation} ${keyIdIn(body)}`;
  const params = new URLSearchParams(body);
  const names = [params.get('RoleName'), operation === 'GetRolePolicy' ? params.get('PolicyName') : ''];
  return JSON.stringify([operation, partition, account, ...names]);
}

function keyIdIn(body: string): string {
  return /"KeyId"\s*:\s*"(?:[^"]*\/)?([^"/]*)"/.exec(body)?.[1] ?? '';
}

const kinds: Readonly<Record<string, keyof Lag>> = {
  'role-visible': 'roleVisible',
  'object-replicated': 'objectReplicated',
  role: 'role',
  'key-policy': 'keyPolicy',
  'bucket-policy': 'bucketPolicy',
  replication: 'replication',
};

/** Like `replication=3 requests` and `role=2000 ms`. @throws SandboxSyntaxError */
export function parseLags(texts: readonly string[]): Partial<Lag> {
  return Object.fromEntries(
    texts.map((text) => {
      const [, name = '', number, unit] = /^([a-z-]+)=(\d+) *(ms|s|requests?)$/.exec(text) ?? [];
      const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
      if (kind === undefined || unit === undefined) {
        throw new SandboxSyntaxError(
          `"${text}" is no lag: write what is late and how long, like "replication=3 requests" or "role=2000 ms"; late can be ${Object.keys(kinds).join(', ')}; how long is a number of ms, s or requests`,
        );
      }
      if (!unit.startsWith('request')) return [kind, Number(number) * (unit === 's' ? 1000 : 1)];
      if (kind === 'roleVisible' || kind === 'objectReplicated')
        throw new SandboxSyntaxError(`"${text}": ${name} is a time, like "${name}=8 s"`);
      return [kind, { requests: Number(number) }];
    }),
  );
}
