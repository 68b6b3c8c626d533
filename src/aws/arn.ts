/** ARNs are taken apart and put together here alone (`test/lint/arns.js`). The resource keeps its own colons (IAM User Guide, reference-arns). */

import { type AccountId, type Arn, type BucketName, brand, type Region } from './brand.ts';

export interface ArnParts {
  readonly partition: string;
  readonly service: string;
  /** Empty for services without Regions, such as IAM. */
  readonly region: Region;
  /** Empty for buckets; `aws` for AWS's managed policies. */
  readonly account: AccountId;
  readonly resource: string;
}

/** What `repl.yaml` takes for ARNs, as texts: editors read them in the JSON Schema. */
export const arnPatterns = {
  key: '^arn:aws[a-z-]*:kms:[a-z0-9-]+:\\d{12}:key/([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$',
  role: '^arn:aws[a-z-]*:iam::\\d{12}:role/[\\w+=,.@/-]+$',
  roleOrUser: '^arn:aws[a-z-]*:iam::\\d{12}:(role|user)/[\\w+=,.@/-]+$',
  topic: '^arn:aws[a-z-]*:sns:[a-z0-9-]+:\\d{12}:[\\w-]{1,256}$',
  queue: '^arn:aws[a-z-]*:sqs:[a-z0-9-]+:\\d{12}:[\\w-]{1,80}$',
  policy: '^arn:aws[a-z-]*:iam::(\\d{12}|aws):policy/[\\w+=,.@/-]+$',
  mfaDevice: '^(arn:aws[a-z-]*:iam::\\d{12}:mfa/[\\w+=,.@/-]+|[A-Za-z0-9]{9,64})$',
} as const;

export const keyArnStart = 'arn:[^:"\\s]+:kms:[^:"\\s]+:\\d{12}:key/';

interface InPartition {
  readonly partition: string;
}
interface InAccount extends InPartition {
  readonly account: AccountId | 'aws' | 'cloudfront';
}
interface InRegion extends InPartition {
  readonly account: AccountId;
  readonly region: Region;
}

export function isArn(text: string): boolean {
  return text.startsWith('arn:');
}

export function isAccountId(text: string): text is AccountId {
  return /^\d{12}$/.test(text);
}

export function arnParts(text: string): ArnParts | undefined {
  const [scheme, partition, service, region = '', account = '', resource] = arnFields(text);
  if (scheme !== 'arn' || !partition || !service || !resource) return undefined;
  return { partition, service, region: brand(region), account: brand(account), resource };
}

/** The six fields of an ARN or of a pattern for ARNs, `arn` among them; fewer where it has fewer colons. */
export function arnFields(text: string): readonly string[] {
  const fields = text.split(':');
  return fields.length <= 6 ? fields : [...fields.slice(0, 5), fields.slice(5).join(':')];
}

export function patternFields<T extends string | symbol>(pattern: readonly T[]): readonly (readonly T[])[] {
  const fields: (readonly T[])[] = [];
  let rest = pattern;
  for (let colon = colonIn(rest); colon >= 0 && fields.length < 5; colon = colonIn(rest)) {
    fields.push(rest.slice(0, colon));
    rest = rest.slice(colon + 1);
  }
  return [...fields, rest];
}

function colonIn(pattern: readonly (string | symbol)[]): number {
  return pattern.indexOf(':');
}

/** IAM adds `*` for each part that an ARN lacks (IAM User Guide, reference_policies_elements_resource). */
export function completeArn(pattern: string): string {
  if (!isArn(pattern)) return pattern;
  const { length } = arnFields(pattern.replace(/\$\{[^}]*\}/g, ''));
  return `${pattern}${':*'.repeat(6 - length)}`;
}

interface PartsToJoin extends InPartition, Pick<ArnParts, 'service' | 'resource'> {
  readonly region?: Region;
  readonly account?: InAccount['account'];
}

export function arnOf(parts: PartsToJoin): Arn {
  const { partition, service, region = '', account = '', resource } = parts;
  return brand(`arn:${partition}:${service}:${region}:${account}:${resource}`);
}

export function bucketArn({ partition, bucket }: InPartition & { readonly bucket: BucketName }): Arn {
  return arnOf({ partition, service: 's3', resource: bucket });
}

/** Of a job of S3 Batch Operations. */
export function jobArn({ partition, region, account }: InRegion, id: string): Arn {
  return arnOf({ partition, service: 's3', region, account, resource: `job/${id}` });
}

/** Of a topic of SNS. */
export function topicArn({ partition, region, account }: InRegion, name: string): Arn {
  return arnOf({ partition, service: 'sns', region, account, resource: name });
}

export function topicNameIn(arn: string): string {
  return arn.slice(arn.lastIndexOf(':') + 1);
}

