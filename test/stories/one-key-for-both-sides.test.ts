import { CreateKeyCommand, PutKeyPolicyCommand } from '@aws-sdk/client-kms';
import { expect, it } from 'vitest';
import { aSetUp, ending } from './by-hand.ts';
import { invoices } from './cli.ts';

it('of the source account, in one Region', async () => {
  const nearby = invoices.replace('eu-central-1', 'eu-west-1');
  const { folder, s3repl, byHand } = aSetUp(nearby, 'eu-west-1');
  const key = await byHand(async ({ sourceKeys }) => {
    const { KeyMetadata } = await sourceKeys.send(new CreateKeyCommand({}));
    const KeyId = KeyMetadata?.Arn ?? '';
    // Who reads the replicas needs the key as well; that is not s3repl's to grant.
    const Statement = ['111111111111', '222222222222'].map((account) => ({
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${account}:root` },
      Action: 'kms:*',
      Resource: '*',
    }));
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
    await sourceKeys.send(new PutKeyPolicyCommand({ KeyId, PolicyName: 'default', Policy }));
    return KeyId;
  });
  const shared = nearby.replace('bucket: acme-invoices\n', `bucket: acme-invoices\n  kmsKey: ${key}\n`);
  folder.write('repl.yaml', `${shared}    kmsKey: ${key}\n`);
  expect(ending(await s3repl('apply', '--yes'))).toMatchObject({ code: 0, outcome: 'applied' });
  expect(ending(await s3repl('verify'))).toMatchObject({ code: 0, outcome: 'verified' });
  await byHand(async ({ put }) => {
    const { source, replica } = await put('invoice');
    expect([source.SSEKMSKeyId, replica?.SSEKMSKeyId]).toEqual([key, key]);
  });
});
