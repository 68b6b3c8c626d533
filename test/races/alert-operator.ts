/** What somebody else can do to the notifications of the source bucket, and to the policy of a topic that is theirs. */
import {
  GetBucketNotificationConfigurationCommand,
  type NotificationConfiguration,
  PutBucketNotificationConfigurationCommand,
  type TopicConfiguration,
} from '@aws-sdk/client-s3';
import {
  CreateTopicCommand,
  DeleteTopicCommand,
  GetTopicAttributesCommand,
  SetTopicAttributesCommand,
} from '@aws-sdk/client-sns';
import { type PolicyDocument, type Statement, statementsOf } from '../../src/aws/policy.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { SOURCE } from '../builders.ts';
import { clientsOf } from '../sandbox/clients.ts';

const Bucket = 'acme-invoices';
export const theirTopic = `arn:aws:sns:eu-west-1:${SOURCE}:theirs`;

export function anAlertOperator(sandbox: Sandbox) {
  const { s3, sns } = clientsOf(sandbox, SOURCE);
  const notifications = async (): Promise<NotificationConfiguration> => {
    const { $metadata: _, ...found } = await s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }));
    return found;
  };
  const put = (NotificationConfiguration: NotificationConfiguration) =>
    s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }));
  const editEntries = async (edit: (entries: readonly TopicConfiguration[]) => readonly TopicConfiguration[]) => {
    const { TopicConfigurations = [], ...others } = await notifications();
    await put({ ...others, TopicConfigurations: [...edit(TopicConfigurations)] });
  };
  const statements = async () => {
    const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn: theirTopic }));
    return statementsOf(JSON.parse(Attributes?.Policy ?? '') as PolicyDocument);
  };
  const editPolicy = async (edit: (all: readonly Statement[]) => readonly Statement[]) => {
    const AttributeValue = JSON.stringify({ Version: '2012-10-17', Statement: edit(await statements()) });
    await sns.send(new SetTopicAttributesCommand({ TopicArn: theirTopic, AttributeName: 'Policy', AttributeValue }));
  };
  const entry = (Id: string, Event: 's3:ObjectRemoved:*' | 's3:Replication:*'): TopicConfiguration => ({
    Id,
    TopicArn: theirTopic,
    Events: [Event],
  });
  const statement = (Sid: string): Statement => ({
    Sid,
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${SOURCE}:root` },
    Action: 'sns:Subscribe',
    Resource: theirTopic,
  });
  return {
    notifications,
    put,
    entry,
    statements,
    /** A topic of theirs is told of what is removed. It is deleted, and made again, by its name. */
    tellRemovals: async () => {
      const TopicArn = `${theirTopic}-too`;
      await sns.send(new CreateTopicCommand({ Name: 'theirs-too' }));
      const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn: theirTopic }));
      const AttributeValue = (Attributes?.Policy ?? '').replaceAll(theirTopic, TopicArn);
      await sns.send(new SetTopicAttributesCommand({ TopicArn, AttributeName: 'Policy', AttributeValue }));
      await editEntries((all) => [...all, { ...entry('theirs-too', 's3:ObjectRemoved:*'), TopicArn }]);
      return {
        arn: TopicArn,
        remove: () => sns.send(new DeleteTopicCommand({ TopicArn })),
        makeAgain: async () => {
          await sns.send(new CreateTopicCommand({ Name: 'theirs-too' }));
          await sns.send(new SetTopicAttributesCommand({ TopicArn, AttributeName: 'Policy', AttributeValue }));
        },
      };
    },
    acts: {
      'an entry comes into the notifications': () => editEntries((all) => [...all, entry('new', 's3:ObjectRemoved:*')]),
      'an entry leaves the notifications': () => editEntries((all) => all.filter(({ Id }) => Id !== 'theirs')),
      'an entry of the notifications changes': () =>
        editEntries((all) => all.map((one) => (one.Id === 'theirs' ? entry('theirs', 's3:ObjectRemoved:*') : one))),
      'EventBridge is no longer told': async () => {
        const { EventBridgeConfiguration: _, ...others } = await notifications();
        await put(others);
      },
      'the notifications are emptied': () => put({}),
      'a statement comes into the policy of the topic': () => editPolicy((all) => [...all, statement('new')]),
      'a statement leaves the policy of the topic': () =>
        editPolicy((all) => all.filter(({ Sid }) => Sid !== 'theirs')),
      'a statement of the policy of the topic changes': () =>
        editPolicy((all) => [
          ...all.filter(({ Sid }) => Sid !== 'theirs'),
          { ...statement('theirs'), Action: 'sns:Receive' },
        ]),
    },
    /** Puts `theirs` into the policy of the topic. */
    settleIn: () => editPolicy((all) => [...all, statement('theirs')]),
    ofOthers: async () => {
      const { TopicConfigurations = [], ...others } = await notifications();
      return {
        ...others,
        entries: TopicConfigurations.filter(({ Id }) => !Id?.startsWith('s3repl.')),
        statements: (await statements()).filter(({ Sid = '' }) => !/^S3repl[0-9a-f]{12}/.test(Sid)),
      };
    },
  };
}

export type AlertOperator = ReturnType<typeof anAlertOperator>;
