import { CreateKeyCommand, PutKeyPolicyCommand } from '@aws-sdk/client-kms';
import { DeleteBucketPolicyCommand, GetBucketPolicyCommand, PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { type Clients, OTHER, SOURCE } from './clients.ts';
import { after, type RecordedCall } from './recorded-calls.ts';

const PUBLISHED = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${OTHER}:root` },
      Action: 's3:GetObject',
      Resource: 'arn:aws:s3:::src/*',
    },
  ],
});
const putPolicy =
  (Policy: string, ExpectedBucketOwner?: string, Bucket = 'src') =>
  (aws: Clients) =>
    aws.s3.send(new PutBucketPolicyCommand({ Bucket, Policy, ExpectedBucketOwner }));
const getPolicy = (ExpectedBucketOwner?: string) => (aws: Clients) =>
  aws.s3.send(new GetBucketPolicyCommand({ Bucket: 'src', ExpectedBucketOwner }));
const deletePolicy = (ExpectedBucketOwner?: string) => (aws: Clients) =>
  aws.s3.send(new DeleteBucketPolicyCommand({ Bucket: 'src', ExpectedBucketOwner }));
const JSON_WORDS = "Policies must be valid JSON and the first byte must be '{'";
const noAccount = (id: string) =>
  `The value of the expected bucket owner parameter must be an AWS Account ID... [${id}]`;

/** Calls on bucket policies; see recorded-calls.ts. */
export const BUCKET_POLICY: readonly RecordedCall[] = [
  { source: 'test_bucket_policy_crud, put-bucket-policy', what: 'Put', answer: '204', send: putPolicy(PUBLISHED) },
  {
    source: 'test_bucket_policy_crud, get-bucket-policy',
    what: 'Get',
    answer: '200',
    send: after(putPolicy(PUBLISHED), getPolicy()),
  },
  {
    source: 'test_bucket_policy_crud, get-bucket-default-policy',
    what: 'Get without one',
    answer: '404 NoSuchBucketPolicy',
    message: 'The bucket policy does not exist',
    send: getPolicy(),
  },
  {
    source: 'test_bucket_policy_crud, delete-bucket-policy',
    what: 'Delete',
    answer: '204',
    send: after(putPolicy(PUBLISHED), deletePolicy()),
  },
  {
    source: 'test_bucket_policy_crud, delete-bucket-policy-after-delete',
    what: 'Delete without one',
    answer: '204',
    send: deletePolicy(),
  },
  {
    source: 'test_bucket_policy_exc, put-empty-bucket-policy',
    what: 'an empty policy',
    answer: '400 MalformedPolicy',
    message: JSON_WORDS,
    send: putPolicy(''),
  },
  {
    source: 'test_bucket_policy_exc, put-bucket-policy-randomstring',
    what: 'some text',
    answer: '400 MalformedPolicy',
    message: JSON_WORDS,
    send: putPolicy('{this is not json'),
  },
  {
    source: 'test_bucket_policy_exc, put-bucket-policy-empty-json',
    what: 'an empty object',
    answer: '400 MalformedPolicy',
    message: 'Missing required field Statement',
    send: putPolicy('{}'),
  },
  {
    source: 'rules.md 3.3',
    what: 'a principal that does not exist',
    answer: '400 MalformedPolicy',
    message: 'Invalid principal in policy',
    send: putPolicy(PUBLISHED.replace(':root', ':role/nobody')),
  },
  {
    source: 'test_put_bucket_policy_expected_bucket_owner, …-owner-error',
    what: 'Put, wrong owner',
    answer: '403 AccessDenied',
    message: 'Access Denied',
    send: putPolicy(PUBLISHED, OTHER),
  },
  {
    source: 'test_put_bucket_policy_expected_bucket_owner, …-owner',
    what: 'Put, right owner',
    answer: '204',
    send: putPolicy(PUBLISHED, SOURCE),
  },
  {
    source: 'test_get_bucket_policy, get-bucket-policy-with-expected-bucket-owner-error',
    what: 'Get, wrong owner',
    answer: '403 AccessDenied',
    message: 'Access Denied',
    send: getPolicy(OTHER),
  },
  {
    source: 'test_delete_bucket_policy_expected_bucket_owner, …-owner-error',
    what: 'Delete, wrong owner',
    answer: '403 AccessDenied',
    message: 'Access Denied',
    send: deletePolicy(OTHER),
  },
  {
    source: 'test_delete_bucket_policy_expected_bucket_owner, …-invalid-bucket-owner',
    what: 'Delete, owner invalid',
    answer: '400 InvalidBucketOwnerAWSAccountID',
    message: noAccount('invalid'),
    send: deletePolicy('invalid'),
  },
  ...['0000', '0000000000020', 'abcd', 'aa000000000$'].flatMap((id) => [
    {
      source: `test_put_bucket_policy_invalid_account_id[${id}]`,
      what: `Put, owner ${id}`,
      answer: '400 InvalidBucketOwnerAWSAccountID',
      message: noAccount(id),
      send: putPolicy(PUBLISHED, id),
    },
    {
      source: `test_get_bucket_policy_invalid_account_id[${id}]`,
      what: `Get, owner ${id}`,
      answer: '400 InvalidBucketOwnerAWSAccountID',
      message: noAccount(id),
      send: getPolicy(id),
    },
  ]),
];

const keyStatement = (principal: string) => ({
  Effect: 'Allow',
  Principal: { AWS: principal },
  Action: 'kms:*',
  Resource: '*',
});
const putKeyPolicy =
  (...Statement: object[]) =>
  async ({ kms }: Clients) => {
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
    return kms.send(new PutKeyPolicyCommand({ KeyId: KeyMetadata?.KeyId, Policy }));
  };

const OWN_ROOT = keyStatement(`arn:aws:iam::${SOURCE}:root`);

/** Calls on key policies; see recorded-calls.ts. */
export const KEY_POLICY: readonly RecordedCall[] = [
  { source: 'rules.md 3.1', what: 'Put', answer: '200', send: putKeyPolicy(OWN_ROOT) },
  {
    source: 'rules.md 3.3',
    what: 'a principal that does not exist',
    answer: '400 MalformedPolicyDocumentException',
    message: 'Policy contains a statement with one or more invalid principals.',
    send: putKeyPolicy(OWN_ROOT, keyStatement(`arn:aws:iam::${SOURCE}:role/nobody`)),
  },
  {
    source: 'rules.md 3.1',
    what: 'a policy that locks its author out',
    answer: '400 MalformedPolicyDocumentException',
    message: 'The new key policy will not allow you to update the key policy in the future.',
    send: putKeyPolicy(keyStatement(`arn:aws:iam::${OTHER}:root`)),
  },
];
