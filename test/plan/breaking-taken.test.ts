import type { ReplicationRule } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import type { RuleSpec } from '../../src/config/spec.ts';
import { planApply } from '../../src/plan/plan.ts';
import { aDestination, aRule } from '../builders.ts';
import { pureAws } from '../steps/pure-aws.ts';
import {
  arnKey,
  beside,
  broken,
  copies,
  likeTheirs,
  messages,
  type OurRule,
  ours,
  teamRule,
  theirKey,
  theirReplicaKey,
  theirs,
  usesAnyKey,
  withKms,
} from './beside-theirs.ts';

describe('once a rule of ours has taken objects of theirs', () => {
  const statements = [...copies, usesAnyKey];
  /** What a plan says that changes a rule of ours, which was applied beside theirs. */
  const changedTo = (theirRule: ReplicationRule, before: OurRule, after: OurRule) => {
    const aws = pureAws(theirs({ rules: [theirRule], statements, sourceKey: theirKey }));
    aws.run(planApply(aws.state, beside({}, before, theirKey)).changes);
    return messages(broken(aws.state, beside({}, after, theirKey)));
  };
  const same = teamRule({ ...withKms(theirReplicaKey, ours), Filter: { Prefix: 'team/' } });

  it('in the same way, is a problem where they would arrive differently', () => {
    expect(changedTo(same, likeTheirs, { ...likeTheirs, storageClass: 'GLACIER' })).toEqual([
      expect.stringMatching(
        /would change rule team-rule.*rule s3repl.invoices-dr.all \(priority 8\) would take them, and replicas would be in GLACIER/,
      ),
    ]);
    expect(changedTo(same, likeTheirs, { ...likeTheirs, deleteMarkers: true })).toEqual([
      expect.stringMatching(/leaves out delete markers.*now, and afterwards rule s3repl.invoices-dr.all/),
    ]);
  });

  it('and changed them, which a person has accepted, says nothing of further changes', () => {
    const taken = { ...likeTheirs, priority: 9, storageClass: 'STANDARD_IA' as const };

    expect(changedTo(same, taken, { ...taken, storageClass: 'GLACIER' })).toEqual([]);
    expect(changedTo(same, taken, { ...taken, deleteMarkers: true })).toEqual([]);
  });

  it('by tags, is a problem where delete markers would hide what theirs replicate by tags, for each of them', () => {
    const tagged = (ID: string, Priority: number) =>
      teamRule({
        ...withKms(theirReplicaKey, ours, { StorageClass: 'GLACIER' }),
        ID,
        Priority,
        Filter: { Tag: { Key: 'team', Value: ID } },
      });
    const aws = pureAws(theirs({ rules: [tagged('one', 3), tagged('two', 4)], statements, sourceKey: theirKey }));
    const byTag = aRule({ ...likeTheirs, id: 'tagged', tags: { team: 'ours' } });
    const of = (...rules: readonly RuleSpec[]) =>
      beside({ destinations: [aDestination({ kmsKey: arnKey(theirReplicaKey), rules })] }, {}, theirKey);
    aws.run(planApply(aws.state, of(byTag)).changes);

    expect(messages(broken(aws.state, of(byTag, aRule({ ...likeTheirs, deleteMarkers: true }))))).toEqual([
      expect.stringMatching(/would change rule two.*it leaves out delete markers/),
      expect.stringMatching(/would change rule one.*it leaves out delete markers/),
    ]);
  });

  it('says nothing where it gives them back', () => {
    expect(changedTo(same, likeTheirs, { ...likeTheirs, prefix: 'invoices/' })).toEqual([]);
    expect(changedTo(same, likeTheirs, { ...likeTheirs, enabled: false })).toEqual([]);
  });
});
