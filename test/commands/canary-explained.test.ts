import { DescribeKeyCommand, DisableKeyCommand } from '@aws-sdk/client-kms';
import { ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { provenByCanaries } from '../../src/commands/verify.ts';
import type { Event } from '../../src/plan/event.ts';
import { aPractice } from '../apply/in-sandbox.ts';
import { aSpec, DESTINATION, SOURCE } from '../builders.ts';
import { clientsOf } from '../sandbox/clients.ts';

it('a canary that fails is explained while it is there: the cause, where it is, and what to do; then it is removed', async () => {
  const practice = await aPractice();
  const spec = aSpec();
  await practice.apply(spec);
  const state = await practice.state(spec);
  // Somebody disables the key when the model has said yes already.
  const { kms, s3 } = clientsOf(practice.sandbox, DESTINATION, 'eu-central-1');
  const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: 'alias/s3repl-invoices-dr-replica' }));
  await kms.send(new DisableKeyCommand({ KeyId: KeyMetadata?.KeyId }));

  const connections = await practice.connect(spec);
  const told: Event[] = [];
  const view = {
    report: (event: Event) => void told.push(event),
    plan: async () => undefined,
    diagnosis: () => undefined,
    rest: () => undefined,
  };
  const { surroundings } = practice;
  const session = {
    ...{ spec, connections, surroundings, view },
    config: {},
    signal: new AbortController().signal,
    close: async () => connections.close(),
  };
  const proven = await provenByCanaries(session, state, {}).catch((error: unknown) => error);
  expect(proven).toMatchObject({ outcome: 'blocked' });
  expect(told.filter(({ type }) => type === 'verdict')).toMatchObject([
    { outcome: 'fails', reason: 'DstKmsKeyInvalidState', rule: 's3repl.invoices-dr.all' },
  ]);
  expect(told.filter(({ type }) => type === 'problem')).toMatchObject([
    { code: 'DstKmsKeyInvalidState', message: expect.stringContaining('isabled'), evidence: { arn: KeyMetadata?.Arn } },
  ]);

  const source = clientsOf(practice.sandbox, SOURCE, 'eu-west-1').s3;
  for (const [at, Bucket] of [
    [source, 'acme-invoices'],
    [s3, 'acme-invoices-replica'],
  ] as const) {
    const { Versions, DeleteMarkers } = await at.send(new ListObjectVersionsCommand({ Bucket }));
    expect([Versions, DeleteMarkers]).toEqual([undefined, undefined]);
  }
});
