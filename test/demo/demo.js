/** `npm run demo`: the article's five steps between two accounts of the sandbox, an object, and a permission that breaks. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  GetBucketPolicyCommand,
  HeadObjectCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { openSandbox, sandboxCredentials } from '../../build/sandbox/sandbox.js';

// The program says it in its own way.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const bin = fileURLToPath(new URL('../../bin/s3repl.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 's3repl-demo-'));
const config = fileURLToPath(new URL('../../docs/examples/invoices.yaml', import.meta.url));
const Bucket = 'acme-invoices-replica';

/** Shows a command as a person would type it, and runs it; it has to end as told. */
function show(comment, expected, ...args) {
  process.stdout.write(`\n# ${comment}\n$ s3repl ${args.join(' ')}\n`);
  const { status } = spawnSync(process.execPath, [bin, ...args], { cwd: folder, stdio: 'inherit' });
  if (status !== expected) throw new Error(`s3repl ${args[0]} ended with ${status}, not with ${expected}`);
}

/** What people do in the accounts with another tool. */
async function byHand(comment, work) {
  process.stdout.write(`\n# ${comment}\n`);
  const sandbox = await openSandbox({ directory: join(folder, '.s3repl') });
  const as = (account, region) =>
    new S3Client({ region, credentials: sandboxCredentials(account), requestHandler: sandbox.requestHandler });
  try {
    return await work(as('111111111111', 'eu-west-1'), as('222222222222', 'eu-central-1'), sandbox);
  } finally {
    await sandbox.close();
  }
}

/** Puts an object, and shows it on both sides. */
async function putAndLook(Key, source, destination, sandbox) {
  const { VersionId } = await source.send(new PutObjectCommand({ Bucket: 'acme-invoices', Key, Body: 'Invoice' }));
  await sandbox.clock.sleep(5000);
  const written = await source.send(new HeadObjectCommand({ Bucket: 'acme-invoices', Key, VersionId }));
  process.stdout.write(`source:  ${Key} ${written.ReplicationStatus}\n         ${written.SSEKMSKeyId}\n`);
  if (written.ReplicationStatus === 'COMPLETED') {
    const { ReplicationStatus, SSEKMSKeyId } = await destination.send(
      new HeadObjectCommand({ Bucket, Key, VersionId }),
    );
    process.stdout.write(`replica: ${Key} ${ReplicationStatus}\n         ${SSEKMSKeyId}\n`);
    return;
  }
  const [event] = Object.values(sandbox.state.replication.events).slice(-1);
  process.stdout.write(`event:   ${event?.replicationEventData.failureReason}\n`);
}

try {
  copyFileSync(config, join(folder, 'repl.yaml'));
  show('Plan, apply, read back: two accounts, two Regions, two keys', 0, 'apply', '--sandbox', '--yes');
  await byHand('Put an invoice: its replica is under the key of the destination', (...all) =>
    putAndLook('july.pdf', ...all),
  );
  const before = await byHand(
    'Somebody denies replication in the bucket policy',
    async (source, destination, sandbox) => {
      const { Policy } = await destination.send(new GetBucketPolicyCommand({ Bucket }));
      const policy = JSON.parse(Policy);
      const Resource = `arn:aws:s3:::${Bucket}/*`;
      policy.Statement.push({ Sid: 'Freeze', Effect: 'Deny', Principal: '*', Action: 's3:ReplicateObject', Resource });
      await destination.send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify(policy) }));
      await putAndLook('august.pdf', source, destination, sandbox);
      return Policy;
    },
  );
  show('Why?', 5, 'verify', '--sandbox');
  await byHand('The statement is taken out again', (_, destination) =>
    destination.send(new PutBucketPolicyCommand({ Bucket, Policy: before })),
  );
  show('Prove it with a real object', 0, 'verify', '--sandbox');
  await byHand('The next invoice arrives again; august.pdf stays FAILED', (...all) =>
    putAndLook('september.pdf', ...all),
  );
  show('Once more: nothing is left to do', 0, 'apply', '--sandbox', '--yes');
  process.stdout.write(
    '\n# That was a sandbox in a folder that is deleted now. In a folder of your own:\n$ s3repl init --sandbox\n',
  );
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
