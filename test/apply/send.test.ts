import { expect, it } from 'vitest';
import { send } from '../../src/apply/send.ts';
import type { Connection } from '../../src/connect/connection.ts';
import type { Request } from '../../src/state/change.ts';

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
    const request = { service, operation, input: {} } as unknown as Request;
    await expect(send(at, request)).rejects.toThrow(`${service} ${operation} is not a write`);
  }
  expect(sent).toBe(0);
});
