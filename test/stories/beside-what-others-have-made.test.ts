/**
 * Twelve setups that people have made by hand. s3repl is applied beside each and taken out again; their objects are written before, between and
 * after.
 */

import { PutKeyPolicyCommand } from '@aws-sdk/client-kms';
import { CreateBucketCommand, PutBucketReplicationCommand, PutBucketVersioningCommand } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { planApply, planDestroy } from '../../src/plan/plan.ts';
import type { Finding } from '../../src/state/change.ts';
import { aPractice } from '../apply/in-sandbox.ts';
import type { aRule } from '../builders.ts';
import { drawFrom } from '../draws.ts';
import { besides, carryOut } from '../sandbox/beside.ts';
import { clientsOf, OTHER } from '../sandbox/clients.ts';
import {
  type Arrived,
  destinations,
  type Neighborhood,
  Neighbors,
  type TheirRule,
  type Wanted,
} from '../sandbox/neighborhood.ts';

type OurRule = Parameters<typeof aRule>[0];

const theirRule: TheirRule = {
  prefix: '',
  tag: false,
  priority: 5,
  enabled: true,
  to: 'archive',
  kms: true,
  markers: true,
  storageClass: undefined,
  owner: false,
};
const nobody: Neighborhood = { rules: [], byKms: true, replicaByKms: true, roleUses: 'their keys', denied: undefined };

/** What arrives at a destination, in words. */
type Seen = readonly ('as before' | 'differently' | 'no longer' | 'now' | 'never')[];

interface Story {
  readonly theirs: Partial<Neighborhood>;
  readonly ours: readonly OurRule[];
  /** A bucket of ours alone, in place of that which theirs replicate to as well. */
  readonly bucket?: string;
  readonly wanted: readonly Wanted[];
  /** What plan says of rules. */
  readonly told: readonly string[];
  /** Not applied: a person has to act first. */
  readonly stopped?: true;
  /** For each object, and each destination of theirs. */
  readonly between?: Seen;
  readonly after?: Seen;
  /** More that they have done. */
  readonly more?: (neighbors: Neighbors, sandbox: Parameters<typeof clientsOf>[0]) => Promise<void>;
  readonly says?: RegExp;
  /** What destroy says of rules. */
  readonly destroyTold?: readonly string[];
}

const rule = (change: Partial<TheirRule>): TheirRule => ({ ...theirRule, ...change });
const marker = (key: string): readonly Wanted[] => [{ key }, { key, deleteMarker: true }];

