import { GetBucketTaggingCommand, ListBucketsCommand, PutBucketTaggingCommand } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect, test } from 'vitest';
import { parseFaults, type SandboxRequest } from '../../../src/sandbox/practice/faults.ts';
import { openSandbox } from '../../../src/sandbox/sandbox.ts';
import { clientsOf, message, refusal } from '../clients.ts';

function request(operation: string, service = 's3'): SandboxRequest {
  return { service, operation, account: '111111111111', region: 'eu-west-1', write: true };
}

/** Which of so many calls of an operation fail. */
function failing(fault: string, operation = 'PutBucketPolicy', service = 's3', calls = 5): number[] {
  const faults = parseFaults([fault]);
  const numbers = Array.from({ length: calls }, (_, n) => n + 1);
  return numbers.filter(() => faults.findFault(request(operation, service)) !== undefined);
}

describe('a fault strikes', () => {
  test.each([
    ['the n-th call', 'PutBucketPolicy:2=OperationAborted', [2]],
    ['some calls in a row', 'PutBucketPolicy:2-4=SlowDown', [2, 3, 4]],
    ['every call', 'PutBucketPolicy:*=SlowDown', [1, 2, 3, 4, 5]],
    ['every call where none is named', 'PutBucketPolicy=SlowDown', [1, 2, 3, 4, 5]],
    ['any operation', '*:3=reset', [3]],
    ['an operation of its service', 's3:PutBucketPolicy:1=reset', [1]],
    ['no other service', 'kms:PutBucketPolicy=reset', []],
    ['no other operation', 'GetBucketPolicy=reset', []],
  ])('%s', (_, fault, calls) => {
    expect(failing(fault)).toEqual(calls);
  });

  test('the calls that it is about, and counts only those', () => {
    const faults = parseFaults(['kms:*:2=ThrottlingException']);
    const struck = [request('PutKeyPolicy', 'kms'), request('GetRole', 'iam'), request('CreateAlias', 'kms')].map(
      (one) => faults.findFault(one) !== undefined,
    );
    expect(struck).toEqual([false, false, true]);
  });

  test('and says so: what is left did not happen', () => {
    const faults = parseFaults(['PutBucketPolcy=reset', 'PutBucketPolicy:2=reset', 'PutBucketPolicy=reset']);
    faults.findFault(request('PutBucketPolicy'));
    expect(faults.listUnused()).toEqual(['PutBucketPolcy=reset', 'PutBucketPolicy:2=reset']);
  });

  test.each([
    ['AccessDenied', 's3', 403],
    ['AccessDeniedException', 'kms', 400],
    ['InternalError', 's3', 500],
    ['KMSInternalException', 'kms', 500],
    ['SlowDown', 's3', 503],
    ['Throttling', 'iam', 400],
    ['ThrottlingException', 'kms', 400],
    ['TooManyRequestsException', 'iam', 429],
    ['TooManyRequestsException', 's3-control', 400],
    ['NotFoundException', 's3-control', 400],
    ['InternalServiceException', 's3-control', 500],
    ['ExpiredToken', 's3', 400],
    ['ExpiredToken', 'sts', 403],
    ['NoSuchEntity', 'iam', 404],
    ['NoSuchBucket', 's3', 404],
    ['NotFoundException', 'kms', 400],
    ['OperationAborted', 's3', 409],
    ['EntityAlreadyExists', 'iam', 409],
    ['SomethingElse', 's3', 400],
  ])('%s of %s with status %d', (code, service, status) => {
    expect(parseFaults([`*=${code}`]).findFault(request('Any', service))).toMatchObject({ code, status });
  });

  test.each([
    ['PutBucketPolicy', 'write OPERATION:CALL=FAULT'],
    ['PutBucketPolicy:0=reset', 'write OPERATION:CALL=FAULT'],
    ['putBucketPolicy=reset', 'write OPERATION:CALL=FAULT'],
    ['PutBucketPolicy=explode', 'reset, lost-answer, timeout, truncated'],
    ['PutBucketPolicy=', 'an error code of AWS'],
    ['PutBucketPolicy:4-2=reset', 'end before they begin'],
  ])('not where it is written as %s, and how to write it is told', (text, words) => {
    expect(() => parseFaults([text])).toThrow(words);
  });
});

describe('a client', () => {
  async function withFault(fault: string) {
    const faults = parseFaults([fault]);
    const sandbox = await openSandbox({ fault: (one) => faults.findFault(one) });
    return { sandbox, ...clientsOf(sandbox) };
  }

  test('reads the error in the format of its service', async () => {
    const { s3, sts } = await withFault('*=ServiceUnavailable');
    expect(await refusal(s3.send(new ListBucketsCommand({})))).toBe('503 ServiceUnavailable');
    expect(await refusal(sts.send(new GetCallerIdentityCommand({})))).toBe('503 ServiceUnavailable');
    expect(await message(s3.send(new ListBucketsCommand({})))).toBe('Asked for by the fault *=ServiceUnavailable.');
  });

  test('waits in vain at a timeout, and nothing is done', async () => {
    const { s3, sandbox } = await withFault('PutBucketTagging=timeout');
    const before = sandbox.clock.now();
    const Tagging = { TagSet: [{ Key: 'a', Value: 'b' }] };
    const tried = s3.send(new PutBucketTaggingCommand({ Bucket: 'bucket', Tagging }));
    await expect(tried).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(sandbox.clock.now() - before).toBeGreaterThanOrEqual(30_000);
  });

  test('takes half an answer for no answer', async () => {
    const { s3 } = await withFault('ListBuckets:1=truncated');
    await expect(s3.send(new ListBucketsCommand({}))).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect((await s3.send(new ListBucketsCommand({}))).Buckets).toEqual([]);
  });

  test('takes an answer without a body, truncated, for no answer', async () => {
    const { s3 } = await withFault('GetBucketTagging=truncated');
    const asked = s3.send(new GetBucketTaggingCommand({ Bucket: 'bucket' }));
    await expect(asked).rejects.toMatchObject({ code: 'ECONNRESET' });
  });
});
