import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  ListAlarmMuteRulesCommand,
  type MetricAlarm,
} from '@aws-sdk/client-cloudwatch';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { Connection } from '../../src/connect/connection.ts';
import type { Event } from '../../src/events/event.ts';
import { topicSlots } from '../../src/steps/topic-slots.ts';
import { chooseAlarm, testReason } from '../../src/verify/choose-alarm.ts';
import { SOURCE } from '../builders.ts';
import { branded } from '../plain.ts';
import { alertedSpec, failures, topic } from './alerted.ts';
import { Refused } from './fake-s3.ts';

const silence = failures.replace('failures', 'silence');
const spec = alertedSpec({ silence: true }, { region: 'eu-west-1' });
const muteRule = `arn:aws:cloudwatch:eu-west-1:${SOURCE}:alarm-mute-rule:night`;

const mock = mockClient(CloudWatchClient);
afterEach(() => mock.reset());
// All test files share one world.
afterAll(() => mock.restore());

function anAlarm(AlarmName: string, change: Partial<MetricAlarm> = {}): MetricAlarm {
  return { AlarmName, ActionsEnabled: true, AlarmActions: [topic], StateValue: 'OK', ...change };
}

type Where = Pick<Connection, 'region' | 'account' | 'identity'>;

const events: Event[] = [];
async function choose(...alarms: readonly MetricAlarm[]) {
  events.length = 0;
  mock.on(DescribeAlarmsCommand).resolves({ MetricAlarms: [...alarms] });
  const where = { region: 'eu-west-1', account: SOURCE, identity: `arn:aws:iam::${SOURCE}:user/operator` };
  const at = { ...branded<Where>(where), cloudWatch: new CloudWatchClient({}) };
  const [slot] = topicSlots(spec);
  if (slot === undefined) throw new Error('there is a topic');
  return chooseAlarm(at, slot, spec, (event) => events.push(event));
}

/** By alarm; the empty name: in the whole Region. */
function muted(by: Readonly<Record<string, readonly string[]>>): void {
  mock.on(ListAlarmMuteRulesCommand).callsFake(async ({ AlarmName = '', Statuses }) => {
    expect(Statuses).toEqual(['ACTIVE']);
    return { AlarmMuteRuleSummaries: (by[AlarmName] ?? []).map((AlarmMuteRuleArn) => ({ AlarmMuteRuleArn })) };
  });
}

describe('the alarm that is tried', () => {
  it('is the first that is quiet, in the order of the rules, and never one of somebody else', async () => {
    muted({});
    const theirs = anAlarm('s3repl.invoices-dr.another.failures');
    expect(await choose(theirs, anAlarm(silence), anAlarm(failures, { StateValue: 'INSUFFICIENT_DATA' }))).toEqual({
      name: failures,
      former: 'INSUFFICIENT_DATA',
    });
    expect(mock.commandCalls(ListAlarmMuteRulesCommand)).toHaveLength(1);
  });

  it.each([
    [{ StateValue: 'ALARM' } as const],
    [{ ActionsEnabled: false }],
    [{ AlarmActions: [`${topic}-other`] }],
    [{ AlarmActions: undefined }],
  ])('is none with %j, if there is another', async (change) => {
    muted({});
    expect(await choose(anAlarm(failures, change), anAlarm(silence))).toMatchObject({ name: silence });
  });

  it('is none whose actions do nothing', async () => {
    expect(await choose(anAlarm(failures, { ActionsEnabled: false }))).toMatchObject({
      reason: 'the actions of its alarms are disabled, or name other topics',
      fix: 'run s3repl apply',
    });
  });

  it('is none while all are in ALARM, or none is there', async () => {
    const both = [failures, silence].map((name) => anAlarm(name, { StateValue: 'ALARM' }));
    expect(await choose(...both)).toMatchObject({
      reason: `its alarms ${failures}, ${silence} are in ALARM, and setting it back after a test would hide that`,
    });
    expect(await choose()).toMatchObject({ reason: 'none of its alarms exists yet' });
    const killed = anAlarm(failures, {
      StateValue: 'ALARM',
      StateReason: `${testReason} (0123abcd): nothing has failed`,
    });
    expect(await choose(killed)).toMatchObject({
      reason: expect.stringContaining('because of another test'),
      fix: expect.stringContaining('in a few minutes'),
    });
  });
});

describe('a mute', () => {
  it('of one alarm leaves another, of which it is said that a rule without targets may mute it', async () => {
    muted({ '': [muteRule], [failures]: [muteRule] });
    expect(await choose(anAlarm(failures), anAlarm(silence))).toEqual({
      name: silence,
      former: 'OK',
      doubt: `alarm mute rule ${muteRule} may mute it`,
    });
  });

  it('of all of them leaves none: CloudWatch would publish nothing, and the topic is not to blame', async () => {
    muted({ '': [muteRule, `${muteRule}2`], [failures]: [muteRule], [silence]: [`${muteRule}2`] });
    expect(await choose(anAlarm(failures), anAlarm(silence))).toEqual({
      reason: `all of its alarms are muted now, so CloudWatch would publish nothing: alarm mute rules ${muteRule}, ${muteRule}2`,
      fix: 'run s3repl verify --alerts again once they are no longer muted',
    });
  });

  it('that may not be listed is a doubt, with the right that is missing', async () => {
    mock.on(ListAlarmMuteRulesCommand).rejects(new Refused(403));
    expect(await choose(anAlarm(failures))).toMatchObject({
      name: failures,
      doubt: expect.stringContaining('may mute'),
    });
    expect(events).toMatchObject([
      { code: 'mute-rules-unread', fix: expect.stringContaining('allow cloudwatch:ListAlarmMuteRules to arn:aws:iam') },
    ]);
  });

  it.each([
    [501, 'NotImplemented'],
    [400, 'UnknownOperationException'],
    [400, 'InvalidAction'],
  ])('is none where the service does not know mutes: %s %s', async (status, name) => {
    mock.on(ListAlarmMuteRulesCommand).rejects(new Refused(status, name));
    expect(await choose(anAlarm(failures))).toEqual({ name: failures, former: 'OK' });
    expect(events).toEqual([]);
  });

  it('that cannot be read for another reason ends the test before an alarm is set', async () => {
    mock.on(ListAlarmMuteRulesCommand).rejects(new Refused(400, 'ThrottlingException'));
    await expect(choose(anAlarm(failures))).rejects.toThrow('refused with 400');
  });
});
