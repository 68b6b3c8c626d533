import { bindPrincipals, showPrincipals } from '../iam/principals.ts';
import { PolicyFault, parsePolicy, reshapePolicy, type StoredStatement } from '../iam/stored-policy.ts';
import { arnOfBucket, type Bucket } from '../store/state.ts';
import { type Answer, s3Empty } from '../wire/answer.ts';
import { AwsError } from '../wire/errors.ts';
import { isS3Action, needsObjectResource } from './actions.ts';
import { isBlocked, isPublic } from './public-policy.ts';
import { accessDenied, type BucketOperation, type BucketRequest } from './request.ts';

const mostBytes = 20_480;

export const bucketPolicyOperations: Readonly<Record<string, BucketOperation>> = {
  GetBucketPolicy: { action: 's3:GetBucketPolicy', run: getBucketPolicy },
  PutBucketPolicy: { action: 's3:PutBucketPolicy', run: putBucketPolicy },
  DeleteBucketPolicy: {
    action: 's3:DeleteBucketPolicy',
    run: ({ bucket }) => {
      delete bucket.policy;
      return s3Empty(204);
    },
  },
};

function getBucketPolicy({ state, bucket }: BucketRequest): Answer {
  if (bucket.policy === undefined) {
    throw new AwsError('NoSuchBucketPolicy', 404, 'The bucket policy does not exist', { BucketName: bucket.name });
  }
  const policy = reshapePolicy(showPrincipals(bucket.policy, state, bucket.partition));
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(policy) };
}

function putBucketPolicy(request: BucketRequest): Answer {
  const { bucket, call, caller } = request;
  const policy = withS3Words(() => {
    if (Buffer.byteLength(call.body) > mostBytes)
      throw malformedPolicy('Policy exceeds the maximum allowed document size.');
    const parsed = parsePolicy(call.body);
    for (const statement of parsed.statements) checkStatement(statement, bucket);
    const view = { partition: bucket.partition, now: request.now, seesNewRoles: false, seesOriginAccess: true };
    return bindPrincipals(parsed, request.state, view);
  });
  if (isBlocked(request.state, bucket, 'BlockPublicPolicy') && isPublic(policy)) {
    const resource = arnOfBucket(bucket);
    throw accessDenied(
      `User: ${caller.arn} is not authorized to perform: s3:PutBucketPolicy on resource: "${resource}" because public policies are blocked by the BlockPublicPolicy block public access setting.`,
    );
  }
  bucket.policy = policy;
  return s3Empty(204);
}

function withS3Words<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof PolicyFault)) throw error;
    throw malformedPolicy(error.reason === 'principal' ? 'Invalid principal in policy' : error.message);
  }
}

function malformedPolicy(message: string): AwsError {
  return new AwsError('MalformedPolicy', 400, message);
}

function checkStatement(statement: StoredStatement, bucket: Bucket): void {
  if (statement.principal === undefined && statement.notPrincipal === undefined) {
    throw malformedPolicy('Missing required field Principal');
  }
  const resources = statement.resource ?? statement.notResource;
  if (resources === undefined) throw malformedPolicy('Missing required field Resource');
  const actions = statement.action ?? statement.notAction ?? [];
  if (!actions.every(isS3Action)) throw malformedPolicy('Policy has invalid action');
  const arn = arnOfBucket(bucket);
  if (!resources.every((resource) => resource === arn || resource.startsWith(`${arn}/`) || resource === `${arn}*`)) {
    throw malformedPolicy('Policy has invalid resource');
  }
  const onObjects = resources.some((resource) => resource !== arn);
  const onBucket = resources.some((resource) => !resource.startsWith(`${arn}/`));
  for (const action of statement.action ?? []) {
    const needed = needsObjectResource(action);
    if ((needed === true && !onObjects) || (needed === false && !onBucket)) {
      throw malformedPolicy('Action does not apply to any resource(s) in statement');
    }
  }
}
