import { PutBucketReplicationCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { applyChanges } from '../../src/apply/apply.ts';
import { readBack } from '../../src/apply/read-back.ts';
import type { Spec } from '../../src/config/spec.ts';
import type { Failure } from '../../src/events/failure.ts';
import { observe } from '../../src/observe/observe.ts';
import { type KeyDeletion, planDestroy } from '../../src/plan/plan.ts';
import { sandboxCredentials } from '../../src/sandbox/sandbox.ts';
import { explain } from '../../src/session/explain.ts';
import type { Change } from '../../src/state/change.ts';
import { replicationRole } from '../../src/state/names.ts';
import { callsIn } from '../any-call.ts';
import { aDestination, aRole, aSource, aSpec, DESTINATION, SOURCE } from '../builders.ts';
import { drawFrom } from '../draws.ts';
import { bucketOf } from '../plain-state.ts';
import { anApplied, aPractice, type Practice, withoutIds } from './in-sandbox.ts';

/** Observe, plan in reverse, apply, read back. */
async function destroy(practice: Practice, spec: Spec, keys?: KeyDeletion): Promise<readonly Change[]> {
  const { surroundings } = practice;
  const connections = await practice.connect(spec);
  try {
    const { changes, problems } = planDestroy(await observe(connections, spec), spec, keys);
    if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join('; '));
    await applyChanges(changes, { connections, surroundings, signal: new AbortController().signal });
    await readBack(spec, connections, surroundings, (state) => planDestroy(state, spec, keys));
    return changes;
  } finally {
    connections.close();
  }
}

async function destroyFailing(practice: Practice, spec: Spec): Promise<Failure> {
  try {
    await destroy(practice, spec);
  } catch (error) {
    return explain(error);
  }
  throw new Error('destroy was expected to fail, and did not');
}

function writes(practice: Practice): readonly string[] {
  return practice.requests.filter(({ write, service }) => write && service !== 'sts').map(({ operation }) => operation);
}

const spec = aSpec();
const undisturbed = await anApplied(spec);
const before = await undisturbed.state(spec);
undisturbed.requests.length = 0;
await destroy(undisturbed, spec);
const sent = writes(undisturbed);
const end = withoutIds(await undisturbed.state(spec));

describe('a setup that is taken out', () => {
  it('loses its rule first, then its rights, and the role last', () => {
    expect(sent[0]).toBe('DeleteBucketReplication');
    expect(sent.slice(1, 4).sort()).toEqual(['DeleteBucketPolicy', 'DeleteBucketPolicy', 'PutKeyPolicy']);
    expect(sent.slice(4)).toEqual(['DeleteRolePolicy', 'DeleteRole']);
  });

  it('leaves buckets, their settings and their keys', async () => {
    const after = await undisturbed.state(spec);
    for (const account of [SOURCE, DESTINATION]) {
      const [was, is] = [before.accounts[account], after.accounts[account]];
      expect(Object.keys(is?.keys ?? {})).toEqual(Object.keys(was?.keys ?? {}));
      for (const [name, bucket] of Object.entries(was?.buckets ?? {})) {
        expect(is?.buckets[name]).toEqual({ ...bucket, policy: null, replication: null });
      }
    }
    expect(replicationRole(after, spec).role).toBeNull();
    expect(JSON.stringify(after)).not.toContain('S3repl');
  });

  it('has nothing left to be taken out the second time', async () => {
    expect(await destroy(undisturbed, spec)).toEqual([]);
  });

  it('can be set up again, with the keys that it had', async () => {
    const practice = await anApplied(spec);
    const first = await practice.state(spec);
    await destroy(practice, spec);
    await practice.apply(spec);
    const second = await practice.state(spec);
    expect(Object.keys(second.accounts[SOURCE]?.keys ?? {})).toEqual(Object.keys(first.accounts[SOURCE]?.keys ?? {}));
    expect(withoutIds(second)).toEqual(withoutIds(first));
  });
});

describe('a destroy that stops half-way', () => {
  it.each(drawFrom(sent.map((operation, index) => [operation, index] as const)))(
    'at %s (write %i) goes on when it is run again, and ends the same',
    async (_, index) => {
      const practice = await anApplied(spec);
      let write = 0;
      practice.fault = (request) =>
        request.write && request.service !== 'sts' && write++ === index
          ? { code: 'AccessDenied', status: 403, message: 'not now' }
          : undefined;
      expect((await destroyFailing(practice, spec)).outcome).toBe('failed');
      practice.fault = () => undefined;
      await destroy(practice, spec);
      expect(withoutIds(await practice.state(spec))).toEqual(end);
    },
  );

  it.each(drawFrom(sent))('by a lost answer to %s meets its own work and goes on', async (operation) => {
    const practice = await anApplied(spec);
    let times = 0;
    practice.fault = (request) => (request.operation === operation && times++ === 0 ? 'lost-answer' : undefined);
    await destroy(practice, spec);
    expect(withoutIds(await practice.state(spec))).toEqual(end);
  });
});

describe('what is gone already', () => {
  it('a role that somebody has deleted keeps nothing from going: what is left of it in policies goes too', async () => {
    const practice = await anApplied(spec);
    const bare = aSpec({ role: { name: 'another' } });
    await practice.apply(bare);
    await destroy(practice, bare);
    expect(JSON.stringify(await practice.state(bare))).not.toContain('S3repl');
  });

  it.each([
    ['DeleteRole', 'NoSuchEntity', 404],
    ['DeleteRolePolicy', 'NoSuchEntity', 404],
    ['DeleteAlias', 'NotFoundException', 400],
  ])('is looked at: what AWS does not find at once is taken out all the same (%s)', async (operation, code, status) => {
    const practice = await anApplied(spec);
    const another = aSpec({ role: { name: 'another' } });
    let times = 0;
    practice.fault = (request) => (request.operation === operation && times++ === 0 ? { code, status } : undefined);
    // Once the other role is in its place, nothing names the former one any more.
    await practice.apply(another);
    const { accounts, aliases } = practice.sandbox.state;
    expect(Object.keys(accounts[SOURCE]?.roles ?? {})).toEqual(['another']);
    await destroy(practice, another, { objects: [], force: true });
    expect([accounts[SOURCE]?.roles, aliases]).toEqual([{}, {}]);
    expect(times).toBeGreaterThan(1);
  });
});

