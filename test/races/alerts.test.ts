import { describe, expect, it } from 'vitest';
import { anApplied, aPractice, type Practice } from '../apply/in-sandbox.ts';
import { aSpec } from '../builders.ts';
import { alerts, theirAlerts } from '../crash/alerting.ts';
import { copyOf } from '../crash/cloud.ts';
import { drawFrom } from '../draws.ts';
import { type AlertOperator, anAlertOperator, theirTopic } from './alert-operator.ts';
import { at, nth, readingBack, warnings } from './meanwhile.ts';

const { events: _, ...alertsAlone } = alerts;
const first = await anApplied(aSpec({ alerts: alertsAlone }));
await theirAlerts(first.sandbox);
await anAlertOperator(first.sandbox).settleIn();
const start = copyOf(first.sandbox.state);

/** Writes the notifications and the policy of the topic of theirs, each once. */
const changed = aSpec({ alerts });

async function aSetUp(): Promise<{ readonly practice: Practice; readonly operator: AlertOperator }> {
  const practice = await aPractice();
  Object.assign(practice.sandbox.state, copyOf(start));
  return { practice, operator: anAlertOperator(practice.sandbox) };
}

const undisturbed = await aSetUp();
await undisturbed.practice.apply(changed);
const operations = undisturbed.practice.requests.map(({ operation }) => operation);

/** The read right before the first write of a document. */
function readingAgain(read: string, write: string) {
  return nth(read, operations.slice(0, operations.indexOf(write)).filter((one) => one === read).length);
}

const documentOf = (act: string) =>
  act.includes('policy')
    ? (['GetTopicAttributes', 'SetTopicAttributes'] as const)
    : (['GetBucketNotificationConfiguration', 'PutBucketNotificationConfiguration'] as const);

const { acts } = undisturbed.operator;
const actNames = Object.keys(acts) as readonly (keyof AlertOperator['acts'])[];

describe('before apply reads a document of alerts again', () => {
  it.each(drawFrom(actNames))(
    '%s: the run stops as stale, nothing of theirs is lost, and the next one goes on',
    async (name) => {
      const { practice, operator } = await aSetUp();
      let theirs: unknown;
      const [read, write] = documentOf(name);
      at(practice, readingAgain(read, write), async () => {
        await operator.acts[name]();
        theirs = await operator.ofOthers();
      });
      expect(await practice.applyFailing(changed)).toMatchObject({ outcome: 'blocked', code: 'stale-plan' });
      expect(await operator.ofOthers()).toEqual(theirs);

      await practice.apply(changed);
      expect(await operator.ofOthers()).toEqual(theirs);
      expect(await practice.apply(changed)).toEqual([]);
    },
  );
});

describe('after the last write to a document of alerts', () => {
  it.each(drawFrom(actNames))('%s: nothing of theirs is lost, and ours is all there', async (name) => {
    const { practice, operator } = await aSetUp();
    let theirs: unknown;
    at(practice, readingBack(documentOf(name)[1], 1), async () => {
      await operator.acts[name]();
      theirs = await operator.ofOthers();
    });
    await practice.apply(changed);
    expect(await operator.ofOthers()).toEqual(theirs);
    expect(warnings(practice)).toEqual(name.includes('emptied') ? ['written-over'] : []);
    expect((await operator.notifications()).TopicConfigurations).toContainEqual(
      expect.objectContaining({ Id: 's3repl.invoices-dr.failed', TopicArn: theirTopic }),
    );
    expect(await practice.apply(changed)).toEqual([]);
  });
});

describe('an entry of theirs for all events of replication', () => {
  it('that comes before ours is written stays alone, and the next run says who is told', async () => {
    const { practice, operator } = await aSetUp();
    const theirs = operator.entry('overlap', 's3:Replication:*');
    const [read, write] = documentOf('notifications');
    at(practice, readingAgain(read, write), () => operator.put({ TopicConfigurations: [theirs] }));
    expect(await practice.applyFailing(changed)).toMatchObject({ code: 'stale-plan' });

    await practice.apply(changed);
    expect(await operator.notifications()).toEqual({ TopicConfigurations: [theirs] });
  });

  it('that S3 finds, and s3repl did not, is told in one sentence', async () => {
    const { practice, operator } = await aSetUp();
    const before = await operator.ofOthers();
    const message = 'Configurations overlap. Configurations on the same bucket cannot share a common event type.';
    practice.fault = ({ operation }) =>
      operation === 'PutBucketNotificationConfiguration'
        ? { code: 'InvalidArgument', status: 400, message }
        : undefined;
    const failure = await practice.applyFailing(changed);
    expect(failure).toMatchObject({ outcome: 'failed', code: 'notifications-refused' });
    expect(failure.message).toContain(message);
    expect((await operator.ofOthers()).entries).toEqual(before.entries);
  });
});

describe('a topic of theirs that is gone, and that their entry still names', () => {
  it('makes S3 refuse ours: it is named at once, all the rest is done, and the next run goes on', async () => {
    const { practice, operator } = await aSetUp();
    const { arn, remove, makeAgain } = await operator.tellRemovals();
    await remove();
    const theirs = await operator.ofOthers();
    const failure = await practice.applyFailing(changed);
    expect(failure).toMatchObject({ outcome: 'failed', code: 'notifications-refused' });
    expect(failure.message).toContain(`${arn} (The destination topic does not exist)`);
    expect(failure.fix).toContain('create it again');
    // Nothing was waited for.
    expect(practice.events.filter(({ type }) => type === 'pending')).toEqual([]);
    expect(await operator.ofOthers()).toEqual(theirs);
    expect((await operator.statements()).filter(({ Sid = '' }) => /^S3repl/.test(Sid))).toHaveLength(1);

    await makeAgain();
    expect(await practice.apply(changed)).toMatchObject([{ step: 'events' }]);
    expect(await operator.ofOthers()).toEqual(theirs);
    expect(await practice.apply(changed)).toEqual([]);
  });

  it('and a queue for single objects that is not there: both are named', async () => {
    const { practice, operator } = await aSetUp();
    const { arn, remove } = await operator.tellRemovals();
    await remove();
    const queue = theirTopic.replace(':sns:', ':sqs:');
    const failure = await practice.applyFailing(aSpec({ alerts: { ...alerts, events: queue } }));
    expect(failure.code).toBe('notifications-refused');
    expect(failure.message).toContain(arn);
    expect(failure.message).toContain(`${queue} (The destination queue does not exist)`);
  });
});
