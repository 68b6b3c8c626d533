import { describe, expect, it } from 'vitest';
import { required } from '../../src/aws/required.ts';
import {
  type Call,
  type Input,
  operations,
  type PlannedOperation,
  type Request,
  type SeenDocument,
} from '../../src/state/change.ts';
import type { Step } from '../../src/state/step.ts';

const packages = {
  S3: required('@aws-sdk/client-s3'),
  KMS: required('@aws-sdk/client-kms'),
  IAM: required('@aws-sdk/client-iam'),
} as const;

it.each(Object.keys(packages) as (keyof typeof packages)[])('each write to %s is a command of the SDK', (service) => {
  const commands: Readonly<Record<string, unknown>> = packages[service];
  for (const operation of operations[service])
    expect(commands[`${operation}Command`], operation).toBeTypeOf('function');
});

type Writes<O extends PlannedOperation> = Step<O>['writes'];

/** What `tsc -p test` says is the proof: each of these lines is an error that is expected, and it is an error if there is none. */
describe('the compiler refuses', () => {
  const policy = { Bucket: 'acme', Policy: '{}' };
  const rest = { side: 'source', turn: 1 } as const;

  it('a misspelt operation, and one of another service', () => {
    const right: Request = { service: 'S3', operation: 'PutBucketPolicy', input: policy };
    // @ts-expect-error
    const misspelt: Request = { service: 'S3', operation: 'PutBucketPolcy', input: policy };
    // @ts-expect-error
    const ofAnother: Request = { service: 'KMS', operation: 'PutBucketPolicy', input: policy };
    expect([right, misspelt, ofAnother]).toHaveLength(3);
  });

  it('an input with a member that is missing, undefined, misspelt, or of another operation', () => {
    // @ts-expect-error
    const missing: Input<'PutBucketPolicy'> = { Bucket: 'acme' };
    // @ts-expect-error
    const absent: Input<'PutBucketPolicy'> = { Bucket: 'acme', Policy: undefined };
    // @ts-expect-error
    const misspelt: Input<'PutBucketPolicy'> = { ...policy, ExpectedOwner: '111111111111' };
    // @ts-expect-error
    const ofAnother: Call = { ...rest, service: 'S3', operation: 'PutBucketVersioning', input: policy };
    expect([missing, absent, misspelt, ofAnother]).toHaveLength(4);
  });

  it('a step that forgets one of its calls, has one of another step, or names no member of an answer', () => {
    // @ts-expect-error
    const forgotten: Writes<'PutBucketPolicy' | 'DeleteBucketPolicy'> = { PutBucketPolicy: {} };
    // @ts-expect-error
    const ofAnother: Writes<'PutBucketPolicy'> = { PutBucketPolicy: {}, PutBucketVersioning: {} };
    // @ts-expect-error
    const noMember: Writes<'CreateKey'> = { CreateKey: { targetArn: 'KeyMetadata.Ran' } };
    expect([forgotten, ofAnother, noMember]).toHaveLength(3);
  });

  it('a document that a step does not have, or that is of another kind than is read', () => {
    // @ts-expect-error
    const misspelt: SeenDocument = { document: 'bucket-polcy', of: 'acme', is: null };
    // @ts-expect-error
    const ofAnotherKind: SeenDocument = { document: 'bucket-tags', of: 'acme', is: { Rules: [] } };
    expect([misspelt, ofAnotherKind]).toHaveLength(2);
  });

  it('objects in a plan', () => {
    // @ts-expect-error
    const write: Call = { ...rest, service: 'S3', operation: 'PutObject', input: { Bucket: 'acme', Key: 'a' } };
    expect(write.turn).toBe(1);
  });
});
