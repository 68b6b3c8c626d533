import { CreateKeyCommand, DisableKeyCommand, GetKeyPolicyCommand, PutKeyPolicyCommand } from '@aws-sdk/client-kms';
import {
  CreateTopicCommand,
  GetTopicAttributesCommand,
  SetTopicAttributesCommand,
  SNSClient,
} from '@aws-sdk/client-sns';
import { expect, it } from 'vitest';
import { sandboxCredentials } from '../../src/sandbox/sandbox.ts';
import { aSetUp, ending, type People } from './by-hand.ts';
import { invoices } from './cli.ts';

const snsOf = ({ sandbox }: People) =>
  new SNSClient({
    requestHandler: sandbox.requestHandler,
    credentials: sandboxCredentials('111111111111'),
    region: 'eu-west-1',
    maxAttempts: 1,
  });

async function makeTopic(people: People, Attributes: Record<string, string> = {}): Promise<string> {
  const { TopicArn = '' } = await snsOf(people).send(new CreateTopicCommand({ Name: 'given', Attributes }));
  return TopicArn;
}

const given = (arn: string) => `${invoices}alerts:\n  latency: off\n  topics: [${arn}]\n`;

it.each(['alias/aws/sns', 'arn:aws:kms:eu-west-1:111111111111:alias/aws/sns'])(
  'with the key of AWS for SNS: it stops the run, as no service may use it: %s',
  async (KmsMasterKeyId) => {
    const { s3repl, byHand, folder } = aSetUp();
    const arn = await byHand((people) => makeTopic(people, { KmsMasterKeyId }));
    folder.write('repl.yaml', given(arn));
    expect(ending(await s3repl('plan'))).toMatchObject({ code: 5, error: { code: 'topic-key-managed' } });
  },
);

it('with a key whose policy has nothing for CloudWatch: the statement that is printed to be pasted lets it in', async () => {
  const { s3repl, byHand, folder } = aSetUp();
  const key = await byHand(async ({ sourceKeys }) => (await sourceKeys.send(new CreateKeyCommand({}))).KeyMetadata);
  folder.write('repl.yaml', `${invoices}alerts:\n  latency: off\n  emails: [a@example.com]\n  kmsKey: ${key?.Arn}\n`);
  const refused = ending(await s3repl('apply', '--yes')) as { error?: { code: string; paste: string } };
  expect(refused).toMatchObject({ code: 5, error: { code: 'topic-key-denied' } });
  const statement = JSON.parse(refused.error?.paste ?? '') as object;
  await byHand(async ({ sourceKeys }) => {
    const { Policy = '' } = await sourceKeys.send(new GetKeyPolicyCommand({ KeyId: key?.Arn }));
    const { Statement, ...rest } = JSON.parse(Policy) as { Statement: object[] };
    const next = JSON.stringify({ ...rest, Statement: [...Statement, statement] });
    await sourceKeys.send(new PutKeyPolicyCommand({ KeyId: key?.Arn, Policy: next }));
  });
  expect(ending(await s3repl('apply', '--yes'))).toMatchObject({ code: 0, outcome: 'applied' });
  await byHand(async ({ sourceKeys }) => sourceKeys.send(new DisableKeyCommand({ KeyId: key?.Arn })));
  // In use by now: what else is wrong can be put right all the same.
  const later = await s3repl('plan');
  expect(ending(later)).toMatchObject({ code: 0, outcome: 'unchanged' });
  expect(later.lines.map(({ code }) => code)).toContain('topic-key-state');
});

it('with a key that does not exist: that is said, and nothing is made', async () => {
  const kmsKey = 'arn:aws:kms:eu-west-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab';
  const { s3repl } = aSetUp(`${invoices}alerts:\n  latency: off\n  emails: [a@example.com]\n  kmsKey: ${kmsKey}\n`);
  expect(ending(await s3repl('apply', '--yes'))).toMatchObject({ code: 5, error: { code: 'topic-key-gone' } });
});

it('with a Deny of its owner: it is named, and nothing is written', async () => {
  const { s3repl, byHand, folder } = aSetUp();
  const arn = await byHand(async (people) => {
    const TopicArn = await makeTopic(people);
    const { Attributes } = await snsOf(people).send(new GetTopicAttributesCommand({ TopicArn }));
    const { Statement, ...rest } = JSON.parse(Attributes?.Policy ?? '') as { Statement: object[] };
    const deny = { Sid: 'NoServices', Effect: 'Deny', Principal: '*', Action: 'SNS:Publish', Resource: TopicArn };
    const AttributeValue = JSON.stringify({ ...rest, Statement: [...Statement, deny] });
    await snsOf(people).send(new SetTopicAttributesCommand({ TopicArn, AttributeName: 'Policy', AttributeValue }));
    return TopicArn;
  });
  folder.write('repl.yaml', given(arn));
  expect(ending(await s3repl('apply', '--yes'))).toMatchObject({ code: 5, error: { code: 'topic-policy-denied' } });
});
