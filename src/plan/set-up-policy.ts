/** What the identities that s3repl signs in with must be allowed, as IAM policies: docs/permissions.md for one spec. */
import type { AnySide, Spec } from '../config/spec.ts';
import { bucketArn, inlinePolicyName, keySlots, ownerTag, sidesOf } from './names.ts';
import type { PolicyDocument, Statement } from './policy.ts';

const readBucket = [
  's3:ListBucket',
  's3:GetBucketVersioning',
  's3:GetEncryptionConfiguration',
  's3:GetBucketPolicy',
  's3:GetReplicationConfiguration',
  's3:GetBucketPublicAccessBlock',
  's3:GetBucketOwnershipControls',
  's3:GetBucketObjectLockConfiguration',
  's3:GetBucketRequestPayment',
  's3:GetBucketTagging',
];

const makeBucket = [
  's3:CreateBucket',
  's3:TagResource',
  's3:PutBucketTagging',
  's3:PutBucketOwnershipControls',
  's3:PutBucketPublicAccessBlock',
  's3:PutBucketVersioning',
  's3:PutEncryptionConfiguration',
];

const roleActions = [
  'iam:GetRole',
  'iam:ListRolePolicies',
  'iam:GetRolePolicy',
  'iam:ListAttachedRolePolicies',
  'iam:CreateRole',
  'iam:TagRole',
  'iam:PutRolePolicy',
  'iam:UpdateAssumeRolePolicy',
  'iam:PutRolePermissionsBoundary',
  'iam:DeleteRolePolicy',
  'iam:DeleteRole',
  'iam:PassRole',
];

/** A managed policy or boundary of the replication role may deny what the role needs. */
const readManagedPolicies = ['iam:GetPolicy', 'iam:GetPolicyVersion'];

const readKey = ['kms:DescribeKey', 'kms:GetKeyPolicy', 'kms:GetKeyRotationStatus', 'kms:ListResourceTags'];

/** One policy for each account of a spec, by account ID, for `plan` and `apply`. */
export function setUpPolicies(spec: Spec): Readonly<Record<string, PolicyDocument>> {
  const accounts = [...new Set(sidesOf(spec).map(({ account }) => account))];
  return Object.fromEntries(
    accounts.map((account) => {
      const sides = sidesOf(spec).filter((side) => side.account === account);
      const statements = sides.flatMap((side) => sideStatements(side, spec));
      return [account, { Version: '2012-10-17', Statement: withOwnSids(statements) }];
    }),
  );
}

function sideStatements(side: AnySide, spec: Spec): readonly Statement[] {
  const atSource = side.id === 'source';
  const last = atSource ? ['s3:PutReplicationConfiguration'] : ['s3:PutBucketPolicy', 's3:DeleteBucketPolicy'];
  return [
    allow('Bucket', [...readBucket, ...makeBucket, ...last], bucketArn(side)),
    ...(atSource
      ? [allow('Role', roleActions, roleArn(spec)), allow('ManagedPolicies', readManagedPolicies, '*')]
      : []),
    ...keyStatements(side, spec),
  ];
}

function roleArn({ source, role }: Spec): string {
  return `arn:${source.partition}:iam::${source.account}:role${role.path ?? '/'}${role.name}`;
}

function keyStatements(side: AnySide, spec: Spec): readonly Statement[] {
  const place = `arn:${side.partition}:kms:${side.region}:${side.account}`;
  const anyKey = `${place}:key/*`;
  const { kmsKey } = side;
  switch (kmsKey.kind) {
    case 'source':
      return [];
    case 'alias': {
      const named = { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': kmsKey.alias } };
      return [
        allow('FindKeys', ['kms:ListAliases'], '*'),
        allow('Key', [...readKey, 'kms:PutKeyPolicy'], anyKey, named),
      ];
    }
    case 'arn':
      return [allow('FindKeys', ['kms:ListAliases'], '*'), allow('Key', [...readKey, 'kms:PutKeyPolicy'], kmsKey.arn)];
    case 'create': {
      const alias = keySlots(spec).find(
        (slot) =>
          slot.side.account === side.account &&
          slot.side.region === side.region &&
          (slot.use === 'source') === (side.id === 'source'),
      )?.alias;
      const policyIsWritten =
        side.id !== 'source' ||
        [...spec.newKeys.administrators, ...spec.newKeys.users].length > 0 ||
        spec.destinations.some((one) => one.kmsKey.kind === 'source');
      const keep = [
        'kms:TagResource',
        'kms:CreateAlias',
        'kms:EnableKeyRotation',
        ...(policyIsWritten ? ['kms:PutKeyPolicy'] : []),
      ];
      return [
        allow('FindKeys', ['kms:ListKeys', 'kms:ListAliases'], '*'),
        allow('ReadKeys', readKey, anyKey),
        allow('MakeKey', ['kms:CreateKey', 'kms:TagResource'], '*', {
          StringEquals: { [`aws:RequestTag/${ownerTag}`]: spec.name },
        }),
        allow('KeepKey', keep, anyKey, { StringEquals: { [`aws:ResourceTag/${ownerTag}`]: spec.name } }),
        allow('MakeAlias', ['kms:CreateAlias'], `${place}:${alias ?? inlinePolicyName(spec)}`),
      ];
    }
  }
}

function allow(
  Sid: string,
  actions: readonly string[],
  Resource: string,
  Condition?: Statement['Condition'],
): Statement {
  const [only, ...more] = actions;
  const Action = only !== undefined && more.length === 0 ? only : actions;
  return { Sid, Effect: 'Allow', Action, Resource, ...(Condition ? { Condition } : {}) };
}

/** Sids are unique in a policy: of several sides in one account, the later ones are numbered. */
function withOwnSids(statements: readonly Statement[]): readonly Statement[] {
  const seen = new Map<string, number>();
  return statements.map((statement) => {
    const Sid = statement.Sid ?? '';
    const count = (seen.get(Sid) ?? 0) + 1;
    seen.set(Sid, count);
    return count === 1 ? statement : { ...statement, Sid: `${Sid}${count}` };
  });
}
