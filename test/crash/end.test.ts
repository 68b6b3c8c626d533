import { describe, expect, it } from 'vitest';
import { emptyState, type SandboxState } from '../../src/sandbox/store/state.ts';
import { aSpec } from '../builders.ts';
import { branded } from '../plain.ts';
import { alerts, theirAlerts } from './alerting.ts';
import { aCloud, copyOf } from './cloud.ts';
import { endOf } from './end.ts';
import { running } from './run.ts';

const spec = aSpec({ alerts });
const cloud = await aCloud();
await theirAlerts(cloud.sandbox);
await running(spec)(cloud.surroundings());

/** A setup in which somebody has put this. */
function setUp(change: (state: SandboxState) => void = () => undefined): SandboxState {
  const state = copyOf(cloud.sandbox.state);
  change(state);
  return state;
}

function firstOf<T>(things: Record<string, T>): readonly [string, T] {
  const [first] = Object.entries(things);
  if (!first) throw new Error('there is nothing');
  return first;
}

function policyOf({ buckets }: SandboxState): unknown[] {
  return buckets['acme-invoices-replica']?.policy?.statements as unknown[];
}

describe('the end of a story', () => {
  it('is sound after an undisturbed run, and equal after another one', async () => {
    const other = await aCloud();
    await theirAlerts(other.sandbox);
    await running(spec)(other.surroundings());
    expect(endOf(other.sandbox.state)).toEqual(endOf(setUp()));
    expect(endOf(setUp()).unsound).toEqual([]);
  });

  it.each<[string, (state: SandboxState) => void]>([
    [
      'a second key of one side',
      ({ keys, aliases }) => {
        const [arn, key] = firstOf(keys);
        keys[`${arn}-2`] = { ...key, arn: branded(`${arn}-2`), id: 'second' };
        aliases.second = { ...firstOf(aliases)[1], keyId: 'second' };
      },
    ],
    ['a key without a name', ({ aliases }) => void delete aliases[firstOf(aliases)[0]]],
    ['a statement twice', (state) => void policyOf(state).push(policyOf(state)[0])],
    [
      'a rule twice',
      ({ buckets }) => {
        const rules = buckets['acme-invoices']?.replication?.Rules as unknown[];
        rules.push(rules[0]);
      },
    ],
    [
      'a notification twice',
      ({ buckets }) => {
        const { Topics = [] } = buckets['acme-invoices']?.notification ?? {};
        (Topics as unknown[]).push(Topics[0]);
      },
    ],
    [
      'a statement of a topic twice',
      ({ sns }) => {
        const statements = firstOf(sns.topics)[1].policy.statements as unknown[];
        statements.push(statements[0]);
      },
    ],
    [
      'a second subscription of one address',
      ({ sns }) => {
        const [arn, subscription] = firstOf(sns.subscriptions);
        sns.subscriptions[`${arn}-2`] = { ...subscription, endpoint: subscription.endpoint.toUpperCase() };
      },
    ],
  ])('is unsound and another one with %s', (_, change) => {
    expect(endOf(setUp(change)).unsound).toHaveLength(1);
    expect(endOf(setUp(change)).all).not.toBe(endOf(setUp()).all);
  });

  it('tells what is of others, and that it was changed or is gone', () => {
    const theirs = (action: string) =>
      endOf(setUp((state) => void policyOf(state).push({ sid: 'TheirsRead', action }))).theirs;
    expect(theirs('s3:GetObject')).toContain('TheirsRead');
    expect(theirs('s3:GetObject')).not.toBe(theirs('s3:*'));
    expect(endOf(setUp(({ buckets }) => void delete buckets['acme-invoices']?.notification)).theirs).not.toContain(
      'EventBridge',
    );
    expect(endOf(setUp()).theirs).toContain('EventBridge');
    expect(endOf(emptyState(0)).theirs).toBe('');
  });
});
