import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyChanges } from '../../src/apply/apply.ts';
import type { Spec } from '../../src/config/spec.ts';
import type { Connection, Connections } from '../../src/connect/connection.ts';
import { planApply, planDestroy } from '../../src/plan/plan.ts';
import type { Change } from '../../src/state/change.ts';
import { sideOf } from '../../src/state/names.ts';
import type { State } from '../../src/state/state.ts';
import { aDestination, aRule, aSpec, DESTINATION, nothing, SOURCE } from '../builders.ts';
import { bucketOf, put } from '../plain-state.ts';
import { pureAws } from '../steps/pure-aws.ts';

/** A write that was sent: `begin` and `end` are places in one order of all beginnings and ends. */
interface Sent {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly begin: number;
  end: number;
}

const spec = aSpec();

/** A state after a whole run. */
function setUp(one: Spec, start: State = nothing): State {
  const cloud = pureAws(start);
  cloud.run(planApply(start, one).changes);
  return cloud.state;
}

/** The documents that the engine reads again before it replaces them: as observed, until they are written. */
function documentsOf(observed: State) {
  const written = new Map<string, object | null>();
  const missing = (name: string) => Object.assign(new Error(name), { name });
  return {
    read(
      account: string,
      name: string,
      { Bucket = '', KeyId = '' }: Readonly<Record<string, string>>,
    ): object | undefined {
      const bucket = bucketOf(observed, account, Bucket);
      const now = <T extends object>(kind: string, seen: T | null | undefined) => {
        const present = written.get(`${kind} ${Bucket}${KeyId}`);
        return present === undefined ? (seen ?? null) : present;
      };
      switch (name) {
        case 'GetBucketPolicy': {
          const policy = now('BucketPolicy', bucket?.policy && { Policy: JSON.stringify(bucket.policy) });
          if (policy === null) throw missing('NoSuchBucketPolicy');
          return policy;
        }
        case 'GetBucketEncryption':
          return { ServerSideEncryptionConfiguration: bucket?.encryption };
        case 'GetBucketTagging':
          return { TagSet: Object.entries(bucket?.tags ?? {}).map(([Key, Value]) => ({ Key, Value })) };
        case 'GetBucketReplication':
          if (!bucket?.replication) throw missing('ReplicationConfigurationNotFoundError');
          return { ReplicationConfiguration: bucket.replication };
        case 'GetKeyPolicy':
          return now('KeyPolicy', { Policy: JSON.stringify(observed.accounts[account]?.keys[KeyId]?.policy) }) ?? {};
        default:
          return undefined;
      }
    },
    write(name: string, { Bucket = '', KeyId = '', Policy }: Readonly<Record<string, string>>): void {
      const kind = /^(?:Put|Delete)(BucketPolicy|KeyPolicy)$/.exec(name)?.[1];
      if (kind) written.set(`${kind} ${Bucket}${KeyId}`, Policy === undefined ? null : { Policy });
    },
  };
}

/**
 * Applies the changes against clients that hold every write until nothing further is sent, then let one of them end: `pick` says
 * which. So each order that AWS could answer in can be tried.
 */
