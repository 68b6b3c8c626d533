import { describe, expect, it } from 'vitest';
import { configurationLines } from '../../src/show/configuration-table.ts';

const applied = { config: 'pairs/a.yaml', name: 'invoices', outcome: 'applied', changes: 8 } as const;
const message =
  'AWS refused S3 PutBucketPolicy in account 222222222222, eu-central-1,\n as arn:aws:iam::222222222222:user/x';
const failed = {
  config: 'pairs/b.yaml',
  name: 'logs',
  outcome: 'failed',
  changes: 0,
  error: { code: 'x', message },
} as const;

it('every configuration has a line of at most 80 columns, its error in one line', () => {
  const lines = configurationLines([applied, failed, { ...applied, name: 'n'.repeat(64), outcome: 'unauthorized' }]);
  expect(lines.map((line) => line.length <= 80)).toEqual([true, true, true, true]);
  expect(configurationLines([applied, failed])).toEqual([
    'NAME      OUTCOME  CHANGES  ERROR',
    'invoices  applied        8',
    'logs      failed         0  AWS refused S3 PutBucketPolicy in account 222222222…',
  ]);
});

it('without an error there is no column for it', () => {
  expect(configurationLines([applied])).toEqual(['NAME      OUTCOME  CHANGES', 'invoices  applied        8']);
});

it('where a name is there twice, the files tell them apart', () => {
  const long = `${'folder/'.repeat(10)}c.yaml`;
  expect(configurationLines([applied, { ...applied, config: long }])).toEqual([
    'FILE                                      OUTCOME  CHANGES',
    'pairs/a.yaml                              applied        8',
    '…lder/folder/folder/folder/folder/c.yaml  applied        8',
  ]);
});

describe('configurations with a status', () => {
  const healthy = {
    ...applied,
    outcome: 'healthy',
    changes: 0,
    status: { pending: 0, latencySeconds: 1, failed: 0 },
  } as const;
  const blocked = {
    ...healthy,
    name: 'logs',
    outcome: 'blocked',
    status: { pending: 1234, latencySeconds: 3700, failed: { atLeast: 41 } },
  } as const;
  const unknown = {
    ...healthy,
    name: 'media',
    outcome: 'unknown',
    status: { pending: 'unknown', latencySeconds: 'unknown', failed: 'unknown' },
  } as const;

  it('are in order, the worst first, with what waits, how long, and what failed', () => {
    expect(configurationLines([healthy, unknown, blocked])).toEqual([
      'NAME      OUTCOME  PENDING    LATENCY      FAILED',
      'logs      blocked    1,234  1 h 2 min  41 or more',
      'media     unknown  unknown    unknown     unknown',
      'invoices  healthy        0        1 s           0',
    ]);
  });

  it('leave the numbers of one that could not be asked empty, and say why', () => {
    expect(configurationLines([healthy, { ...failed, outcome: 'unauthorized' }])).toEqual([
      'NAME      OUTCOME       PENDING  LATENCY  FAILED  ERROR',
      'logs      unauthorized                            AWS refused S3 PutBucketPolic…',
      'invoices  healthy             0      1 s       0',
    ]);
  });
});
