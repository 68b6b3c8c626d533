import { bucketArn } from '../aws/arn.ts';
import type { AccountId, BucketName } from '../aws/brand.ts';
import { isSameJson } from '../aws/json.ts';
import { isSamePolicy, type PolicyDocument, policyChange, type Statement, withOurStatements } from '../aws/policy.ts';
import type { AnySide, Spec } from '../config/spec.ts';
import { type Call, type Change, type Finding, phase, type Turn, turn } from '../state/change.ts';
import { findNamedBuckets } from '../state/former.ts';
import { isOurs, matchOurSid, replicationRole, sidesOf, sidPrefix } from '../state/names.ts';
import { destroying, type Purpose } from '../state/need.ts';
import { allBuckets, type BucketState, bucketNamed, put, type State } from '../state/state.ts';
import type { Step } from '../state/step.ts';
import { findBlockedPolicies } from './blocked-policy-findings.ts';
import { findDeletedInBucketPolicies } from './deleted-principal-findings.ts';
import { sourceIsLocked } from './role-policy.ts';
import { objectPatterns, replicaActions, unwrapSingle } from './scope.ts';
import { tlsOnlyFindings, tlsStatements } from './tls-only.ts';
import { bucketVisible } from './waits.ts';

/** S3 User Guide, bucket policies: 20 KB. */
const mostBytes = 20_480;

/** Step 4, at the buckets: the role may write replicas, and TLS is required. Changes our statements only, by Sid. */
export const bucketPolicyStep: Step<'PutBucketPolicy' | 'DeleteBucketPolicy', 'bucket-policy'> = {
  id: 'bucket-policy',
  phase: phase.policies,

  writes: {
    PutBucketPolicy: {
      waits: [
        { error: /^MalformedPolicy$/, message: /principal/i, reason: 'the role to become visible to S3' },
        bucketVisible,
      ],
      leaves: ({ Policy }) => JSON.parse(Policy) as PolicyDocument,
      policy: { most: mostBytes, text: ({ Policy }) => Policy },
    },
    DeleteBucketPolicy: { leaves: () => null },
  },

  documents: {
    'bucket-policy': { lookUp: (state, name) => bucketNamed(state, name)?.policy, isSame: isSamePolicy },
  },

  asks: { S3: { GetBucketPolicy: { answer: 'json' } } },

  needs: {
    bucket(side, spec, { secured }) {
      if (!secured && side.account === spec.source.account) return [];
      // What is removed may have been the whole policy.
      const emptied: readonly Purpose[] = secured && spec.tlsOnly === false ? ['apply'] : [];
      return [
        { actions: ['s3:PutBucketPolicy'], for: ['apply', ...destroying] },
        { actions: ['s3:DeleteBucketPolicy'], for: [...emptied, ...destroying] },
      ];
    },
  },

  addOurs(observed, spec) {
    return withPolicies(observed, spec, (account, name, bucket) => {
      const side = sidesOf(spec).find((one) => one.account === account && one.bucket === name);
      return side ? ourStatements(observed, side, bucket, spec) : [];
    });
  },

  removeOurs(observed, spec) {
    return withPolicies(observed, spec, () => []);
  },

  diff(from, to, spec) {
    return allBuckets(to).flatMap(([account, name, after]) => {
      const before = from.accounts[account]?.buckets[name];
      const beforePolicy = before && !('inaccessible' in before) ? before.policy : null;
      return changesOf(account, name, before ? { policy: beforePolicy } : null, after, spec);
    });
  },

  findings(observed, spec) {
    const desired = bucketPolicyStep.addOurs(observed, spec);
    return [
      ...formerFindings(observed, spec),
      ...findDeletedInBucketPolicies(observed, desired, spec),
      ...tlsOnlyFindings(observed, spec),
      // On buckets that s3repl made, the step before turns all of Block Public Access on.
      ...findBlockedPolicies(observed, desired, spec, (one) => isOurs(one, spec)),
    ];
  },

  destroyFindings(observed, retired, spec) {
    return [
      ...formerFindings(observed, spec),
      ...findDeletedInBucketPolicies(observed, retired, spec),
      ...findBlockedPolicies(observed, retired, spec),
    ];
  },
};

