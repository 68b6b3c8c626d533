/** What the accounts of a sandbox hold, so that two ends can be compared, and what is wrong with one for itself. */
import type { SandboxState } from '../../src/sandbox/store/state.ts';

export interface End {
  /** Everything, with the ids of keys and roles replaced by what they are for: equal for equal ends. */
  readonly all: string;
  /** The statements, rules, notifications, policies, keys, topics and buckets of others. */
  readonly theirs: string;
  /** What no end may have: a second key of a side, a key without a name, a rule, statement, notification, subscription or tag twice. */
  readonly unsound: readonly string[];
}

export function endOf(state: SandboxState): End {
  return { all: normalised(state), theirs: theirsIn(state), unsound: unsound(state) };
}

/** What differs from run to run and means nothing. */
const times = new Set(['created', 'updated', 'visibleAt', 'since', 'deletionDate', 'now']);

/** Everything in a state, with ids replaced by what they are for, and without times. */
export function normalised(state: SandboxState): string {
  const { accounts, buckets, keys, aliases } = state;
  const names = new Map<string, string>();
  const aliased = new Set(Object.values(aliases).map(({ keyId }) => keyId));
  const labelled = Object.values(keys).map((key) => ({
    id: key.id,
    label: `${aliased.has(key.id) ? 'key' : 'orphan'} ${key.account} ${key.region} ${key.description}`,
  }));
  const seen = new Map<string, number>();
  for (const { id, label } of labelled) {
    const count = (seen.get(label) ?? 0) + 1;
    seen.set(label, count);
    names.set(id, count === 1 ? label : `${label} number ${count}`);
  }
  for (const { roles } of Object.values(accounts)) for (const { id, arn } of Object.values(roles)) names.set(id, arn);
  const alerts = alertsIn(state);
  const text = JSON.stringify({ accounts, buckets, keys, aliases, ...alerts }, (name, value: unknown) =>
    times.has(name) ? undefined : value,
  ).replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b(AROA|AIDA|ANPA)[A-Z0-9]+/g, (id) => names.get(id) ?? id);
  return JSON.stringify(JSON.parse(text), sorted, 1);
}

/** Topics, subscriptions and alarms; without what was sent and said meanwhile, and what new subscriptions are called. */
function alertsIn({ sns, cloudWatch }: SandboxState) {
  const subscriptions = Object.values(sns.subscriptions).map(({ topic, owner, protocol, endpoint, token }) => ({
    ...{ topic, owner, protocol, endpoint },
    isConfirmed: token === undefined,
  }));
  return {
    topics: sns.topics,
    subscriptions: subscriptions.map((one) => JSON.stringify(one)).sort(),
    alarms: Object.fromEntries(
      Object.values(cloudWatch.alarms).map(({ arn, settings, tags }) => [arn, { settings, tags }]),
    ),
  };
}

function sorted(_name: string, value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Every object that bears a name of theirs, by the names that the stories give, wholly; policies that are kept as text, too. */
function theirsIn(state: SandboxState): string {
  const found: string[] = [];
  const walk = (name: string, value: unknown): void => {
    if (value === null || typeof value !== 'object') {
      if (/^theirs/i.test(name)) found.push(`${name}: ${String(value)}`);
      return;
    }
    const names = [name, ...Object.entries(value).flatMap(([key, text]) => (/^(sid|id)$/i.test(key) ? [text] : []))];
    if (names.some((text) => typeof text === 'string' && /^(theirs|acme-archive)/i.test(text))) {
      found.push(`${name}: ${JSON.stringify(value, sorted)}`);
      return;
    }
    for (const [key, member] of Object.entries(value)) walk(Array.isArray(value) ? name : key, member);
  };
  walk('', {
    accounts: state.accounts,
    buckets: state.buckets,
    topics: state.sns.topics,
    alarms: state.cloudWatch.alarms,
  });
  for (const { name, notification } of Object.values(state.buckets))
    if (notification?.EventBridgeConfiguration !== undefined) found.push(`${name} tells EventBridge`);
  for (const key of Object.values(state.keys)) {
    walk('', { policy: key.policy });
    if (key.manager === 'CUSTOMER' && key.tags.length === 0)
      found.push(`key ${key.description} ${key.state} ${String(key.rotation?.days)}`);
  }
  for (const { name, keyId } of Object.values(state.aliases))
    if (!name.includes('s3repl')) found.push(`${name} ${keyId}`);
  return found.sort().join('\n');
}

function unsound(state: SandboxState): readonly string[] {
  const aliased = new Set(Object.values(state.aliases).map(({ keyId }) => keyId));
  const keys = Object.values(state.keys).filter(({ manager, state: is }) => manager === 'CUSTOMER' && is === 'Enabled');
  const orphans = keys.filter(({ id }) => !aliased.has(id)).map(({ arn }) => `${arn} has no alias`);
  const tags = keys.map((key) => `${key.account} ${key.region} ${JSON.stringify(key.tags)}`);
  const ours = tags.filter((text) => text.includes('s3repl'));
  const { topics, subscriptions } = state.sns;
  const policies = [
    ...[...Object.values(state.buckets), ...Object.values(state.keys)].flatMap((one) => one.policy ?? []),
    ...Object.values(topics).map(({ policy }) => policy),
  ];
  const subscribed = Object.values(subscriptions).map(({ topic, endpoint }) => `${endpoint.toLowerCase()} to ${topic}`);
  return [
    ...orphans,
    ...twice(ours).map((text) => `two keys of one use: ${text}`),
    ...policies.flatMap((policy) => twice(sidsIn(policy)).map((sid) => `the statement ${sid} twice in one policy`)),
    ...twice(subscribed).map((one) => `two subscriptions of ${one}`),
    ...Object.values(state.buckets).flatMap(({ name, replication, notification }) => [
      ...twice(idsIn(replication)).map((id) => `the rule ${id} twice on ${name}`),
      ...twice(idsIn(notification)).map((id) => `the notification ${id} twice on ${name}`),
    ]),
  ];
}

function twice(names: readonly string[]): readonly string[] {
  return names.filter((name, index) => names.indexOf(name) !== index);
}

function sidsIn(policy: unknown): readonly string[] {
  return [...JSON.stringify(policy).matchAll(/"sid":"([^"]*)"/gi)].map(([, sid = '']) => sid);
}

function idsIn(document: unknown): readonly string[] {
  return [...(JSON.stringify(document) ?? '').matchAll(/"id":"([^"]*)"/gi)].map(([, id = '']) => id);
}
