/** What names the replication role, or bears our mark, after `destroy`. */
import { GetRoleCommand } from '@aws-sdk/client-iam';
import { GetKeyPolicyCommand, type KMSClient } from '@aws-sdk/client-kms';
import { GetBucketPolicyCommand, GetBucketReplicationCommand, type S3Client } from '@aws-sdk/client-s3';
import { REPLICA, SOURCE } from '../stories/by-hand.ts';
import { type Hands, keyArn, ROLE } from './break.ts';

export async function leftBehind({
  source,
  destination,
  iam,
  sourceKeys,
  destinationKeys,
}: Hands): Promise<readonly string[]> {
  const statementsIn = (where: string, text = '{"Statement":[]}') =>
    (JSON.parse(text).Statement as readonly { readonly Sid?: string }[])
      .filter((one) => /S3repl|Replication|s3repl|AROA/.test(JSON.stringify(one)))
      .map(({ Sid }) => `${where}: ${Sid}`);
  const bucket = async (client: S3Client, Bucket: string) => {
    const found = await client.send(new GetBucketPolicyCommand({ Bucket })).catch(absent('NoSuchBucketPolicy'));
    return statementsIn(Bucket, found?.Policy);
  };
  const key = async (client: KMSClient, alias: string) => {
    const named = { KeyId: await keyArn(client, alias), PolicyName: 'default' };
    return statementsIn(alias, (await client.send(new GetKeyPolicyCommand(named))).Policy);
  };
  const rules = await source
    .send(new GetBucketReplicationCommand({ Bucket: SOURCE }))
    .catch(absent('ReplicationConfigurationNotFoundError'));
  const role = await iam.send(new GetRoleCommand({ RoleName: ROLE })).catch(absent('NoSuchEntityException'));
  return [
    ...(rules === undefined ? [] : ['the replication configuration']),
    ...(role === undefined ? [] : ['the role']),
    ...(await bucket(source, SOURCE)),
    ...(await bucket(destination, REPLICA)),
    ...((await key(sourceKeys, 'alias/s3repl-invoices-dr').catch(absent('NotFoundException'))) ?? []),
    ...((await key(destinationKeys, 'alias/s3repl-invoices-dr-replica').catch(absent('NotFoundException'))) ?? []),
  ];
}

function absent(name: string) {
  return (error: Error): undefined => {
    if (error.name !== name) throw error;
  };
}
