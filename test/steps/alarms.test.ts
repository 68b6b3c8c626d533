import { expect, it } from 'vitest';
import type { AlarmSettings } from '../../src/aws/alert-documents.ts';
import type { AlertSpec } from '../../src/config/spec.ts';
import { settingsOf } from '../../src/observe/alarm.ts';
import { alarmsFor } from '../../src/state/alerts.ts';
import type { State } from '../../src/state/state.ts';
import { alarmsStep, settingsFor } from '../../src/steps/alarms.ts';
import { aSpec, SOURCE } from '../builders.ts';
import { branded } from '../plain.ts';

const spec = aSpec({
  alerts: branded<AlertSpec>({ topics: [], emails: [], failures: true, silence: false, latency: 'off' }),
});
const [alarm] = alarmsFor(spec);
if (!alarm) throw new Error('a rule has an alarm');

function planned(present: AlarmSettings) {
  const state: State = {
    accounts: { [SOURCE]: { roles: {}, keys: {}, buckets: {}, alarms: { [alarm?.arn ?? '']: present } } },
  };
  return alarmsStep.diff(state, alarmsStep.addOurs(state, spec), spec);
}

const Metrics = [{ Id: 'q', Expression: 'SELECT SUM(OperationsFailedReplication) FROM "AWS/S3"', Period: 60 }];

it('an alarm of our name on a query of Metrics Insights is replaced whole by ours', () => {
  const {
    Namespace: _,
    MetricName: __,
    Dimensions: ___,
    Statistic: ____,
    Period: _____,
    ...others
  } = settingsFor(alarm, spec);
  const [change] = planned({ ...others, Metrics });
  expect(change).toMatchObject({ action: 'change', calls: [{ operation: 'PutMetricAlarm' }] });
  expect(change?.calls[0]?.input).toEqual(settingsFor(alarm, spec));
});

it('an empty list of queries, and dimensions in another order, are no change', () => {
  const settings = settingsFor(alarm, spec);
  const Dimensions = [...(settings.Dimensions ?? [])].reverse();
  expect(planned(settingsOf({ ...settings, Dimensions, Metrics: [], StateValue: 'OK' }))).toEqual([]);
  expect(settingsOf({ AlarmName: 'x', Metrics })).toEqual({ AlarmName: 'x', Metrics });
});
