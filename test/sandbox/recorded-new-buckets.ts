import { CreateBucketCommand, type CreateBucketCommandInput, type Tag } from '@aws-sdk/client-s3';
import type { Clients } from './clients.ts';
import { after, MALFORMED, type RecordedCall } from './recorded-calls.ts';

const create =
  (location?: string, tags?: readonly Partial<Tag>[], more: Partial<CreateBucketCommandInput> = {}) =>
  ({ s3 }: Clients) => {
    const CreateBucketConfiguration = {
      ...(location === undefined ? {} : { LocationConstraint: location as 'eu-west-1' }),
      ...(tags === undefined ? {} : { Tags: tags as Tag[] }),
    };
    const command = new CreateBucketCommand({ Bucket: 'new', CreateBucketConfiguration, ...more });
    if (Object.keys(CreateBucketConfiguration).length === 0) {
      // The SDK named the client's Region by then.
      command.middlewareStack.add(
        (next) => (args) => next({ ...args, input: { ...args.input, CreateBucketConfiguration: undefined } }),
        { step: 'initialize', priority: 'low' },
      );
    }
    return s3.send(command);
  };
const tagged = (...tags: readonly Partial<Tag>[]) => create('eu-west-1', tags);
const here = create('eu-west-1');
const HOME = 'us-east-1';
const tag = { Key: 'tag1', Value: 'value1' };
const incompatible = (location: string) =>
  `The ${location} location constraint is incompatible for the region specific endpoint this request was sent to.`;
const ILLEGAL = '400 IllegalLocationConstraintException';
const INVALID = '400 InvalidLocationConstraint';
const OWNED = '409 BucketAlreadyOwnedByYou';
const OWNED_WORDS = 'Your previous request to create the named bucket succeeded and you already own it.';

