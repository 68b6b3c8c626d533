import {
  type CORSRule,
  CreateBucketCommand,
  type CreateBucketCommandInput,
  DeleteBucketCommand,
  DeleteBucketCorsCommand,
  DeleteBucketEncryptionCommand,
  DeleteBucketOwnershipControlsCommand,
  DeleteBucketTaggingCommand,
  DeletePublicAccessBlockCommand,
  GetBucketCorsCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketLocationCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketRequestPaymentCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetObjectLockConfigurationCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  PutBucketCorsCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketRequestPaymentCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutObjectLockConfigurationCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, test } from 'vitest';
import { openSandbox, type Sandbox, sandboxCredentials } from '../../../src/sandbox/sandbox.ts';
import { clientsOf, message, OTHER, refusal, SOURCE } from '../clients.ts';
import { codeOf, sendRaw } from '../raw-request.ts';

let sandbox: Sandbox;
let s3: S3Client;

const inIreland = { CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } } as const;

function create(
  Bucket: string,
  input: Partial<CreateBucketCommandInput> = inIreland,
  region = 'eu-west-1',
  account = SOURCE,
) {
  return clientsOf(sandbox, account, region).s3.send(new CreateBucketCommand({ Bucket, ...input }));
}

beforeEach(async () => {
  sandbox = await openSandbox();
  s3 = clientsOf(sandbox).s3;
});

describe('a new bucket', () => {
  test('has the defaults of AWS', async () => {
    await create('bucket');
    const Bucket = 'bucket';
    const { ServerSideEncryptionConfiguration } = await s3.send(new GetBucketEncryptionCommand({ Bucket }));
    expect(ServerSideEncryptionConfiguration?.Rules).toEqual([
      {
        ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' },
        BucketKeyEnabled: false,
        BlockedEncryptionTypes: { EncryptionType: ['SSE-C'] },
      },
    ]);
    const { PublicAccessBlockConfiguration } = await s3.send(new GetPublicAccessBlockCommand({ Bucket }));
    expect(Object.values(PublicAccessBlockConfiguration ?? {})).toEqual([true, true, true, true]);
    const { OwnershipControls } = await s3.send(new GetBucketOwnershipControlsCommand({ Bucket }));
    expect(OwnershipControls?.Rules).toEqual([{ ObjectOwnership: 'BucketOwnerEnforced' }]);
    expect((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBeUndefined();
    expect((await s3.send(new GetBucketRequestPaymentCommand({ Bucket }))).Payer).toBe('BucketOwner');
    expect(await refusal(s3.send(new GetBucketPolicyCommand({ Bucket })))).toBe('404 NoSuchBucketPolicy');
    expect(await refusal(s3.send(new GetBucketTaggingCommand({ Bucket })))).toBe('404 NoSuchTagSet');
    expect(await refusal(s3.send(new GetObjectLockConfigurationCommand({ Bucket })))).toBe(
      '404 ObjectLockConfigurationNotFoundError',
    );
    expect(await refusal(s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket })))).toBe(
      '404 NoSuchLifecycleConfiguration',
    );
    const { $metadata: _, ...notification } = await s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }));
    expect(notification).toEqual({});
  });

  test('may be made with tags, Object Lock and another ownership', async () => {
    await create('bucket', {
      CreateBucketConfiguration: { LocationConstraint: 'eu-west-1', Tags: [{ Key: 's3repl', Value: 'dr' }] },
      ObjectLockEnabledForBucket: true,
      ObjectOwnership: 'ObjectWriter',
    });
    const Bucket = 'bucket';
    expect((await s3.send(new GetBucketTaggingCommand({ Bucket }))).TagSet).toEqual([{ Key: 's3repl', Value: 'dr' }]);
    expect((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBe('Enabled');
    const { ObjectLockConfiguration } = await s3.send(new GetObjectLockConfigurationCommand({ Bucket }));
    expect(ObjectLockConfiguration).toEqual({ ObjectLockEnabled: 'Enabled' });
    const { OwnershipControls } = await s3.send(new GetBucketOwnershipControlsCommand({ Bucket }));
    expect(OwnershipControls?.Rules).toEqual([{ ObjectOwnership: 'ObjectWriter' }]);
    const suspend = new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Suspended' } });
    expect(await refusal(s3.send(suspend))).toBe('409 InvalidBucketState');
  });

  test.each([
    ['us-east-1', undefined, 'accepted'],
    ['us-east-1', 'eu-west-1', 'accepted'],
    ['cn-north-1', 'cn-north-1', 'accepted'],
  ])('in %s with location %s: %s', async (region, location, answer) => {
    const input =
      location === undefined ? {} : { CreateBucketConfiguration: { LocationConstraint: location as 'eu-west-1' } };
    expect(await refusal(create('bucket', input, region))).toBe(answer);
    if (answer === 'accepted') expect(sandbox.state.buckets.bucket?.region).toBe(location ?? region);
  });

  test('needs its location named, outside us-east-1', async () => {
    const named = await sendRaw(sandbox, { method: 'PUT', path: '/bucket' });
    expect(codeOf(named)).toBe('400 IllegalLocationConstraintException');
    expect(named.body).toContain('The unspecified location constraint is incompatible');
    expect((await sendRaw(sandbox, { method: 'PUT', path: '/bucket', region: 'us-east-1' })).status).toBe(200);
  });

  test('cannot take a name that is taken', async () => {
    await create('bucket');
    expect(await refusal(create('bucket'))).toBe('409 BucketAlreadyOwnedByYou');
    expect(await refusal(create('bucket', inIreland, 'eu-west-1', OTHER))).toBe('409 BucketAlreadyExists');
    await create('home', {}, 'us-east-1');
    expect(await refusal(create('home', {}, 'us-east-1'))).toBe('accepted');
    const tagged = { CreateBucketConfiguration: { Tags: [{ Key: 'a', Value: 'b' }] } };
    expect(await refusal(create('home', tagged, 'us-east-1'))).toBe('409 BucketAlreadyOwnedByYou');
  });

  test('cannot have an invalid name, ownership or tag', async () => {
    const raw = await sendRaw(sandbox, { method: 'PUT', path: '/Bucket' });
    expect(raw.body).toContain('<Code>InvalidBucketName</Code>');
    const wrong = create('bucket', { ...inIreland, ObjectOwnership: 'Nobody' as 'ObjectWriter' });
    expect(await refusal(wrong)).toBe('400 InvalidArgument');
    const Tags = [{ Key: 'a,b', Value: '' }];
    const tagged = create('bucket', { CreateBucketConfiguration: { LocationConstraint: 'eu-west-1', Tags } });
    expect(await refusal(tagged)).toBe('400 InvalidTag');
    expect(Object.keys(sandbox.state.buckets)).toEqual([]);
  });
});

