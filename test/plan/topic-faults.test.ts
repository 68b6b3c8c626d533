import { describe, expect, it } from 'vitest';
import type { Topic, TopicKey } from '../../src/aws/alert-documents.ts';
import { policy, type Statement } from '../../src/aws/policy.ts';
import type { AlertSpec, Spec } from '../../src/config/spec.ts';
import { topicFaultFindings } from '../../src/plan/topic-faults.ts';
import { ourTopicArn } from '../../src/state/alerts.ts';
import type { Advice } from '../../src/state/change.ts';
import type { AccountState, State } from '../../src/state/state.ts';
import { aBucket, aSpec, SOURCE } from '../builders.ts';
import { branded } from '../plain.ts';

const topicArn = `arn:aws:sns:eu-west-1:${SOURCE}:given`;
const kmsKey = `arn:aws:kms:eu-west-1:${SOURCE}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
const [cloudWatch, s3] = ['cloudwatch.amazonaws.com', 's3.amazonaws.com'] as const;
const alerts = { topics: [topicArn], emails: [], failures: true, silence: false, latency: 'off' } as const;
const alarmsOnly = aSpec({ alerts: branded<AlertSpec>(alerts) });
const alarmsAndEvents = aSpec({ alerts: branded<AlertSpec>({ ...alerts, events: topicArn }) });
const ownTopic = aSpec({ alerts: branded<AlertSpec>({ ...alerts, topics: [], kmsKey }) });

const letsIn = (...services: readonly string[]): Statement => ({
  Effect: 'Allow',
  Principal: { Service: [...services] },
  Action: '*',
  Resource: '*',
});
const aTopic = (change: Partial<Topic> = {}): Topic => ({
  policy: policy(letsIn(cloudWatch, s3)),
  kmsKey: null,
  tags: {},
  subscriptions: [],
  ...change,
});
const aTopicKey = (change: Partial<TopicKey> = {}): TopicKey => ({
  arn: kmsKey,
  keyState: 'Enabled',
  keyManager: 'CUSTOMER',
  policy: policy(letsIn(cloudWatch, s3)),
  ...change,
});

function stateWith(change: Partial<AccountState> = {}): State {
  return { accounts: { [SOURCE]: { roles: {}, buckets: { 'acme-invoices': aBucket() }, keys: {}, ...change } } };
}

function findingsOf(spec: Spec, desired: Partial<AccountState>, observed: Partial<AccountState> = {}) {
  return topicFaultFindings(stateWith(observed), stateWith(desired), spec, new Date('2026-11-22T00:00:00Z'));
}
const withTopic = (change: Partial<Topic>, key?: TopicKey | null | 'unknown'): Partial<AccountState> => ({
  topics: { [topicArn]: aTopic(change) },
  ...(key !== undefined && { topicKeys: { [kmsKey]: key } }),
});
const otherKey: Advice = {
  fix: `encrypt the topic with a customer managed key that lets ${cloudWatch} use it, with its ARN in place of KEY:`,
  paste: `aws sns set-topic-attributes --region eu-west-1 --topic-arn ${topicArn} --attribute-name KmsMasterKeyId --attribute-value KEY`,
};

describe('a topic that lets nothing through', () => {
  it.each<[string, Partial<AccountState>, string, string, Advice]>([
    [
      'under the key of AWS for SNS',
      withTopic({ kmsKey: 'alias/aws/sns' }),
      'topic-key-managed',
      `${topicArn} is encrypted with alias/aws/sns, which no service may use: nothing that ${cloudWatch} publishes arrives`,
      otherKey,
    ],
    [
      'under a key that does not exist',
      withTopic({ kmsKey }, null),
      'topic-key-gone',
      `the key of ${topicArn} does not exist`,
      otherKey,
    ],
    [
      'under a key that is disabled',
      withTopic({ kmsKey }, aTopicKey({ keyState: 'Disabled' })),
      'topic-key-state',
      `the key of ${topicArn} is Disabled: nothing can be published`,
      {
        fix: 'enable the key, or encrypt the topic with another one:',
        paste: `aws kms enable-key --key-id ${kmsKey} --region eu-west-1`,
      },
    ],
    [
      'under a key whose material is missing, which takes more than a command',
      withTopic({ kmsKey }, aTopicKey({ keyState: 'PendingImport' })),
      'topic-key-state',
      `the key of ${topicArn} is PendingImport: nothing can be published`,
      otherKey,
    ],
    [
      'by a Deny in its policy',
      withTopic({ policy: policy(letsIn(cloudWatch), { ...letsIn(cloudWatch), Effect: 'Deny' }) }),
      'topic-policy-denied',
      `the policy of ${topicArn} has a Deny that blocks ${cloudWatch}, whatever s3repl adds to it`,
      { fix: 'remove or narrow the Deny, or name another topic' },
    ],
  ])('%s stops the run, and is told with a way out', (_, desired, code, message, advice) => {
    expect(findingsOf(alarmsOnly, desired)).toEqual([
      { level: 'problem', step: 'topic', side: 'source', code, message, ...advice },
    ]);
  });

  it('is told with the statement that its key lacks', () => {
    const [found, ...more] = findingsOf(alarmsOnly, withTopic({ kmsKey }, aTopicKey({ policy: policy(letsIn(s3)) })));
    expect(more).toEqual([]);
    expect(found).toMatchObject({ level: 'problem', code: 'topic-key-denied' });
    const added = policy(letsIn(s3), JSON.parse(found?.paste ?? ''));
    expect(findingsOf(alarmsOnly, withTopic({ kmsKey }, aTopicKey({ policy: added })))).toEqual([]);
  });

  it('is told once for alarms and events', () => {
    expect(findingsOf(alarmsAndEvents, withTopic({ kmsKey: 'alias/aws/sns' }))).toHaveLength(1);
    expect(findingsOf(alarmsAndEvents, withTopic({ policy: policy(letsIn(cloudWatch)) }))).toMatchObject([
      { code: 'topic-policy-denied', message: expect.stringContaining(`blocks ${s3}`) },
    ]);
  });

  it.each<[string, Partial<AccountState>]>([
    ['an alarm', { alarms: { an: { AlarmActions: [topicArn] }, gone: null } }],
    [
      'our entry in the notifications',
      {
        buckets: {
          'acme-invoices': {
            ...aBucket(),
            notification: {
              TopicConfigurations: [{ Id: 's3repl.invoices-dr.failed', TopicArn: topicArn, Events: [] }],
            },
          },
        },
      },
    ],
  ])('is only warned of where %s publishes to it already', (_, observed) => {
    const desired = withTopic({ kmsKey: 'alias/aws/sns' });
    expect(findingsOf(alarmsOnly, desired, observed)).toMatchObject([{ level: 'warning', code: 'topic-key-managed' }]);
  });

  it('that s3repl makes gets its key from repl.yaml', () => {
    const desired = {
      topics: { [ourTopicArn(ownTopic, ownTopic.source.region)]: aTopic({ kmsKey }) },
      topicKeys: { [kmsKey]: null },
    };
    expect(findingsOf(ownTopic, desired)).toMatchObject([{ code: 'topic-key-gone', fix: 'write another kmsKey' }]);
  });
});

describe('nothing is told', () => {
  it.each<[string, Spec, Partial<AccountState>]>([
    ['without alerts', aSpec(), withTopic({ kmsKey: 'alias/aws/sns' })],
    ['of a topic that lets all through', alarmsAndEvents, withTopic({})],
    ['of one under a key that lets both use it', alarmsAndEvents, withTopic({ kmsKey }, aTopicKey())],
    ['of one that does not exist, which the step tells', alarmsOnly, { topics: { [topicArn]: null } }],
    ['of one that nobody could read', alarmsOnly, {}],
  ])('%s', (_, spec, desired) => {
    expect(findingsOf(spec, desired)).toEqual([]);
  });
});

it.each<[string, TopicKey | 'unknown' | undefined]>([
  ['could not be read', 'unknown'],
  ['was not looked at', undefined],
  ['has a policy that could not be read', aTopicKey({ policy: 'unknown' })],
])('whether a key lets a service in is not known where it %s', (_, key) => {
  expect(findingsOf(alarmsOnly, withTopic({ kmsKey }, key))).toEqual([
    {
      level: 'warning',
      step: 'topic',
      side: 'source',
      code: 'topic-key-unknown',
      message: `s3repl cannot tell whether ${cloudWatch} may use the key ${kmsKey} of ${topicArn}: it could not read the key's policy`,
      fix: 'allow kms:DescribeKey and kms:GetKeyPolicy on the key, or run s3repl verify --alerts after apply',
    },
  ]);
});
