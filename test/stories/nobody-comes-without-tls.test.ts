import { DeleteBucketPolicyCommand, GetObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { aSetUp, ending, type People, REPLICA, SOURCE } from './by-hand.ts';
import { invoices } from './cli.ts';

/** What a client is answered that reads an object and lists its bucket, over TLS and over plain HTTP. */
async function answers(client: S3Client, Bucket: string): Promise<readonly string[]> {
  const outcome = (request: Promise<unknown>) =>
    request.then(
      () => 'works',
      (error: Error) => error.name,
    );
  const both = async () => [
    await outcome(client.send(new GetObjectCommand({ Bucket, Key: 'invoice' }))),
    await outcome(client.send(new ListObjectsV2Command({ Bucket }))),
  ];
  const overTls = await both();
  client.middlewareStack.add(
    (next) => (args) => {
      Object(args.request).headers['x-forwarded-proto'] = 'http';
      return next(args);
    },
    { step: 'build', name: 'plainHttp' },
  );
  const plain = await both();
  client.middlewareStack.remove('plainHttp');
  return [...overTls, ...plain];
}

const refused = ['works', 'works', 'AccessDenied', 'AccessDenied'];
const letIn = ['works', 'works', 'works', 'works'];

const answered = async ({ source, destination }: People) => ({
  source: await answers(source, SOURCE),
  replica: await answers(destination, REPLICA),
});

describe('buckets that s3repl creates', () => {
  it('refuse requests without TLS as long as the setup is there, and objects replicate all the same', async () => {
    const { s3repl, byHand } = aSetUp();
    expect(ending(await s3repl('apply', '--yes'))).toMatchObject({ code: 0, outcome: 'applied' });
    expect(ending(await s3repl('verify'))).toMatchObject({ code: 0, outcome: 'verified' });
    await byHand(async (people) => {
      expect((await people.put('invoice')).replica?.ReplicationStatus).toBe('REPLICA');
      expect(await answered(people)).toEqual({ source: refused, replica: refused });
    });
    const doctor = await s3repl('doctor');
    expect(doctor.code).toBe(0);
    expect(doctor.stdout).not.toContain('SecureTransport');

    expect(ending(await s3repl('destroy', '--yes'))).toMatchObject({ code: 0, outcome: 'destroyed' });
    expect(await byHand(answered)).toEqual({ source: letIn, replica: letIn });
  });

  it('of before get it with a warning, or not at all with tlsOnly: false', async () => {
    const { s3repl, byHand, folder } = aSetUp(`${invoices}tlsOnly: false\n`);
    expect(ending(await s3repl('apply', '--yes'))).toMatchObject({ code: 0, outcome: 'applied' });
    await byHand(async (people) => {
      await people.put('invoice');
      expect(await answered(people)).toEqual({ source: letIn, replica: letIn });
    });

    folder.write('repl.yaml', invoices);
    const later = await s3repl('apply', '--yes');
    expect(ending(later)).toMatchObject({ code: 0, outcome: 'applied', changes: 2 });
    const warnings = later.lines.filter(({ code }) => code === 'tls-only');
    expect(warnings.map(({ side }) => side)).toEqual(['source', 'destinations[0]']);
    expect(await byHand(answered)).toEqual({ source: refused, replica: refused });
    expect(ending(await s3repl('apply', '--yes'))).toMatchObject({ code: 0, outcome: 'unchanged' });

    await byHand(({ source }) => source.send(new DeleteBucketPolicyCommand({ Bucket: SOURCE })));
    expect(ending(await s3repl('verify'))).toMatchObject({ code: 2, outcome: 'differs' });

    expect(ending(await s3repl('apply', '--yes', '--no-tls-only'))).toMatchObject({ code: 0, outcome: 'applied' });
    expect(await byHand(answered)).toEqual({ source: letIn, replica: letIn });
  });
});
