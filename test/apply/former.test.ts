import { CreateAliasCommand, CreateKeyCommand, GetKeyPolicyCommand, KMSClient } from '@aws-sdk/client-kms';
import { PutBucketEncryptionCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import type { BucketName } from '../../src/aws/brand.ts';
import type { Spec } from '../../src/config/spec.ts';
import { sandboxCredentials } from '../../src/sandbox/sandbox.ts';
import { aDestination, aSpec, DESTINATION, SOURCE } from '../builders.ts';
import { branded } from '../plain.ts';
import { bucketOf } from '../plain-state.ts';
import { anApplied, type Practice } from './in-sandbox.ts';

const bucket = 'acme-invoices-replica';

function clients({ sandbox: { requestHandler } }: Practice) {
  const config = { region: 'eu-central-1', credentials: sandboxCredentials(DESTINATION), requestHandler };
  return { kms: new KMSClient(config), s3: new S3Client(config) };
}

/** The destination encrypts with another key by now, as repl.yaml will say; returns that file and the former key. */
async function anotherKey(practice: Practice): Promise<{ readonly spec: Spec; readonly former: string }> {
  const { kms, s3 } = clients(practice);
  const former = Object.keys((await practice.state(aSpec())).accounts[DESTINATION]?.keys ?? {})[0] ?? '';
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
  await kms.send(new CreateAliasCommand({ AliasName: 'alias/other', TargetKeyId: KeyMetadata?.KeyId }));
  const ApplyServerSideEncryptionByDefault = { SSEAlgorithm: 'aws:kms' as const, KMSMasterKeyID: KeyMetadata?.Arn };
  await s3.send(
    new PutBucketEncryptionCommand({
      Bucket: bucket,
      ServerSideEncryptionConfiguration: { Rules: [{ ApplyServerSideEncryptionByDefault, BucketKeyEnabled: true }] },
    }),
  );
  return { spec: aSpec({ destinations: [aDestination({ kmsKey: { kind: 'alias', alias: 'alias/other' } })] }), former };
}

/** The run stops at the first such write after the rule has changed. */
async function stoppedAfterTheRule(practice: Practice, spec: Spec, operation: string): Promise<void> {
  let ruled = false;
  practice.fault = (request) => {
    if (request.operation === 'PutBucketReplication') ruled = true;
    return ruled && request.operation === operation ? { code: 'AccessDenied', status: 403 } : undefined;
  };
  expect((await practice.applyFailing(spec)).message).toContain(operation);
  practice.fault = () => undefined;
}

describe('a change that stopped after the rule had changed', () => {
  it('takes our statement out of the former key in the next run, though no rule names that key any more', async () => {
    const practice = await anApplied(aSpec());
    const { spec, former } = await anotherKey(practice);
    await stoppedAfterTheRule(practice, spec, 'PutKeyPolicy');
    const policy = async () =>
      (await clients(practice).kms.send(new GetKeyPolicyCommand({ KeyId: former }))).Policy ?? '';
    expect(await policy()).toContain('S3repl');
    await practice.apply(spec);
    expect(await policy()).not.toContain('S3repl');
    expect(await practice.apply(spec)).toEqual([]);
  });

  it('takes our statement out of the former bucket in the next run', async () => {
    const practice = await anApplied(aSpec());
    const spec = aSpec({ destinations: [aDestination({ bucket: 'acme-invoices-other' })] });
    await stoppedAfterTheRule(practice, spec, 'DeleteBucketPolicy');
    await practice.apply(spec);
    expect(bucketOf(await practice.state(aSpec()), DESTINATION, bucket)?.policy).toBeNull();
    expect(await practice.apply(spec)).toEqual([]);
  });

  it('remembers the former key through a second change', async () => {
    const practice = await anApplied(aSpec());
    const { spec, former } = await anotherKey(practice);
    await stoppedAfterTheRule(practice, spec, 'PutKeyPolicy');
    const third = {
      ...spec,
      destinations: spec.destinations.map((one) => ({ ...one, bucket: branded<BucketName>('acme-invoices-third') })),
    };
    await stoppedAfterTheRule(practice, third, 'PutKeyPolicy');
    await practice.apply(third);
    const { Policy } = await clients(practice).kms.send(new GetKeyPolicyCommand({ KeyId: former }));
    expect(Policy).not.toContain('S3repl');
    expect(bucketOf(await practice.state(spec), DESTINATION, bucket)?.policy).toBeNull();
  });

  it.each(['DeleteRolePolicy', 'DeleteRole'])('finds the former role in the next run after %s', async (operation) => {
    const practice = await anApplied(aSpec());
    const spec = aSpec({ role: { name: 'another' } });
    await stoppedAfterTheRule(practice, spec, operation);
    await practice.apply(spec);
    expect(Object.keys(practice.sandbox.state.accounts[SOURCE]?.roles ?? {})).toEqual(['another']);
    expect(JSON.stringify(practice.sandbox.state)).not.toContain('FormerRoles');
    expect(await practice.apply(spec)).toEqual([]);
  });
});