/** A destination that repl.yaml no longer names, in an account that nobody is signed in to: our statement in its policy stays. */
function formerFindings(observed: State, spec: Spec): readonly Finding[] {
  const seen = allBuckets(observed).map(([, name]) => name);
  return findNamedBuckets(observed, spec).flatMap(({ name }): Finding[] => {
    if (seen.includes(name) || spec.destinations.some((side) => side.bucket === name)) return [];
    return [
      {
        level: 'warning',
        step: 'bucket-policy',
        code: 'former-destination',
        side: 'source',
        message: `s3repl cannot reach the former destination ${name}: repl.yaml no longer names its account and Region, or s3repl has no permission to read it`,
        fix: `its owner should remove the statements ${sidPrefix(spec)}… from the bucket policy and from the policy of its key`,
      },
    ];
  });
}

function ourStatements(state: State, side: AnySide, bucket: BucketState, spec: Spec): readonly Statement[] {
  const secured = tlsStatements(bucket, side, spec);
  // Within one account the role's own policy is enough (rules.md M1); across accounts one object-level statement is (recorded fact 48).
  if (side.id === 'source' || side.account === spec.source.account) return secured;
  return [
    {
      Sid: `${sidPrefix(spec)}ReplicaWrites`,
      Effect: 'Allow',
      Principal: { AWS: replicationRole(state, spec).arn },
      Action: replicaActions(side.rules, sourceIsLocked(state, spec)),
      Resource: unwrapSingle(objectPatterns(side, side.rules)),
    },
    ...secured,
  ];
}

function withPolicies(
  state: State,
  spec: Spec,
  statementsFor: (account: AccountId, name: BucketName, bucket: BucketState) => readonly Statement[],
): State {
  return allBuckets(state).reduce((next, [account, name, bucket]) => {
    const policy = withOurStatements(bucket.policy, statementsFor(account, name, bucket), matchOurSid(spec));
    return policy === bucket.policy ? next : put(next, account, 'buckets', name, { ...bucket, policy });
  }, state);
}

function changesOf(
  account: AccountId,
  name: BucketName,
  before: Pick<BucketState, 'policy'> | null,
  after: BucketState,
  spec: Spec,
): readonly Change[] {
  const sides = sidesOf(spec).filter((one) => one.account === account && one.region === after.region);
  const side = sides.find(({ bucket }) => bucket === name) ?? sides[0];
  if (!side || isSameJson(before?.policy, after.policy)) return [];
  const { early, late } = policyChange(before?.policy ?? null, after.policy, mostBytes);
  const ours = { Bucket: name, ExpectedBucketOwner: account };
  const write = (policy: PolicyDocument | null, inTurn: Turn, is: PolicyDocument | null): Call => ({
    side: side.id,
    ...(policy
      ? { service: 'S3', operation: 'PutBucketPolicy', input: { ...ours, Policy: JSON.stringify(policy) } }
      : { service: 'S3', operation: 'DeleteBucketPolicy', input: ours }),
    turn: inTurn,
    onlyIf: { document: 'bucket-policy', of: name, is },
  });
  return [
    {
      step: 'bucket-policy',
      phase: phase.policies,
      side: side.id,
      account,
      region: side.region,
      action: !before?.policy ? 'create' : after.policy ? 'change' : 'remove',
      resource: `policy of bucket ${name}`,
      before: before?.policy ?? null,
      after: after.policy,
      calls: [
        ...(early === undefined ? [] : [write(early, turn.grants, before?.policy ?? null)]),
        ...(late === undefined ? [] : [write(late, turn.revocations, early ?? before?.policy ?? null)]),
      ],
      target: bucketArn({ partition: side.partition, bucket: name }),
    },
  ];
}
