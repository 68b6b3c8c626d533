/** Rules of others keep their place, priority and everything. */
import type { ReplicationConfiguration, ReplicationRule } from '@aws-sdk/client-s3';
import { bucketArn, nameIn } from '../aws/arn.ts';
import { isSameJson, toJson } from '../aws/json.ts';
import { unknownElements, withoutUnknown } from '../aws/unknown-elements.ts';
import type { DestinationSide, RuleSpec, Spec } from '../config/spec.ts';
import { type Call, type Finding, phase, turn } from '../state/change.ts';
import { isOurRule, keyArnOf, replicationRole, ruleIdPrefix } from '../state/names.ts';
import { destroying } from '../state/need.ts';
import { bucketNamed, bucketOf, put, type State } from '../state/state.ts';
import type { Step } from '../state/step.ts';
import { shellLine } from '../text/shell-word.ts';
import { boundFor, meet, neighborFindings, type OurRule } from './neighbors.ts';
import { priorities } from './priorities.ts';
import { isLocked, sourceIsLocked } from './role-policy.ts';
import { ruleDocument } from './rule-document.ts';
import { bucketVisible } from './waits.ts';

/** Step 5: our rules in the source bucket's configuration. Rules of others keep their place, priority and everything. */
export const replicationRuleStep: Step<'PutBucketReplication' | 'DeleteBucketReplication', 'replication'> = {
  id: 'replication-rule',
  phase: phase.rules,

  writes: {
    PutBucketReplication: {
      waits: [
        bucketVisible,
        { error: /^InvalidRequest$/, message: /versioning/i, reason: 'versioning to become visible' },
      ],
      replaces: 'replication configuration',
      leaves: ({ ReplicationConfiguration }) => ReplicationConfiguration,
    },
    DeleteBucketReplication: { leaves: () => null },
  },

  documents: {
    replication: { lookUp: (state, name) => bucketNamed(state, name)?.replication, isSame: isSameJson },
  },

  asks: {
    S3: {
      DeleteBucketReplication: { actions: ['s3:PutReplicationConfiguration'] },
      GetBucketReplication: {
        answer: { root: 'ReplicationConfiguration' },
        actions: ['s3:GetReplicationConfiguration'],
        writtenBack: true,
      },
      PutBucketReplication: { actions: ['s3:PutReplicationConfiguration', 'iam:PassRole'] },
    },
  },

  needs: {
    bucket: ({ id }) =>
      id === 'source' ? [{ actions: ['s3:PutReplicationConfiguration'], for: ['apply', ...destroying] }] : [],
  },

  addOurs(observed, spec) {
    const source = bucketOf(observed, spec.source.account, spec.source.bucket);
    if (!source) return observed;
    const present = source.replication?.Rules ?? [];
    const wanted = new Map(ourRules(observed, present, spec).map((rule) => [rule.ID, rule]));
    const kept = present.flatMap((rule) => {
      if (!isOurRule(rule, spec)) return [rule];
      const target = wanted.get(rule.ID);
      wanted.delete(rule.ID);
      if (!target) return [];
      return [isSameJson(withoutUnknown(rule), target) ? rule : target];
    });
    const replication: ReplicationConfiguration = {
      ...source.replication,
      // The role of others' rules is never changed (see the findings).
      Role: kept.some((rule) => !isOurRule(rule, spec))
        ? source.replication?.Role
        : replicationRole(observed, spec).arn,
      Rules: [...kept, ...wanted.values()],
    };
    // We replace our rules as a whole: an element that we do not know in one of them goes, and the plan shows it.
    return withReplication(
      observed,
      spec,
      isSameJson(source.replication, replication) ? source.replication : withOursKnown(replication, spec),
    );
  },

  removeOurs(observed, spec) {
    const replication = bucketOf(observed, spec.source.account, spec.source.bucket)?.replication;
    if (!replication) return observed;
    const Rules = (replication.Rules ?? []).filter((rule) => !isOurRule(rule, spec));
    if (Rules.length === replication.Rules?.length) return observed;
    const left = { ...replication, Rules };
    const isAll = Rules.length === 0 && unknownElements(left).length === 0;
    return withReplication(observed, spec, isAll ? null : left);
  },

  diff(from, to, spec) {
    const { source } = spec;
    const before = bucketOf(from, source.account, source.bucket);
    const after = bucketOf(to, source.account, source.bucket);
    if (!after || isSameJson(before?.replication, after.replication)) return [];
    const ours = { Bucket: source.bucket, ExpectedBucketOwner: source.account };
    const ReplicationConfiguration = toJson(after.replication);
    const call: Call = {
      side: 'source',
      ...(ReplicationConfiguration
        ? { service: 'S3', operation: 'PutBucketReplication', input: { ...ours, ReplicationConfiguration } }
        : { service: 'S3', operation: 'DeleteBucketReplication', input: ours }),
      turn: turn.rule,
      onlyIf: { document: 'replication', of: source.bucket, is: before?.replication ?? null },
    };
    return [
      {
        step: 'replication-rule',
        phase: phase.rules,
        side: 'source',
        account: source.account,
        region: source.region,
        action: !before?.replication ? 'create' : after.replication ? 'change' : 'remove',
        resource: `replication configuration of bucket ${source.bucket}`,
        before: before?.replication ?? null,
        after: after.replication,
        calls: [call],
        target: bucketArn(source),
      },
    ];
  },

  findings(observed, spec) {
    const present = bucketOf(observed, spec.source.account, spec.source.bucket)?.replication?.Rules ?? [];
    return [
      ...foreignRuleFindings(observed, spec),
      ...neighborFindings(withPriorities(observed, present, spec), present, observed, spec),
      ...objectLockFindings(observed, spec),
    ];
  },
};

