import { expect, it } from 'vitest';
import { send } from '../../src/apply/send.ts';
import type { Connection } from '../../src/connect/connection.ts';

it('what s3repl never does is no call that it can be made to send', async () => {
  let sent = 0;
  const client = {
    send: async () => {
      sent += 1;
    },
  };
  const at = { s3: client, kms: client, iam: client } as unknown as Connection;
  for (const [service, operation] of [
    ['S3', 'DeleteBucket'],
    ['S3', 'PutBucketAcl'],
    ['KMS', 'DisableKey'],
    ['IAM', 'AttachRolePolicy'],
  ] as const) {
    await expect(send(at, { service, operation, input: {} })).rejects.toThrow(`${service} ${operation} is not a write`);
  }
  expect(sent).toBe(0);
});
