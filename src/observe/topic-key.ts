import type { TopicKey } from '../aws/alert-documents.ts';
import { arnParts } from '../aws/arn.ts';
import { required } from '../aws/required.ts';
import { catchAbsent } from '../connect/absent.ts';
import type { Connection } from '../connect/connection.ts';
import { keyDocuments } from './key.ts';
import { orUnknown } from './reading.ts';

const { DescribeKeyCommand } = required('@aws-sdk/client-kms');

/**
 * The key that a topic is encrypted with: whether services may use it. What may not be read is unknown, and so is the key of another account.
 *
 * @param name as the topic names it. @param at a connection in the topic's Region. @returns null where there is none.
 */
export async function readTopicKey(at: Connection, name: string): Promise<TopicKey | null | 'unknown'> {
  const { account = at.account, region = at.region } = arnParts(name) ?? {};
  if (account !== at.account || region !== at.region) return 'unknown';
  const key = await orUnknown([], describeTopicKey(at, name));
  if (key === null || key === 'unknown') return key;
  return { ...key, policy: await orUnknown([], keyDocuments['key-policy'](at, key.arn)) };
}

/** @returns null where there is none. */
export async function describeTopicKey({ kms }: Connection, KeyId: string): Promise<Omit<TopicKey, 'policy'> | null> {
  const answer = await kms.send(new DescribeKeyCommand({ KeyId })).catch(catchAbsent('NotFoundException'));
  if (answer === null) return null;
  const {
    Arn: arn = KeyId,
    KeyState: keyState = 'unknown',
    KeyManager: keyManager = 'unknown',
  } = answer.KeyMetadata ?? {};
  return { arn, keyState, keyManager };
}