/** Of a subscription to a topic of SNS. */
export function subscriptionArn(topic: Arn, id: string): Arn {
  return brand(`${topic}:${id}`);
}

/** The topic of a subscription. */
export function topicOfSubscription(arn: string): Arn {
  return brand(arn.slice(0, arn.lastIndexOf(':')));
}

/** Of Service Quotas. @param account absent: AWS's default, which belongs to nobody. */
export function quotaArn(
  { partition, region, account }: Omit<InRegion, 'account'> & Partial<InRegion>,
  name: string,
): Arn {
  return arnOf({ partition, service: 'servicequotas', region, ...(account && { account }), resource: name });
}

/** Of an alarm of CloudWatch. */
export function alarmArn({ partition, region, account }: InRegion, name: string): Arn {
  return arnOf({ partition, service: 'cloudwatch', region, account, resource: `alarm:${name}` });
}

/** @param resource such as `role/NAME`, with the path before the name. */
export function iamArn({ partition, account }: InAccount, resource: string): Arn {
  return arnOf({ partition, service: 'iam', account, resource });
}

export function rootArn(side: InAccount): Arn {
  return iamArn(side, 'root');
}

/** @param path begins and ends with `/`. */
export function roleArn(side: InAccount, path: string, name: string): Arn {
  return iamArn(side, `role${path}${name}`);
}

export function sessionArn(role: string, session: string): Arn {
  const resource = `assumed-role/${nameIn(role)}/${session}`;
  return arnOf({ partition: partitionIn(role), service: 'sts', account: accountIn(role), resource });
}

export function kmsArn({ partition, region, account }: InRegion, resource: string): Arn {
  return arnOf({ partition, service: 'kms', region, account, resource });
}

export function keyArn(side: InRegion, id: string): Arn {
  return kmsArn(side, `key/${id}`);
}

export function partitionIn(arn: string): string {
  return arnParts(arn)?.partition ?? '';
}

export function regionOf(arn: string): Region {
  return arnParts(arn)?.region ?? brand('');
}

export function accountIn(arn: string): AccountId {
  return arnParts(arn)?.account ?? brand('');
}

/** The account that a principal stands for as a whole; undefined for any other principal. */
export function rootAccountIn(arn: string): AccountId | undefined {
  const { service, account, resource } = arnParts(arn) ?? {};
  return service === 'iam' && resource === 'root' && account !== undefined && isAccountId(account)
    ? account
    : undefined;
}

export function nameIn(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

export function pathIn(arn: string): string {
  const { resource = '' } = arnParts(arn) ?? {};
  return resource.slice(resource.indexOf('/'), resource.lastIndexOf('/') + 1);
}

export function idIn(arn: string): string {
  const { resource = arn } = arnParts(arn) ?? {};
  return resource === arn ? arn : resource.slice(resource.indexOf('/') + 1);
}

export function sessionIn(arn: string): (ArnParts & { readonly role: string; readonly session: string }) | undefined {
  const parts = arnParts(arn);
  if (parts?.service !== 'sts') return undefined;
  const [kind, role, session] = parts.resource.split('/');
  if (kind !== 'assumed-role' || role === undefined || session === undefined) return undefined;
  return { ...parts, role, session };
}

export function bucketNameIn(arn: string): BucketName {
  return brand(arn.slice(arn.lastIndexOf(':') + 1));
}

/** The bucket that an ARN of a bucket or of its objects names; undefined where it names none, or several. */
export function bucketOfArn(text: string): BucketName | undefined {
  const { service, region, account, resource = '' } = arnParts(text) ?? {};
  if (service !== 's3' || region !== '' || account !== '') return undefined;
  const [, name] = /^([a-z0-9][a-z0-9.-]+)(?:\/|$)/.exec(resource) ?? [];
  return name === undefined ? undefined : brand(name);
}

/** Undefined where it names no object, or several. */
export function objectOfArn(text: string): { readonly bucket: BucketName; readonly key: string } | undefined {
  const bucket = bucketOfArn(text);
  const { resource = '' } = arnParts(text) ?? {};
  const key = resource.slice(resource.indexOf('/') + 1);
  return bucket === undefined || key === '' || key === resource ? undefined : { bucket, key };
}

export function namesS3(text: string): boolean {
  return text.includes(':s3:::');
}

export function namesKey(text: string): boolean {
  const { service, resource = '' } = arnParts(text) ?? {};
  return service === 'kms' && resource.startsWith('key/');
}

/** Whether a text is the ARN of one existing key: no pattern, and no stand-in. */
export function isKeyArn(text: string): text is Arn {
  return namesKey(text) && isAccountId(accountIn(text)) && /^[\w-]+$/.test(idIn(text));
}

const role = new RegExp(arnPatterns.role);

export function isRoleArn(text: string): text is Arn {
  return role.test(text);
}
