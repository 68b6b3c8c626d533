import { expect, it } from 'vitest';
import { pathText } from '../../../src/model/replication/path.ts';
import { type Rule, ruleBookOf } from '../../../src/model/replication/rule.ts';
import { rule } from './world.ts';

/** A rule with nothing but its status, as it is understood. */
const bare = (index: number) => ({
  id: `rule ${index + 1}`,
  version: 1,
  enabled: false,
  priority: 0,
  prefix: '',
  tags: [],
  deleteMarkers: true,
  replicaKey: null,
  replicaModifications: false,
  replicationTimeControl: false,
  metrics: false,
  destination: '',
  account: null,
  ownerOverride: false,
  storageClass: null,
  strange: [],
  path: `replication.Rules[${index}]`,
});

it('takes rules in which next to nothing is said', () => {
  const nothing = { Destination: undefined };
  const selected = { ...nothing, SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: 'Enabled' as const } } };
  const configuration = {
    Role: undefined,
    Rules: [
      { ...nothing, Status: 'Disabled' as const },
      { ...selected, Status: 'Enabled' as const, Filter: {} },
    ],
  };
  const { role, byDestination, disabled } = ruleBookOf(configuration, ['replication']);
  const inText = (rules: readonly Rule[]) => rules.map((one) => ({ ...one, path: pathText(one.path) }));
  expect({ role, byDestination: byDestination.map(inText), disabled: inText(disabled) }).toEqual({
    role: '',
    byDestination: [[{ ...bare(1), version: 2, enabled: true, deleteMarkers: false }]],
    disabled: [bare(0)],
  });
});

it('takes a configuration without rules', () => {
  expect(ruleBookOf({ Role: 'arn', Rules: undefined }, [])).toEqual({ role: 'arn', byDestination: [], disabled: [] });
});

it.each([
  ['Enabled', true],
  ['Disabled', false],
] as const)('takes S3 Replication Time Control and metrics that are %s', (Status, expected) => {
  const Destination = {
    Bucket: 'arn:aws:s3:::dst',
    ReplicationTime: { Status, Time: { Minutes: 15 } },
    Metrics: { Status },
  };
  const [[one] = []] = ruleBookOf({ Role: 'arn', Rules: [rule({ Destination })] }, []).byDestination;
  expect([one?.replicationTimeControl, one?.metrics]).toEqual([expected, expected]);
});
