import { DescribeKeyCommand, DisableKeyCommand } from '@aws-sdk/client-kms';
import { GetBucketPolicyCommand, ListObjectVersionsCommand, PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { beforeEach, expect, it } from 'vitest';
import type { Event } from '../../src/events/event.ts';
import { proveByCanaries } from '../../src/session/proven-by-canaries.ts';
import { aPractice, type Practice } from '../apply/in-sandbox.ts';
import { aSpec, DESTINATION, SOURCE } from '../builders.ts';
import { clientsOf } from '../sandbox/clients.ts';

const spec = aSpec();
let practice: Practice;
let destination: ReturnType<typeof clientsOf>;
beforeEach(async () => {
  practice = await aPractice();
  await practice.apply(spec);
  destination = clientsOf(practice.sandbox, DESTINATION, 'eu-central-1');
});

/** Writes canaries after somebody has changed something, when the model has said yes already. */
async function proven(change: () => Promise<unknown>) {
  const state = await practice.state(spec);
  await change();
  const connections = await practice.connect(spec);
  const events: Event[] = [];
  const view = {
    report: (event: Event) => void events.push(event),
    plan: async () => undefined,
    diagnosis: () => undefined,
    status: () => undefined,
    round: () => undefined,
    releaseScreen: () => undefined,
  };
  const surroundings = { ...practice.surroundings, report: view.report };
  const session = {
    ...{ spec, connections, surroundings, view },
    config: {},
    file: 'repl.yaml',
    on: {},
    acceptBreaking: [],
    signal: new AbortController().signal,
    close: async () => connections.close(),
  };
  const end = await proveByCanaries(session, state, {}).catch((error: unknown) => error);
  return { end, told: (type: string) => events.filter((event) => event.type === type) };
}

async function expectNothingLeft(): Promise<void> {
  const source = clientsOf(practice.sandbox, SOURCE, 'eu-west-1').s3;
  for (const [at, Bucket] of [
    [source, 'acme-invoices'],
    [destination.s3, 'acme-invoices-replica'],
  ] as const) {
    const { Versions, DeleteMarkers } = await at.send(new ListObjectVersionsCommand({ Bucket }));
    expect([Versions, DeleteMarkers]).toEqual([undefined, undefined]);
  }
}

it('a canary that fails is explained while it is there: the cause, where it is, and what to do; then it is removed', async () => {
  const { KeyMetadata } = await destination.kms.send(
    new DescribeKeyCommand({ KeyId: 'alias/s3repl-invoices-dr-replica' }),
  );
  const { end, told } = await proven(() => destination.kms.send(new DisableKeyCommand({ KeyId: KeyMetadata?.KeyId })));
  expect(end).toMatchObject({ outcome: 'blocked' });
  const verdict = { outcome: 'fails', reason: 'DstKmsKeyInvalidState', rule: 's3repl.invoices-dr.all' };
  expect(told('verdict')).toMatchObject([verdict, verdict]);
  // What both of its canaries met is told once.
  expect(told('problem')).toMatchObject([
    { code: 'DstKmsKeyInvalidState', message: expect.stringContaining('isabled'), evidence: { arn: KeyMetadata?.Arn } },
  ]);
  await expectNothingLeft();
});

it('tags that are denied alone are found by the tagged canary: what arrived, and the statement that denies them', async () => {
  const { end, told } = await proven(async () => {
    const { Policy = '' } = await destination.s3.send(new GetBucketPolicyCommand({ Bucket: 'acme-invoices-replica' }));
    const deny = {
      Sid: 'NoTags',
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:ReplicateTags',
      Resource: 'arn:aws:s3:::acme-invoices-replica/*',
    };
    const document = JSON.parse(Policy);
    const changed = JSON.stringify({ ...document, Statement: [...document.Statement, deny] });
    await destination.s3.send(new PutBucketPolicyCommand({ Bucket: 'acme-invoices-replica', Policy: changed }));
  });
  expect(end).toMatchObject({ outcome: 'blocked', error: { code: 'canary-failed' } });
  expect(told('canary')).toMatchObject([
    { outcome: 'replicated' },
    {
      outcome: 'failed',
      tags: { s3repl: 'invoices-dr' },
      faults: [expect.stringContaining('without its tag s3repl')],
    },
  ]);
  expect(JSON.stringify(told('problem'))).toContain('NoTags');
  await expectNothingLeft();
});
