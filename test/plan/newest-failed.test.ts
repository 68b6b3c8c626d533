import { describe, expect, it } from 'vitest';
import type { ObjectSnapshot } from '../../src/model/snapshot.ts';
import { findUnexplainedFailures } from '../../src/plan/newest-failed.ts';
import { planApply } from '../../src/plan/plan.ts';
import type { BucketState, State } from '../../src/state/state.ts';
import { aDestination, aRule, aSpec, DESTINATION, nothing, SOURCE } from '../builders.ts';
import { bucketOf, put } from '../plain-state.ts';
import { pureAws } from '../steps/pure-aws.ts';

const now = new Date('2026-11-22T00:00:00Z');
const rules = [aRule({ id: 'tax', prefix: 'tax/' }), aRule({ id: 'logs', prefix: 'logs/' })];
const spec = aSpec({ destinations: [aDestination({ rules })] });

const aws = pureAws(nothing);
aws.run(planApply(nothing, spec).changes);
const applied = aws.state;
const sourceKey = Object.keys(applied.accounts[SOURCE]?.keys ?? {})[0] ?? '';

/** @param day of November 2026 on which the version was written. */
function version(key: string, day: number, change: Partial<ObjectSnapshot> = {}): ObjectSnapshot {
  return {
    key,
    versionId: `${key}-${day}`,
    size: 10,
    encryption: 'SSE-KMS',
    kmsKey: sourceKey,
    bucketKey: true,
    storageClass: 'STANDARD',
    tags: {},
    deleteMarker: false,
    owner: SOURCE,
    replicationStatus: 'FAILED',
    existedBeforeRule: false,
    lastModified: `2026-11-${day}T00:00:00.000Z`,
    ...change,
  };
}

function summaries(objects: readonly ObjectSnapshot[], state: State = applied): readonly string[] {
  return findUnexplainedFailures(state, spec, now, objects).map(({ summary }) => summary.replace(/,.*/, ''));
}

function withSource(change: Partial<BucketState>): State {
  const bucket = bucketOf(applied, SOURCE, 'acme-invoices');
  if (!bucket) throw new Error('no source bucket');
  return put(applied, SOURCE, 'buckets', 'acme-invoices', { ...bucket, ...change });
}

describe('the newest objects that FAILED, of which the model sees no reason', () => {
  it('are a cause for each rule of ours: the newest one’s', () => {
    const objects = [version('tax/b', 20), version('logs/a', 19), version('tax/a', 18), version('logs/b', 17)];
    expect(summaries(objects)).toEqual(['tax/b FAILED', 'logs/a FAILED']);
  });

  it('are none under a rule that has COMPLETED one since', () => {
    const completed = version('tax/c', 21, { replicationStatus: 'COMPLETED' });
    expect(summaries([completed, version('tax/b', 20), version('logs/a', 19)])).toEqual(['logs/a FAILED']);
    const before = version('tax/c', 10, { replicationStatus: 'COMPLETED' });
    expect(summaries([version('tax/b', 20), before])).toEqual(['tax/b FAILED']);
  });

  it('are none where they did not fail, or no rule is about them', () => {
    const done = (['PENDING', 'COMPLETED', 'REPLICA', null, 'unknown'] as const).map((replicationStatus, n) =>
      version('tax/a', 10 + n, { replicationStatus }),
    );
    expect(summaries(done)).toEqual([]);
    expect(summaries([version('other/a', 20)])).toEqual([]);
    expect(summaries([])).toEqual([]);
  });

  it('are none where the documents of today explain it', () => {
    const policy = {
      Statement: [{ Effect: 'Deny' as const, Principal: '*', Action: 's3:Replicate*', Resource: '*' }],
    };
    const replica = bucketOf(applied, DESTINATION, 'acme-invoices-replica');
    if (!replica) throw new Error('no destination bucket');
    const denied = put(applied, DESTINATION, 'buckets', 'acme-invoices-replica', { ...replica, policy });
    expect(summaries([version('tax/b', 20)], denied)).toEqual([]);
  });

  it('are none under a rule of others', () => {
    const replication = bucketOf(applied, SOURCE, 'acme-invoices')?.replication;
    if (!replication) throw new Error('apply writes rules');
    const theirs = (replication.Rules ?? []).map((rule) => ({ ...rule, ID: `theirs-${rule.ID}` }));
    expect(summaries([version('tax/b', 20)], withSource({ replication: { ...replication, Rules: theirs } }))).toEqual(
      [],
    );
  });
});
