import { bucketArn } from '../../aws/arn.ts';
import { type BucketName, brand, type Region } from '../../aws/brand.ts';
import { requestTagKeys } from '../iam/request-keys.ts';
import { emptyRecord } from '../store/record.ts';
import { arnOfBucket, type Bucket } from '../store/state.ts';
import { type Answer, element, s3Document, s3Empty } from '../wire/answer.ts';
import { AwsError } from '../wire/errors.ts';
import type { Operation } from '../wire/operation.ts';
import { XmlShapeError } from '../wire/xml-codec.ts';
import { authorizeS3Account } from './authorize-s3.ts';
import { newBucketAcl, setsAcl } from './bucket-acl.ts';
import { canonicalId } from './canonical-id.ts';
import { holdsVersions } from './object-store.ts';
import { type BucketOperation, document, invalidArgument } from './request.ts';
import { defaultEncryption } from './settings.ts';
import { createBucketShape, ownershipShape, type Tag } from './shapes.ts';
import { checkNewBucketTags } from './tags.ts';

export const bucketOperations: Readonly<Record<string, BucketOperation>> = {
  HeadBucket: {
    action: 's3:ListBucket',
    run: ({ bucket }) =>
      s3Empty(200, {
        'content-type': 'application/xml',
        'x-amz-bucket-region': bucket.region,
        'x-amz-bucket-arn': arnOfBucket(bucket),
        'x-amz-access-point-alias': 'false',
      }),
  },
  GetBucketLocation: {
    action: 's3:GetBucketLocation',
    run: ({ bucket }) => {
      const location = bucket.location ?? (bucket.region === 'us-east-1' ? '' : bucket.region);
      return s3Document('LocationConstraint', element('LocationConstraint', location));
    },
  },
  DeleteBucket: {
    action: 's3:DeleteBucket',
    run: ({ state, bucket }) => {
      if (holdsVersions(bucket)) throw bucketNotEmpty(bucket);
      delete state.buckets[bucket.name];
      return s3Empty(204);
    },
  },
};

function bucketNotEmpty({ name, versioning }: Bucket): AwsError {
  const all = versioning === undefined ? '' : '. You must delete all versions in the bucket.';
  const message = `The bucket you tried to delete is not empty${all}`;
  return new AwsError('BucketNotEmpty', 409, message, { BucketName: name });
}

export function createBucket(operation: Operation): Answer {
  const { state, call, caller, now } = operation;
  const name = call.bucket ?? brand<BucketName>('');
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) || name.includes('..')) {
    throw new AwsError('InvalidBucketName', 400, 'The specified bucket is not valid.', { BucketName: name });
  }
  const { LocationConstraint, Tags } =
    call.body === '' ? {} : document(operation, 'CreateBucketConfiguration', createBucketShape);
  const tags = Tags?.Tags ?? [];
  authorizeS3Account(operation, creationActions(operation, tags), name, {
    ...requestTagKeys(tags),
    's3:LocationConstraint': LocationConstraint ?? [],
  });
  const region = regionFor(operation, LocationConstraint);
  checkNewBucketTags(tags);
  const ownership = ownershipHeader(operation);
  const acl = newBucketAcl(call, ownership);
  const existing = state.buckets[name];
  if (existing !== undefined) return createAgain(operation, existing, tags);
  state.buckets[name] = {
    name,
    partition: call.partition,
    region,
    ...(LocationConstraint === 'EU' ? { location: LocationConstraint } : {}),
    account: caller.account,
    created: now,
    encryption: defaultEncryption,
    ownership,
    ...(acl === undefined ? {} : { acl }),
    publicAccessBlock: {
      BlockPublicAcls: true,
      IgnorePublicAcls: true,
      BlockPublicPolicy: true,
      RestrictPublicBuckets: true,
    },
    ...(tags.length === 0 ? {} : { tags: [...tags] }),
    ...(isLocked(call) ? { objectLock: { ObjectLockEnabled: 'Enabled' }, versioning: 'Enabled' } : {}),
    payer: 'BucketOwner',
    objects: emptyRecord(),
    uploads: emptyRecord(),
  };
  return answerCreated(operation, name);
}

/** Besides s3:CreateBucket (S3 API Reference, CreateBucket). */
function creationActions({ call }: Operation, tags: readonly Tag[]): readonly string[] {
  return [
    's3:CreateBucket',
    ...(tags.length === 0 ? [] : ['s3:TagResource']),
    ...(call.headers['x-amz-object-ownership'] === undefined ? [] : ['s3:PutBucketOwnershipControls']),
    ...(setsAcl(call) ? ['s3:PutBucketAcl'] : []),
    ...(isLocked(call) ? ['s3:PutBucketObjectLockConfiguration', 's3:PutBucketVersioning'] : []),
  ];
}

function isLocked({ headers }: Operation['call']): boolean {
  return headers['x-amz-bucket-object-lock-enabled']?.toLowerCase() === 'true';
}

