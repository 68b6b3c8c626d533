import type { NotificationConfiguration } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import type { AlertSpec } from '../../src/config/spec.ts';
import type { State } from '../../src/state/state.ts';
import { eventsStep } from '../../src/steps/events.ts';
import { aBucket, aSpec, SOURCE } from '../builders.ts';
import { branded } from '../plain.ts';

const TopicArn = `arn:aws:sns:eu-west-1:${SOURCE}:failed`;
const spec = aSpec({
  alerts: branded<AlertSpec>({ topics: [], emails: [], failures: true, silence: false, events: TopicArn }),
});
const ours = {
  Id: 's3repl.invoices-dr.failed',
  TopicArn,
  Events: ['s3:Replication:OperationFailedReplication' as const],
};
const theirs = (Id: string) => ({ Id, TopicArn, Events: ['s3:ObjectRemoved:*' as const] });

function planned(notification: NotificationConfiguration | null) {
  const state: State = {
    accounts: { [SOURCE]: { roles: {}, keys: {}, buckets: { 'acme-invoices': { ...aBucket(), notification } } } },
  };
  return eventsStep.diff(state, eventsStep.addOurs(state, spec), spec);
}

describe('our entry in the notifications', () => {
  it.each([
    ['before one of theirs, which came later', { TopicConfigurations: [ours, theirs('new')] }],
    ['between others', { TopicConfigurations: [theirs('a'), ours, theirs('b')], EventBridgeConfiguration: {} }],
    ['with an empty filter', { TopicConfigurations: [{ ...ours, Filter: { Key: { FilterRules: [] } } }] }],
  ])('is left where it is: %s', (_, notification) => {
    expect(planned(notification)).toEqual([]);
  });

  it.each([
    [
      'for part of the objects',
      { ...ours, Filter: { Key: { FilterRules: [{ Name: 'prefix' as const, Value: 'a/' }] } } },
    ],
    ['to another topic', { ...ours, TopicArn: `${TopicArn}-too` }],
    ['of more events', { ...ours, Events: [...ours.Events, 's3:ObjectCreated:*' as const] }],
  ])('is put right where somebody has made it one %s', (_, changed) => {
    expect(planned({ TopicConfigurations: [changed, theirs('a')] })).toMatchObject([
      { after: { TopicConfigurations: [theirs('a'), ours] } },
    ]);
  });
});
