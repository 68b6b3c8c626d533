import { GetBucketPolicyCommand, PutBucketPolicyCommand, type S3Client } from '@aws-sdk/client-s3';

interface Statement {
  readonly Sid?: string;
  readonly Condition?: unknown;
}

/** In the policy of a bucket. */
export async function changePolicy(
  client: S3Client,
  Bucket: string,
  change: (statements: readonly Statement[]) => readonly Statement[],
): Promise<void> {
  const { Policy = '' } = await client.send(new GetBucketPolicyCommand({ Bucket }));
  const document = JSON.parse(Policy);
  const changed = JSON.stringify({ ...document, Statement: change(document.Statement) });
  await client.send(new PutBucketPolicyCommand({ Bucket, Policy: changed }));
}
