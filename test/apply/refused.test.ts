import { describe, expect, it } from 'vitest';
import { actionsOf } from '../../src/connect/services.ts';
import { aSpec } from '../builders.ts';
import { drawFrom } from '../draws.ts';
import { anApplied, aPractice, withoutIds } from './in-sandbox.ts';

const undisturbed = await aPractice();
await undisturbed.apply(aSpec());
const end = withoutIds(await undisturbed.state(aSpec()));
const writes = undisturbed.requests.filter((request) => request.write && request.service !== 'sts');
const once = [...new Map(writes.map((one) => [`${one.service} ${one.operation} ${one.account}`, one])).values()];

describe('a write that AWS refuses', () => {
  it('can be any of the twenty that a first apply of the default case makes', () => {
    expect(once.map(({ operation, account }) => `${operation} ${account[0]}`).sort()).toEqual([
      'CreateAlias 1',
      'CreateAlias 2',
      'CreateBucket 1',
      'CreateBucket 2',
      'CreateKey 1',
      'CreateKey 2',
      'CreateRole 1',
      'EnableKeyRotation 1',
      'EnableKeyRotation 2',
      'PutBucketEncryption 1',
      'PutBucketEncryption 2',
      'PutBucketPolicy 1',
      'PutBucketPolicy 2',
      'PutBucketReplication 1',
      'PutBucketVersioning 1',
      'PutBucketVersioning 2',
      'PutKeyPolicy 2',
      'PutPublicAccessBlock 1',
      'PutPublicAccessBlock 2',
      'PutRolePolicy 1',
    ]);
  });

  it.each(drawFrom(once.map((one) => [one.operation, one.account, one] as const)))(
    '%s in %s ends with its name, account, identity and missing action, and with the right continues where it stopped',
    async (operation, account, denied) => {
      const practice = await aPractice();
      const code = denied.service.toLowerCase() === 'kms' ? 'AccessDeniedException' : 'AccessDenied';
      practice.fault = (request) =>
        request.operation === operation && request.account === account
          ? { code, status: 403, message: 'Access Denied' }
          : undefined;

      const failure = await practice.applyFailing(aSpec());
      expect(failure.outcome).toBe('failed');
      expect(failure.message).toContain(operation);
      expect(failure.message).toContain(`account ${account}`);
      expect(failure.message).toContain(`arn:aws:iam::${account}:user/sandbox-admin`);
      const service = { s3: 'S3', kms: 'KMS', iam: 'IAM' }[denied.service.toLowerCase()] ?? '';
      for (const action of actionsOf(service, operation)) expect(failure.fix).toContain(action);

      practice.fault = () => undefined;
      const left = await practice.apply(aSpec());
      expect(left.length).toBeGreaterThan(0);
      expect(withoutIds(await practice.state(aSpec()))).toEqual(end);
      expect(await practice.apply(aSpec())).toEqual([]);
    },
  );
});

describe('a read that AWS refuses', () => {
  it.each(['GetBucketPolicy', 'GetKeyPolicy', 'GetBucketReplication', 'GetRole'])(
    '%s is an error, never taken for "not there", and nothing is written',
    async (operation) => {
      const practice = await anApplied(aSpec());
      practice.requests.length = 0;
      practice.fault = (request) =>
        request.operation === operation ? { code: 'AccessDenied', status: 403 } : undefined;
      const failure = await practice.applyFailing(aSpec());
      expect(failure.outcome).toBe('failed');
      expect(failure.message).toContain(operation);
      expect(practice.requests.filter((request) => request.write && request.service !== 'sts')).toEqual([]);
    },
  );
});
