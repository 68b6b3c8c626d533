import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  ListObjectVersionsCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { sandboxCredentials } from '../../src/sandbox/sandbox.ts';
import { aSetUp, type People, REPLICA } from './by-hand.ts';

const stranger = '999999999999';

async function empty({ destination }: People): Promise<void> {
  const listed = await destination.send(new ListObjectVersionsCommand({ Bucket: REPLICA }));
  for (const { Key, VersionId } of [...(listed.Versions ?? []), ...(listed.DeleteMarkers ?? [])])
    await destination.send(new DeleteObjectCommand({ Bucket: REPLICA, Key, VersionId }));
}

/** Somebody makes a bucket of the same name, and invites the account of the source. */
async function createdAgain({ sandbox: { requestHandler } }: People): Promise<S3Client> {
  const s3 = new S3Client({ region: 'eu-central-1', credentials: sandboxCredentials(stranger), requestHandler });
  const Statement = {
    Effect: 'Allow',
    Principal: { AWS: '111111111111' },
    Action: 's3:*',
    Resource: [`arn:aws:s3:::${REPLICA}`, `arn:aws:s3:::${REPLICA}/*`],
  };
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
  const CreateBucketConfiguration = { LocationConstraint: 'eu-central-1' } as const;
  await s3.send(new CreateBucketCommand({ Bucket: REPLICA, CreateBucketConfiguration }));
  await s3.send(new PutBucketVersioningCommand({ Bucket: REPLICA, VersioningConfiguration: { Status: 'Enabled' } }));
  await s3.send(new PutBucketPolicyCommand({ Bucket: REPLICA, Policy }));
  return s3;
}

it('a destination that a stranger has created again is named, nobody is told to trust it, and destroy takes the rule out', async () => {
  const setUp = aSetUp();
  expect((await setUp.s3repl('apply', '--yes')).code).toBe(0);
  await setUp.byHand(async (people) => {
    await people.put('before');
    await empty(people);
    await people.destination.send(new DeleteBucketCommand({ Bucket: REPLICA }));
    const theirs = await createdAgain(people);
    // Whoever looks for the replica is refused by now.
    await people.put('after').catch(() => undefined);
    expect((await theirs.send(new ListObjectVersionsCommand({ Bucket: REPLICA }))).Versions).toBeUndefined();
  });
  const whose = /acme-invoices-replica does not belong to account 222222222222.* somebody else/;
  for (const command of ['plan', 'apply', 'verify']) {
    const { code, stdout, lines } = await setUp.s3repl(command, ...(command === 'plan' ? [] : ['--yes']));
    expect([command, code]).toEqual([command, 5]);
    const problems = lines.filter((line) => line.level === 'problem' || line.type === 'problem');
    expect(problems).toMatchObject([
      { code: 'bucket-of-another', fix: expect.stringMatching(/^do not replicate to it/) },
    ]);
    expect(stdout).toMatch(whose);
    expect(stdout).not.toContain(stranger);
  }
  const doctor = await setUp.s3repl('doctor');
  expect(doctor.code).toBe(5);
  const causes = [
    {
      level: 'fails',
      summary: expect.stringMatching(whose),
      fix: expect.stringMatching(/^Do not replicate to it: .* rule s3repl\.invoices-dr\.all/),
    },
  ];
  expect(doctor.lines.find(({ check }) => check === 'C05')).toMatchObject({ status: 'failed', causes });
  expect(doctor.stdout).not.toContain(stranger);

  const destroyed = await setUp.s3repl('destroy', '--yes');
  expect(destroyed.lines.at(-1)).toMatchObject({ outcome: 'destroyed' });
  expect(destroyed.stdout).toMatch(whose);
  expect((await setUp.s3repl('doctor')).lines.find(({ check }) => check === 'C03')).toMatchObject({ status: 'failed' });
});
