import { randomBytes } from 'node:crypto';
import { arnParts, isAccountId } from '../../aws/arn.ts';
import { authorize } from '../iam/authorize-call.ts';
import { arnOfBucket } from '../store/state.ts';
import { type Answer, s3Document, s3Empty } from '../wire/answer.ts';
import { AwsError } from '../wire/errors.ts';
import { refusalOf } from './replication-rules.ts';
import {
  accessDenied,
  type BucketOperation,
  type BucketRequest,
  document,
  invalidArgument,
  invalidRequest,
} from './request.ts';
import { replicationShape } from './shapes.ts';

export const replicationOperations: Readonly<Record<string, BucketOperation>> = {
  GetBucketReplication: {
    action: 's3:GetReplicationConfiguration',
    run: ({ bucket }) => {
      if (bucket.replication === undefined) {
        const message = 'The replication configuration was not found';
        throw new AwsError('ReplicationConfigurationNotFoundError', 404, message, { BucketName: bucket.name });
      }
      const xml = replicationShape.encode('ReplicationConfiguration', bucket.replication);
      return s3Document('ReplicationConfiguration', xml);
    },
  },
  PutBucketReplication: { action: 's3:PutReplicationConfiguration', run: putReplication },
  DeleteBucketReplication: {
    action: 's3:PutReplicationConfiguration',
    run: ({ bucket }) => {
      delete bucket.replication;
      return s3Empty(204);
    },
  },
};

/** S3 checks neither the role's existence, trust and permissions nor the destination's policy (facts 11, 38, 39). */
function putReplication(request: BucketRequest): Answer {
  const { state, bucket } = request;
  const put = document(request, 'ReplicationConfiguration', replicationShape);
  checkRole(request, put.Role);
  if (bucket.versioning !== 'Enabled') {
    throw invalidRequest("Versioning must be 'Enabled' on the bucket to apply a replication configuration");
  }
  const refusal = refusalOf(put, {
    bucket: bucket.name,
    partition: bucket.partition,
    versioningOf: (name) => state.buckets[name]?.versioning,
  });
  if (refusal !== undefined) throw refusal;
  bucket.replication = { ...put, Rules: put.Rules.map((rule) => ({ ...rule, ID: rule.ID || newRuleId() })) };
  return s3Empty(200);
}

function checkRole(request: BucketRequest, role: string): void {
  const { bucket, caller } = request;
  const arn = arnParts(role);
  if (arn?.service !== 'iam' || !isAccountId(arn.account)) {
    throw invalidArgument('Invalid Role specified in replication configuration', 'Role', role);
  }
  if (!arn.resource.startsWith('role/')) {
    throw invalidArgument('The relative id should start with role', 'Role', role);
  }
  if (arn.account !== caller.account || arn.account !== bucket.account) throw accessDenied();
  authorize(request, {
    action: 'iam:PassRole',
    resource: role,
    account: arn.account,
    context: {
      'iam:PassedToService': 's3.amazonaws.com',
      'iam:AssociatedResourceArn': arnOfBucket(bucket),
    },
  });
}

function newRuleId(): string {
  return randomBytes(36).toString('base64url');
}