async function applied(
  changes: readonly Change[],
  observed: State,
  one: Spec,
  pick: (waiting: number) => number = () => 0,
) {
  const documents = documentsOf(observed);
  const sent: Sent[] = [];
  const waves: (readonly string[])[] = [];
  let waiting: { readonly call: Sent; readonly done: () => void }[] = [];
  let tick = 0;
  let idle = 0;
  let over = false;
  const client = (account: string) => ({
    send: async (command: {
      readonly constructor: { readonly name: string };
      readonly input: Record<string, string>;
    }) => {
      const name = command.constructor.name.replace(/Command$/, '');
      const answer = documents.read(account, name, command.input);
      if (answer) return answer;
      idle = 0;
      const call: Sent = { name, input: command.input, begin: tick++, end: Number.POSITIVE_INFINITY };
      sent.push(call);
      await new Promise<void>((resolve) => waiting.push({ call, done: resolve }));
      documents.write(name, command.input);
      return name === 'CreateKey'
        ? { KeyMetadata: { Arn: `arn:aws:kms:eu-west-1:${account}:key/made-${call.begin}` } }
        : {};
    },
  });
  const connections: Connections = {
    get: (id) => {
      const { account, region } = sideOf(one, id);
      const sender = client(account);
      return { account, region, identity: 'me', s3: sender, kms: sender, iam: sender } as unknown as Connection;
    },
    close: () => undefined,
  };
  const surroundings = { report: () => undefined, now: () => 0, sleep: async () => undefined };
  const run = applyChanges(changes, {
    connections,
    surroundings,
    signal: new AbortController().signal,
  }).finally(() => {
    over = true;
  });
  run.catch(() => undefined);
  while (!over) {
    await new Promise((resolve) => setImmediate(resolve));
    idle += 1;
    if (idle < 3 || waiting.length === 0) {
      if (idle > 1000) throw new Error('nothing is sent any more, and nothing ends');
      continue;
    }
    waves.push(waiting.map(({ call }) => call.name));
    const next = waiting[pick(waiting.length) % waiting.length];
    waiting = waiting.filter((item) => item !== next);
    if (next) {
      next.call.end = tick++;
      next.done();
    }
    idle = 0;
  }
  await run;
  return { sent, waves };
}

function named(sent: readonly Sent[], pattern: RegExp, where: (call: Sent) => boolean = () => true): readonly Sent[] {
  return sent.filter((call) => pattern.test(call.name) && where(call));
}

/** That every one of the first has ended before any of the second begins; both are there. */
function expectBefore(first: readonly Sent[], second: readonly Sent[]): void {
  expect(first).not.toEqual([]);
  expect(second).not.toEqual([]);
  const names = `${first.map(({ name }) => name)} before ${second.map(({ name }) => name)}`;
  expect(Math.max(...first.map(({ end }) => end)), names).toBeLessThan(Math.min(...second.map(({ begin }) => begin)));
}

function expectOneAfterTheOther(calls: readonly Sent[]): void {
  calls.forEach((call, index) => {
    for (const other of calls.slice(index + 1))
      expectBefore(...((call.begin < other.begin ? [[call], [other]] : [[other], [call]]) as [Sent[], Sent[]]));
  });
}

const rule = /^(Put|Delete)BucketReplication$/;
const anyPick = fc.infiniteStream(fc.nat());

async function forEveryOrder(
  changes: readonly Change[],
  observed: State,
  one: Spec,
  check: (sent: readonly Sent[]) => void,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(anyPick, async (numbers) => {
      const { sent } = await applied(changes, observed, one, () => numbers.next().value as number);
      expect(sent).toHaveLength(changes.flatMap(({ calls }) => calls).length);
      check(sent);
    }),
    { numRuns: 40, seed: 20261122 },
  );
}