const stories: Readonly<Record<string, Story>> = {
  'a team that archives another prefix': {
    theirs: { rules: [rule({ prefix: 'logs/' })] },
    ours: [{ prefix: 'invoices/' }],
    bucket: 'audit-copy',
    wanted: marker('logs/x'),
    told: [],
  },
  'a team that archives everything, also what s3repl replicates elsewhere': {
    theirs: { rules: [rule({})] },
    ours: [{}],
    bucket: 'audit-copy',
    wanted: [...marker('logs/x'), { key: 'invoices/x', tagged: true }],
    told: [],
  },
  'a team that replicates to the same bucket from another prefix': {
    theirs: { rules: [rule({ prefix: 'logs/', to: 'replica', storageClass: 'STANDARD_IA' })] },
    ours: [{ prefix: 'invoices/' }],
    wanted: marker('logs/x'),
    told: [],
  },
  'a team whose prefix lies in ours: ours yields': {
    theirs: {
      rules: [rule({ prefix: 'invoices/drafts/', to: 'replica', storageClass: 'STANDARD_IA', markers: false })],
    },
    ours: [{ prefix: 'invoices/' }],
    wanted: marker('invoices/drafts/x'),
    told: ['warning yields-to'],
    says: /rule r0 yields to rule team-0 \(priority 5\), .*for objects under invoices\/drafts\/.*storage class: STANDARD_IA.*delete markers: left out/,
  },
  'a team that selects by tag: ours yields for tagged objects': {
    theirs: { rules: [rule({ tag: true, to: 'replica', owner: true, markers: false })] },
    // Delete markers have no tags: those of ours would hide their replicas.
    ours: [{ deleteMarkers: false }],
    wanted: [{ key: 'x', tagged: true }],
    told: ['warning yields-to'],
    says: /for objects tagged team=x/,
  },
  'a team that replicates all of ours to the same bucket, differently': {
    theirs: { rules: [rule({ to: 'replica', storageClass: 'STANDARD_IA' })] },
    ours: [{ prefix: 'invoices/' }],
    wanted: marker('invoices/x'),
    told: ['problem rule-covered'],
    stopped: true,
    says: /rule r0 would never take effect: rule team-0 \(priority 5\)/,
  },
  'a team that replicates all of ours to the same bucket, in the same way': {
    theirs: { rules: [rule({ to: 'replica', owner: true })] },
    ours: [{ prefix: 'invoices/', replicationTimeControl: false, metrics: false }],
    wanted: [...marker('invoices/x'), { key: 'logs/x' }],
    told: ['warning already-replicated'],
  },
  'an explicit priority, which takes their objects over and gives them back': {
    theirs: { rules: [rule({ prefix: 'invoices/', to: 'replica', storageClass: 'STANDARD_IA' })] },
    ours: [{ prefix: 'invoices/', priority: 9, storageClass: 'STANDARD' }],
    wanted: [{ key: 'invoices/x' }],
    told: ['problem breaks-others'],
    says: /rule r?.*s3repl\.invoices-dr\.r0 \(priority 9\) would take them, and .*replicas would be in STANDARD instead of STANDARD_IA/,
    between: ['never', 'differently'],
  },
  'SSE-S3 by default, and a rule without the SSE-KMS opt-in': {
    theirs: { rules: [rule({ kms: false })], byKms: false },
    ours: [{ prefix: 'invoices/' }],
    wanted: [{ key: 'logs/x' }, { key: 'logs/y', asks: 'SSE-S3' }],
    told: ['problem breaks-others'],
    says: /would stop rule team-0.*does not select SSE-KMS objects/,
    between: ['no longer', 'never', 'as before', 'never'],
    // The default encryption stays after destroy: objects of ours are encrypted with the key.
    after: ['no longer', 'never', 'as before', 'never'],
  },
  'SSE-S3 by default, and a role that may use their keys only': {
    theirs: { rules: [rule({})], byKms: false },
    ours: [{ prefix: 'invoices/' }],
    wanted: [{ key: 'logs/x' }, { key: 'logs/y', asks: 'SSE-S3' }],
    told: ['problem breaks-others', 'problem breaks-others'],
    // With a Bucket Key, what lets the role decrypt objects of ours lets it decrypt those of theirs; it arrives under their key.
    says: /replicas would be encrypted with SSE-KMS under .* instead of SSE-S3[\s\S]*would stop rule team-0.*kms:Decrypt/,
    between: ['differently', 'never', 'as before', 'never'],
    after: ['no longer', 'never', 'as before', 'never'],
    destroyTold: ['problem breaks-others'],
  },
  'a security team that denies a prefix, and a key that names its users': {
    theirs: {
      rules: [rule({ prefix: 'logs/', to: 'replica' })],
      denied: {
        on: 'replica',
        statement: {
          Sid: 'NoDrafts',
          Effect: 'Deny',
          Principal: '*',
          Action: 's3:ReplicateObject',
          Resource: `arn:aws:s3:::${destinations.replica}/logs/drafts/*`,
        },
      },
    },
    ours: [{ prefix: 'invoices/' }],
    wanted: [...marker('logs/x'), { key: 'logs/drafts/x' }],
    told: [],
    more: async ({ keys }, sandbox) => {
      const { kms } = clientsOf(sandbox, OTHER, 'eu-central-1');
      const statement = (Sid: string, AWS: string, Action: unknown) => ({
        Sid,
        Effect: 'Allow',
        Principal: { AWS },
        Action,
        Resource: '*',
      });
      const Statement = [
        statement('Admin', `arn:aws:iam::${OTHER}:root`, 'kms:*'),
        statement('Team', 'arn:aws:iam::111111111111:role/team', ['kms:Encrypt', 'kms:GenerateDataKey', 'kms:Decrypt']),
      ];
      const Policy = JSON.stringify({ Version: '2012-10-17', Id: 'theirs', Statement });
      await kms.send(new PutKeyPolicyCommand({ KeyId: keys.replica, PolicyName: 'default', Policy }));
    },
  },
  'a replica bucket that is replicated on to a third account': {
    theirs: { rules: [rule({ prefix: 'logs/', to: 'replica' })] },
    ours: [{ prefix: 'invoices/' }],
    wanted: marker('logs/x'),
    told: [],
    more: async (_, sandbox) => {
      const { s3 } = clientsOf(sandbox, OTHER, 'eu-central-1');
      const Rules = [
        {
          ID: 'on',
          Priority: 1,
          Status: 'Enabled' as const,
          Filter: { Prefix: '' },
          DeleteMarkerReplication: { Status: 'Disabled' as const },
          Destination: { Bucket: 'arn:aws:s3:::somewhere-else' },
        },
      ];
      const third = clientsOf(sandbox, '333333333333', 'eu-central-1').s3;
      const Bucket = 'somewhere-else';
      await third.send(
        new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' } }),
      );
      await third.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
      const ReplicationConfiguration = { Role: `arn:aws:iam::${OTHER}:role/on`, Rules };
      await s3.send(new PutBucketReplicationCommand({ Bucket: destinations.replica, ReplicationConfiguration }));
    },
  },
};

