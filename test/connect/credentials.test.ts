import { AsyncLocalStorage } from 'node:async_hooks';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetRoleCommand } from '@aws-sdk/client-iam';
import { ListKeysCommand } from '@aws-sdk/client-kms';
import { GetBucketPolicyCommand, HeadBucketCommand } from '@aws-sdk/client-s3';
import type { HttpRequest } from '@smithy/core/transport';
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@smithy/types';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { applyChanges } from '../../src/apply/apply.ts';
import { connect } from '../../src/connect/connect.ts';
import type { Connection } from '../../src/connect/connection.ts';
import { newPool } from '../../src/connect/pool.ts';
import type { Surroundings } from '../../src/connect/surroundings.ts';
import { observe } from '../../src/observe/observe.ts';
import { planApply } from '../../src/plan/plan.ts';
import type { SandboxFault, SandboxRequest } from '../../src/sandbox/practice/faults.ts';
import { openSandbox, sandboxCredentials } from '../../src/sandbox/sandbox.ts';
import { explain } from '../../src/session/explain.ts';
import { aDestination, aSource, aSpec, DESTINATION, SOURCE } from '../builders.ts';

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

/** The session token of the credentials that a request was signed with. */
function tokenOf({ headers }: HttpRequest): string {
  return headers['x-amz-security-token'] ?? 'none';
}

/** A sandbox that knows which session tokens have run out: the next request with one of them is refused. */
async function aCloud(given: Partial<Surroundings> = {}) {
  const expired = new Map<string, SandboxFault>();
  const sent: { readonly operation: string; readonly token: string; readonly account: string }[] = [];
  const signedWith = new AsyncLocalStorage<string>();
  // Otherwise it is asked at every promise of the tests that come after.
  onTestFinished(() => signedWith.disable());
  const sandbox = await openSandbox({
    fault: ({ operation, account }: SandboxRequest) => {
      const token = signedWith.getStore() ?? '';
      sent.push({ operation, token, account });
      return expired.get(token);
    },
  });
  const surroundings: Surroundings = {
    report: () => undefined,
    env: process.env,
    requestHandler: {
      ...sandbox.requestHandler,
      handle: (request: HttpRequest) => signedWith.run(tokenOf(request), () => sandbox.requestHandler.handle(request)),
    },
    now: sandbox.clock.now,
    sleep: sandbox.clock.sleep,
    ...given,
  };
  const operations = () => sent.map((one) => `${one.operation} ${one.token}`);
  return { sandbox, surroundings, expired, sent, operations };
}

/** Gives `token 1`, `token 2` and so on. */
function ever(accountOf: (count: number) => string = () => SOURCE, more: Partial<AwsCredentialIdentity> = {}) {
  const given: AwsCredentialIdentity[] = [];
  const provider: AwsCredentialIdentityProvider = async () => {
    const credentials = {
      ...sandboxCredentials(accountOf(given.length + 1)),
      sessionToken: `token-${given.length + 1}`,
      ...more,
    };
    given.push(credentials);
    return credentials;
  };
  return { given, credentialsFor: () => provider };
}

const refusal: SandboxFault = { code: 'ExpiredToken', status: 400, message: 'The provided token has expired.' };
/** One account, one sign-in. */
const spec = aSpec({ destinations: [aDestination({ account: SOURCE })] });

async function failureOf(work: Promise<unknown>) {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error === undefined) throw new Error('a failure was expected');
  return explain(error);
}

