/** Alarms that never fire, or miss single failures (C39). */
import type { AlarmSettings } from '../aws/alert-documents.ts';
import { accountIn, bucketNameIn, regionOf } from '../aws/arn.ts';
import { type ExaminedAlarm, examineAlarms } from '../model/alerts/listeners.ts';
import { type Deafness, listDeafness, type WatchFault } from '../model/alerts/watch-fault.ts';
import { metricDimensions, type Watch } from '../model/alerts/watches.ts';
import { enumerate } from '../model/evaluation/phrase.ts';
import type { Rule } from '../model/replication/rule.ts';
import type { Evidence } from '../model/verdict.ts';
import type { Sighting } from './diagnosis.ts';
import { callAt, type Remedy, type RepairCall } from './repair.ts';
import type { Scope } from './scope.ts';

export function lookAtAlarms(scope: Scope): readonly Sighting[] {
  // The checks of the rules say what is wrong then.
  if (scope.rules.length === 0) return [];
  return examineAlarms(scope.prepared).flatMap((alarm) => {
    const blind = alarm.watches.flatMap(({ watch, fault }) =>
      fault ? [describeFault(scope, alarm, watch, fault)] : [],
    );
    return blind.length > 0 ? blind : [...describeActions(alarm), ...describeDeafness(alarm)];
  });
}

function warn(
  { arn, path }: ExaminedAlarm,
  said: { readonly summary: string; readonly fix: string; readonly remedy?: Remedy | undefined },
  evidence: Evidence = {},
): Sighting {
  const { summary, fix, remedy } = said;
  return {
    level: 'warning',
    cause: { check: 'C39', summary, fix, evidence: { arn, path, ...evidence } },
    ...(remedy && { remedy }),
  };
}

const dimensionsText = 'SourceBucket, DestinationBucket and RuleId';

function describeFault(scope: Scope, alarm: ExaminedAlarm, watch: Watch, fault: WatchFault): Sighting {
  const { settings, arn } = alarm;
  const name = `Alarm ${settings.AlarmName}`;
  const { source } = scope.prepared;
  const correct = (rule: Rule | undefined) => rule && withDimensions(alarm, source.name, rule);
  switch (fault.kind) {
    case 'metric':
      return warn(alarm, {
        summary: `${name} watches the metric ${fault.metric}, which S3 does not publish: it never fires.`,
        fix: 'Watch OperationsFailedReplication.',
      });
    case 'dimensions': {
      const has = fault.names.length === 0 ? 'no dimensions' : `the dimensions ${enumerate(fault.names)}`;
      return warn(alarm, {
        summary: `${name} has ${has}, but ${watch.metric} has exactly ${dimensionsText}: it watches a metric that does not exist, and never fires.`,
        fix: 'Set these three dimensions, in one alarm for each rule.',
        remedy: correct(fault.rule),
      });
    }
    case 'no-such-rule':
      return warn(alarm, {
        summary: `${name} watches ${fault.dimension} ${fault.value}, but no rule of bucket ${source.name} has that: S3 does not publish such a metric, and the alarm never fires.`,
        fix: 'Set the dimensions to those of an existing rule, or delete the alarm.',
        remedy: correct(fault.rule),
      });
    case 'without-metrics':
      return warn(alarm, {
        summary: `${name} watches rule ${fault.rule.id}, which has no metrics: S3 does not publish any for it, and the alarm never fires.`,
        fix: `Enable Metrics in the Destination of rule ${fault.rule.id}.`,
      });
    case 'region':
      return warn(alarm, {
        summary: `${name} is in ${regionOf(arn)}, but S3 publishes ${watch.metric} in ${fault.region}, where the ${fault.side} bucket is: the alarm never fires.`,
        fix: `Create the alarm in ${fault.region}, with a topic there, and delete this one.`,
      });
    case 'account':
      return warn(
        alarm,
        {
          summary: `${name} watches metrics of account ${fault.account}, but S3 publishes ${watch.metric} in account ${source.account}, which owns the source bucket: the alarm never fires.`,
          fix: `Create the alarm in account ${source.account} and ${regionOrThere(scope)}, and delete this one.`,
        },
        { sources: [{ note: 'facts/watch.md 1.4: recorded within one account only' }] },
      );
  }
}

