import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { S3Client } from '@aws-sdk/client-s3';
import { S3ControlClient } from '@aws-sdk/client-s3-control';
import { SNSClient } from '@aws-sdk/client-sns';
import { AssumeRoleCommand, type AssumeRoleCommandInput, STSClient } from '@aws-sdk/client-sts';
import { type Sandbox, sandboxCredentials } from '../../src/sandbox/sandbox.ts';

export const SOURCE = '111111111111';
export const OTHER = '222222222222';

/** Credentials as STS gives them. */
export interface Keys {
  readonly AccessKeyId?: string | undefined;
  readonly SecretAccessKey?: string | undefined;
  readonly SessionToken?: string | undefined;
}

/** Real SDK clients of one identity, answered by a sandbox. */
export interface Clients {
  readonly s3: S3Client;
  readonly kms: KMSClient;
  readonly iam: IAMClient;
  readonly sts: STSClient;
  readonly s3Control: S3ControlClient;
  readonly organizations: OrganizationsClient;
  readonly cloudWatch: CloudWatchClient;
  readonly sns: SNSClient;
}

/** What reaches a sandbox, and the clients that use it: making one takes more than many a request. */
const made = new WeakMap<object, Map<string, Clients>>();

/** Clients of an account's administrator, or of whom temporary credentials are for: the same for the same. */
export function clientsOf(sandbox: Sandbox, identity: string | Keys = SOURCE, region = 'eu-west-1'): Clients {
  const all = made.get(sandbox.requestHandler) ?? new Map<string, Clients>();
  made.set(sandbox.requestHandler, all);
  const name = JSON.stringify([identity, region]);
  const clients = all.get(name) ?? makeClients(sandbox, identity, region);
  all.set(name, clients);
  return clients;
}

function makeClients(sandbox: Sandbox, identity: string | Keys, region: string): Clients {
  const credentials =
    typeof identity === 'string'
      ? sandboxCredentials(identity)
      : {
          accessKeyId: identity.AccessKeyId ?? '',
          secretAccessKey: identity.SecretAccessKey ?? '',
          ...(identity.SessionToken === undefined ? {} : { sessionToken: identity.SessionToken }),
        };
  const config = { requestHandler: sandbox.requestHandler, credentials, region, maxAttempts: 1 };
  const [s3, kms, iam] = [
    once(() => new S3Client(config)),
    once(() => new KMSClient(config)),
    once(() => new IAMClient(config)),
  ];
  const [sts, s3Control] = [once(() => new STSClient(config)), once(() => new S3ControlClient(config))];
  const organizations = once(() => new OrganizationsClient(config));
  const cloudWatch = once(() => new CloudWatchClient(config));
  const sns = once(() => new SNSClient(config));
  return {
    get s3() {
      return s3();
    },
    get kms() {
      return kms();
    },
    get iam() {
      return iam();
    },
    get sts() {
      return sts();
    },
    get s3Control() {
      return s3Control();
    },
    get organizations() {
      return organizations();
    },
    get cloudWatch() {
      return cloudWatch();
    },
    get sns() {
      return sns();
    },
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly it: T } | undefined;
  return () => {
    made ??= { it: make() };
    return made.it;
  };
}

/** What a role of a test has, and how its session is begun. */
export interface SessionOf {
  readonly account?: string;
  /** One inline policy. */
  readonly inline?: unknown;
  /** ARN of a policy. */
  readonly boundary?: string;
  readonly assumed?: Partial<AssumeRoleCommandInput>;
}

/** Makes a role that its account may assume, and gives a session of it. */
export async function sessionOf(
  sandbox: Sandbox,
  RoleName: string,
  { account = SOURCE, inline, boundary, assumed }: SessionOf = {},
): Promise<Keys> {
  const { iam, sts } = clientsOf(sandbox, account);
  const trust = { Effect: 'Allow', Principal: { AWS: account }, Action: 'sts:AssumeRole' };
  const { Role } = await iam.send(
    new CreateRoleCommand({
      RoleName,
      AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [trust] }),
      ...(boundary === undefined ? {} : { PermissionsBoundary: boundary }),
    }),
  );
  if (inline !== undefined) {
    const PolicyDocument = JSON.stringify(inline);
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'own', PolicyDocument }));
  }
  const RoleArn = Role?.Arn;
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'me', ...assumed }));
  return Credentials ?? {};
}

/** How a refused call was refused: its code and HTTP status. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    const { name, $metadata } = error as { name: string; $metadata?: { httpStatusCode?: number } };
    return `${$metadata?.httpStatusCode} ${name}`;
  }
  return 'accepted';
}

/** The message of a refused call. */
export async function message(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    return (error as Error).message;
  }
  return 'accepted';
}
