/** GitHub's OIDC provider, and AWS's STS that trusts it as the trust policies of docs/ci.md say; all else is the sandbox's. */

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { onTestFinished } from 'vitest';
import { aServedSandbox } from '../sandbox/served.ts';

const issuer = 'token.actions.githubusercontent.com';

export interface TrustPolicy {
  readonly Statement: readonly {
    readonly Effect: string;
    readonly Principal: { readonly Federated: string };
    readonly Action: string;
    readonly Condition: Readonly<Record<string, Readonly<Record<string, string>>>>;
  }[];
}

/** The trust policy of docs/ci.md. */
export function documentedTrust(): TrustPolicy {
  const text = readFileSync(new URL('../../docs/ci.md', import.meta.url), 'utf8');
  return JSON.parse(/```json\n([\s\S]*?)```/.exec(text)?.[1] ?? '') as TrustPolicy;
}

export interface Federation {
  /** The environment of a job that may ask for tokens. */
  job(environment: string): Readonly<Record<string, string>>;
  /** The roles that were taken on, as role and session. */
  readonly assumed: readonly string[];
  /** All tokens and credentials so far, and what they are asked for with. */
  readonly secrets: readonly string[];
  readonly tokens: readonly string[];
}

/** Both accounts with the roles of docs/ci.md. */
export async function aFederation(): Promise<Federation> {
  const { url: cloud, sandbox } = await aServedSandbox({ lag: { roleVisible: 0 } });
  const bearer = 'bearer-of-the-job';
  const secrets = [bearer];
  const tokens: string[] = [];
  const assumed: string[] = [];

  const github = await served((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://github');
    if (request.headers.authorization !== `bearer ${bearer}`) {
      response.writeHead(401).end();
      return;
    }
    const claims = {
      iss: `https://${issuer}`,
      aud: searchParams.get('audience'),
      sub: `repo:ORG@ORG-ID/REPO@REPO-ID:environment:${pathname.slice(1)}`,
    };
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const token = `${part({ alg: 'RS256' })}.${part(claims)}.c2lnbmF0dXJl`;
    tokens.push(token);
    secrets.push(token);
    response.end(JSON.stringify({ count: 1, value: token }));
  });

  const sts = await served(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const params = new URLSearchParams(body.toString());
    if (params.get('Action') !== 'AssumeRoleWithWebIdentity') {
      const { host: _host, connection: _connection, 'content-length': _length, ...headers } = request.headers;
      const forwarded = await fetch(cloud, { method: 'POST', headers: headers as Record<string, string>, body });
      response.writeHead(forwarded.status, { 'content-type': 'text/xml' }).end(await forwarded.text());
      return;
    }
    const role = params.get('RoleArn') ?? '';
    const session = params.get('RoleSessionName') ?? '';
    if (!trusts(role, params.get('WebIdentityToken') ?? '')) {
      const error = `<Code>AccessDenied</Code><Message>Not authorized to perform sts:AssumeRoleWithWebIdentity</Message>`;
      response.writeHead(403, { 'content-type': 'text/xml' });
      response.end(`<ErrorResponse><Error><Type>Sender</Type>${error}</Error></ErrorResponse>`);
      return;
    }
    assumed.push(`${role}/${session}`);
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = await credentialsOf(role, session);
    secrets.push(SecretAccessKey ?? '', SessionToken ?? '');
    const credentials = [
      `<AccessKeyId>${AccessKeyId}</AccessKeyId><SecretAccessKey>${SecretAccessKey}</SecretAccessKey>`,
      `<SessionToken>${SessionToken}</SessionToken><Expiration>${Expiration?.toISOString()}</Expiration>`,
    ].join('');
    response.writeHead(200, { 'content-type': 'text/xml' });
    response.end(
      `<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>${credentials}</Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`,
    );
  });

  const credentialsOf = async (role: string, session: string) => {
    const account = accountOf(role);
    await sandbox.ensureRole(role, [`arn:aws:iam::${account}:root`]);
    const credentials = { accessKeyId: `SANDBOX${account}`, secretAccessKey: 'any' };
    const client = new STSClient({ region: 'eu-west-1', credentials, requestHandler: sandbox.requestHandler });
    const answer = await client.send(new AssumeRoleCommand({ RoleArn: role, RoleSessionName: session }));
    if (!answer.Credentials) throw new Error('no credentials');
    return answer.Credentials;
  };
  return {
    job: (environment) => ({
      ACTIONS_ID_TOKEN_REQUEST_URL: `${github}/${environment}?api-version=2`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer,
      AWS_ENDPOINT_URL: cloud,
      AWS_ENDPOINT_URL_STS: sts,
    }),
    assumed,
    secrets,
    tokens,
  };
}

/** Whether the trust policy of the documentation, for this role, lets the token in. */
function trusts(role: string, token: string): boolean {
  const environment = { 's3repl-setup': 'production', 's3repl-plan': 's3repl-plan' }[role.split('/').at(-1) ?? ''];
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, string>;
  const text = JSON.stringify(documentedTrust())
    .replaceAll('111111111111', accountOf(role))
    .replaceAll(':environment:production', `:environment:${environment}`);
  return (JSON.parse(text) as TrustPolicy).Statement.some(
    ({ Effect, Principal, Action, Condition }) =>
      Effect === 'Allow' &&
      Action === 'sts:AssumeRoleWithWebIdentity' &&
      Principal.Federated === `arn:aws:iam::${accountOf(role)}:oidc-provider/${issuer}` &&
      Object.entries(Condition.StringEquals ?? {}).every(
        ([key, value]) => claims[key.replace(`${issuer}:`, '')] === value,
      ),
  );
}

function accountOf(arn: string): string {
  return arn.split(':')[4] ?? '';
}

async function served(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
