/** What a job may do: as its role, which S3 Batch Operations assumes. */
import { accountIn, sessionArn } from '../../aws/arn.ts';
import { evaluate, evaluateTrust } from '../../model/evaluate.ts';
import { vpcKeys } from '../../model/replication/request-keys.ts';
import { organizationKeys } from '../iam/authorize-call.ts';
import { identityPolicies } from '../iam/identity-policy.ts';
import { showPrincipals } from '../iam/principals.ts';
import { tagKeys } from '../iam/request-keys.ts';
import { reshapePolicy } from '../iam/stored-policy.ts';
import type { Bucket, Role, SandboxState } from '../store/state.ts';
import type { Job } from './job.ts';

/** The service's own (S3 User Guide, batch-ops-iam-role-policies). */
const service = 'batchoperations.s3.amazonaws.com';

/** No page names the session. */
const sessionName = 's3-batch-operations';

/**
 * Undefined: there is none that the job may assume. A trust policy's condition on `aws:SourceAccount` or `aws:SourceArn` does not hold: no page
 * says that S3 Batch Operations sends them.
 */
export function assumeJobRole(state: SandboxState, { request, partition }: Job): Role | undefined {
  const { RoleArn } = request;
  const account = accountIn(RoleArn);
  const role = Object.values(state.accounts[account]?.roles ?? {}).find(({ arn }) => arn === RoleArn);
  if (role === undefined || role.visibleAt > state.now) return undefined;
  const document = reshapePolicy(showPrincipals(role.trust, state, partition));
  const keys = { ...timeKeys(state), 'aws:SourceAccount': [], 'aws:SourceArn': [] };
  const decision = evaluateTrust({ name: `trust policy of role ${RoleArn}`, document }, service, keys);
  return decision.effect === 'allowed' ? role : undefined;
}

/** Nobody has seen the service's own requests. */
const unknownKeys = [
  'aws:CalledVia',
  'aws:CalledViaFirst',
  'aws:CalledViaLast',
  'aws:MultiFactorAuthPresent',
  'aws:TokenIssueTime',
  'aws:UserAgent',
  'aws:ViaAWSService',
  's3:TlsVersion',
];

/** @param keys what the request says besides. */
export type Rights = (action: string, resource: string, keys?: Readonly<Record<string, string>>) => boolean;

/** On a bucket and its objects, by all policies. Where nobody can say, the role may not. */
export function rightsOf(state: SandboxState, role: Role, bucket: Bucket): Rights {
  const account = accountIn(role.arn);
  const session = { role, name: sessionName, issued: state.now, policy: undefined };
  const arn = sessionArn(role.arn, sessionName);
  const policies = identityPolicies(state, {
    ...{ account, arn, session, userId: `${role.id}:${sessionName}`, principalArn: role.arn },
  });
  const { policy } = bucket;
  const document = policy && reshapePolicy(showPrincipals(policy, state, bucket.partition));
  const resourcePolicy = document === undefined ? null : { name: `bucket policy of ${bucket.name}`, document };
  const context = {
    ...Object.fromEntries([...vpcKeys, 'aws:SourceIp'].map((key) => [key, []])),
    ...timeKeys(state),
    'aws:RequestedRegion': bucket.region,
    'aws:SecureTransport': 'true',
    ...tagKeys('aws:PrincipalTag/', role.tags),
    ...organizationKeys(state, account, bucket.account),
  };
  const caller = { account, roleArn: role.arn, roleId: role.id, sessionName };
  return (action, resource, keys) =>
    evaluate(
      { caller, action, resource, resourceAccount: bucket.account, context: { ...context, ...keys }, unknownKeys },
      { ...policies, serviceControl: [], resourceControl: [], resource: resourcePolicy },
    ).effect === 'allowed';
}

function timeKeys({ now }: SandboxState) {
  return { 'aws:CurrentTime': new Date(now).toISOString(), 'aws:EpochTime': String(Math.floor(now / 1000)) };
}
