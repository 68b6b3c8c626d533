/** A status in which all is well, with what a test is about changed. */
import type { AccountId, Region } from '../../src/aws/brand.ts';
import type { JobSnapshot } from '../../src/model/snapshot.ts';
import type {
  AlarmStatus,
  Failed,
  KmsStatus,
  Latency,
  Pending,
  RuleStatus,
  SampleStatus,
  Status,
} from '../../src/status/replication-status.ts';
import { branded } from '../plain.ts';

const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

export const now = Date.UTC(2026, 10, 29, 14, 32);

/** On that day. */
export function at(hours: number, minutes = 0): number {
  return Date.UTC(2026, 10, 29, hours, minutes);
}

/** 24 values, 0 but for these. */
export function aLine(values: Readonly<Record<number, number | null>> = {}): readonly (number | null)[] {
  return Array.from({ length: 24 }, (_, index) => (index in values ? (values[index] ?? null) : 0));
}

export function aPending(change: Partial<Pending> = {}): Pending {
  return {
    operations: 0,
    bytes: 0,
    asOf: now,
    worst: 12,
    worstAt: at(9, 14),
    line: aLine({ 17: 3, 18: 12, 19: 5 }),
    gaps: [],
    isStale: false,
    ...change,
  };
}

export function aLatency(change: Partial<Latency> = {}): Latency {
  return { seconds: 1, asOf: now, worst: 34, worstAt: at(9, 14), line: aLine({ 17: 8, 18: 34, 19: 12 }), ...change };
}

export function aFailed(change: Partial<Failed> = {}): Failed {
  return {
    count: 0,
    operations: 1234,
    recent: 0,
    first: null,
    last: null,
    line: aLine({ 0: null, 1: null }),
    ...change,
  };
}

export function aRuleStatus(change: Partial<RuleStatus> = {}): RuleStatus {
  return {
    rule: 's3repl.invoices-dr.all',
    destination: 'acme-invoices-replica',
    region: branded<Region>('eu-central-1'),
    state: 'enabled',
    counts: true,
    failed: aFailed(),
    pending: aPending(),
    latency: aLatency(),
    heard: true,
    ...change,
  };
}

export function aSample(change: Partial<SampleStatus> = {}): SampleStatus {
  return {
    asOf: now,
    isAll: false,
    isNewest: true,
    counts: { COMPLETED: 19, PENDING: 1, FAILED: 0, REPLICA: 0, none: 0, unread: 0 },
    newest: { key: '2026/11/invoice-4711.pdf', versionId: 'v1', status: 'COMPLETED', modified: at(14, 31) },
    oldestPending: null,
    newestFailed: null,
    ...change,
  };
}

export const topic = 'arn:aws:sns:eu-west-1:111111111111:s3repl-invoices-dr';

export function anAlarm(change: Partial<AlarmStatus> = {}): AlarmStatus {
  return {
    name: 's3repl.invoices-dr.all.failures',
    arn: 'arn:aws:cloudwatch:eu-west-1:111111111111:alarm:s3repl.invoices-dr.all.failures',
    region: 'eu-west-1',
    state: 'OK',
    metrics: ['OperationsFailedReplication'],
    actions: [{ arn: topic, subscribers: { confirmed: 2, pending: 0 }, faults: [] }],
    isOff: false,
    ...change,
  };
}

export function aKms(change: Partial<KmsStatus> = {}): KmsStatus {
  return {
    region: branded<Region>('eu-west-1'),
    use: { perSecond: 12.4, at: at(9, 14), line: aLine({ 17: 3, 18: 12.4, 19: 5 }) },
    quota: { perSecond: 100_000, origin: 'applied' },
    quotaUnread: [],
    share: 0.0001,
    isCrowded: false,
    ...change,
  };
}

export function aJob(change: Partial<JobSnapshot> = {}): JobSnapshot {
  return {
    id: '602316c0-125e-499c-a067-f199a89b6d26',
    status: 'Active',
    description: 's3repl invoices-dr',
    role: 'arn:aws:iam::111111111111:role/s3repl-invoices-dr-backfill',
    created: '2026-11-29T12:03:00Z',
    total: 1000,
    succeeded: 447,
    failed: 3,
    reasons: [],
    ...change,
  };
}

export function aStatus(change: Partial<Status> = {}): Status {
  return {
    source: {
      account: branded<AccountId>('111111111111'),
      bucket: 'acme-invoices',
      region: branded<Region>('eu-west-1'),
    },
    period: { from: now - day, to: now, step: minute },
    outcome: 'healthy',
    reasons: [],
    configured: { kind: 'as-configured' },
    rules: [aRuleStatus()],
    sample: aSample(),
    jobs: [],
    alarms: [anAlarm(), anAlarm({ name: 'latency' }), anAlarm({ name: 'silence' })],
    events: [],
    kms: [aKms(), aKms({ region: branded<Region>('eu-central-1'), quota: { perSecond: 20_000, origin: 'default' } })],
    bucketKeys: { sampled: 20, without: 0, operations: 1234 },
    unread: [],
    ...change,
  };
}
