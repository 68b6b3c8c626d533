import {
  DescribeKeyCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  KMSClient,
  ListAliasesCommand,
  ListResourceTagsCommand,
} from '@aws-sdk/client-kms';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { expect as guess } from '../../src/connect/expected.ts';
import { readKey } from '../../src/observe/key.ts';
import { keyArn, SOURCE } from '../builders.ts';

const alias = 'alias/s3repl-invoices-dr';
const [former, present] = [keyArn(SOURCE, 'eu-west-1', 'former'), keyArn(SOURCE, 'eu-west-1', 'present')];
const kms = mockClient(KMSClient);
afterAll(() => kms.restore());
const client = () => ({ kms: new KMSClient({ region: 'eu-west-1' }) });

/** A cloud where the alias names a key, and each key's policy names the key. */
function aliasOf(arn: string, metadata: object = {}) {
  kms.reset();
  kms.on(DescribeKeyCommand).resolves({ KeyMetadata: { KeyId: arn, Arn: arn, ...metadata } });
  kms.on(GetKeyPolicyCommand).callsFake(({ KeyId }) => ({ Policy: JSON.stringify({ Id: KeyId, Statement: [] }) }));
  kms.on(ListAliasesCommand).resolves({ Aliases: [{ AliasName: alias }] });
  kms.on(GetKeyRotationStatusCommand).resolves({ KeyRotationEnabled: true });
  kms.on(ListResourceTagsCommand).resolves({ Tags: [] });
}

afterEach(() => {
  kms.reset();
});

describe('a key whose ARN is guessed', () => {
  it('has its documents read along with its name', async () => {
    aliasOf(present);
    const at = client();
    guess(at.kms, alias, present);
    let described = false;
    kms.on(DescribeKeyCommand).callsFake(async () => {
      while (kms.calls().length < 5) await Promise.resolve();
      described = true;
      return { KeyMetadata: { KeyId: present, Arn: present } };
    });
    expect((await readKey(at, alias))?.policy).toMatchObject({ Id: present });
    expect(described).toBe(true);
    expect(kms.calls()).toHaveLength(5);
  });

  it('is the one that the alias names now, whatever it named before', async () => {
    aliasOf(present);
    const at = client();
    guess(at.kms, alias, former);
    const key = await readKey(at, alias);
    expect(key?.metadata.Arn).toBe(present);
    expect(key?.policy).toMatchObject({ Id: present });
  });

  it('is asked again for what the guess failed at', async () => {
    aliasOf(present);
    const at = client();
    guess(at.kms, alias, present);
    kms.on(GetKeyPolicyCommand).rejectsOnce(new Error('lag')).resolves({ Policy: '{"Id":"read","Statement":[]}' });
    expect((await readKey(at, alias))?.policy).toMatchObject({ Id: 'read' });
  });

  it('has no rotation where it is of AWS or cannot rotate, whatever it says meanwhile', async () => {
    for (const metadata of [{ KeyManager: 'AWS' }, { KeySpec: 'RSA_2048' }]) {
      aliasOf(present, metadata);
      expect((await readKey(client(), present))?.rotation).toBe(false);
    }
  });

  it('that is not there is null, and nothing about it is an error', async () => {
    aliasOf(present);
    const missing = Object.assign(new Error('no such key'), { name: 'NotFoundException' });
    for (const command of [DescribeKeyCommand, GetKeyPolicyCommand, ListAliasesCommand, ListResourceTagsCommand])
      kms.on(command as typeof DescribeKeyCommand).rejects(missing);
    expect(await readKey(client(), present)).toBeNull();
  });
});
