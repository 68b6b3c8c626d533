/** Which condition keys a request of S3 has, by its action and by who makes it. */
import type { Statement } from '../../../../src/aws/policy.ts';
import { deny, dstKeyArn, other, plus, source, without } from '../world.ts';
import {
  also,
  type Change,
  destinationDenies,
  fails,
  type Mutation,
  marker,
  put,
  replicates,
  sses3,
  tagged,
  unknown,
} from './mutation.ts';

type Condition = Required<Statement>['Condition'];

const header = 's3:x-amz-server-side-encryption';
const replicateActions = ['s3:ReplicateObject', 's3:ReplicateDelete', 's3:ReplicateTags'];
const withOverride = [...replicateActions, 's3:ObjectOwnerOverrideToBucketOwner'];

/** The role may replicate under a condition only. */
const roleMay =
  (condition: Condition, actions = withOverride): Change =>
  (w) => {
    w.rolePolicy = plus(without(w.rolePolicy, ...actions), {
      ...{ Sid: 'Write', Effect: 'Allow', Action: actions, Resource: 'arn:aws:s3:::dst/*' },
      Condition: condition,
    });
  };
const bucketDenies = (condition: Condition, action = 's3:*') =>
  destinationDenies(action, { Resource: 'arn:aws:s3:::dst/*', Condition: condition });
const keyDenies =
  (condition: Condition): Change =>
  (w) => {
    w.dstKey.policy = plus(w.dstKey.policy, deny('kms:*', { Principal: '*', Resource: '*', Condition: condition }));
  };
const del = 'DstDelObjNotPermitted';

/** AWS's own walk-through policy (rules.md 1.2 M22). */
const walkthrough = {
  StringLikeIfExists: {
    [header]: ['aws:kms', 'AES256', 'aws:kms:dsse'],
    [`${header}-aws-kms-key-id`]: [dstKeyArn],
  },
};

/** Keys that AWS lists for some actions only. */
export const sent: readonly Mutation[] = [
  replicates("AWS's walk-through policy", 'M22', roleMay(walkthrough)),
  replicates("AWS's walk-through policy, a delete marker", 'M22', also(marker, roleMay(walkthrough))),
  replicates("AWS's walk-through policy, a tagged object", 'M22', also(tagged, roleMay(walkthrough))),
  replicates("AWS's walk-through policy, an SSE-S3 object", 'M22', also(sses3, roleMay(walkthrough))),
  fails(
    'StringEquals on the header, a delete marker',
    'M22',
    del,
    also(marker, roleMay({ StringEquals: { [header]: 'aws:kms' } })),
  ),
  fails(
    'a Deny unless the header says KMS, a delete marker',
    'M22',
    del,
    also(marker, bucketDenies({ StringNotEquals: { [header]: 'aws:kms' } })),
  ),
  fails(
    'a Deny where the header is missing, a delete marker',
    'M22',
    del,
    also(marker, bucketDenies({ Null: { [header]: 'true' } })),
  ),
  replicates(
    'a Deny of another header, a delete marker',
    'M22',
    also(marker, bucketDenies({ StringEquals: { [header]: 'AES256' } })),
  ),
  // Whether the override and the tags come with the headers of the put, nobody knows.
  unknown(
    'a Deny unless the header says KMS, with owner override',
    also(
      (w) => {
        w.dst.ownership = 'ObjectWriter';
      },
      bucketDenies({ StringNotEquals: { [header]: 'aws:kms' } }),
    ),
  ),
  replicates(
    'a Deny unless the header says KMS, without owner override',
    'M22',
    also(
      (w) => {
        for (const rule of w.rules) delete rule.Destination?.AccessControlTranslation;
      },
      bucketDenies({ StringNotEquals: { [header]: 'aws:kms' } }),
    ),
  ),
  unknown(
    'a Deny of tags unless the header says KMS, a tagged object',
    also(tagged, bucketDenies({ StringNotEquals: { [header]: 'aws:kms' } }, 's3:ReplicateTags')),
  ),
  fails(
    'a Deny of tags whether or not there is a header, a tagged object',
    'M22',
    null,
    also(
      tagged,
      bucketDenies({ Null: { [header]: 'true' } }, 's3:ReplicateTags'),
      bucketDenies({ StringEquals: { [header]: 'aws:kms' } }, 's3:ReplicateTags'),
    ),
    { replica: { tags: false } },
  ),
  fails(
    'only with an ACL, which S3 does not send',
    'actionKeys',
    put,
    roleMay({ StringEquals: { 's3:x-amz-acl': 'bucket-owner-full-control' } }),
  ),
  fails(
    'a Deny without an ACL',
    'actionKeys',
    put,
    bucketDenies({ StringNotEquals: { 's3:x-amz-acl': 'bucket-owner-full-control' } }),
  ),
  replicates(
    'a Deny of other ACLs than one, if there is one',
    'actionKeys',
    bucketDenies({ StringNotEqualsIfExists: { 's3:x-amz-acl': 'x' }, Null: { 's3:x-amz-acl': 'false' } }),
  ),
  replicates('a Deny of SSE-C', 'actionKeys', bucketDenies({ Null: { [`${header}-customer-algorithm`]: 'false' } })),
  fails(
    'a Deny of everything without SSE-C',
    'actionKeys',
    put,
    bucketDenies({ Null: { [`${header}-customer-algorithm`]: 'true' } }),
  ),
  fails(
    'only with a tag in the request',
    'actionKeys',
    put,
    also(tagged, roleMay({ StringEquals: { 's3:RequestObjectTag/team': 'billing' } })),
  ),
  unknown('a Deny by the hold of the object', bucketDenies({ Bool: { 's3:object-lock-event-hold': 'true' } })),
];