describe('a first apply', () => {
  const { changes } = planApply(nothing, spec);

  it('begins side by side with what depends on nothing: both buckets and the role', async () => {
    const { waves } = await applied(changes, nothing, spec);
    expect([...(waves[0] ?? [])].sort()).toEqual(['CreateBucket', 'CreateBucket', 'CreateRole']);
  });

  it('makes keys only when it has made the role, which a second run is refused', async () => {
    await forEveryOrder(changes, nothing, spec, (sent) => {
      expectBefore(named(sent, /^CreateRole$/), named(sent, /^CreateKey$/));
    });
  });

  it('names a key nowhere before it has its alias, which a second key is refused', async () => {
    await forEveryOrder(changes, nothing, spec, (sent) => {
      for (const alias of named(sent, /^CreateAlias$/)) {
        const arn = String(alias.input.TargetKeyId);
        const naming = sent.filter(({ input }) => !('TargetKeyId' in input) && JSON.stringify(input).includes(arn));
        expectBefore([alias], naming);
      }
    });
  });

  it('sends the changes to one bucket one after the other, in whatever order AWS answers', async () => {
    await forEveryOrder(changes, nothing, spec, (sent) => {
      for (const bucket of [spec.source.bucket, 'acme-invoices-replica']) {
        const calls = sent.filter(({ input }) => input.Bucket === bucket);
        expect(calls.length).toBeGreaterThanOrEqual(5);
        expect(calls[0]?.name).toBe('CreateBucket');
        expectOneAfterTheOther(calls);
      }
    });
  });

  it('sends the calls of one key and of the role in their order', async () => {
    await forEveryOrder(changes, nothing, spec, (sent) => {
      expectOneAfterTheOther(named(sent, /Role/));
      for (const { begin, end } of named(sent, /^CreateKey$/)) {
        const arn = (input: Sent['input']) => String(input.KeyId ?? input.TargetKeyId ?? '');
        const own = sent.filter(({ input }) => arn(input).endsWith(`made-${begin}`));
        expect(own.length).toBeGreaterThanOrEqual(2);
        for (const call of own) expect(call.begin).toBeGreaterThan(end);
      }
    });
  });

  it('names the role in policies only when it is there', async () => {
    await forEveryOrder(changes, nothing, spec, (sent) => {
      expectBefore(named(sent, /^CreateRole$/), named(sent, /^(PutBucketPolicy|PutKeyPolicy)$/));
    });
  });

  it('writes the rule last', async () => {
    await forEveryOrder(changes, nothing, spec, (sent) => {
      expectBefore(named(sent, /^(?!PutBucketReplication$)/), named(sent, rule));
    });
  });

  it('never sends the stand-in of a key, only its ARN', async () => {
    await forEveryOrder(changes, nothing, spec, (sent) => {
      expect(JSON.stringify(sent)).not.toContain('(new key');
      expect(JSON.stringify(named(sent, rule))).toContain('key/made-');
    });
  });
});

describe('two buckets of one account', () => {
  const two = aSpec({
    destinations: [
      aDestination(),
      aDestination({ id: 'destinations[1]', bucket: 'audit', rules: [aRule({ id: 'audit' })] }),
    ],
  });

  it('are changed side by side, each one call at a time', async () => {
    const { changes } = planApply(nothing, two);
    const { waves, sent } = await applied(changes, nothing, two);
    expect((waves[0] ?? []).filter((name) => name === 'CreateBucket')).toHaveLength(3);
    const policies = named(sent, /^PutBucketPolicy$/);
    expect(policies).toHaveLength(3);
    expect(waves.some((wave) => wave.filter((name) => name === 'PutBucketPolicy').length >= 2)).toBe(true);
    await forEveryOrder(changes, nothing, two, (all) => {
      for (const bucket of ['acme-invoices', 'audit', 'acme-invoices-replica'])
        expectOneAfterTheOther(all.filter(({ input }) => input.Bucket === bucket));
    });
  });
});

