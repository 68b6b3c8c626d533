import { isObject } from '../../model/evaluation/element.ts';
import type { SandboxState } from './state.ts';

type Test = (value: unknown) => boolean;

/** The last time that a Date holds (ECMA-262, 21.4.1.1). */
const latest = 8.64e15;

const text: Test = (value) => typeof value === 'string';
const number: Test = (value) => typeof value === 'number' && Math.abs(value) <= latest;
const object: Test = (value) => typeof value === 'object' && value !== null;
const optional =
  (test: Test): Test =>
  (value) =>
    value === undefined || test(value);
const list =
  (test: Test): Test =>
  (value) =>
    Array.isArray(value) && value.every((member) => test(member));
const table =
  (test: Test): Test =>
  (value) =>
    isObject(value) && Object.values(value).every(test);
const entry =
  (members: Readonly<Record<string, Test>>): Test =>
  (value) =>
    isObject(value) && Object.entries(members).every(([name, test]) => test(value[name]));

const named = { name: text, path: text, arn: text, id: text, created: number };
const policy = entry({ statements: list(object) });
const rules = entry({ Rules: list(object) });
const tags = list(object);

const role = entry({
  ...named,
  trust: policy,
  maxSessionDuration: number,
  tags,
  inline: table(text),
  attached: list(text),
});
const managedPolicy = entry({ ...named, document: text });
const account = entry({
  roles: table(role),
  users: table(entry(named)),
  policies: table(managedPolicy),
  kmsRates: optional(table((value) => value === null || number(value))),
});
const bucket = entry({
  name: text,
  region: text,
  account: text,
  created: number,
  encryption: object,
  replication: optional(rules),
  objects: table(list(object)),
  uploads: table(object),
  objectCounts: optional(table(number)),
});
const key = entry({ arn: text, id: text, account: text, region: text, state: text, policy, tags });
const alias = entry({ name: text, arn: text, keyId: text });
const session = entry({ account: text, role: text, name: text, token: text, expires: number });
const waiting = entry({ since: number, bucket: text, key: text, configuration: text, rules: list(text) });
const replication = entry({
  queue: table(waiting),
  configurations: table(rules),
  metrics: table(object),
  events: table(object),
});
const job = entry({
  id: text,
  region: text,
  account: text,
  created: number,
  request: object,
  status: text,
  due: number,
  tags,
  bucket: optional(text),
  tasks: optional(list(list(text))),
  taskFailures: table(text),
});

const topic = entry({
  name: text,
  arn: text,
  partition: text,
  account: text,
  region: text,
  created: number,
  policy,
  attributes: table(text),
  tags,
  deleted: number,
});
const subscription = entry({
  arn: text,
  topic: text,
  owner: text,
  protocol: text,
  endpoint: text,
  waitsSince: optional(number),
  token: optional(text),
  raw: optional((value) => typeof value === 'boolean'),
});
const delivery = entry({ protocol: text, endpoint: text, at: number });
const topicMessage = entry({
  id: text,
  topic: text,
  at: number,
  from: text,
  message: text,
  deliveries: list(delivery),
});
const sns = entry({ topics: table(topic), subscriptions: table(subscription), messages: table(topicMessage) });
const alarm = entry({
  arn: text,
  account: text,
  region: text,
  configured: number,
  settings: entry({
    AlarmName: text,
    OKActions: list(text),
    AlarmActions: list(text),
    InsufficientDataActions: list(text),
    MetricName: text,
    Namespace: text,
    Statistic: text,
    Dimensions: list(entry({ Name: text, Value: text })),
    Period: number,
    EvaluationPeriods: number,
    Threshold: number,
    ComparisonOperator: text,
  }),
  status: entry({ state: text, reason: text, since: number }),
  tags,
});
const historyItem = entry({
  account: text,
  region: text,
  alarm: text,
  time: number,
  type: text,
  summary: text,
  data: text,
});
const series = entry({
  account: text,
  bucket: text,
  region: text,
  destination: text,
  rule: text,
  published: table(object),
  operations: table(object),
  pending: table(object),
});

const isStateTree = entry({
  version: number,
  now: number,
  accounts: table(account),
  buckets: table(bucket),
  keys: table(key),
  aliases: table(alias),
  sessions: table(session),
  replication,
  jobs: table(job),
  sns,
  kmsUse: entry({ requests: table(number), bucketKeys: table(number) }),
  cloudWatch: entry({ alarms: table(alarm), history: table(historyItem), series: table(series) }),
});

/** Checks the tables, and in their entries what all other code relies on. */
export function isState(tree: object): tree is SandboxState {
  return isStateTree(tree);
}