describe('a call that is refused for credentials that have run out', () => {
  it.each<[string, SandboxFault, (at: Connection) => Promise<unknown>]>([
    ['S3', refusal, ({ s3 }) => s3.send(new GetBucketPolicyCommand({ Bucket: 'none' }))],
    [
      'S3, which wants others',
      { code: 'TokenRefreshRequired', status: 400 },
      ({ s3 }) => s3.send(new GetBucketPolicyCommand({ Bucket: 'none' })),
    ],
    ['S3, without a reason', refusal, ({ s3 }) => s3.send(new HeadBucketCommand({ Bucket: 'none' }))],
    ['KMS', { code: 'ExpiredTokenException', status: 400 }, ({ kms }) => kms.send(new ListKeysCommand({}))],
    ['IAM', { code: 'ExpiredToken', status: 403 }, ({ iam }) => iam.send(new GetRoleCommand({ RoleName: 'none' }))],
  ])('by %s is sent again with others, after a look at whose they are', async (_, fault, call) => {
    const { credentialsFor, given } = ever();
    const { surroundings, expired, operations } = await aCloud({ credentialsFor });
    const connections = await connect(spec, surroundings);
    expired.set('token-1', fault);
    await call(connections.get('source')).catch((error: Error) =>
      expect(error.name).toMatch(/^(NoSuchBucket|NoSuchEntity.*|NotFound)$/),
    );
    expect(given).toHaveLength(2);
    const [refused, ...rest] = operations().slice(1);
    const [operation] = (refused ?? '').split(' ');
    expect(refused).toBe(`${operation} token-1`);
    expect(rest.slice(-2)).toEqual(['GetCallerIdentity token-2', `${operation} token-2`]);
    connections.close();
  });

  it('is one renewal for all calls of a side', async () => {
    const { credentialsFor, given } = ever();
    const { surroundings, expired, operations } = await aCloud({ credentialsFor });
    const connections = await connect(spec, surroundings);
    expired.set('token-1', refusal);
    await observe(connections, spec);
    expect(given).toHaveLength(2);
    expect(operations().filter((one) => one === 'GetCallerIdentity token-2')).toHaveLength(1);
    connections.close();
  });

  it('is one renewal for all configurations that share the sign-in, and of no other account', async () => {
    const { credentialsFor, given } = ever((count) => (count < 3 ? SOURCE : DESTINATION));
    const { surroundings, expired, operations } = await aCloud({ credentialsFor });
    const shared = { ...surroundings, pool: newPool(surroundings) };
    const [one, other] = await Promise.all([connect(spec, shared), connect(aSpec({ ...spec, name: 'other' }), shared)]);
    const list = ({ get }: typeof one) => get('source').kms.send(new ListKeysCommand({}));
    expired.set('token-1', refusal);
    await Promise.all([list(one), list(other)]);
    expect(given).toHaveLength(2);
    expired.set('token-2', refusal);
    const before = operations().length;
    const failures = await Promise.all([failureOf(list(one)), failureOf(list(other))]);
    expect(failures.map(({ code }) => code)).toEqual(['wrong-account', 'wrong-account']);
    expect(operations().slice(before)).not.toContain('ListKeys token-3');
  });

  it('is sent again once, and no more', async () => {
    const { credentialsFor, given } = ever();
    let operations = 0;
    const { surroundings } = await aCloud({ credentialsFor });
    const sandbox = await openSandbox({
      // STS accepts what the service does not.
      fault: ({ operation }) => {
        if (operation !== 'ListKeys') return undefined;
        operations += 1;
        return { code: 'ExpiredTokenException', status: 400 };
      },
    });
    const connections = await connect(spec, { ...surroundings, requestHandler: sandbox.requestHandler });
    const failure = await failureOf(connections.get('source').kms.send(new ListKeysCommand({})));
    expect(failure).toMatchObject({ outcome: 'unauthorized', code: 'ExpiredTokenException' });
    expect({ operations, given: given.length }).toEqual({ operations: 2, given: 2 });
    connections.close();
  });

  it('writes nothing twice: an apply whose credentials run out at any write ends in one run, with one key a side', async () => {
    for (const struck of ['CreateKey', 'CreateRole', 'CreateBucket', 'PutBucketPolicy', 'PutBucketReplication']) {
      const renewed = { source: ever(), destination: ever(() => DESTINATION) };
      let times = 0;
      const sandbox = await openSandbox({
        fault: ({ operation, service }) =>
          operation === struck && times++ === 0
            ? { code: service === 'kms' ? 'ExpiredTokenException' : 'ExpiredToken', status: 400 }
            : undefined,
      });
      const surroundings: Surroundings = {
        report: () => undefined,
        env: process.env,
        requestHandler: sandbox.requestHandler,
        credentialsFor: ({ account }) => (account === SOURCE ? renewed.source : renewed.destination).credentialsFor(),
        now: sandbox.clock.now,
        sleep: sandbox.clock.sleep,
      };
      const connections = await connect(aSpec(), surroundings);
      const { changes } = planApply(await observe(connections, aSpec()), aSpec());
      await applyChanges(changes, { connections, surroundings, signal: new AbortController().signal });
      expect(planApply(await observe(connections, aSpec()), aSpec()).changes).toEqual([]);
      expect(Object.keys(sandbox.state.keys)).toHaveLength(2);
      expect(times).toBeGreaterThan(1);
      connections.close();
    }
  });
});