describe('what goes', () => {
  const observed = setUp(spec);

  it('of a role that was renamed goes after the rule that named it, which waits for the new one', async () => {
    const renamed = aSpec({ role: { name: 'other' } });
    const { changes } = planApply(observed, renamed);
    await forEveryOrder(changes, observed, renamed, (sent) => {
      expectBefore(named(sent, /^CreateRole$/), named(sent, rule));
      expectBefore(named(sent, rule), named(sent, /^Delete(Role|RolePolicy)$/));
      expectBefore(named(sent, /^DeleteRolePolicy$/), named(sent, /^DeleteRole$/));
    });
  });

  it('of a destination that was taken out goes after the rule that needed it', async () => {
    const moved = aSpec({ destinations: [aDestination({ bucket: 'acme-archive' })] });
    const { changes } = planApply(observed, moved);
    await forEveryOrder(changes, observed, moved, (sent) => {
      const former = named(sent, /BucketPolicy$/, ({ input }) => input.Bucket === 'acme-invoices-replica');
      expect(former.map(({ name }) => name)).toEqual(['DeleteBucketPolicy']);
      expectBefore(named(sent, rule), former);
      expectBefore(
        named(sent, /^PutBucketPolicy$/, ({ input }) => input.Bucket === 'acme-archive'),
        named(sent, rule),
      );
    });
  });

  it('of a key that replicas are no longer encrypted with goes after the rule that needed it', async () => {
    const made = Object.keys(observed.accounts[DESTINATION]?.keys ?? {})[0] ?? '';
    const other = made.replace(/[^/]+$/, 'theirs');
    const key = observed.accounts[DESTINATION]?.keys[made];
    const withOther = key
      ? put(observed, DESTINATION, 'keys', other, {
          ...key,
          metadata: { ...key.metadata, Arn: other },
          aliases: [],
          tags: {},
        })
      : observed;
    const bucket = bucketOf(withOther, DESTINATION, 'acme-invoices-replica');
    const encryption = {
      Rules: [
        {
          ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' as const, KMSMasterKeyID: other },
          BucketKeyEnabled: true,
        },
      ],
    };
    const state = bucket
      ? put(withOther, DESTINATION, 'buckets', 'acme-invoices-replica', { ...bucket, encryption })
      : withOther;
    const given = aSpec({ destinations: [aDestination({ kmsKey: { kind: 'arn', arn: other } })] });
    const { changes, problems } = planApply(state, given);
    expect(problems).toEqual([]);
    await forEveryOrder(changes, state, given, (sent) => {
      const former = named(sent, /^PutKeyPolicy$/, ({ input }) => input.KeyId === made);
      expect(former.map(({ input }) => String(input.Policy).includes('ReplicaKey'))).toEqual([false]);
      expectBefore(named(sent, rule), former);
    });
  });

  it('by destroy goes after the rule: policies, and the role behind them', async () => {
    const { changes } = planDestroy(observed, spec);
    await forEveryOrder(changes, observed, spec, (sent) => {
      expectBefore(
        named(sent, /^DeleteBucketReplication$/),
        named(sent, /^(DeleteBucketPolicy|PutKeyPolicy|DeleteRolePolicy|DeleteRole)$/),
      );
    });
  });
});

describe('a change that fails', () => {
  it('keeps what waits for it from beginning, and the error is the one that is told', async () => {
    const begun: string[] = [];
    const sender = {
      send: async (command: { readonly constructor: { readonly name: string } }) => {
        const name = command.constructor.name.replace(/Command$/, '');
        begun.push(name);
        await new Promise((resolve) => setImmediate(resolve));
        if (name === 'CreateRole') throw Object.assign(new Error('no'), { name: 'AccessDenied' });
        return name === 'CreateKey' ? { KeyMetadata: { Arn: keyArnMade } } : {};
      },
    };
    const keyArnMade = `arn:aws:kms:eu-west-1:${SOURCE}:key/made`;
    const connections = {
      get: () => ({ account: SOURCE, region: 'eu-west-1', identity: 'me', s3: sender, kms: sender, iam: sender }),
      close: () => undefined,
    } as unknown as Connections;
    const statuses: string[] = [];
    const work = {
      connections,
      signal: new AbortController().signal,
      surroundings: {
        now: () => 0,
        sleep: async () => undefined,
        report: (event: { readonly type: string }) => {
          if ('status' in event && 'resource' in event) statuses.push(`${event.resource} ${event.status}`);
        },
      },
    };
    await expect(applyChanges(planApply(nothing, spec).changes, work)).rejects.toThrow(
      expect.objectContaining({ name: 'AccessDenied' }),
    );
    expect(begun).not.toContain('CreateKey');
    expect(begun).not.toContain('PutBucketPolicy');
    expect(begun).not.toContain('PutKeyPolicy');
    expect(begun).not.toContain('PutBucketReplication');
    expect(statuses.filter((status) => status.endsWith('failed'))).toEqual(['role s3repl-invoices-dr failed']);
    expect(statuses).toContain('replication configuration of bucket acme-invoices skipped');
    expect(statuses).not.toContain('replication configuration of bucket acme-invoices started');
  });
});
