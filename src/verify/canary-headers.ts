import { arnParts, bucketArn, roleArn, sessionIn } from '../aws/arn.ts';
import { everything, type PolicyDocument } from '../aws/policy.ts';
import type { Spec } from '../config/spec.ts';
import type { Caller, Decision, Place } from '../model/decision.ts';
import { evaluate } from '../model/evaluate.ts';
import { encryptionKeys } from '../model/replication/request-keys.ts';
import { keyArnOf } from '../state/names.ts';
import type { State } from '../state/state.ts';
import { bucketOf } from '../state/state.ts';

export interface CanaryHeaders {
  readonly headers: Headers;
  /** A statement that denies the canary with any headers; absent where none is known to. */
  readonly deniedBy?: Place;
}

interface Headers {
  readonly ServerSideEncryption?: 'aws:kms';
  readonly SSEKMSKeyId?: string;
  readonly ACL?: 'bucket-owner-full-control';
}

/** Condition keys that depend on the program, or on the way of the request. */
const unknownKeys = [
  's3:x-amz-content-sha256',
  's3:signatureAge',
  's3:TlsVersion',
  'aws:MultiFactorAuthPresent',
  'aws:MultiFactorAuthAge',
  'aws:PrincipalTag/*',
  'aws:PrincipalOrgID',
  'aws:PrincipalOrgPaths',
];

/**
 * As few as possible: a canary without any proves the default encryption too. `aws:kms` never goes without the key: S3 would take the AWS managed key (S3 User
 * Guide, specifying-kms-encryption). Unknown conditions deny nothing.
 * @param identity ARN of the writer, as STS says it.
 */
export function canaryHeaders(
  state: State,
  spec: Spec,
  identity: string,
  { key, tags }: { readonly key: string; readonly tags: Readonly<Record<string, string>> },
): CanaryHeaders {
  const { source } = spec;
  const document = bucketOf(state, source.account, source.bucket)?.policy ?? null;
  const caller = callerOf(identity);
  if (document === null || caller === undefined) return { headers: {} };
  const byKey = { ServerSideEncryption: 'aws:kms' as const, SSEKMSKeyId: keyArnOf(state, source, spec) };
  const owned = { ACL: 'bucket-owner-full-control' as const };
  const ways: readonly Headers[] = [{}, byKey, owned, { ...byKey, ...owned }];
  const answers = ways.map((headers) => ({
    headers,
    deniedBy: denierOf(document, caller, spec, key, contextOf(headers, tags)),
  }));
  const [first] = answers;
  const free = answers.find(({ deniedBy }) => deniedBy === undefined);
  return free ? { headers: free.headers } : { headers: {}, ...(first?.deniedBy && { deniedBy: first.deniedBy }) };
}

type Context = Readonly<Record<string, string | readonly string[]>>;

function contextOf(
  { ServerSideEncryption, SSEKMSKeyId, ACL }: Headers,
  tags: Readonly<Record<string, string>>,
): Context {
  return {
    'aws:SecureTransport': 'true',
    's3:authType': 'REST-HEADER',
    's3:signatureversion': 'AWS4-HMAC-SHA256',
    ...encryptionKeys(ServerSideEncryption ?? null, SSEKMSKeyId ?? null),
    's3:x-amz-acl': ACL ?? [],
    's3:x-amz-storage-class': [],
    's3:RequestObjectTagKeys': Object.keys(tags),
    ...Object.fromEntries(Object.entries(tags).map(([name, value]) => [`s3:RequestObjectTag/${name}`, value])),
  };
}

/** Asks only Deny statements: AWS itself says what is not allowed when we try it. */
function denierOf(
  document: PolicyDocument,
  caller: Caller,
  { source }: Spec,
  key: string,
  context: Context,
): Place | undefined {
  const decision = evaluate(
    {
      caller,
      action: 's3:PutObject',
      resource: `${bucketArn(source)}/${key}`,
      resourceAccount: source.account,
      context,
      unknownKeys,
    },
    {
      identity: [{ name: 'everything', document: everything }],
      boundary: null,
      serviceControl: [],
      resourceControl: [],
      resource: { name: `bucket policy of ${source.bucket}`, document },
    },
  );
  return explicitIn(decision);
}

function explicitIn(decision: Decision): Place | undefined {
  return decision.effect === 'denied' && decision.kind === 'explicit' ? decision.by[0] : undefined;
}

/** From `arn:aws:sts::1:assumed-role/NAME/SESSION`, which lacks the path of the role, or the ARN of a user. */
function callerOf(identity: string): Caller | undefined {
  const held = sessionIn(identity);
  if (held) return { roleArn: roleArn(held, '/', held.role), sessionName: held.session, account: held.account };
  const { service, account = '', resource } = arnParts(identity) ?? {};
  return service === 'iam' && resource?.startsWith('user/') ? { roleArn: identity, account } : undefined;
}
