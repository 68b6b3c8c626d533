import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { remoteSandbox } from '../../../src/sandbox/practice/remote.ts';
import { statusOf } from '../../../src/sandbox/practice/sandbox-status.ts';
import { openSandbox, sandboxCredentials } from '../../../src/sandbox/sandbox.ts';
import { listen } from '../../../src/sandbox/wire/http.ts';
import { explain } from '../../../src/session/explain.ts';

it('a sandbox whose server has ended is said to be gone, and the network is not blamed', async () => {
  const sandbox = await openSandbox();
  const server = await listen(0, () => undefined);
  server.answerWith({ ...sandbox, status: () => statusOf(sandbox.state) });
  const remote = await remoteSandbox(server.url);
  const client = new S3Client({
    region: 'eu-west-1',
    credentials: sandboxCredentials('111111111111'),
    requestHandler: remote.requestHandler,
  });
  await client.send(new ListBucketsCommand({}));
  await server.close();
  for (const call of [() => client.send(new ListBucketsCommand({})), () => remote.status()]) {
    const error = explain(await call().catch((one: unknown) => one));
    expect(error).toMatchObject({ outcome: 'failed', code: 'sandbox-gone' });
    expect(error.message).toContain(server.url);
  }
  await sandbox.close();
});
