/** Reads KMS keys: by ARN, by alias, and those that bear our tag. */
import {
  DescribeKeyCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  ListAliasesCommand,
  ListResourceTagsCommand,
  paginateListKeys,
  type KeyMetadata as SdkKeyMetadata,
} from '@aws-sdk/client-kms';
import { toJson } from '../plan/json.ts';
import { ownerTag } from '../plan/names.ts';
import type { PolicyDocument } from '../plan/policy.ts';
import type { KeyState, Tags } from '../plan/state.ts';
import { absent } from './absent.ts';
import { atMost } from './at-most.ts';
import type { Connection } from './connect.ts';

type Where = Pick<Connection, 'kms'>;

/** Reads a key by ARN or alias; null where there is none. */
export async function readKey(at: Where, keyId: string): Promise<KeyState | null> {
  const answer = await at.kms.send(new DescribeKeyCommand({ KeyId: keyId })).catch(absent('NotFoundException'));
  return answer?.KeyMetadata ? readDocuments(at, answer.KeyMetadata) : null;
}

async function readDocuments(at: Where, metadata: SdkKeyMetadata): Promise<KeyState> {
  const KeyId = metadata.Arn ?? metadata.KeyId ?? '';
  const [policy, aliases, rotation, tags] = await Promise.all([
    readKeyPolicy(at, KeyId),
    at.kms.send(new ListAliasesCommand({ KeyId })),
    readRotation(at, metadata),
    readKeyTags(at, KeyId),
  ]);
  const { Arn = KeyId, AWSAccountId, KeyState, KeySpec, KeyUsage, KeyManager, Description } = metadata;
  return {
    metadata: toJson({
      Arn,
      AWSAccountId,
      KeyState,
      KeySpec,
      KeyUsage,
      KeyManager,
      Description,
    }) as KeyState['metadata'],
    policy,
    aliases: (aliases.Aliases ?? []).map(({ AliasName = '' }) => AliasName).sort(),
    rotation,
    tags,
  };
}

/** The key policy of a key ARN or id. */
export async function readKeyPolicy(at: Where, keyId: string): Promise<PolicyDocument> {
  const { Policy = '{}' } = await at.kms.send(new GetKeyPolicyCommand({ KeyId: keyId, PolicyName: 'default' }));
  return JSON.parse(Policy) as PolicyDocument;
}

/** Only symmetric keys that can be used have a rotation to ask for (API: GetKeyRotationStatus). */
async function readRotation(at: Where, { Arn = '', KeySpec, KeyManager }: SdkKeyMetadata): Promise<boolean> {
  if (KeySpec !== 'SYMMETRIC_DEFAULT' || KeyManager !== 'CUSTOMER') return false;
  const answer = await at.kms
    .send(new GetKeyRotationStatusCommand({ KeyId: Arn }))
    .catch(absent('KMSInvalidStateException', 'UnsupportedOperationException'));
  return answer?.KeyRotationEnabled ?? false;
}

async function readKeyTags(at: Where, keyId: string): Promise<Tags> {
  const { Tags = [] } = await at.kms.send(new ListResourceTagsCommand({ KeyId: keyId }));
  return Object.fromEntries(Tags.map(({ TagKey = '', TagValue = '' }) => [TagKey, TagValue]));
}

/** How many keys are asked for their tags at a time: KMS allows ListResourceTags 2000 times a second to all callers together. */
const tagReads = 20;

/**
 * The keys that bear our tag: how a key is found again whose alias was never made, because the run was killed in between.
 * A key whose own policy keeps us from reading its tags was not made by us; a missing IAM permission is an error.
 */
export async function readOwnKeys(at: Where, name: string): Promise<readonly KeyState[]> {
  const arns: string[] = [];
  for await (const page of paginateListKeys({ client: at.kms }, { Limit: 1000 })) {
    arns.push(...(page.Keys ?? []).flatMap(({ KeyArn }) => KeyArn ?? []));
  }
  const tagged = await atMost(tagReads, arns, async (arn) => {
    const tags = await readKeyTags(at, arn).catch(unreadable);
    return tags?.[ownerTag] === name ? [arn] : [];
  });
  const keys = await Promise.all(tagged.flat().map((arn) => readKey(at, arn)));
  return keys.filter((key): key is KeyState => key !== null && key.metadata.KeyState !== 'PendingDeletion');
}

function unreadable(error: unknown): null {
  if (error instanceof Error && error.name === 'AccessDeniedException' && !/identity-based/.test(error.message))
    return null;
  return absent('NotFoundException')(error);
}
