import {
  CreateBucketCommand,
  GetBucketEncryptionCommand,
  PutBucketEncryptionCommand,
  type ServerSideEncryptionRule,
} from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { run } from '../show/run-commands.ts';
import { aSetUp, ending, type People, SOURCE } from './by-hand.ts';
import type { Ended } from './cli.ts';

const Bucket = SOURCE;

async function setManagedKey({ source }: People): Promise<void> {
  const rule: ServerSideEncryptionRule = {
    ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' },
    BucketKeyEnabled: true,
    BlockedEncryptionTypes: { EncryptionType: ['SSE-C'] },
  };
  const ServerSideEncryptionConfiguration = { Rules: [rule] };
  await source.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration }));
}

/** Runs the command that a refused plan prints, as the AWS CLI would. */
async function paste({ source }: People, { lines }: Ended): Promise<void> {
  const problem = lines.find(({ code }) => code === 'bucket-key-mismatch');
  const [words = []] = run(String(problem?.paste)).words;
  const after = (option: string) => words[words.indexOf(option) + 1] ?? '';
  expect(words.slice(0, 2)).toEqual(['s3api', 'put-bucket-encryption']);
  expect([after('--bucket'), after('--region')]).toEqual([Bucket, 'eu-west-1']);
  const ServerSideEncryptionConfiguration = JSON.parse(after('--server-side-encryption-configuration'));
  await source.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration }));
}

async function readRule({ source }: People): Promise<ServerSideEncryptionRule | undefined> {
  const { ServerSideEncryptionConfiguration } = await source.send(new GetBucketEncryptionCommand({ Bucket }));
  return ServerSideEncryptionConfiguration?.Rules?.[0];
}

it('the AWS managed key as the default gives way to the key of the setup by the command that plan prints', async () => {
  const { s3repl, byHand } = aSetUp();
  await s3repl('apply', '--yes');
  const before = await byHand(readRule);
  await byHand(setManagedKey);

  const refused = await s3repl('plan');
  expect(ending(refused)).toMatchObject({ code: 5, outcome: 'blocked' });
  await byHand((people) => paste(people, refused));
  expect(await byHand(readRule)).toEqual(before);
  expect(ending(await s3repl('plan'))).toMatchObject({ code: 0, outcome: 'unchanged' });
});

it('before there is a key, the command sets SSE-S3, and apply changes that to its new key', async () => {
  const { s3repl, byHand } = aSetUp();
  await byHand(async (people) => {
    const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' } as const;
    await people.source.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
    await setManagedKey(people);
  });

  const refused = await s3repl('apply', '--yes');
  expect(ending(refused)).toMatchObject({ code: 5, outcome: 'blocked' });
  await byHand((people) => paste(people, refused));
  expect(ending(await s3repl('apply', '--yes'))).toMatchObject({ code: 0, outcome: 'applied' });
  expect(await byHand(readRule)).toMatchObject({
    ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' },
    BlockedEncryptionTypes: { EncryptionType: ['SSE-C'] },
  });
});