describe('finding buckets', () => {
  test('HeadBucket tells Region and ARN, and 404 for a missing one', async () => {
    await create('bucket');
    const { BucketRegion, BucketArn } = await s3.send(new HeadBucketCommand({ Bucket: 'bucket' }));
    expect({ BucketRegion, BucketArn }).toEqual({ BucketRegion: 'eu-west-1', BucketArn: 'arn:aws:s3:::bucket' });
    expect(await refusal(s3.send(new HeadBucketCommand({ Bucket: 'nowhere' })))).toBe('404 NotFound');
  });

  test("another Region answers 301 with the bucket's Region", async () => {
    await create('bucket');
    const head = await sendRaw(sandbox, { method: 'HEAD', path: '/bucket', region: 'us-east-1' });
    expect([head.status, head.headers['x-amz-bucket-region'], head.body]).toEqual([301, 'eu-west-1', '']);
    const far = clientsOf(sandbox, SOURCE, 'us-east-1').s3;
    expect(await refusal(far.send(new GetBucketVersioningCommand({ Bucket: 'bucket' })))).toBe('301 PermanentRedirect');
    const following = new S3Client({
      requestHandler: sandbox.requestHandler,
      region: 'us-east-1',
      credentials: sandboxCredentials(SOURCE),
      followRegionRedirects: true,
    });
    const { BucketRegion } = await following.send(new HeadBucketCommand({ Bucket: 'bucket' }));
    expect(BucketRegion).toBe('eu-west-1');
  });

  test('GetBucketLocation is empty for us-east-1', async () => {
    await create('bucket');
    await create('home', {}, 'us-east-1');
    expect((await s3.send(new GetBucketLocationCommand({ Bucket: 'bucket' }))).LocationConstraint).toBe('eu-west-1');
    const home = clientsOf(sandbox, SOURCE, 'us-east-1').s3;
    expect((await home.send(new GetBucketLocationCommand({ Bucket: 'home' }))).LocationConstraint).toBeFalsy();
  });

  test("ListBuckets lists the caller's own, by name, prefix, Region and page", async () => {
    for (const name of ['b-two', 'b-one', 'c-one']) await create(name);
    await create('home', {}, 'us-east-1');
    await create('foreign', inIreland, 'eu-west-1', OTHER);
    const list = async (input: object) =>
      (await s3.send(new ListBucketsCommand(input))).Buckets?.map(({ Name }) => Name);
    expect(await list({})).toEqual(['b-one', 'b-two', 'c-one', 'home']);
    expect(await list({ Prefix: 'b-' })).toEqual(['b-one', 'b-two']);
    expect(await list({ BucketRegion: 'us-east-1' })).toEqual(['home']);
    const first = await s3.send(new ListBucketsCommand({ MaxBuckets: 3 }));
    expect(first.Buckets?.map(({ BucketRegion }) => BucketRegion)).toEqual(Array(3).fill('eu-west-1'));
    expect(await list({ MaxBuckets: 3, ContinuationToken: first.ContinuationToken })).toEqual(['home']);
  });

  test('a deleted bucket is gone', async () => {
    await create('bucket');
    await s3.send(new DeleteBucketCommand({ Bucket: 'bucket' }));
    expect(await refusal(s3.send(new HeadBucketCommand({ Bucket: 'bucket' })))).toBe('404 NotFound');
  });

  test('path style, localhost and the China partition reach the same buckets', async () => {
    await create('bucket');
    const pathStyle = new S3Client({
      requestHandler: sandbox.requestHandler,
      region: 'eu-west-1',
      credentials: sandboxCredentials(SOURCE),
      endpoint: 'http://localhost:4599',
      forcePathStyle: true,
    });
    expect((await pathStyle.send(new HeadBucketCommand({ Bucket: 'bucket' }))).BucketRegion).toBe('eu-west-1');
    const chinese = { CreateBucketConfiguration: { LocationConstraint: 'cn-north-1' } } as const;
    await create('peking', chinese, 'cn-north-1');
    const { BucketArn } = await clientsOf(sandbox, SOURCE, 'cn-north-1').s3.send(
      new HeadBucketCommand({ Bucket: 'peking' }),
    );
    expect(BucketArn).toBe('arn:aws-cn:s3:::peking');
  });
});