describe('credentials that nobody can renew', () => {
  const constant = () => async () => ({ ...sandboxCredentials(SOURCE), sessionToken: 'token-1' });
  const withProfile = aSpec({ source: aSource({ access: { profile: 'prod' } }), destinations: spec.destinations });

  it('end the run where nobody is there, naming account, identity, profile and the command to sign in', async () => {
    const { surroundings, expired, operations } = await aCloud({ credentialsFor: constant });
    const connections = await connect(withProfile, surroundings);
    expired.set('token-1', refusal);
    const before = operations().length;
    const failure = await failureOf(connections.get('source').s3.send(new GetBucketPolicyCommand({ Bucket: 'none' })));
    expect(failure).toMatchObject({ outcome: 'unauthorized', code: 'credentials-expired' });
    expect(failure.message).toBe(
      `the credentials for account ${SOURCE} (arn:aws:iam::${SOURCE}:user/sandbox-admin, with the profile prod) have expired: The provided token has expired.`,
    );
    expect(failure.fix).toContain('aws sso login --profile prod');
    expect(failure.fix).toContain('continues where it stopped');
    expect(operations().slice(before)).toEqual(['GetBucketPolicy token-1']);
    connections.close();
  });

  it('are asked for where somebody is there, and the run goes on', async () => {
    const folder = mkdtempSync(join(tmpdir(), 's3repl-profile-'));
    const file = join(folder, 'credentials');
    // What the test itself has put there is no leak.
    onTestFinished(() => {
      rmSync(file);
      rmSync(folder, { recursive: true, force: true });
    });
    const signIn = (token: string) => {
      const { accessKeyId, secretAccessKey } = sandboxCredentials(SOURCE);
      writeFileSync(
        file,
        `[prod]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\naws_session_token = ${token}\n`,
      );
    };
    signIn('token-1');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', file);
    vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'none'));
    const asked: string[] = [];
    const askToSignIn = async (message: string) => {
      asked.push(message);
      signIn('token-2');
    };
    const { surroundings, expired, operations } = await aCloud({ askToSignIn });
    const one = aSpec({
      ...withProfile,
      destinations: [aDestination({ account: SOURCE, access: { profile: 'prod' } })],
    });
    const connections = await connect(one, surroundings);
    expired.set('token-1', { code: 'ExpiredTokenException', status: 400 });
    await connections.get('source').kms.send(new ListKeysCommand({}));
    expect(asked).toHaveLength(1);
    expect(asked[0]).toContain(`account ${SOURCE}`);
    expect(asked[0]).toMatch(/aws sso login --profile prod.*then press Enter$/);
    expect(operations().slice(-2)).toEqual(['GetCallerIdentity token-2', 'ListKeys token-2']);
    connections.close();
  });

  it('are asked for again until there are some', async () => {
    let signedIn = true;
    const credentialsFor = () => async () => {
      if (signedIn) return { ...sandboxCredentials(SOURCE), sessionToken: 'token-1', expiration: new Date(Date.now()) };
      throw Object.assign(new Error('The SSO session has expired'), { name: 'CredentialsProviderError' });
    };
    let asked = 0;
    const askToSignIn = async () => {
      asked += 1;
      signedIn = asked === 2;
    };
    const { surroundings } = await aCloud({ credentialsFor, askToSignIn });
    const connections = await connect(spec, surroundings);
    signedIn = false;
    await connections.get('source').kms.send(new ListKeysCommand({}));
    expect(asked).toBe(2);
    connections.close();
  });

  it('are not asked for where they come from the environment, which nobody can change', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', sandboxCredentials(SOURCE).accessKeyId);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'sandbox');
    vi.stubEnv('AWS_SESSION_TOKEN', 'token-1');
    vi.stubEnv('AWS_PROFILE', undefined);
    const askToSignIn = vi.fn();
    const { surroundings, expired } = await aCloud({ askToSignIn });
    const connections = await connect(spec, surroundings);
    expired.set('token-1', { code: 'ExpiredTokenException', status: 400 });
    const failure = await failureOf(connections.get('source').kms.send(new ListKeysCommand({})));
    expect(failure).toMatchObject({ outcome: 'unauthorized', code: 'credentials-expired' });
    expect(failure.fix).toContain('AWS_SESSION_TOKEN');
    expect(askToSignIn).not.toHaveBeenCalled();
    connections.close();
  });
});