/** Calls of CreateBucket; see recorded-calls.ts. */
export const NEW_BUCKETS: readonly RecordedCall[] = [
  {
    source: 'test_create_bucket_head_bucket, create_bucket',
    what: 'in us-east-1',
    answer: '200',
    region: HOME,
    send: create(),
  },
  {
    source: 'test_create_bucket_head_bucket, create_bucket_location_constraint',
    what: 'elsewhere',
    answer: '200',
    send: here,
  },
  {
    source: 'test_create_bucket_with_eu_location_constraint',
    what: 'with the old name of eu-west-1, from there',
    answer: '200',
    send: create('EU'),
  },
  {
    source: 'test_create_bucket_with_eu_location_constraint_raises',
    what: 'with the old name of eu-west-1, from another Region',
    answer: ILLEGAL,
    message: incompatible('EU'),
    region: 'us-west-2',
    send: create('EU'),
  },
  {
    source: 'test_different_location_constraint, create-bucket-constraint-us-east-1',
    what: 'us-east-1 named in us-east-1',
    answer: INVALID,
    message: 'The specified location-constraint is not valid',
    region: HOME,
    send: create('us-east-1'),
  },
  {
    source: 'test_create_bucket_with_invalid_location_constraint[us-east-1-foo]',
    what: 'an unknown Region in us-east-1',
    answer: INVALID,
    message: 'The specified location-constraint is not valid',
    region: HOME,
    send: create('foo'),
  },
  {
    source: 'test_create_bucket_with_invalid_location_constraint[eu-west-1-bar]',
    what: 'an unknown Region elsewhere',
    answer: ILLEGAL,
    message: incompatible('bar'),
    send: create('bar'),
  },
  {
    source: 'test_different_location_constraint, create-bucket-us-east-2-no-constraint-exc',
    what: 'no Region named, outside us-east-1',
    answer: ILLEGAL,
    message: incompatible('unspecified'),
    region: 'us-east-2',
    send: create(),
  },
  {
    source: 'test_different_location_constraint, create-bucket-us-east-2-constraint-to-us-west-1',
    what: 'another Region named, outside us-east-1',
    answer: ILLEGAL,
    message: incompatible('us-west-1'),
    region: 'us-east-2',
    send: create('us-west-1'),
  },
  {
    source: 'test_different_location_constraint, create-bucket-us-west-1-constraint-to-us-east-1',
    what: 'us-east-1 named, outside us-east-1',
    answer: ILLEGAL,
    message: incompatible('us-east-1'),
    region: 'us-west-1',
    send: create('us-east-1'),
  },
  {
    source: 'test_create_bucket_with_existing_name',
    what: 'again',
    answer: OWNED,
    message: OWNED_WORDS,
    send: after(here, here),
  },
  {
    source: 'test_create_bucket_with_tags_us_east_1_idempotency, create-bucket-with-no-tags',
    what: 'again in us-east-1',
    answer: '200',
    region: HOME,
    send: after(create(undefined, [tag]), create()),
  },
  {
    source: 'test_create_bucket_with_tags_us_east_1_idempotency, create-bucket-with-same-tags',
    what: 'again in us-east-1, with its tags',
    answer: OWNED,
    message: OWNED_WORDS,
    region: HOME,
    send: after(create(undefined, [tag]), create(undefined, [tag])),
  },
  {
    source: 'test_create_bucket_with_tags_us_east_1_idempotency, create-bucket-different-tags',
    what: 'again in us-east-1, with other tags',
    answer: OWNED,
    message: OWNED_WORDS,
    region: HOME,
    send: after(create(undefined, [tag]), create(undefined, [{ ...tag, Value: 'other' }])),
  },
  {
    source: 'test_create_bucket_with_tags_us_east_1_idempotency, create-bucket-with-empty-tags',
    what: 'again in us-east-1, with an empty list of tags',
    answer: '200',
    region: HOME,
    send: after(create(undefined, [tag]), create(undefined, [])),
  },
  { source: 'test_create_bucket_with_tags', what: 'with a tag', answer: '200', send: tagged(tag) },
  {
    source: 'test_create_bucket_with_tags_exc, tags-key-none',
    what: 'a tag without a key',
    answer: '400 MalformedXML',
    message: MALFORMED,
    send: tagged({ Value: 'value1' }),
  },
  {
    source: 'test_create_bucket_with_tags_exc, tags-value-none',
    what: 'a tag without a value',
    answer: '400 MalformedXML',
    message: MALFORMED,
    send: tagged({ Key: 'tag1' }),
  },
  {
    source: 'test_create_bucket_with_tags_exc, tags-key-aws-prefix',
    what: "a system's tag",
    answer: '400 InvalidTag',
    message:
      'User-defined tag keys can\'t start with "aws:". This prefix is reserved for system tags. Remove "aws:" from your tag keys and try again.',
    send: tagged({ Key: 'aws:tag', Value: 'value1' }),
  },
  {
    source: 'test_create_bucket_with_tags_exc, tags-key-aws-duplicated-key',
    what: 'a tag key twice',
    answer: '500 InternalError',
    message: 'We encountered an internal error. Please try again.',
    send: tagged(tag, { ...tag, Value: 'value2' }),
  },
  {
    source: 'test_create_bucket_with_tags_exc, tags-key-aws-bad-value',
    what: 'a bad tag value',
    answer: '400 InvalidTag',
    message: 'The TagValue you have provided is invalid',
    send: tagged({ Key: 'test', Value: 'value1,value2' }),
  },
  {
    source: 'test_create_bucket_with_tags_exc, tags-key-aws-bad-key',
    what: 'a bad tag key',
    answer: '400 InvalidTag',
    message: 'The TagKey you have provided is invalid',
    send: tagged({ Key: 'test,test2', Value: 'value1' }),
  },
  {
    source: 'test_create_bucket_with_uppercase_bucket_name, uppercase-bucket',
    what: 'with capitals in its name',
    answer: '400 InvalidBucketName',
    message: 'The specified bucket is not valid.',
    send: create('eu-west-1', undefined, { Bucket: 'New' }),
  },
  {
    source: 'test_bucket_ownership_controls_exc, ownership-wrong-value-at-creation',
    what: 'with an unknown ownership',
    answer: '400 InvalidArgument',
    message: 'Invalid x-amz-object-ownership header: RandomValue',
    send: create('eu-west-1', undefined, { ObjectOwnership: 'RandomValue' as 'ObjectWriter' }),
  },
];
