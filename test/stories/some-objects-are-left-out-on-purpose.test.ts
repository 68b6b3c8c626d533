import { join } from 'node:path';
import { CreateBucketCommand, PutBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { openSandbox, sandboxCredentials } from '../../src/sandbox/sandbox.ts';
import { aFolder, type Ended } from './cli.ts';

const Bucket = 'acme-invoices-replica';
const config = (rule: string) => `version: 1
name: invoices-dr
source: { account: "111111111111", region: eu-west-1, bucket: acme-invoices }
destinations:
  - { account: "222222222222", region: eu-central-1, bucket: ${Bucket}, rules: [{ ${rule} }] }
`;

/** Somebody keeps personal data out of the destination. */
async function denyPersonalData(folder: string): Promise<void> {
  const sandbox = await openSandbox({ directory: join(folder, '.s3repl') });
  const { requestHandler } = sandbox;
  const s3 = new S3Client({ requestHandler, credentials: sandboxCredentials('222222222222'), region: 'eu-central-1' });
  await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' } }));
  const Resource = [`arn:aws:s3:::${Bucket}/hr/*`];
  const Statement = [{ Sid: 'NoHr', Effect: 'Deny', Principal: '*', Action: 's3:Replicate*', Resource }];
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ Version: '2012-10-17', Statement }) }));
  await sandbox.close();
}

const classes = ({ lines }: Ended) =>
  lines
    .filter((line) => line.type === 'verdict' && line.name !== undefined)
    .map(({ probe, class: one, name, outcome, except }) => ({
      probe,
      key: (one as { key: string }).key,
      name,
      outcome,
      except,
    }));

it('a class of objects that somebody keeps out stops plan and apply by name, until repl.yaml says that it is meant', async () => {
  const folder = aFolder();
  folder.write('repl.yaml', config('id: all'));
  await denyPersonalData(folder.path);
  for (const command of [['plan'], ['apply', '--yes']]) {
    const ended = await folder.s3repl([...command, '--sandbox', '--json']);
    expect(ended.code).toBe(5);
    expect(ended.lines.filter(({ type }) => type === 'problem')).toMatchObject([
      {
        code: 'would-not-replicate',
        message: expect.stringMatching(/^Objects and delete markers under hr\/ would fail: Statement NoHr /),
        paste: 'except: [{ key: "hr/*", why: "…" }]',
      },
    ]);
    expect(classes(ended)).toEqual([
      { probe: 'new-object', key: 'hr/*', name: 'objects under hr/', outcome: 'fails' },
      { probe: 'delete-marker', key: 'hr/*', name: 'delete markers under hr/', outcome: 'fails' },
    ]);
    expect(ended.lines.at(-1)).toMatchObject({
      error: { message: expect.stringContaining('some new objects would not replicate') },
    });
  }

  folder.write('repl.yaml', config('id: all, except: [{ key: "hr/*", why: "personal data stays" }]'));
  const applied = await folder.s3repl(['apply', '--yes', '--sandbox', '--json']);
  expect(applied.code).toBe(0);
  const meant = 'new objects replicate, except hr/* (personal data stays)';
  expect(applied.lines.at(-1)).toMatchObject({ outcome: 'applied', summary: expect.stringContaining(meant) });
  expect(classes(applied).every(({ except }) => except === 'personal data stays')).toBe(true);

  // The doctor knows it from repl.yaml; what else is kept out is still a failure.
  const doctor = await folder.s3repl(['doctor', '--sandbox', '--json']);
  expect(doctor.code).toBe(0);
  expect(doctor.lines.at(-1)).toMatchObject({ outcome: 'healthy', summary: expect.stringContaining(meant) });
  folder.write('repl.yaml', config('id: all, except: [{ key: "hr/2026/*", why: "another" }]'));
  const other = await folder.s3repl(['doctor', '--sandbox', '--json']);
  expect(other.code).toBe(5);
  const flagged = await folder.s3repl(['doctor', '--sandbox', '--json', '--except', 'hr/*']);
  expect(flagged.code).toBe(0);
  expect((await folder.s3repl(['doctor', '--sandbox', '--except', 'tag=x'])).code).toBe(3);
});