describe('credentials that were renewed', () => {
  const elsewhere = (count: number) => (count === 1 ? SOURCE : '999999999999');

  it('and are now of another account end the run before anything is sent with them', async () => {
    const { credentialsFor } = ever(elsewhere);
    const { surroundings, expired, sent } = await aCloud({ credentialsFor });
    const connections = await connect(spec, surroundings);
    expired.set('token-1', { code: 'ExpiredTokenException', status: 400 });
    const failure = await failureOf(connections.get('source').kms.send(new ListKeysCommand({})));
    expect(failure).toMatchObject({ outcome: 'unauthorized', code: 'wrong-account' });
    expect(failure.message).toContain('account 999999999999');
    expect(failure.message).toContain(`for account ${SOURCE}`);
    await connections
      .get('source')
      .kms.send(new ListKeysCommand({}))
      .catch(() => undefined);
    const asOther = sent.filter(({ account }) => account === '999999999999').map(({ operation }) => operation);
    expect(new Set(asOther)).toEqual(new Set(['GetCallerIdentity']));
    connections.close();
  });

  it('because their time was over are looked at in the same way', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { credentialsFor } = ever(elsewhere, { expiration: new Date(Date.now() + 3_600_000) });
    const { surroundings, sent } = await aCloud({ credentialsFor });
    const connections = await connect(spec, surroundings);
    await connections.get('source').kms.send(new ListKeysCommand({}));
    vi.setSystemTime(Date.now() + 56 * 60_000);
    const failure = await failureOf(connections.get('source').kms.send(new ListKeysCommand({})));
    expect(failure).toMatchObject({ outcome: 'unauthorized', code: 'wrong-account' });
    expect(sent.filter(({ account }) => account === '999999999999').map(({ operation }) => operation)).toEqual([
      'GetCallerIdentity',
    ]);
    connections.close();
  });

  it('by the network, which is down, are the network’s failure', async () => {
    let down = false;
    const credentialsFor = () => async () => {
      if (down) throw Object.assign(new Error('getaddrinfo ENOTFOUND sts'), { code: 'ENOTFOUND' });
      return { ...sandboxCredentials(SOURCE), sessionToken: 'token-1' };
    };
    const { surroundings, expired } = await aCloud({ credentialsFor });
    const connections = await connect(spec, surroundings);
    expired.set('token-1', { code: 'ExpiredTokenException', status: 400 });
    down = true;
    const failure = await failureOf(connections.get('source').kms.send(new ListKeysCommand({})));
    expect(failure).toMatchObject({ outcome: 'failed', code: 'network' });
    connections.close();
  });
});
