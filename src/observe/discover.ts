/** Choices for the wizard. Reads only. */

import { arnParts, isAccountId } from '../aws/arn.ts';
import { brand, type Region } from '../aws/brand.ts';
import { required } from '../aws/required.ts';
import type { Connection } from '../connect/connection.ts';
import { atMost } from './at-most.ts';
import { readEncryption, readReplication } from './bucket.ts';
import { keyPages } from './key.ts';
import { pagesOf } from './pages.ts';

const { ListAccountAliasesCommand } = required('@aws-sdk/client-iam');
const { DescribeKeyCommand, paginateListAliases } = required('@aws-sdk/client-kms');
const { GetBucketVersioningCommand, HeadBucketCommand, paginateListBuckets } = required('@aws-sdk/client-s3');
const { loadSharedConfigFiles } = required('@smithy/core/config');

export interface Profile {
  readonly name: string;
  readonly region: string | undefined;
  readonly account: string | undefined;
}

/** None where the AWS config and credentials files do not exist. Reads them again: a person may have just made a profile. */
export async function listProfiles(): Promise<readonly Profile[]> {
  const { configFile, credentialsFile } = await loadSharedConfigFiles({ ignoreCache: true });
  const names = [...new Set([...Object.keys(configFile), ...Object.keys(credentialsFile)])];
  return names
    .filter((name) => !/^(sso-session|services)[. ]/.test(name))
    .sort()
    .map((name) => {
      const settings = { ...credentialsFile[name], ...configFile[name] };
      const account = settings.sso_account_id ?? accountOfRole(settings.role_arn ?? '');
      return { name, region: settings.region, account };
    });
}

function accountOfRole(arn: string): string | undefined {
  const { service, account = '' } = arnParts(arn) ?? {};
  return service === 'iam' && isAccountId(account) ? account : undefined;
}

export async function accountAlias(at: Pick<Connection, 'iam'>): Promise<string | undefined> {
  const answer = await at.iam.send(new ListAccountAliasesCommand({})).catch(() => undefined);
  return answer?.AccountAliases?.[0];
}

export interface ListedBucket {
  readonly name: string;
  readonly region: Region | undefined;
}

export async function* listBuckets(at: Pick<Connection, 's3'>): AsyncGenerator<readonly ListedBucket[]> {
  // With MaxBuckets, S3 also gives each Region (API: ListBuckets); an account has at most a million buckets.
  const pages = paginateListBuckets({ client: at.s3, pageSize: 1000 }, {});
  for await (const { Buckets = [] } of pagesOf(pages, { list: 'S3 ListBuckets', most: 1000 })) {
    yield Buckets.flatMap(({ Name, BucketRegion }) =>
      Name === undefined ? [] : [{ name: Name, region: BucketRegion === undefined ? undefined : brand(BucketRegion) }],
    );
  }
}

/** What we may not read is undefined. */
export interface BucketGlance {
  readonly versioning: string | undefined;
  readonly encryption: string | undefined;
  readonly rules: number | undefined;
}

export async function glanceAt(at: Pick<Connection, 's3' | 'account' | 'region'>, name: string): Promise<BucketGlance> {
  const ask = { Bucket: name, ExpectedBucketOwner: at.account };
  const [versioning, encryption, replication] = await Promise.all([
    at.s3.send(new GetBucketVersioningCommand(ask)).catch(() => undefined),
    readEncryption(at, name).catch(() => undefined),
    readReplication(at, name).catch(() => undefined),
  ]);
  return {
    versioning: versioning && (versioning.Status ?? 'not versioned'),
    encryption: encryption?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm,
    rules: replication === undefined ? undefined : (replication?.Rules?.length ?? 0),
  };
}

/** Undefined where S3 does not say. */
export async function regionOfBucket(at: Pick<Connection, 's3'>, name: string): Promise<string | undefined> {
  const answer = await at.s3.send(new HeadBucketCommand({ Bucket: name })).catch(() => undefined);
  return answer?.BucketRegion;
}

export interface FittingKey {
  readonly arn: string;
  /** With the leading `alias/`; undefined where it has none. */
  readonly alias: string | undefined;
  readonly description: string;
}

const keyReads = 10;

export async function keysThatFit(at: Pick<Connection, 'kms'>): Promise<readonly FittingKey[]> {
  const [ids, aliases] = await Promise.all([keyIds(at), aliasesByKey(at)]);
  const keys = await atMost(keyReads, ids, async (KeyId): Promise<readonly FittingKey[]> => {
    const { KeyMetadata } = await at.kms.send(new DescribeKeyCommand({ KeyId }));
    const { Arn = '', KeyManager, KeyState, KeySpec, KeyUsage, Description = '' } = KeyMetadata ?? {};
    const fits = KeyManager === 'CUSTOMER' && KeyState === 'Enabled' && KeySpec === 'SYMMETRIC_DEFAULT';
    if (!fits || KeyUsage !== 'ENCRYPT_DECRYPT') return [];
    return [{ arn: Arn, alias: aliases.get(KeyId), description: Description }];
  });
  return keys.flat();
}

async function keyIds(at: Pick<Connection, 'kms'>): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const { Keys = [] } of keyPages(at)) {
    ids.push(...Keys.flatMap(({ KeyId }) => KeyId ?? []));
  }
  return ids;
}

async function aliasesByKey(at: Pick<Connection, 'kms'>): Promise<ReadonlyMap<string, string>> {
  const byKey = new Map<string, string>();
  const pages = paginateListAliases({ client: at.kms }, { Limit: 100 });
  for await (const { Aliases = [] } of pagesOf(pages, { list: 'KMS ListAliases', most: 5000 })) {
    for (const { AliasName, TargetKeyId } of Aliases) {
      if (AliasName !== undefined && TargetKeyId !== undefined && !byKey.has(TargetKeyId))
        byKey.set(TargetKeyId, AliasName);
    }
  }
  return byKey;
}