describe('settings', () => {
  const Bucket = 'bucket';
  beforeEach(() => create(Bucket));

  test('default encryption is replaced as a whole, and deleting it gives the default back', async () => {
    const rules = async () =>
      (await s3.send(new GetBucketEncryptionCommand({ Bucket }))).ServerSideEncryptionConfiguration?.Rules;
    const before = await rules();
    const ApplyServerSideEncryptionByDefault = { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'some-key' } as const;
    const ServerSideEncryptionConfiguration = { Rules: [{ ApplyServerSideEncryptionByDefault }] };
    await s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration }));
    expect(await rules()).toEqual([{ ApplyServerSideEncryptionByDefault, BucketKeyEnabled: false }]);
    await s3.send(new DeleteBucketEncryptionCommand({ Bucket }));
    expect(await rules()).toEqual(before);
  });

  test('versioning can be enabled and suspended, nothing else', async () => {
    const put = (Status?: string) =>
      refusal(
        s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: Status as 'Enabled' } })),
      );
    expect(await put('Enabled')).toBe('accepted');
    expect(await put('enabled')).toBe('400 MalformedXML');
    expect(await put()).toBe('400 IllegalVersioningConfigurationException');
    expect((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBe('Enabled');
    expect(await put('Suspended')).toBe('accepted');
  });

  test('public access block, ownership and tags can be put and deleted', async () => {
    await s3.send(
      new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: { BlockPublicAcls: true } }),
    );
    const { PublicAccessBlockConfiguration } = await s3.send(new GetPublicAccessBlockCommand({ Bucket }));
    expect(PublicAccessBlockConfiguration?.BlockPublicPolicy).toBe(false);
    await s3.send(new DeletePublicAccessBlockCommand({ Bucket }));
    expect(await refusal(s3.send(new GetPublicAccessBlockCommand({ Bucket })))).toBe(
      '404 NoSuchPublicAccessBlockConfiguration',
    );
    const Rules = [{ ObjectOwnership: 'BucketOwnerPreferred' as const }];
    await s3.send(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls: { Rules } }));
    expect((await s3.send(new GetBucketOwnershipControlsCommand({ Bucket }))).OwnershipControls?.Rules).toEqual(Rules);
    await s3.send(new DeleteBucketOwnershipControlsCommand({ Bucket }));
    expect(await refusal(s3.send(new GetBucketOwnershipControlsCommand({ Bucket })))).toBe(
      '404 OwnershipControlsNotFoundError',
    );
    const TagSet = [{ Key: 'a', Value: 'x / y' }];
    await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }));
    expect((await s3.send(new GetBucketTaggingCommand({ Bucket }))).TagSet).toEqual(TagSet);
    await s3.send(new DeleteBucketTaggingCommand({ Bucket }));
    expect(await refusal(s3.send(new GetBucketTaggingCommand({ Bucket })))).toBe('404 NoSuchTagSet');
  });

  test.each([
    [
      'a key twice',
      [
        { Key: 'a', Value: '1' },
        { Key: 'a', Value: '2' },
      ],
      'Cannot provide multiple Tags with the same key',
    ],
    ['a system tag', [{ Key: 'aws:a', Value: '1' }], 'System tags cannot be added/updated by requester'],
    ['a bad value', [{ Key: 'a', Value: 'x,y' }], 'The TagValue you have provided is invalid'],
  ])('tags with %s are refused', async (_, TagSet, text) => {
    expect(await message(s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } })))).toBe(text);
  });

  test('Object Lock needs versioning, and days or years', async () => {
    const put = (Rule?: object) =>
      refusal(
        s3.send(
          new PutObjectLockConfigurationCommand({
            Bucket,
            ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled', ...(Rule === undefined ? {} : { Rule }) },
          }),
        ),
      );
    expect(await put()).toBe('409 InvalidBucketState');
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
    expect(await put()).toBe('accepted');
    expect(await put({ DefaultRetention: { Mode: 'GOVERNANCE', Days: 1 } })).toBe('accepted');
    expect(await put({ DefaultRetention: { Mode: 'GOVERNANCE', Days: 1, Years: 1 } })).toBe('400 MalformedXML');
    expect(await put({ DefaultRetention: { Mode: 'GOVERNANCE' } })).toBe('400 MalformedXML');
    // S3 API Reference, DefaultRetention: a positive integer; S3 User Guide, Object Lock: at most 100 years.
    for (const period of [{ Days: 0 }, { Days: -1 }, { Years: 0 }, { Days: 36_501 }, { Years: 101 }]) {
      expect(await put({ DefaultRetention: { Mode: 'GOVERNANCE', ...period } })).toBe('400 InvalidArgument');
    }
    expect(await put({ DefaultRetention: { Mode: 'GOVERNANCE', Years: 100 } })).toBe('accepted');
  });

  test('a lifecycle comes with the smallest size that it moves, 128 KB unless said otherwise (S3 API Reference, PutBucketLifecycleConfiguration)', async () => {
    const Rules = [{ ID: 'a', Status: 'Enabled' as const, Filter: { Prefix: '' }, Expiration: { Days: 1 } }];
    const put = (more: object = {}) =>
      s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules }, ...more }));
    const size = async () =>
      (await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }))).TransitionDefaultMinimumObjectSize;
    await put({ TransitionDefaultMinimumObjectSize: 'varies_by_storage_class' });
    expect(await size()).toBe('varies_by_storage_class');
    await put();
    expect(await size()).toBe('all_storage_classes_128K');
    expect(await refusal(put({ TransitionDefaultMinimumObjectSize: 'none' }))).toBe('400 InvalidArgument');
  });

  test('CORS rules come back until they are deleted (S3 API Reference, PutBucketCors)', async () => {
    const get = () => s3.send(new GetBucketCorsCommand({ Bucket }));
    const put = (...CORSRules: CORSRule[]) =>
      refusal(s3.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules } })));
    const rule = { AllowedMethods: ['GET', 'HEAD'], AllowedOrigins: ['https://example.com'], MaxAgeSeconds: 60 };
    expect(await refusal(get())).toBe('404 NoSuchCORSConfiguration');
    expect(await put(rule)).toBe('accepted');
    expect((await get()).CORSRules).toEqual([rule]);
    expect(await put({ ...rule, AllowedMethods: ['PATCH'] })).toBe('400 InvalidRequest');
    expect(await put({ ...rule, AllowedOrigins: [] })).toBe('400 MalformedXML');
    expect(await put()).toBe('400 MalformedXML');
    expect(await put(...Array<typeof rule>(101).fill(rule))).toBe('400 MalformedXML');
    expect((await get()).CORSRules).toEqual([rule]);
    await s3.send(new DeleteBucketCorsCommand({ Bucket }));
    expect(await refusal(get())).toBe('404 NoSuchCORSConfiguration');
  });

  test('the requester may be made to pay', async () => {
    await s3.send(new PutBucketRequestPaymentCommand({ Bucket, RequestPaymentConfiguration: { Payer: 'Requester' } }));
    expect((await s3.send(new GetBucketRequestPaymentCommand({ Bucket }))).Payer).toBe('Requester');
  });
});
