/** Alerts next to a topic and notifications of somebody else, as boto3 sees them. */
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Moto, python } from './moto.ts';
import { aConfig, callsOf, type Folder, folderWith, resultOf, SOURCE, setupRole } from './s3repl.ts';

const regions = ['eu-west-1', 'eu-central-1'];
const theirs = `arn:aws:sns:eu-west-1:${SOURCE}:theirs`;
const ours = (region: string) => `arn:aws:sns:${region}:${SOURCE}:s3repl-orders-alerts`;
const sid = (purpose: string) => `S3replba7514540c00${purpose}`;
const script = fileURLToPath(new URL('alerts.py', import.meta.url));

interface Seen {
  readonly alarms: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly topics: Readonly<
    Record<string, { readonly statements: readonly unknown[]; readonly [name: string]: unknown }>
  >;
  readonly notification: unknown;
}

async function withBoto3(folder: Folder, what: 'make' | 'look'): Promise<Seen> {
  const run = await folder.run(python ?? '', [script, what, setupRole(SOURCE), ...regions]);
  if (run.exit !== 0) throw new Error(run.stderr);
  return JSON.parse(run.stdout) as Seen;
}

const theirEntry = {
  Id: 'theirs',
  TopicArn: theirs,
  Events: ['s3:ObjectRemoved:*'],
  Filter: { Key: { FilterRules: [{ Name: 'prefix', Value: 'logs/' }] } },
};

function allowed(resource: string, purpose: string, service: string, source: string) {
  return {
    Sid: sid(purpose),
    Effect: 'Allow',
    Principal: { Service: service },
    Action: 'SNS:Publish',
    Resource: resource,
    Condition: { ArnLike: { 'aws:SourceArn': source }, StringEquals: { 'aws:SourceAccount': SOURCE } },
  };
}

export const alerts = (moto: Moto) =>
  describe('s3repl apply with alerts', () => {
    beforeEach(() => moto.reset());

    test('makes alarms and topics, adds to what is there, changes nothing the second time, and destroy leaves theirs', async () => {
      const config = aConfig({ alerts: { emails: ['storage@example.com'], events: theirs } });
      const folder = await folderWith(aConfig(), moto);
      const bare = await folder.s3repl('apply', '--yes', '--json');
      expect(bare.exit, bare.stderr + bare.stdout).toBe(0);
      const before = await withBoto3(folder, 'make');
      expect(before).toMatchObject({
        notification: { EventBridgeConfiguration: {}, TopicConfigurations: [theirEntry] },
      });

      await folder.write(config);
      const applied = await folder.s3repl('apply', '--yes', '--json');
      expect(applied.exit, applied.stderr + applied.stdout).toBe(0);
      const alarmsIn = (region: string) => `arn:aws:cloudwatch:${region}:${SOURCE}:alarm:s3repl.orders.*`;
      const made = (region: string) => ({
        tags: { s3repl: 'orders', 's3repl-emails': expect.stringMatching(/^[0-9a-f]{8}$/) },
        subscriptions: ['email storage@example.com PendingConfirmation'],
        statements: [
          expect.objectContaining({ Sid: '__default_statement_ID' }),
          allowed(ours(region), 'Alarms', 'cloudwatch.amazonaws.com', alarmsIn(region)),
        ],
      });
      const after = await withBoto3(folder, 'look');
      expect(after.topics).toEqual({
        [theirs]: {
          tags: {},
          subscriptions: [],
          statements: [
            ...(before.topics[theirs]?.statements ?? []),
            allowed(theirs, 'Events', 's3.amazonaws.com', 'arn:aws:s3:::acme-orders'),
          ],
        },
        [ours('eu-west-1')]: made('eu-west-1'),
        [ours('eu-central-1')]: made('eu-central-1'),
      });
      expect(after.notification).toEqual({
        EventBridgeConfiguration: {},
        TopicConfigurations: [
          theirEntry,
          { Id: 's3repl.orders.failed', TopicArn: theirs, Events: ['s3:Replication:OperationFailedReplication'] },
        ],
      });
      const { theirs: theirAlarm, ...ourAlarms } = after.alarms;
      expect(theirAlarm).toEqual(before.alarms.theirs);
      expect(ourAlarms).toMatchObject({
        's3repl.orders.all.failures': {
          AlarmActions: [ours('eu-west-1')],
          OKActions: [ours('eu-west-1')],
          Namespace: 'AWS/S3',
          MetricName: 'OperationsFailedReplication',
          Dimensions: [
            { Name: 'DestinationBucket', Value: 'acme-orders-replica' },
            { Name: 'RuleId', Value: 's3repl.orders.all' },
            { Name: 'SourceBucket', Value: 'acme-orders' },
          ],
          ...{ Statistic: 'Sum', Period: 60, EvaluationPeriods: 1, DatapointsToAlarm: 1, Threshold: 0 },
          ...{
            ComparisonOperator: 'GreaterThanThreshold',
            TreatMissingData: 'notBreaching',
            Tags: { s3repl: 'orders' },
          },
        },
      });

      const again = await folder.s3repl('apply', '--yes', '--json', '--verbose');
      expect(resultOf(again)).toMatchObject({ outcome: 'unchanged', changes: 0 });
      expect(callsOf(again).filter(({ write }) => write !== false)).toEqual([]);
      expect(await withBoto3(folder, 'look')).toEqual(after);

      const destroyed = await folder.s3repl('destroy', '--yes', '--no-wait', '--json');
      expect(destroyed.exit, destroyed.stderr + destroyed.stdout).toBe(0);
      expect(await withBoto3(folder, 'look')).toEqual(before);
    });
  });
