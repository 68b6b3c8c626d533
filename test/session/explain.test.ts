import { Readable } from 'node:stream';
import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import {
  CreateBucketCommand,
  GetBucketVersioningCommand,
  HeadBucketCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketReplicationCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { HttpResponse } from '@smithy/core/transport';
import type { AwsCredentialIdentityProvider } from '@smithy/types';
import { describe, expect, it } from 'vitest';
import { traceCalls } from '../../src/connect/trace.ts';
import { Failure } from '../../src/events/failure.ts';
import { explain } from '../../src/session/explain.ts';
import { SOURCE } from '../builders.ts';

const identity = `arn:aws:sts::${SOURCE}:assumed-role/s3repl-setup/s3repl-invoices-dr`;

interface Answer {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Surroundings {
  readonly answer: Answer | Error;
  readonly credentials?: AwsCredentialIdentityProvider;
}

/** Real clients, traced as `connect` does it, with one answer to everything. */
function clients({ answer, credentials = async () => ({ accessKeyId: 'A', secretAccessKey: 's' }) }: Surroundings) {
  const config = {
    region: 'eu-west-1',
    maxAttempts: 1,
    credentials,
    requestHandler: {
      metadata: { handlerProtocol: 'http/1.1' },
      handle: async () => {
        if (answer instanceof Error) throw answer;
        const { status: statusCode, body = '', headers = {} } = answer;
        const reason = 'as told';
        return {
          response: new HttpResponse({
            statusCode,
            reason,
            headers: { ...headers },
            body: Readable.from([Buffer.from(body)]),
          }),
        };
      },
      updateHttpClientConfig: () => undefined,
      httpHandlerConfigs: () => ({}),
    },
  };
  const made = { s3: new S3Client(config), kms: new KMSClient(config), iam: new IAMClient(config) };
  const caller = { account: SOURCE, region: 'eu-west-1', identity };
  for (const client of Object.values(made)) {
    client.middlewareStack.use(traceCalls(caller, { report: () => undefined, env: process.env, now: () => 0 }));
  }
  return made;
}

type Clients = ReturnType<typeof clients>;

async function explained(surroundings: Surroundings, call: (at: Clients) => Promise<unknown>): Promise<Failure> {
  try {
    await call(clients(surroundings));
  } catch (error) {
    return explain(error);
  }
  throw new Error('the call was expected to fail');
}

function s3Error(code: string, message: string): string {
  return `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message><RequestId>S3REQ</RequestId></Error>`;
}

function iamError(code: string, message: string): string {
  return `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>IAMREQ</RequestId></ErrorResponse>`;
}

const s3Headers = { 'content-type': 'application/xml', 'x-amz-request-id': 'S3REQ' };
const kmsHeaders = { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': 'KMSREQ' };

const iamHeaders = { 'content-type': 'text/xml', 'x-amzn-requestid': 'IAMREQ' };

const putPolicy = ({ s3 }: Clients) => s3.send(new PutBucketPolicyCommand({ Bucket: 'b', Policy: '{}' }));
const putReplication = ({ s3 }: Clients) =>
  s3.send(new PutBucketReplicationCommand({ Bucket: 'b', ReplicationConfiguration: { Role: 'r', Rules: [] } }));
const putNotifications = ({ s3 }: Clients) =>
  s3.send(new PutBucketNotificationConfigurationCommand({ Bucket: 'b', NotificationConfiguration: {} }));
const getVersioning = ({ s3 }: Clients) => s3.send(new GetBucketVersioningCommand({ Bucket: 'b' }));
const headBucket = ({ s3 }: Clients) => s3.send(new HeadBucketCommand({ Bucket: 'b' }));
const createBucket = ({ s3 }: Clients) => s3.send(new CreateBucketCommand({ Bucket: 'b' }));
const describeKey = ({ kms }: Clients) => kms.send(new DescribeKeyCommand({ KeyId: 'k' }));
const getRole = ({ iam }: Clients) => iam.send(new GetRoleCommand({ RoleName: 'r' }));

interface Told {
  readonly outcome: Failure['outcome'];
  /** Absent: the SDK's own word for an answer without one. */
  readonly code?: string;
  readonly message: readonly string[];
  readonly fix: readonly string[];
  readonly not?: string;
}

const missing: Surroundings = {
  answer: { status: 501, headers: s3Headers, body: s3Error('NotImplemented', 'The sandbox does not have s3:X.') },
};

/** As recorded (LocalStack, test_s3_notifications_sqs). */
function refusedNotifications(...pairs: readonly (readonly [string, string])[]): Surroundings {
  const members = pairs.map(
    ([arn, reason], index) =>
      `<ArgumentName${index + 1}>${arn}</ArgumentName${index + 1}><ArgumentValue${index + 1}>${reason}</ArgumentValue${index + 1}>`,
  );
  const body = s3Error('InvalidArgument', 'Unable to validate the following destination configurations').replace(
    '<RequestId>',
    `${members.join('')}<RequestId>`,
  );
  return { answer: { status: 400, headers: s3Headers, body } };
}

const rows: readonly (readonly [string, Surroundings, (at: Clients) => Promise<unknown>, Told])[] = [
  [
    'a destination of somebody else that is gone, for which S3 refuses our notification: it is named',
    refusedNotifications(['arn:aws:sqs:eu-west-1:1:gone', 'The destination queue does not exist']),
    putNotifications,
    {
      outcome: 'failed',
      code: 'notifications-refused',
      message: ['source bucket', 'arn:aws:sqs:eu-west-1:1:gone (The destination queue does not exist)'],
      fix: ['remove the entries that name it', 'create it again', 'run the same command again'],
      not: 'undefined',
    },
  ],
  [
    'several destinations that S3 must not send to: all of them',
    refusedNotifications(
      ['arn:aws:sns:eu-west-1:1:a', 'Permissions on the destination topic do not allow S3 to publish.'],
      ['arn:aws:sns:eu-west-1:1:b', 'The destination topic does not exist'],
    ),
    putNotifications,
    {
      outcome: 'failed',
      code: 'notifications-refused',
      message: ['arn:aws:sns:eu-west-1:1:a (Permissions', 'publish) or arn:aws:sns:eu-west-1:1:b (The destination'],
      fix: ['s3.amazonaws.com', 'sns:Publish', 'remove the entries that name it'],
    },
  ],
  [
    'a notification that overlaps another',
    {
      answer: {
        status: 400,
        headers: s3Headers,
        body: s3Error('InvalidArgument', 'Configurations overlap. Configurations on the same bucket cannot share one.'),
      },
    },
    putNotifications,
    {
      outcome: 'failed',
      code: 'notifications-refused',
      message: ['failed objects', 'Configurations overlap'],
      fix: ['remove events from repl.yaml', 'the other entry'],
    },
  ],
  [
    'another argument of the notifications that S3 does not take: in its words',
    { answer: { status: 400, headers: s3Headers, body: s3Error('InvalidArgument', 'The ARN could not be parsed') } },
    putNotifications,
    {
      outcome: 'failed',
      code: 'InvalidArgument',
      message: ['S3 PutBucketNotificationConfiguration', 'The ARN could not be parsed'],
      fix: ['continues where it stopped'],
    },
  ],
  [
    'an operation that the sandbox or an emulator does not have: never refused by AWS',
    missing,
    getVersioning,
    {
      outcome: 'failed',
      code: 'not-implemented',
      message: ['S3 GetBucketVersioning', 'does not have this operation', 'HTTP 501'],
      fix: ['an emulator'],
      not: 'AWS refused',
    },
  ],
  [
    'AccessDenied that names the action: that action, in that account, to that identity',
    {
      answer: {
        status: 403,
        headers: s3Headers,
        body: s3Error('AccessDenied', `User: x is not authorized to perform: iam:PassRole on resource: r`),
      },
    },
    putReplication,
    {
      outcome: 'failed',
      code: 'AccessDenied',
      message: [
        'AWS refused S3 PutBucketReplication',
        `account ${SOURCE}`,
        'eu-west-1',
        `as ${identity}`,
        '(request S3REQ)',
      ],
      fix: [`allow iam:PassRole to ${identity} in account ${SOURCE}`, 'boundary', 'continues where'],
      not: 's3:PutReplicationConfiguration',
    },
  ],
  [
    'AccessDenied by a Deny: another Allow would change nothing',
    {
      answer: {
        status: 403,
        headers: s3Headers,
        body: s3Error(
          'AccessDenied',
          'User: x is not authorized to perform: s3:PutObject on resource: r with an explicit deny in a resource-based policy',
        ),
      },
    },
    putPolicy,
    {
      outcome: 'failed',
      code: 'AccessDenied',
      message: ['with an explicit deny in a resource-based policy'],
      fix: [
        `a Deny in a resource-based policy forbids it, whatever else allows it: change that policy so that it does not deny s3:PutObject to ${identity}`,
        'continues where',
      ],
      not: 'allow s3:PutObject',
    },
  ],
  [
    'AccessDenied that names no action: those of the operation',
    { answer: { status: 403, headers: s3Headers, body: s3Error('AccessDenied', 'Access Denied') } },
    putReplication,
    {
      outcome: 'failed',
      code: 'AccessDenied',
      message: ['S3 PutBucketReplication', 'Access Denied'],
      fix: ['allow s3:PutReplicationConfiguration, iam:PassRole to'],
    },
  ],
  [
    'AccessDeniedException of KMS, which has status 400',
    {
      answer: {
        status: 400,
        headers: kmsHeaders,
        body: JSON.stringify({
          __type: 'AccessDeniedException',
          message: 'not authorized to perform: kms:DescribeKey on it',
        }),
      },
    },
    describeKey,
    {
      outcome: 'failed',
      code: 'AccessDeniedException',
      message: ['KMS DescribeKey', '(request KMSREQ)'],
      fix: ['allow kms:DescribeKey to'],
    },
  ],
  [
    'AccessDenied of IAM',
    {
      answer: {
        status: 403,
        headers: iamHeaders,
        body: iamError('AccessDenied', 'not authorized to perform: iam:GetRole on it'),
      },
    },
    getRole,
    {
      outcome: 'failed',
      code: 'AccessDenied',
      message: ['IAM GetRole', '(request IAMREQ)'],
      fix: ['allow iam:GetRole to'],
    },
  ],
  [
    'a HEAD that is refused has no body: the status says it',
    { answer: { status: 403, headers: { 'x-amz-request-id': 'S3REQ' } } },
    headBucket,
    {
      outcome: 'failed',
      message: ['AWS refused S3 HeadBucket', 'S3REQ'],
      fix: ['allow s3:ListBucket to'],
    },
  ],
  [
    'ExpiredToken of S3',
    { answer: { status: 400, headers: s3Headers, body: s3Error('ExpiredToken', 'The provided token has expired.') } },
    getVersioning,
    {
      outcome: 'unauthorized',
      code: 'ExpiredToken',
      message: ['not accept the credentials for S3 GetBucketVersioning', 'has expired'],
      fix: ['sign in again', 'continues where'],
    },
  ],
  [
    'ExpiredTokenException of KMS',
    {
      answer: {
        status: 400,
        headers: kmsHeaders,
        body: JSON.stringify({ __type: 'ExpiredTokenException', message: 'expired' }),
      },
    },
    describeKey,
    { outcome: 'unauthorized', code: 'ExpiredTokenException', message: ['KMS DescribeKey'], fix: ['sign in again'] },
  ],
  [
    'UnrecognizedClientException',
    {
      answer: {
        status: 400,
        headers: kmsHeaders,
        body: JSON.stringify({ __type: 'UnrecognizedClientException', message: 'invalid' }),
      },
    },
    describeKey,
    {
      outcome: 'unauthorized',
      code: 'UnrecognizedClientException',
      message: ['KMS DescribeKey'],
      fix: ['sign in again'],
    },
  ],
  [
    'an access key that does not exist is no missing permission, though the status is 403',
    { answer: { status: 403, headers: s3Headers, body: s3Error('InvalidAccessKeyId', 'does not exist') } },
    getVersioning,
    {
      outcome: 'unauthorized',
      code: 'InvalidAccessKeyId',
      message: ['GetBucketVersioning'],
      fix: ['sign in again'],
      not: 's3:',
    },
  ],
  [
    'InvalidClientTokenId of IAM',
    { answer: { status: 403, headers: iamHeaders, body: iamError('InvalidClientTokenId', 'invalid') } },
    getRole,
    {
      outcome: 'unauthorized',
      code: 'InvalidClientTokenId',
      message: ['IAM GetRole'],
      fix: ['sign in again'],
      not: 'iam:',
    },
  ],
  [
    'a wrong secret key is no missing permission',
    {
      answer: { status: 403, headers: s3Headers, body: s3Error('SignatureDoesNotMatch', 'we calculated another one') },
    },
    getVersioning,
    {
      outcome: 'unauthorized',
      code: 'SignatureDoesNotMatch',
      message: ['GetBucketVersioning'],
      fix: ['sign in again'],
      not: 's3:',
    },
  ],
  [
    'a clock that is wrong is no missing permission',
    {
      answer: { status: 403, headers: s3Headers, body: s3Error('RequestTimeTooSkewed', 'The difference is too large') },
    },
    getVersioning,
    {
      outcome: 'failed',
      code: 'RequestTimeTooSkewed',
      message: ['GetBucketVersioning', 'too large'],
      fix: ['clock'],
      not: 's3:',
    },
  ],
  [
    'credentials that cannot be renewed in mid-run',
    {
      answer: { status: 200 },
      credentials: async () => {
        throw Object.assign(new Error('the SSO session has ended'), { name: 'CredentialsProviderError' });
      },
    },
    getVersioning,
    {
      outcome: 'unauthorized',
      code: 'CredentialsProviderError',
      message: ['not accept the credentials for S3 GetBucketVersioning', 'the SSO session has ended'],
      fix: ['sign in again'],
    },
  ],
  [
    'no answer',
    { answer: Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' }) },
    getVersioning,
    {
      outcome: 'failed',
      code: 'Error',
      message: ['no answer to S3 GetBucketVersioning', `account ${SOURCE}`, 'ECONNREFUSED'],
      fix: ['network', 'AWS_ENDPOINT_URL', 'continues where'],
    },
  ],
  [
    'a time limit',
    { answer: Object.assign(new Error('connection timed out'), { name: 'TimeoutError' }) },
    getVersioning,
    {
      outcome: 'failed',
      code: 'TimeoutError',
      message: ['no answer to S3 GetBucketVersioning', 'timed out'],
      fix: ['network'],
    },
  ],
  [
    'a page of a proxy in place of AWS',
    {
      answer: {
        status: 200,
        headers: { 'content-type': 'application/x-amz-json-1.1' },
        body: '<html>Please sign in</html>',
      },
    },
    describeKey,
    { outcome: 'failed', code: 'not-aws', message: ['answer to KMS DescribeKey', 'not from AWS'], fix: ['proxy'] },
  ],
  [
    'MalformedPolicy',
    { answer: { status: 400, headers: s3Headers, body: s3Error('MalformedPolicy', 'Invalid principal in policy') } },
    putPolicy,
    {
      outcome: 'failed',
      code: 'MalformedPolicy',
      message: ['S3 PutBucketPolicy in account', 'MalformedPolicy: Invalid principal in policy', '(request S3REQ)'],
      fix: ['AROA'],
    },
  ],
  [
    'BucketAlreadyExists',
    { answer: { status: 409, headers: s3Headers, body: s3Error('BucketAlreadyExists', 'not available') } },
    createBucket,
    { outcome: 'failed', code: 'BucketAlreadyExists', message: ['S3 CreateBucket'], fix: ['another name'] },
  ],
  [
    'LimitExceededException',
    {
      answer: {
        status: 400,
        headers: kmsHeaders,
        body: JSON.stringify({ __type: 'LimitExceededException', message: 'many' }),
      },
    },
    describeKey,
    { outcome: 'failed', code: 'LimitExceededException', message: ['KMS DescribeKey'], fix: ['quota'] },
  ],
  [
    'any other error of AWS',
    { answer: { status: 503, headers: s3Headers, body: s3Error('SlowDown', 'Please reduce your request rate') } },
    getVersioning,
    {
      outcome: 'failed',
      code: 'SlowDown',
      message: ['S3 GetBucketVersioning in account', 'SlowDown: Please reduce your request rate', '(request S3REQ)'],
      fix: ['continues where'],
    },
  ],
];

describe('what a person is told of an error of AWS', () => {
  it.each(rows)('%s', async (_, surroundings, call, told) => {
    const failure = await explained(surroundings, call);
    expect(failure.outcome).toBe(told.outcome);
    if (told.code !== undefined) expect(failure.code).toBe(told.code);
    for (const part of told.message) expect(failure.message).toContain(part);
    for (const part of told.fix) expect(failure.fix).toContain(part);
    if (told.not !== undefined) expect(failure.fix).not.toContain(told.not);
    expect(failure.cause).toBeInstanceOf(Error);
  });
});

describe('what a person is told of other ends', () => {
  it('a failure passes as it is, also after Ctrl-C', () => {
    const failure = new Failure('blocked', 'stale-plan', 'm');
    expect(explain(failure)).toBe(failure);
    expect(explain(failure, true)).toBe(failure);
  });

  it('a question that was left is no error', () => {
    const left = Object.assign(new Error('User force closed the prompt'), { name: 'ExitPromptError' });
    expect(explain(left)).toMatchObject({ outcome: 'cancelled', code: 'cancelled' });
    expect(explain(left).message).toContain('nothing was changed');
  });

  it('a pause that Ctrl-C has broken off is no error, and says how to go on', () => {
    const aborted = Object.assign(new Error('The operation was aborted'), { name: 'AbortError' });
    expect(explain(aborted, true)).toMatchObject({
      outcome: 'cancelled',
      code: 'cancelled',
      message: 'stopped',
      fix: expect.stringContaining('same command again'),
    });
  });

  it.each([
    ['an error of ours', new TypeError('x is not a function'), 'unexpected: TypeError: x is not a function'],
    ['what is no error at all', 'text', 'unexpected: Error: text'],
    ['nothing', undefined, 'unexpected: Error: undefined'],
    [
      'an error like one of AWS that no call has raised',
      Object.assign(new Error('m'), { name: 'AccessDenied' }),
      'unexpected: AccessDenied: m',
    ],
    [
      'an aborted pause without Ctrl-C',
      Object.assign(new Error('m'), { name: 'AbortError' }),
      'unexpected: AbortError: m',
    ],
  ])('%s is a mistake in s3repl and is told as one', (_, error, message) => {
    const failure = explain(error);
    expect(failure).toMatchObject({ outcome: 'failed', code: 'bug', message });
    expect(failure.fix).toContain('report');
    expect(failure.cause).toBeInstanceOf(Error);
  });
});
