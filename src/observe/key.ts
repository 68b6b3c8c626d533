import type { GrantListEntry } from '@aws-sdk/client-kms';
import { namesKey } from '../aws/arn.ts';
import type { KeyMetadata, Tags } from '../aws/documents.ts';
import { toJson } from '../aws/json.ts';
import type { PolicyDocument } from '../aws/policy.ts';
import { required } from '../aws/required.ts';
import { catchAbsent } from '../connect/absent.ts';
import type { Connection } from '../connect/connection.ts';
import { expect, listExpected } from '../connect/expected.ts';
import type { Found, KeySnapshot } from '../model/snapshot.ts';
import { ownerTag } from '../state/names.ts';
import type { KeyState } from '../state/state.ts';
import { atMost } from './at-most.ts';
import { pagesOf } from './pages.ts';
import { policyIn } from './policy-text.ts';
import { type Noted, noteRefusals, orError, readAll } from './reading.ts';

const {
  DescribeKeyCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  ListAliasesCommand,
  ListResourceTagsCommand,
  paginateListGrants,
  paginateListKeys,
} = required('@aws-sdk/client-kms');

type Where = Pick<Connection, 'kms'>;

/** By ARN or alias; null where there is none. Reads the documents at once where the ARN is known, or guessed. */
export async function readKey(at: Where, keyId: string): Promise<KeyState | null> {
  const described = describeKey(at, keyId);
  const guess = namesKey(keyId) ? keyId : listExpected(at.kms, keyId).at(-1);
  const documents = (metadata: Promise<KeyMetadata | null> | KeyMetadata, arn: string) =>
    readAll({ ...documentsOf(at, arn, metadata), tags: () => readKeyTags(at, arn) }, orError);
  // After a failed guess, asks again for the key that DescribeKey names.
  const guessed = guess === undefined ? undefined : documents(described, guess).catch(() => undefined);
  const metadata = await described;
  if (metadata === null) return null;
  expect(at.kms, keyId, metadata.Arn);
  const early = metadata.Arn === guess ? await guessed : undefined;
  return { metadata, ...(early ?? (await documents(metadata, metadata.Arn))) };
}

/** For a snapshot: refused reads are unknown. @returns the key with its ARN, or as asked for where nobody knows it. */
export async function readKeyAsAllowed(
  at: Where,
  keyId: string,
): Promise<{ readonly arn: string; readonly key: Noted<Found<KeySnapshot>> }> {
  const { value: metadata, refusals } = await noteRefusals((reading) =>
    reading(['metadata'], describeKeyWithDate(at, keyId)),
  );
  if (metadata === null) return { arn: keyId, key: { value: null, refusals } };
  if (metadata !== 'unknown') {
    const { Arn } = metadata;
    const documents = await noteRefusals((reading) => readAll(snapshotReads(at, Arn, metadata), reading));
    return { arn: Arn, key: { value: { metadata, ...documents.value }, refusals: documents.refusals } };
  }
  if (!namesKey(keyId)) {
    return { arn: keyId, key: { value: 'unknown', refusals: refusals.map((one) => ({ ...one, member: [] })) } };
  }
  const documents = await noteRefusals((reading) => readAll(snapshotReads(at, keyId, { Arn: keyId }), reading));
  return {
    arn: keyId,
    key: { value: { metadata, ...documents.value }, refusals: [...refusals, ...documents.refusals] },
  };
}

async function describeKey(at: Where, keyId: string): Promise<KeyMetadata | null> {
  const dated = await describeKeyWithDate(at, keyId);
  if (dated === null) return null;
  const { CreationDate: _, ...metadata } = dated;
  return metadata;
}

/** With its creation date: no rule that names the key can be older. Nothing is planned with it. */
async function describeKeyWithDate(at: Where, keyId: string): Promise<KeyMetadata | null> {
  const answer = await at.kms.send(new DescribeKeyCommand({ KeyId: keyId })).catch(catchAbsent('NotFoundException'));
  if (!answer?.KeyMetadata) return null;
  const { KeyId = keyId, Arn = KeyId, ...rest } = answer.KeyMetadata;
  const { AWSAccountId, KeyState, KeySpec, KeyUsage, KeyManager, Description, Origin, ValidTo } = rest;
  const metadata: unknown = {
    Arn,
    AWSAccountId,
    KeyState,
    KeySpec,
    KeyUsage,
    KeyManager,
    Description,
    Origin,
    ValidTo,
    CreationDate: rest.CreationDate?.toISOString(),
  };
  return toJson(metadata) as KeyMetadata;
}

export async function keyArnBehind(at: Where, alias: string): Promise<string | null> {
  return (await describeKey(at, alias))?.Arn ?? null;
}