function answerCreated({ call }: Operation, name: BucketName): Answer {
  const location = call.region === 'us-east-1' ? `/${name}` : `http://${name}.s3.amazonaws.com/`;
  return s3Empty(200, { location, 'x-amz-bucket-arn': bucketArn({ ...call, bucket: name }) });
}

/** In us-east-1, a caller may create its own bucket again, unless with tags. */
function createAgain(operation: Operation, bucket: Bucket, tags: readonly Tag[]): Answer {
  const { call, caller } = operation;
  if (bucket.account !== caller.account || bucket.partition !== call.partition) {
    throw new AwsError(
      'BucketAlreadyExists',
      409,
      'The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.',
      { BucketName: bucket.name },
    );
  }
  if (call.region === 'us-east-1' && bucket.region === 'us-east-1' && tags.length === 0)
    return answerCreated(operation, bucket.name);
  throw new AwsError(
    'BucketAlreadyOwnedByYou',
    409,
    'Your previous request to create the named bucket succeeded and you already own it.',
    { BucketName: bucket.name },
  );
}

/** At us-east-1, no constraint means us-east-1, and another Region's is followed; elsewhere it must match. */
function regionFor({ call }: Operation, constraint: string | undefined): Region {
  if (call.region === 'us-east-1') {
    if (constraint === undefined) return call.region;
    if (constraint === 'EU') return brand('eu-west-1');
    if (constraint !== 'us-east-1' && /^(?!cn-|us-gov-)[a-z]{2}(-[a-z]+)+-\d$/.test(constraint))
      return brand(constraint);
    throw new AwsError('InvalidLocationConstraint', 400, 'The specified location-constraint is not valid', {
      LocationConstraint: constraint,
    });
  }
  if (constraint === call.region || (constraint === 'EU' && call.region === 'eu-west-1')) return call.region;
  throw new AwsError(
    'IllegalLocationConstraintException',
    400,
    `The ${constraint ?? 'unspecified'} location constraint is incompatible for the region specific endpoint this request was sent to.`,
  );
}

function ownershipHeader({ call }: Operation): NonNullable<Bucket['ownership']> {
  const value = call.headers['x-amz-object-ownership'];
  if (value === undefined) return 'BucketOwnerEnforced';
  const rule = { name: 'Rule', text: '', children: [{ name: 'ObjectOwnership', text: value, children: [] }] };
  try {
    const { Rules } = ownershipShape.decode({ name: 'OwnershipControls', text: '', children: [rule] });
    return Rules[0]?.ObjectOwnership ?? 'BucketOwnerEnforced';
  } catch (error) {
    if (!(error instanceof XmlShapeError)) throw error;
    throw invalidArgument(`Invalid x-amz-object-ownership header: ${value}`, 'x-amz-object-ownership');
  }
}

/** Without parameters, S3 does not show the Regions. */
export function listBuckets(operation: Operation): Answer {
  const { state, call, caller } = operation;
  authorizeS3Account(operation, ['s3:ListAllMyBuckets']);
  const { prefix, 'bucket-region': region, 'max-buckets': most, 'continuation-token': token } = call.query;
  const after = token === undefined ? '' : Buffer.from(token, 'base64').toString();
  const limit = Number(most ?? 10_000);
  if (!(limit >= 1 && limit <= 10_000))
    throw invalidArgument('max-buckets must be between 1 and 10000', 'max-buckets', most);
  const buckets = Object.values(state.buckets)
    .filter((bucket) => bucket.account === caller.account && bucket.partition === call.partition)
    .filter((bucket) => bucket.name.startsWith(prefix ?? '') && bucket.name > after)
    .filter((bucket) => region === undefined || bucket.region === region)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const page = buckets.slice(0, limit);
  const last = page.at(-1);
  const withRegion = [prefix, region, most, token].some((parameter) => parameter !== undefined);
  const xml = [
    `<Owner>${element('ID', canonicalId(caller.account))}</Owner>`,
    `<Buckets>${page.map((bucket) => bucketElement(bucket, withRegion)).join('')}</Buckets>`,
    prefix === undefined ? '' : element('Prefix', prefix),
    buckets.length > limit && last !== undefined
      ? element('ContinuationToken', Buffer.from(last.name).toString('base64'))
      : '',
  ];
  return s3Document('ListAllMyBucketsResult', `<ListAllMyBucketsResult>${xml.join('')}</ListAllMyBucketsResult>`);
}

function bucketElement(bucket: Bucket, withRegion: boolean): string {
  const members = [
    element('Name', bucket.name),
    element('CreationDate', new Date(bucket.created).toISOString()),
    withRegion ? element('BucketRegion', bucket.region) : '',
    element('BucketArn', arnOfBucket(bucket)),
  ];
  return `<Bucket>${members.join('')}</Bucket>`;
}
