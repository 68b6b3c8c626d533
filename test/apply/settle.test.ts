import { describe, expect, it } from 'vitest';
import { lagBehind, settle, settleLimitMs } from '../../src/apply/settle.ts';

function anError(name: string, message = 'refused'): Error {
  return Object.assign(new Error(message), { name });
}

const again = 'AWS to find again what it has just shown';
const anotherChange = 'another change to the same resource to end';

describe('an error that says that AWS needs time', () => {
  it.each([
    ['PutBucketPolicy', 'MalformedPolicy', 'Invalid principal in policy', 'the role to become visible to S3'],
    [
      'PutKeyPolicy',
      'MalformedPolicyDocumentException',
      'Policy contains a statement with one or more invalid principals.',
      'the role to become visible to KMS',
    ],
    ['CreateAlias', 'NotFoundException', '', 'the key to become visible'],
    ['EnableKeyRotation', 'NotFoundException', '', 'the key to become visible'],
    ['PutKeyPolicy', 'NotFoundException', '', 'the key to become visible'],
    ['TagResource', 'NotFoundException', '', 'the key to become visible'],
    ['PutRolePolicy', 'NoSuchEntityException', '', 'the role to become visible'],
    ['PutRolePolicy', 'NoSuchEntity', '', 'the role to become visible'],
    ['TagRole', 'NoSuchEntityException', '', 'the role to become visible'],
    ['UpdateAssumeRolePolicy', 'NoSuchEntityException', '', 'the role to become visible'],
    ['PutRolePermissionsBoundary', 'NoSuchEntityException', '', 'the role to become visible'],
    // What is gone already is no error by then (guard.ts, doneAlready).
    ['DeleteRole', 'NoSuchEntityException', '', again],
    ['DeleteRolePolicy', 'NoSuchEntity', '', again],
    ['DeleteAlias', 'NotFoundException', '', again],
    ['PutBucketVersioning', 'NoSuchBucket', '', 'the bucket to become visible'],
    ['PutPublicAccessBlock', 'NoSuchBucket', '', 'the bucket to become visible'],
    [
      'PutBucketReplication',
      'InvalidRequest',
      'Versioning must be Enabled on the bucket',
      'versioning to become visible',
    ],
    ['PutBucketEncryption', 'OperationAborted', '', anotherChange],
    ['DeleteBucketPolicy', 'OperationAborted', '', anotherChange],
    ['PutRolePolicy', 'ConcurrentModification', '', anotherChange],
    ['DeleteRole', 'ConcurrentModificationException', '', anotherChange],
  ])('%s %s %j is waited for: %s', (operation, name, message, reason) => {
    expect(lagBehind({ operation }, anError(name, message))).toBe(reason);
  });
});

describe('an error that time does not mend', () => {
  it.each([
    ['another reason of the same code', 'PutBucketPolicy', anError('MalformedPolicy', 'Unknown field Foo')],
    [
      'a key policy that is wrong otherwise',
      'PutKeyPolicy',
      anError('MalformedPolicyDocumentException', 'Syntax error'),
    ],
    ['a request that is wrong otherwise', 'PutBucketReplication', anError('InvalidRequest', 'Number of rules')],
    ['the same code at another call', 'PutBucketEncryption', anError('MalformedPolicy', 'Invalid principal')],
    ['a document of IAM', 'PutRolePolicy', anError('MalformedPolicyDocument', 'Invalid principal')],
    ['a key that is not found by a read', 'DescribeKey', anError('NotFoundException')],
    ['a bucket that is gone already', 'DeleteBucketPolicy', anError('NoSuchBucket')],
    ['a missing permission', 'PutBucketPolicy', anError('AccessDenied', 'no permission for this principal')],
    ['a quota', 'CreateKey', anError('LimitExceededException')],
    ['a code that only begins the same', 'PutRolePolicy', anError('NoSuchEntityFound')],
    ['a bug', 'PutBucketPolicy', new TypeError('principal')],
    ['what is no error', 'PutBucketPolicy', 'MalformedPolicy principal'],
  ])('%s', (_, operation, error) => {
    expect(lagBehind({ operation }, error)).toBeUndefined();
  });
});