function withReplication(state: State, spec: Spec, replication: ReplicationConfiguration | null): State {
  const { account, bucket: name } = spec.source;
  const bucket = bucketOf(state, account, name);
  return bucket ? put(state, account, 'buckets', name, { ...bucket, replication }) : state;
}

function withOursKnown(replication: ReplicationConfiguration, spec: Spec): ReplicationConfiguration {
  const Rules = replication.Rules?.map((rule) => (isOurRule(rule, spec) ? withoutUnknown(rule) : rule));
  return { ...replication, Rules };
}

function ourRules(state: State, present: readonly ReplicationRule[], spec: Spec): readonly ReplicationRule[] {
  return withPriorities(state, present, spec).map(({ document: { ID, ...rest }, priority }) => ({
    ID,
    Priority: priority,
    ...rest,
  }));
}

function withPriorities(
  state: State,
  present: readonly ReplicationRule[],
  spec: Spec,
): readonly (OurRule & { readonly priority: number })[] {
  const rules = spec.destinations.flatMap((side) =>
    side.rules.map((rule) => ourRule(state, present, side, rule, spec)),
  );
  const numbers = priorities(
    rules.map((rule, place) => ({
      ...rule,
      below: boundFor(rule, present, state, spec),
      after: rules.slice(0, place).flatMap((one, index) => (meet(one, rule) ? [index] : [])),
    })),
    present.filter((rule) => !isOurRule(rule, spec)).flatMap((rule) => rule.Priority ?? []),
  );
  return rules.map((rule, place) => ({ ...rule, priority: numbers[place] ?? 0 }));
}

function ourRule(
  state: State,
  present: readonly ReplicationRule[],
  side: DestinationSide,
  rule: RuleSpec,
  spec: Spec,
): OurRule {
  const ID = ruleIdPrefix(spec) + rule.id;
  return {
    name: rule.id,
    side,
    explicit: rule.priority,
    present: present.find((one) => one.ID === ID)?.Priority,
    document: ruleDocument(rule, {
      ID,
      Bucket: bucketArn(side),
      Account: side.account,
      ReplicaKmsKeyID: keyArnOf(state, side, spec),
    }),
  };
}

function foreignRuleFindings(observed: State, spec: Spec): readonly Finding[] {
  const replication = bucketOf(observed, spec.source.account, spec.source.bucket)?.replication;
  const foreign = (replication?.Rules ?? []).filter((rule) => !isOurRule(rule, spec));
  if (!replication || foreign.length === 0) return [];
  const findings: Finding[] = [];
  const add = (code: string, message: string, fix: string) =>
    findings.push({ level: 'problem', step: 'replication-rule', code, side: 'source', message, fix });
  const named = foreign.map((rule) => rule.ID ?? '(no ID)').join(', ');
  const { arn } = replicationRole(observed, spec);
  if (replication.Role !== arn) {
    const name = nameIn(replication.Role ?? '');
    add(
      'foreign-rules-role',
      `${spec.source.bucket} already replicates with the role ${replication.Role} (rules: ${named}); a bucket has one role for all its rules`,
      `write "role: { name: ${name} }" to use that role: s3repl adds one inline policy to it and changes nothing else`,
    );
  }
  const old = foreign.filter((rule) => rule.Filter === undefined);
  if (old.length > 0) {
    add(
      'foreign-rules-v1',
      `${spec.source.bucket} has rules in the old format (V1, without Filter): ${old.map((rule) => rule.ID).join(', ')}`,
      'S3 does not accept both formats together: their owner has to write them with Filter, Priority and DeleteMarkerReplication',
    );
  }
  for (const { id, priority } of spec.destinations.flatMap((side) => side.rules)) {
    const same = foreign.find((rule) => priority !== undefined && rule.Priority === priority);
    if (same) {
      add(
        'priority-taken',
        `rule ${id} asks for priority ${priority}, but rule ${same.ID}, which s3repl did not create, already has it`,
        'write another priority, or none',
      );
    }
  }
  return findings;
}

/** Objects that carry a retention or a legal hold fail where the destination has no Object Lock (recorded/replication.md 65). */
function objectLockFindings(observed: State, spec: Spec): readonly Finding[] {
  if (!sourceIsLocked(observed, spec)) return [];
  return spec.destinations.flatMap((side): Finding[] => {
    if (isLocked(observed, side)) return [];
    return [
      {
        level: 'problem',
        step: 'replication-rule',
        code: 'object-lock',
        side: side.id,
        message: `the source bucket has Object Lock, but the destination bucket ${side.bucket} does not`,
        fix: 'objects with a retention or legal hold would fail. Enable Object Lock on the destination bucket, which must exist and be versioned:',
        paste: shellLine`aws s3api put-object-lock-configuration --bucket ${side.bucket} --region ${side.region} --object-lock-configuration ObjectLockEnabled=Enabled`,
      },
    ];
  });
}