const outside = { NotIpAddressIfExists: { 'aws:SourceIp': '203.0.113.0/24' } };

/** What AWS writes into a role whose sessions are revoked. */
const olderThan = (time: string) => ({ DateLessThan: { 'aws:TokenIssueTime': time } });

/** Keys that depend on who makes the request: S3 as the role, and KMS asked by S3. */
export const whose: readonly Mutation[] = [
  fails(
    'a network perimeter around the bucket',
    'IAM User Guide, aws:ViaAWSService',
    put,
    bucketDenies({ ...outside, BoolIfExists: { 'aws:ViaAWSService': 'false', 'aws:PrincipalIsAWSService': 'false' } }),
  ),
  fails(
    'a perimeter by the organization of the VPC endpoint',
    'IAM User Guide, aws:VpceOrgID',
    put,
    bucketDenies({
      StringNotEqualsIfExists: { 'aws:VpceOrgID': 'o-1' },
      BoolIfExists: { 'aws:ViaAWSService': 'false' },
    }),
  ),
  replicates(
    'a Deny through other services',
    'IAM User Guide, aws:CalledVia',
    bucketDenies({ 'ForAnyValue:StringEquals': { 'aws:CalledVia': 'athena.amazonaws.com' } }),
  ),
  fails(
    'only through another service',
    'IAM User Guide, aws:ViaAWSService',
    put,
    roleMay({ Bool: { 'aws:ViaAWSService': 'true' } }),
  ),
  unknown('a network perimeter around the key', keyDenies({ ...outside, Bool: { 'aws:ViaAWSService': 'false' } })),
  unknown(
    'a Deny of the key outside S3',
    keyDenies({ 'ForAllValues:StringNotEquals': { 'aws:CalledVia': 's3.amazonaws.com' } }),
  ),
  replicates(
    'a Deny of the key through Athena',
    'IAM User Guide, aws:CalledVia',
    keyDenies({ 'ForAnyValue:StringEquals': { 'aws:CalledVia': 'athena.amazonaws.com' } }),
  ),
  fails(
    'a Deny of the key however it is called',
    'IAM User Guide, aws:ViaAWSService',
    put,
    also(keyDenies({ Bool: { 'aws:ViaAWSService': 'true' } }), keyDenies({ Bool: { 'aws:ViaAWSService': 'false' } })),
  ),
  unknown(
    'a perimeter around the key that lets AWS services in',
    keyDenies({ ...outside, BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' } }),
  ),
  replicates('sessions revoked long ago', 'IAM User Guide', bucketDenies(olderThan('2026-11-20T11:59:59Z'))),
  unknown('sessions revoked some hours ago', bucketDenies(olderThan('2026-11-20T20:00:00Z'))),
  fails('sessions revoked until next year', 'IAM User Guide', put, bucketDenies(olderThan('2027-01-01T00:00:00Z'))),
  unknown('a Deny without MFA', bucketDenies({ Bool: { 'aws:MultiFactorAuthPresent': 'false' } })),
  fails(
    'a Deny without MFA, if the key is there',
    'IAM User Guide',
    put,
    bucketDenies({ BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } }),
  ),
  fails('only with MFA', 'IAM User Guide', put, roleMay({ Bool: { 'aws:MultiFactorAuthPresent': 'true' } })),
  fails(
    'a Deny without a time of MFA',
    'IAM User Guide',
    put,
    bucketDenies({ Null: { 'aws:MultiFactorAuthAge': 'true' } }),
  ),
  replicates(
    'a Deny of deletions without MFA',
    '1.5',
    bucketDenies({ Bool: { 'aws:MultiFactorAuthPresent': 'false' } }, 's3:DeleteObject*'),
  ),
  ...roleTags(),
  ...organizations(),
];

function roleTags(): readonly Mutation[] {
  const withTags =
    (tags: Record<string, string> | 'unknown'): Change =>
    (w) => {
      w.role = (role) => ({ ...role, tags });
    };
  const withId =
    (roleId: string): Change =>
    (w) => {
      w.role = (role) => ({ ...role, roleId });
    };
  const team = { StringEquals: { 'aws:PrincipalTag/Team': 'x' } };
  const onlyIds = (...ids: string[]) => bucketDenies({ StringNotLike: { 'aws:userId': ids } });
  return [
    unknown('only for a tag of the role, which was not looked at', roleMay(team)),
    unknown('only for a tag of the role, which could not be read', also(withTags('unknown'), roleMay(team))),
    fails('only for a tag of the role, which has none', 'iam:GetRole', put, also(withTags({}), roleMay(team))),
    fails('only for another tag of the role', 'iam:GetRole', put, also(withTags({ team: 'y' }), roleMay(team))),
    replicates('only for a tag that the role has', 'iam:GetRole', also(withTags({ team: 'x' }), roleMay(team))),
    replicates('a Deny by a tag that the role has not', 'iam:GetRole', also(withTags({}), bucketDenies(team))),
    unknown('a Deny of other user IDs, which were not looked at', onlyIds('AROAEXAMPLE:*')),
    fails('a Deny of other user IDs', 'iam:GetRole', put, also(withId('AROAOTHER'), onlyIds('AROAEXAMPLE:*', other))),
    replicates(
      'a Deny of other user IDs than that of the role',
      'iam:GetRole',
      also(withId('AROAEXAMPLE'), onlyIds('AROAEXAMPLE:*')),
    ),
    replicates(
      'a bucket policy that names the ID of the role',
      'iam:GetRole',
      also(withId('AROAEXAMPLE'), (w) => {
        w.dst.policy = JSON.parse(JSON.stringify(w.dst.policy).replaceAll(w.roleArn, 'AROAEXAMPLE'));
      }),
    ),
    fails(
      'a bucket policy that names the ID of another role',
      '1.5 (9)',
      put,
      also(withId('AROAOTHER'), (w) => {
        w.dst.policy = JSON.parse(JSON.stringify(w.dst.policy).replaceAll(w.roleArn, 'AROAEXAMPLE'));
      }),
    ),
  ];
}

function organizations(): readonly Mutation[] {
  const belongs =
    (account: string, id: string | null | 'unknown'): Change =>
    (w) => {
      const organization = id === null || id === 'unknown' ? id : { id };
      w.accounts[account] = { ...w.accounts[account], organization };
    };
  const strangers = bucketDenies({ StringNotEquals: { 'aws:PrincipalOrgID': 'o-1' } });
  return [
    unknown('a Deny of other organizations, none looked at', strangers),
    unknown('a Deny of other organizations, ours not read', also(belongs(source, 'unknown'), strangers)),
    replicates(
      'a Deny of other organizations than ours',
      'organizations:DescribeOrganization',
      also(belongs(source, 'o-1'), strangers),
    ),
    fails(
      'a Deny of other organizations, ours among them',
      'organizations:DescribeOrganization',
      put,
      also(belongs(source, 'o-2'), strangers),
    ),
    fails(
      'a Deny of other organizations, of an account without one',
      'organizations:DescribeOrganization',
      put,
      also(belongs(source, null), strangers),
    ),
    fails(
      'the role may write within another organization only',
      'organizations:DescribeOrganization',
      put,
      also(belongs(other, 'o-2'), roleMay({ StringEquals: { 'aws:ResourceOrgID': 'o-1' } })),
    ),
    replicates(
      'the role may write within one organization',
      'organizations:DescribeOrganization',
      also(
        belongs(source, 'o-1'),
        belongs(other, 'o-1'),
        roleMay({ StringEquals: { 'aws:ResourceOrgID': '${aws:PrincipalOrgID}' } }),
      ),
    ),
    unknown(
      'a Deny by the place in the organization',
      also(belongs(source, 'o-1'), bucketDenies({ 'ForAnyValue:StringLike': { 'aws:PrincipalOrgPaths': 'o-1/*' } })),
    ),
  ];
}
