import { CreateKeyCommand, PutKeyPolicyCommand, ScheduleKeyDeletionCommand } from '@aws-sdk/client-kms';
import { beforeEach, describe, expect, test } from 'vitest';
import { bucketArn } from '../../../src/aws/arn.ts';
import { brand } from '../../../src/aws/brand.ts';
import { openSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts';
import { type PublishingService, publishAs } from '../../../src/sandbox/sns/publish-as.ts';
import { clientsOf, OTHER, SOURCE } from '../clients.ts';
import { policyOf } from '../replicating.ts';
import { makeTopic, messagesIn, setPolicy, snsOf } from './sns-client.ts';

const alarm: PublishingService = {
  service: 'cloudwatch.amazonaws.com',
  sourceArn: `arn:aws:cloudwatch:eu-west-1:${SOURCE}:alarm:s3repl.dr.rule.failures`,
  sourceAccount: brand(SOURCE),
};
const bucket: PublishingService = {
  service: 's3.amazonaws.com',
  sourceArn: bucketArn({ partition: 'aws', bucket: brand('src') }),
  sourceAccount: brand(SOURCE),
};

let sandbox: Sandbox;
let topic: string;

beforeEach(async () => {
  sandbox = await openSandbox();
  topic = await makeTopic(sandbox, 'alarms');
});

/** The code of the refusal, or `published`. */
function publish(source: PublishingService, to = topic): string {
  const { length } = messagesIn(sandbox);
  const refusal = publishAs(sandbox.state, to, source, { subject: 'subject', message: 'message' });
  expect(messagesIn(sandbox)).toHaveLength(refusal === undefined ? length + 1 : length);
  return refusal?.code ?? 'published';
}

const from = ({ service, sourceArn, sourceAccount }: PublishingService, more = {}) => ({
  Effect: 'Allow',
  Principal: { Service: service },
  Action: 'SNS:Publish',
  Resource: topic,
  Condition: { ArnLike: { 'aws:SourceArn': sourceArn }, StringEquals: { 'aws:SourceAccount': sourceAccount } },
  ...more,
});

describe("a topic's own policy lets", () => {
  test('alarms of its account publish by default, and S3 not', () => {
    expect(publish(alarm)).toBe('published');
    expect(messagesIn(sandbox)).toMatchObject([{ from: 'cloudwatch.amazonaws.com', subject: 'subject' }]);
    expect(publish({ ...alarm, sourceAccount: brand(OTHER) })).toBe('AuthorizationError');
    expect(publish(bucket)).toBe('AuthorizationError');
    expect(publish(alarm, `${topic}x`)).toBe('NotFound');
  });

  test.each([alarm, bucket])('$service publish for the source that it names, and for no other', async (source) => {
    await setPolicy(sandbox, topic, from(source));
    expect(publish(source)).toBe('published');
    expect(publish({ ...source, sourceArn: `${source.sourceArn}x` })).toBe('AuthorizationError');
    expect(publish({ ...source, sourceAccount: brand(OTHER) })).toBe('AuthorizationError');
    expect(publish(source === alarm ? bucket : alarm)).toBe('AuthorizationError');
  });

  test('nobody publish against its Deny', async () => {
    await setPolicy(sandbox, topic, from(alarm), { ...from(alarm), Effect: 'Deny', Principal: '*' });
    expect(publish(alarm)).toBe('AuthorizationError');
  });
});

describe('an encrypted topic', () => {
  const services = ['cloudwatch.amazonaws.com', 's3.amazonaws.com'];

  async function encryptBy(key: string): Promise<void> {
    const set = { TopicArn: topic, AttributeName: 'KmsMasterKeyId', AttributeValue: key };
    await snsOf(sandbox).call('SetTopicAttributes', set);
  }

  async function aKey(...actions: readonly string[]): Promise<string> {
    const { kms } = clientsOf(sandbox);
    const KeyId = (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? '';
    const root = { Effect: 'Allow', Principal: { AWS: SOURCE }, Action: 'kms:*', Resource: '*' } as const;
    const used = { Effect: 'Allow', Principal: { Service: services }, Action: actions, Resource: '*' } as const;
    const Policy = policyOf(root, ...(actions.length === 0 ? [] : [used]));
    await kms.send(new PutKeyPolicyCommand({ KeyId, PolicyName: 'default', Policy }));
    return KeyId;
  }

  test('lets alarms publish where the key policy lets CloudWatch use its key', async () => {
    const key = await aKey('kms:GenerateDataKey*', 'kms:Decrypt');
    await encryptBy(key);
    expect(publish(alarm)).toBe('published');
    await clientsOf(sandbox).kms.send(new ScheduleKeyDeletionCommand({ KeyId: key, PendingWindowInDays: 7 }));
    expect(publish(alarm)).toBe('KMSDisabled');
  });

  test.each([[[]], [['kms:GenerateDataKey*']], [['kms:Decrypt']]])(
    'shuts them out where the key policy lets CloudWatch only %j',
    async (actions) => {
      await encryptBy(await aKey(...actions));
      expect(publish(alarm)).toBe('KMSAccessDenied');
      await snsOf(sandbox).call('Publish', { TopicArn: topic, Message: 'as the administrator' });
    },
  );

  test('under the AWS managed key takes messages of its account, and none of a service', async () => {
    await encryptBy('alias/aws/sns');
    expect(publish(alarm)).toBe('KMSAccessDenied');
    await snsOf(sandbox).call('Publish', { TopicArn: topic, Message: 'hello' });
  });

  test('under a key that is not there takes none', async () => {
    await encryptBy('00000000-0000-0000-0000-000000000000');
    expect(publish(alarm)).toBe('KMSNotFound');
    const refused = await snsOf(sandbox).refusal('Publish', { TopicArn: topic, Message: 'hello' });
    expect(refused).toContain('400 KMSNotFound');
  });
});