function regionOrThere({ prepared: { source } }: Scope): string {
  return source.value === null || source.value === 'unknown' ? 'the Region of the bucket' : source.value.region;
}

/** A composite alarm or a rule of EventBridge may look at an alarm without actions. */
function describeActions(alarm: ExaminedAlarm): readonly Sighting[] {
  const { arn, settings } = alarm;
  const { AlarmName: name = '', ActionsEnabled: isEnabled = true, AlarmActions: actions = [] } = settings;
  if (!isEnabled)
    return [
      warn(alarm, {
        summary: `The actions of alarm ${name} are disabled: it notifies nobody.`,
        fix: 'Enable the actions of the alarm.',
        remedy: callOnly(callAt(placeOf(arn), 'CloudWatch', 'EnableAlarmActions', { AlarmNames: [name] })),
      }),
    ];
  if (actions.length > 0) return [];
  return [
    warn(alarm, {
      summary: `Alarm ${name} has no action for the state ALARM: it notifies nobody, unless a composite alarm or an EventBridge rule watches it, which s3repl cannot see.`,
      fix: 'Set a topic as the action of the alarm.',
    }),
  ];
}

function describeDeafness(alarm: ExaminedAlarm): readonly Sighting[] {
  const { settings } = alarm;
  const reasons = listDeafness(settings);
  if (reasons.length === 0) return [];
  const why = reasons.map((one) => deafnessText(one, settings)).join('; ');
  const Threshold = settings.ComparisonOperator === 'GreaterThanThreshold' ? 0 : 1;
  return [
    warn(alarm, {
      summary: `Alarm ${settings.AlarmName} misses single failed objects, which S3 does not try again: ${why}.`,
      fix: `Set EvaluationPeriods and DatapointsToAlarm to 1, Threshold to ${Threshold} and TreatMissingData to notBreaching.`,
      remedy: putAgain(alarm, {
        ...{ EvaluationPeriods: 1, DatapointsToAlarm: 1, Threshold, TreatMissingData: 'notBreaching' },
      }),
    }),
  ];
}

function deafnessText(one: Deafness, { ComparisonOperator }: AlarmSettings): string {
  switch (one.kind) {
    case 'waits':
      return `it waits for failures in ${one.needed} of ${one.of} periods`;
    case 'threshold':
      return `it needs ${ComparisonOperator === 'GreaterThanThreshold' ? 'more than' : 'at least'} ${one.threshold} failures in a period`;
    case 'keeps':
      return 'after a failure it stays in ALARM, and reports no other failure, until an object replicates (TreatMissingData: ignore)';
  }
}

function withDimensions(alarm: ExaminedAlarm, bucket: string, { destination, id }: Rule): Remedy | undefined {
  const values = { SourceBucket: bucket, DestinationBucket: bucketNameIn(destination), RuleId: id };
  return putAgain(alarm, { Dimensions: metricDimensions.map((Name) => ({ Name, Value: values[Name] })) });
}

/** PutMetricAlarm replaces an alarm whole. Metric math and queries are left to people. */
function putAgain({ arn, settings }: ExaminedAlarm, changed: Partial<AlarmSettings>): Remedy | undefined {
  const { MetricName, AlarmName, EvaluationPeriods, ComparisonOperator } = settings;
  if (!MetricName || !AlarmName || !EvaluationPeriods || !ComparisonOperator) return undefined;
  const whole = { ...settings, AlarmName, EvaluationPeriods, ComparisonOperator, ...changed };
  return callOnly(callAt(placeOf(arn), 'CloudWatch', 'PutMetricAlarm', whole));
}

function placeOf(arn: string) {
  return { account: accountIn(arn), region: regionOf(arn) };
}

function callOnly(call: RepairCall): Remedy {
  return { kind: 'calls', calls: [call] };
}