describe('two setups that share a destination', () => {
  it('are independent: one goes, the other stays byte for byte', async () => {
    const practice = await aPractice();
    const other = aSpec({
      name: 'taxes',
      source: aSource({ bucket: 'acme-taxes' }),
      destinations: [
        aDestination({
          kmsKey: { kind: 'alias', alias: 'alias/s3repl-invoices-dr-replica' },
        }),
      ],
      role: { name: 's3repl-taxes' },
    });
    await practice.apply(spec);
    await practice.apply(other);
    const alone = await anApplied(spec);
    await destroy(alone, spec);
    await alone.apply(other);
    const alonePolicy = bucketOf(await alone.state(other), DESTINATION, 'acme-invoices-replica')?.policy;

    await destroy(practice, spec);
    const state = await practice.state(other);
    expect(bucketOf(state, DESTINATION, 'acme-invoices-replica')?.policy).toEqual(alonePolicy);
    expect(replicationRole(state, other).role).not.toBeNull();
    expect(await practice.apply(other)).toEqual([]);
  });
});

describe('rules of others under our role', () => {
  it('are a problem: nothing is changed, the role stays', async () => {
    const practice = await anApplied(spec);
    const state = await practice.state(spec);
    const replication = bucketOf(state, SOURCE, 'acme-invoices')?.replication;
    const s3 = new S3Client({
      region: 'eu-west-1',
      credentials: sandboxCredentials(SOURCE),
      requestHandler: practice.sandbox.requestHandler,
    });
    const [ours] = replication?.Rules ?? [];
    const theirs = { ...ours, ID: 'theirs', Priority: 9, Filter: { Prefix: 'logs/' } } as NonNullable<typeof ours>;
    await s3.send(
      new PutBucketReplicationCommand({
        Bucket: 'acme-invoices',
        ReplicationConfiguration: { Role: replication?.Role, Rules: [...(replication?.Rules ?? []), theirs] },
      }),
    );
    practice.requests.length = 0;
    const failure = await destroyFailing(practice, spec);
    expect(failure.message).toContain('theirs');
    expect(writes(practice)).toEqual([]);
    const { problems } = planDestroy(await practice.state(spec), spec);
    expect(problems).toMatchObject([{ code: 'role-in-use', side: 'source' }]);
  });
});

describe('keys', () => {
  it('that a default encryption uses are refused, and what to do is said', async () => {
    const practice = await anApplied(spec);
    const { problems } = planDestroy(await practice.state(spec), spec, { objects: [], force: false });
    expect(problems.map(({ code, side }) => `${code} ${side}`)).toEqual([
      'key-in-use source',
      'key-in-use destinations[0]',
    ]);
    expect(problems[0]?.message).toContain('the default encryption of bucket acme-invoices');
    expect(problems[0]?.fix).toContain('--force');
  });

  it('that are forced go after 30 days, their aliases at once, and a second time there is nothing to do', async () => {
    const practice = await anApplied(spec);
    const forced = { objects: [], force: true };
    const changes = await destroy(practice, spec, forced);
    const scheduled = callsIn(changes).filter(({ operation }) => operation === 'ScheduleKeyDeletion');
    expect(scheduled.map(({ input }) => input.PendingWindowInDays)).toEqual([30, 30]);
    const state = await practice.state(spec);
    expect(JSON.stringify(state)).not.toContain('alias/s3repl');
    practice.requests.length = 0;
    expect(await destroy(practice, spec, forced)).toEqual([]);
    expect(writes(practice)).toEqual([]);
  });

  it.each(['ScheduleKeyDeletion', 'DeleteAlias'])('go on after %s was refused', async (operation) => {
    const practice = await anApplied(spec);
    const forced = { objects: [], force: true };
    let times = 0;
    practice.fault = (request) =>
      request.operation === operation && times++ === 0 ? { code: 'AccessDeniedException', status: 400 } : undefined;
    await expect(destroy(practice, spec, forced)).rejects.toThrow();
    await destroy(practice, spec, forced);
    expect(JSON.stringify(await practice.state(spec))).not.toContain('alias/s3repl');
  });
});

describe('a borrowed role', () => {
  it('keeps everything but our inline policy', () => {
    const borrowed = aSpec({ role: { name: 'legacy' } });
    const arn = `arn:aws:iam::${SOURCE}:role/legacy`;
    const role = aRole({
      inlinePolicies: { theirs: { Statement: [] } },
      attachedPolicies: ['arn:x'],
      tags: { a: 'b' },
    });
    const ours = { ...role, inlinePolicies: { ...role.inlinePolicies, 's3repl-invoices-dr': { Statement: [] } } };
    const state = { accounts: { [SOURCE]: { buckets: {}, keys: {}, roles: { [arn]: ours } } } };
    const plan = planDestroy(state, borrowed);
    expect(plan.desired.accounts[SOURCE]?.roles[arn]).toEqual(role);
    expect(plan.changes.flatMap(({ calls }) => calls.map(({ operation }) => operation))).toEqual(['DeleteRolePolicy']);
  });
});