function compared(before: readonly Arrived[], now: readonly Arrived[]): Seen {
  return before.flatMap((was, index) =>
    (['archive', 'replica'] as const).map((to) => {
      const is = now[index]?.[to];
      if (was[to] === undefined) return is === undefined ? 'never' : 'now';
      return is === undefined ? 'no longer' : is === was[to] ? 'as before' : 'differently';
    }),
  );
}

const ofRules = ({
  problems,
  warnings,
}: {
  readonly problems: readonly Finding[];
  readonly warnings: readonly Finding[];
}) => [...problems, ...warnings].filter(({ step }) => step === 'replication-rule');

describe('s3repl beside', () => {
  it.each(drawFrom(Object.entries(stories), 2))(
    '%s',
    async (_, { theirs, ours, bucket, wanted, told, stopped, more, says, ...story }) => {
      const practice = await aPractice();
      const neighborhood = { ...nobody, ...theirs };
      const neighbors = await Neighbors.settle(practice.sandbox, neighborhood);
      await more?.(neighbors, practice.sandbox);
      await practice.sandbox.clock.sleep(20_000);
      const spec = besides(ours, neighborhood, neighbors.keys, {}, bucket);
      const rulesBefore = await neighbors.rules();
      const before = await neighbors.write(wanted);
      const all = compared(before, before);
      expect(all).toContain('as before');

      const { plan, done } = await carryOut(practice, spec, (state) => planApply(state, spec));
      const findings = ofRules(plan);
      expect(findings.map(({ level, code }) => `${level} ${code}`)).toEqual(told);
      if (says) expect(findings.map(({ message }) => message).join('\n')).toMatch(says);
      expect(done).toBe(stopped !== true);
      expect(compared(before, await neighbors.write(wanted))).toEqual(story.between ?? all);
      if (stopped) return;

      const destroyed = await carryOut(practice, spec, (state) => planDestroy(state, spec));
      expect(ofRules(destroyed.plan).map(({ level, code }) => `${level} ${code}`)).toEqual(story.destroyTold ?? []);
      expect(await neighbors.rules()).toEqual(rulesBefore);
      expect(compared(before, await neighbors.write(wanted))).toEqual(story.after ?? all);
    },
  );
});
