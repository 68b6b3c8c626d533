import { describe, expect, it } from 'vitest';
import type { BucketSnapshot } from '../../../src/model/snapshot.ts';
import { causeJson } from '../../../src/show/cause-json.ts';
import { changes, listConfigurationWarnings, measured, sync } from './configuration-changes.ts';
import { recordCause } from './said.ts';
import { rule, type World } from './world.ts';

function warningsOf(change: (world: World) => void) {
  return listConfigurationWarnings(change).map(causeJson);
}

const back = (criteria: object): BucketSnapshot['replication'] => ({
  Role: 'arn:aws:iam::222222222222:role/back',
  Rules: [rule({ SourceSelectionCriteria: criteria, Destination: { Bucket: 'arn:aws:s3:::src' } })],
});

describe('the warnings about a configuration as a whole', () => {
  it('are none where failures are told and nothing else is there', () => {
    expect(warningsOf(() => {})).toEqual([]);
  });

  it.each([
    [
      'noncurrent versions after a day',
      { NoncurrentVersionExpiration: { NoncurrentDays: 1 } },
      /1 day after they become/,
    ],
    ['objects after a day', { Expiration: { Days: 1 } }, /objects 1 day after they are written/],
    ['objects from a date that is past', { Expiration: { Date: '2026-01-02' as never } }, /as from 2026-01-02/],
  ])('name a lifecycle rule that expires %s (C31)', (_, action, text) => {
    const found = warningsOf((w) => {
      w.src.lifecycle = { Rules: [{ Status: 'Disabled' }, { ID: 'short', Status: 'Enabled', ...action }] };
    });
    expect(found).toMatchObject([
      {
        check: 'C31',
        summary: expect.stringMatching(text),
        evidence: {
          path: 'accounts["111111111111"].buckets.src.lifecycle.Rules[1]',
          sources: [expect.anything(), expect.anything()],
        },
      },
    ]);
    expect(found[0]?.summary).toMatch(/^Lifecycle rule short/);
  });

  it.each([
    ['that waits two days', { Expiration: { Days: 2 }, NoncurrentVersionExpiration: { NoncurrentDays: 2 } }],
    ['of a date to come', { Expiration: { Date: '2026-12-01' as never } }],
    ['for other objects', { Expiration: { Days: 1 }, Filter: { Prefix: 'logs/' } }],
    ['that only removes lone delete markers', { Expiration: { ExpiredObjectDeleteMarker: true } }],
  ])('leave a lifecycle rule alone %s', (_, action) => {
    const found = warningsOf((w) => {
      w.rules = [rule({ Filter: { Prefix: 'tax/' }, Destination: measured })];
      w.src.lifecycle = { Rules: [{ ID: 'slow', Status: 'Enabled', ...action }] };
    });
    expect(found).toEqual([]);
  });

  it.each([
    ['no notification', null],
    ['EventBridge only, which gets none of these', { EventBridgeConfiguration: {} }],
    ['other events only', { QueueConfigurations: [{ QueueArn: 'q', Events: ['s3:ObjectCreated:*' as const] }] }],
    [
      'the delayed ones only',
      { QueueConfigurations: [{ QueueArn: 'q', Events: ['s3:Replication:OperationMissedThreshold' as const] }] },
    ],
  ])('say that nobody hears of failures with %s (C34)', (_, notification) => {
    const found = warningsOf((w) => {
      w.src.notification = notification;
    });
    expect(found).toMatchObject([
      { check: 'C34', evidence: { path: 'accounts["111111111111"].buckets.src.notification' } },
    ]);
  });

  it('say that failures are not told of rules without metrics (C34)', () => {
    const [found, ...others] = warningsOf((w) => {
      w.rules = [rule({ Destination: measured }), rule({ ID: 'quiet', Priority: 2, Filter: { Prefix: 'quiet/' } })];
    });
    expect(others).toEqual([]);
    expect(found).toMatchObject({ check: 'C34', evidence: { path: expect.stringMatching(/Rules\[1]\.Destination$/) } });
    expect(found?.summary).toContain('quiet');
  });

  it('name the side that replica modification sync is missing on (rules.md 2.3 R28)', () => {
    const here = warningsOf((w) => {
      w.rules = [rule({ Destination: measured, SourceSelectionCriteria: sync })];
    });
    const there = warningsOf((w) => {
      w.dst.replication = back(sync);
    });
    expect(here[0]?.summary).toMatch(/on in bucket src and not in dst/);
    expect(there[0]?.summary).toMatch(/on in bucket dst and not in src/);
    expect([here, there]).toMatchObject([
      [
        {
          check: 'C04',
          evidence: { arn: 'arn:aws:s3:::src', path: expect.stringMatching(/src\.replication\.Rules\[0]$/) },
        },
      ],
      [{ check: 'C04', evidence: { arn: 'arn:aws:s3:::dst', path: expect.stringMatching(/dst\.replication$/) } }],
    ]);
  });

  it('are content with sync on both sides and on neither', () => {
    const both = warningsOf((w) => {
      w.rules = [rule({ Destination: measured, SourceSelectionCriteria: sync })];
      w.dst.replication = back(sync);
    });
    const neither = warningsOf((w) => {
      w.dst.replication = back({ ReplicaModifications: { Status: 'Disabled' } });
    });
    expect([both, neither]).toEqual([[], []]);
  });

  it('say what could not be read', () => {
    const found = warningsOf((w) => {
      w.src.lifecycle = 'unknown';
      w.src.notification = 'unknown';
      w.rules = [rule({ Destination: measured, SourceSelectionCriteria: sync })];
      w.dst.replication = 'unknown';
    });
    expect(found.map(({ check, evidence }) => [check, evidence.unknown?.length])).toEqual([
      ['C31', 1],
      ['C34', 1],
      ['C04', 1],
    ]);
  });

  it('are none where nothing replicates', () => {
    const found = warningsOf((w) => {
      w.rules = [rule({ Status: 'Disabled' })];
      w.src.notification = null;
    });
    expect(found).toEqual([]);
  });

  it('are found by code and path as in configuration-warnings.txt', async () => {
    const found = Object.entries(changes).map(([title, change]) => {
      const lines = listConfigurationWarnings(change).map((warning) => recordCause('warning', warning));
      return [title, ...lines.map((line) => `  ${line}`)].join('\n');
    });
    await expect(`${found.join('\n\n')}\n`).toMatchFileSnapshot('configuration-warnings.txt');
  });
});
