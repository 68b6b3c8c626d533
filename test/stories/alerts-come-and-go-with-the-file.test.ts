import {
  GetBucketNotificationConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
} from '@aws-sdk/client-s3';
import {
  CreateTopicCommand,
  GetTopicAttributesCommand,
  ListTopicsCommand,
  SetTopicAttributesCommand,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import { expect, it } from 'vitest';
import { alarmsIn, codes, minuteMs, snsOf, withAlerts } from './alerted.ts';
import { aSetUp, ending, SOURCE } from './by-hand.ts';
import { invoices } from './cli.ts';

it('an alarm that somebody has changed, or of a rule that is gone, is put right', async () => {
  const { s3repl, byHand, folder } = aSetUp(withAlerts());
  await s3repl('apply', '--yes');
  folder.write(
    'repl.yaml',
    `${withAlerts()}`.replace(
      '    bucket: acme-invoices-replica\n',
      '    bucket: acme-invoices-replica\n    rules: [{ id: other, metrics: false, replicationTimeControl: false }]\n',
    ),
  );
  const ended = await s3repl('apply', '--yes');
  expect(codes(ended)).toContain('rule-without-metrics');
  await byHand(async (people) => expect(await alarmsIn(people)).toEqual({}));
});

it('nobody is asked to confirm twice, unless with --resend-confirmation', async () => {
  const { s3repl, byHand } = aSetUp(withAlerts());
  const pending = () =>
    byHand(async ({ sandbox }) =>
      Object.values(sandbox.state.sns.subscriptions).map(({ waitsSince = 0 }) => waitsSince),
    );
  await s3repl('apply', '--yes');
  const first = await pending();
  expect(first).toHaveLength(2);
  expect(ending(await s3repl('apply', '--yes'))).toMatchObject({ outcome: 'unchanged' });
  expect(await pending()).toEqual(first);

  // AWS forgets them after 48 hours.
  await byHand(({ sandbox }) => sandbox.clock.sleep(49 * 60 * minuteMs));
  const later = await s3repl('apply', '--yes', '--config', 'repl.yaml');
  expect(ending(later)).toMatchObject({ code: 0, outcome: 'unchanged' });
  expect(later.lines).toContainEqual(
    expect.objectContaining({
      code: 'subscription-gone',
      fix: 'to ask again, run:',
      paste: 's3repl apply --resend-confirmation --config repl.yaml --sandbox',
    }),
  );
  const again = await s3repl('apply', '--yes', '--resend-confirmation');
  expect(ending(again)).toMatchObject({ code: 0, outcome: 'applied', changes: 2 });
  expect(codes(again)).toContain('subscription-pending');
  expect(await pending()).toHaveLength(2);
});

it('without alerts in the file, what was made goes, and so it does with destroy; others keep theirs', async () => {
  const { s3repl, byHand, folder } = aSetUp(withAlerts());
  const theirs = { Id: 'theirs', Events: ['s3:ObjectCreated:*' as const] };
  await s3repl('apply', '--yes');
  const { arn } = await byHand(async (people) => {
    const { TopicArn = '' } = await snsOf(people).send(new CreateTopicCommand({ Name: 'failed' }));
    const { Attributes } = await snsOf(people).send(new GetTopicAttributesCommand({ TopicArn }));
    const policy = JSON.parse(Attributes?.Policy ?? '') as { Statement: object[] };
    const forS3 = {
      Effect: 'Allow',
      Principal: { Service: 's3.amazonaws.com' },
      Action: 'SNS:Publish',
      Resource: TopicArn,
    };
    const AttributeValue = JSON.stringify({ ...policy, Statement: [...policy.Statement, { Sid: 'Theirs', ...forS3 }] });
    await snsOf(people).send(new SetTopicAttributesCommand({ TopicArn, AttributeName: 'Policy', AttributeValue }));
    await people.source.send(
      new PutBucketNotificationConfigurationCommand({
        Bucket: SOURCE,
        NotificationConfiguration: {
          EventBridgeConfiguration: {},
          TopicConfigurations: [{ ...theirs, TopicArn }],
        },
      }),
    );
    return { arn: TopicArn };
  });
  const seen = () =>
    byHand(async (people) => {
      const { $metadata: _, ...notification } = await people.source.send(
        new GetBucketNotificationConfigurationCommand({ Bucket: SOURCE }),
      );
      const { Attributes } = await snsOf(people).send(new GetTopicAttributesCommand({ TopicArn: arn }));
      const topics = await Promise.all(
        ['eu-west-1', 'eu-central-1'].map(
          async (region) => (await snsOf(people, region).send(new ListTopicsCommand({}))).Topics,
        ),
      );
      return {
        notification,
        policy: JSON.parse(Attributes?.Policy ?? ''),
        topics: topics.flat(),
        alarms: await alarmsIn(people),
      };
    });
  const before = await seen();
  folder.write('repl.yaml', withAlerts(`  events: ${arn}\n`));
  expect(ending(await s3repl('apply', '--yes'))).toMatchObject({ outcome: 'applied' });
  const during = await seen();
  expect(during.notification.TopicConfigurations).toMatchObject([
    theirs,
    { Id: 's3repl.invoices-dr.failed', TopicArn: arn, Events: ['s3:Replication:OperationFailedReplication'] },
  ]);
  expect(during.notification.EventBridgeConfiguration).toEqual({});
  expect(during.policy.Statement).toHaveLength(3);

  folder.write('repl.yaml', invoices);
  expect(ending(await s3repl('apply', '--yes'))).toMatchObject({ outcome: 'applied' });
  const after = await seen();
  expect(after).toEqual({ ...before, topics: [{ TopicArn: arn }], alarms: {} });
  expect(ending(await s3repl('plan'))).toMatchObject({ outcome: 'unchanged' });

  folder.write('repl.yaml', withAlerts());
  await s3repl('apply', '--yes');
  expect(ending(await s3repl('destroy', '--yes', '--no-wait'))).toMatchObject({ outcome: 'destroyed' });
  expect(await seen()).toEqual(after);
});

it('a topic of somebody else with our name, and one that writes e-mail of single objects, stop the run', async () => {
  const { s3repl, byHand, folder } = aSetUp(withAlerts());
  const arn = await byHand(async (people) => {
    await snsOf(people).send(new CreateTopicCommand({ Name: 's3repl-invoices-dr-alerts' }));
    const { TopicArn } = await snsOf(people).send(new CreateTopicCommand({ Name: 'failed' }));
    await snsOf(people).send(new SubscribeCommand({ TopicArn, Protocol: 'email', Endpoint: 'them@example.com' }));
    return TopicArn ?? '';
  });
  expect(ending(await s3repl('apply', '--yes'))).toMatchObject({ code: 5, error: { code: 'topic-not-ours' } });
  folder.write('repl.yaml', `${invoices}alerts:\n  latency: off\n  topics: [${arn}]\n  events: ${arn}\n`);
  expect(ending(await s3repl('apply', '--yes'))).toMatchObject({ code: 5, error: { code: 'events-by-email' } });
  folder.write('repl.yaml', `${invoices}alerts:\n  latency: off\n  topics: [${arn}x]\n`);
  expect(ending(await s3repl('apply', '--yes'))).toMatchObject({ code: 5, error: { code: 'topic-missing' } });
});

it('our entry in the notifications goes where it is the only one, and so it does by destroy without alerts in the file', async () => {
  const { s3repl, byHand, folder } = aSetUp();
  const TopicArn = await byHand(
    async (people) => (await snsOf(people).send(new CreateTopicCommand({ Name: 'failed' }))).TopicArn ?? '',
  );
  const entries = () =>
    byHand(async ({ source }) => {
      const { $metadata: _, ...notification } = await source.send(
        new GetBucketNotificationConfigurationCommand({ Bucket: SOURCE }),
      );
      return notification;
    });
  for (const command of ['apply', 'destroy']) {
    folder.write('repl.yaml', withAlerts(`  events: ${TopicArn}\n`));
    await s3repl('apply', '--yes');
    expect(await entries()).toMatchObject({ TopicConfigurations: [{ TopicArn }] });
    folder.write('repl.yaml', invoices);
    await s3repl(command, '--yes', ...(command === 'destroy' ? ['--no-wait'] : []));
    expect(await entries()).toEqual({});
  }
});

it('nobody to tell is told at once, and an alert that nothing turns on too', async () => {
  expect(codes(await aSetUp(`${invoices}alerts: {}\n`).s3repl('apply', '--yes'))).toContain('nobody-subscribed');
  const off = await aSetUp(withAlerts('  failures: false\n  latency: off\n')).s3repl('plan');
  expect(off.lines.map(({ message }) => message)).toContainEqual(expect.stringContaining('nobody gets any message'));
});