/** A clock that only sleeping moves, and everything that waiting told. */
function aClock(workMs = 0) {
  let time = 1_000_000;
  const pauses: number[] = [];
  const told: [string, number][] = [];
  return {
    pauses,
    told,
    passed: () => time - 1_000_000,
    work: () => {
      time += workMs;
    },
    now: () => time,
    sleep: async (ms: number) => {
      pauses.push(ms);
      time += ms;
    },
    reportWait: (reason: string, seconds: number) => {
      told.push([reason, seconds]);
    },
  };
}

function failing(times: number, clock: ReturnType<typeof aClock>) {
  let calls = 0;
  return {
    calls: () => calls,
    work: async () => {
      calls += 1;
      clock.work();
      if (calls <= times) throw anError('NoSuchBucket', `refusal ${calls}`);
      return 'done';
    },
  };
}

const always = () => 'the bucket';

describe('waiting', () => {
  it('is none where it works at once', async () => {
    const clock = aClock();
    expect(await settle(failing(0, clock).work, always, clock)).toBe('done');
    expect(clock.pauses).toEqual([]);
    expect(clock.told).toEqual([]);
  });

  it('grows from half a second to five seconds and no further', async () => {
    const clock = aClock();
    const { work, calls } = failing(10, clock);
    expect(await settle(work, always, clock)).toBe('done');
    expect(calls()).toBe(11);
    expect(clock.pauses[0]).toBe(500);
    for (const [index, pause] of clock.pauses.entries()) {
      expect(pause).toBe(Math.min((clock.pauses[index - 1] ?? 500 / 1.5) * 1.5, 5_000));
    }
    expect(clock.pauses.filter((pause) => pause === 5_000).length).toBeGreaterThanOrEqual(3);
  });

  it('is told before each pause: what for, and for how many seconds already', async () => {
    const clock = aClock();
    await settle(failing(4, clock).work, always, clock);
    expect(clock.told).toEqual([
      ['the bucket', 0],
      ['the bucket', 1],
      ['the bucket', 1],
      ['the bucket', 2],
    ]);
  });

  it('ends after two minutes of the clock with the last error', async () => {
    const clock = aClock();
    const { work, calls } = failing(Number.POSITIVE_INFINITY, clock);
    const error = await settle(work, always, clock).catch((one: unknown) => one);
    expect((error as Error).message).toBe(`refusal ${calls()}`);
    expect(settleLimitMs).toBe(120_000);
    expect(clock.passed()).toBeLessThanOrEqual(120_000);
    expect(clock.passed()).toBeGreaterThan(115_000);
  });

  it('counts the time that the work takes', async () => {
    const clock = aClock(50_000);
    const { work, calls } = failing(Number.POSITIVE_INFINITY, clock);
    await expect(settle(work, always, clock)).rejects.toThrow();
    expect(calls()).toBe(3);
  });

  it('ends at once with an error that is not waited for, untouched', async () => {
    const clock = aClock();
    const error = anError('AccessDenied');
    await expect(
      settle(
        () => Promise.reject(error),
        () => undefined,
        clock,
      ),
    ).rejects.toBe(error);
    expect(clock.pauses).toEqual([]);
    expect(clock.told).toEqual([]);
  });

  it('ends where the error turns into one that is not waited for', async () => {
    const clock = aClock();
    const { work, calls } = failing(Number.POSITIVE_INFINITY, clock);
    const reasonOf = (error: unknown) => ((error as Error).message === 'refusal 3' ? undefined : 'x');
    await expect(settle(work, reasonOf, clock)).rejects.toThrow('refusal 3');
    expect(calls()).toBe(3);
  });

  it('that Ctrl-C breaks off ends with that', async () => {
    const clock = { ...aClock(), sleep: () => Promise.reject(anError('AbortError')) };
    await expect(settle(failing(1, aClock()).work, always, clock)).rejects.toThrow(
      expect.objectContaining({ name: 'AbortError' }),
    );
  });
});