function documentsOf(at: Where, arn: string, metadata: KeyMetadata | Promise<KeyMetadata | null>) {
  return {
    policy: () => readKeyPolicy(at, arn),
    aliases: async () => {
      const { Aliases = [] } = await at.kms.send(new ListAliasesCommand({ KeyId: arn }));
      return Aliases.map(({ AliasName = '' }) => AliasName).sort();
    },
    rotation: () => readRotation(at, arn, metadata),
  };
}

function snapshotReads(at: Where, arn: string, metadata: KeyMetadata) {
  return { ...documentsOf(at, arn, metadata), grants: () => readGrants(at, arn) };
}

/** A key may have 50,000 grants (KMS: resource quotas), at most a hundred a page (API: ListGrants). */
async function readGrants(at: Where, KeyId: string): Promise<readonly GrantListEntry[]> {
  const grants: GrantListEntry[] = [];
  const pages = paginateListGrants({ client: at.kms }, { KeyId, Limit: 100 });
  for await (const page of pagesOf(pages, { list: `KMS ListGrants of ${KeyId}`, most: 1000 })) {
    grants.push(...(page.Grants ?? []));
  }
  return toJson(grants);
}

async function readKeyPolicy(at: Where, keyId: string): Promise<PolicyDocument> {
  const { Policy } = await at.kms.send(new GetKeyPolicyCommand({ KeyId: keyId, PolicyName: 'default' }));
  return policyIn(Policy, `the key policy of ${keyId}`);
}

/** Only usable symmetric keys have a rotation (API: GetKeyRotationStatus). @param metadata a promise: asks for the rotation meanwhile. */
async function readRotation(
  at: Where,
  arn: string,
  metadata: KeyMetadata | Promise<KeyMetadata | null>,
): Promise<boolean> {
  const ask = () =>
    at.kms
      .send(new GetKeyRotationStatusCommand({ KeyId: arn }))
      .catch(catchAbsent('KMSInvalidStateException', 'UnsupportedOperationException'));
  const asked = metadata instanceof Promise ? ask() : undefined;
  asked?.catch(() => undefined);
  const { KeySpec = 'SYMMETRIC_DEFAULT', KeyManager = 'CUSTOMER' } = (await metadata) ?? {};
  if (KeySpec !== 'SYMMETRIC_DEFAULT' || KeyManager !== 'CUSTOMER') return false;
  return (await (asked ?? ask()))?.KeyRotationEnabled ?? false;
}

async function readKeyTags(at: Where, keyId: string): Promise<Tags> {
  const { Tags = [] } = await at.kms.send(new ListResourceTagsCommand({ KeyId: keyId }));
  return Object.fromEntries(Tags.map(({ TagKey = '', TagValue = '' }) => [TagKey, TagValue]));
}

/** An account may have 100,000 keys in a Region (KMS: resource quotas), and more where AWS agreed. */
export function keyPages(at: Where) {
  return pagesOf(paginateListKeys({ client: at.kms }, { Limit: 1000 }), { list: 'KMS ListKeys', most: 500 });
}

/** At a time: KMS allows ListResourceTags 2,000 times a second to all callers together. */
const tagReads = 20;

/** By client, the setup that made a key, once it is known to be another one: many setups in an account ask for all keys. */
const ofOthers = new WeakMap<Where['kms'], Map<string, string>>();

/** Finds keys of a run that was killed before it made their alias. Keys whose policy hides their tags are not ours; a missing IAM permission is an error. */
export async function readOwnKeys(at: Where, name: string): Promise<readonly KeyState[]> {
  const arns: string[] = [];
  for await (const page of keyPages(at)) {
    arns.push(...(page.Keys ?? []).flatMap(({ KeyArn }) => KeyArn ?? []));
  }
  const others = ofOthers.get(at.kms) ?? new Map<string, string>();
  ofOthers.set(at.kms, others);
  const tagged = await atMost(tagReads, arns, async (arn) => {
    const owner = others.get(arn) ?? (await readKeyTags(at, arn).catch(catchUnreadable))?.[ownerTag];
    if (owner !== undefined && owner !== name) others.set(arn, owner);
    return owner === name ? [arn] : [];
  });
  const keys = await Promise.all(tagged.flat().map((arn) => readKey(at, arn)));
  return keys.filter((key): key is KeyState => key !== null && key.metadata.KeyState !== 'PendingDeletion');
}

function catchUnreadable(error: unknown): null {
  if (error instanceof Error && error.name === 'AccessDeniedException' && !/identity-based/.test(error.message))
    return null;
  return catchAbsent('NotFoundException')(error);
}

/** For documents that others write too, one at a time. */
export const keyDocuments = { 'key-policy': readKeyPolicy };
