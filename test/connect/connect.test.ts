import { ListKeysCommand } from '@aws-sdk/client-kms';
import { GetBucketVersioningCommand } from '@aws-sdk/client-s3';
import type { HttpRequest } from '@smithy/core/transport';
import type { AwsCredentialIdentity } from '@smithy/types';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Spec } from '../../src/config/spec.ts';
import { connect } from '../../src/connect/connect.ts';
import type { Surroundings } from '../../src/connect/surroundings.ts';
import type { CallEvent, Event } from '../../src/events/event.ts';
import { Failure } from '../../src/events/failure.ts';
import { observe } from '../../src/observe/observe.ts';
import type { SandboxFault, SandboxRequest } from '../../src/sandbox/practice/faults.ts';
import { openSandbox, sandboxCredentials } from '../../src/sandbox/sandbox.ts';
import { aDestination, aSource, aSpec, DESTINATION, SOURCE } from '../builders.ts';

const setUpRole = `arn:aws:iam::${DESTINATION}:role/s3repl-setup`;

interface Sent {
  readonly host: string;
  readonly operation: string;
  readonly parameters: Readonly<Record<string, string>>;
}

interface Given {
  /** Account that the credentials of a side are of. */
  readonly accountOf?: (side: string) => string;
  readonly fault?: (request: SandboxRequest) => SandboxFault | undefined;
  readonly surroundings?: Partial<Surroundings>;
}

/** A sandbox that two roles may be assumed in, and everything that is sent to it. */
async function aCloud({ accountOf, fault, surroundings: given }: Given = {}) {
  const requests: SandboxRequest[] = [];
  const sent: Sent[] = [];
  const calls: CallEvent[] = [];
  const sandbox = await openSandbox({
    onRequest: (request) => requests.push(request),
    ...(fault ? { fault } : {}),
  });
  await sandbox.ensureRole(setUpRole, [`arn:aws:iam::${SOURCE}:root`]);
  const surroundings: Surroundings = {
    report: (event) => {
      if (event.type === 'call') calls.push(event);
    },
    requestHandler: {
      ...sandbox.requestHandler,
      handle: async (request: HttpRequest) => {
        const parameters = Object.fromEntries(new URLSearchParams(String(request.body ?? '')));
        const before = requests.length;
        const answer = sandbox.requestHandler.handle(request);
        await Promise.resolve();
        sent.push({
          host: request.hostname,
          operation: parameters.Action ?? requests[before]?.operation ?? '',
          parameters,
        });
        return answer;
      },
    },
    credentialsFor: (side) => async () =>
      sandboxCredentials(accountOf?.(side.id) ?? (side.access.assumeRole ? SOURCE : (side.account ?? ''))),
    env: process.env,
    now: sandbox.clock.now,
    sleep: sandbox.clock.sleep,
    ...given,
  };
  const count = (operation: string) => requests.filter((request) => request.operation === operation).length;
  return { sandbox, requests, sent, calls, surroundings, count };
}

async function failureOf(spec: Spec, surroundings: Surroundings): Promise<Failure> {
  const error = await connect(spec, surroundings).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (error instanceof Failure) return error;
  throw new Error(`a Failure was expected, not ${String(error)}`);
}

function assuming(access: ReturnType<typeof aDestination>['access'] = {}, change: Partial<Spec> = {}): Spec {
  return aSpec({ destinations: [aDestination({ access: { assumeRole: setUpRole, ...access } })], ...change });
}

describe('who we are', () => {
  it('is checked at every side before anything else is called', async () => {
    const { surroundings, requests } = await aCloud();
    const connections = await connect(aSpec(), surroundings);
    expect(requests.map(({ operation, account }) => `${operation} ${account}`)).toEqual([
      `GetCallerIdentity ${SOURCE}`,
      `GetCallerIdentity ${DESTINATION}`,
    ]);
    await observe(connections, aSpec());
    expect(requests.slice(2).every(({ service }) => service !== 'sts')).toBe(true);
    connections.close();
  });

  it('is what a connection is for: account, Region, identity', async () => {
    const { surroundings } = await aCloud();
    const connections = await connect(aSpec(), surroundings);
    expect(connections.get('source')).toMatchObject({
      account: SOURCE,
      region: 'eu-west-1',
      identity: `arn:aws:iam::${SOURCE}:user/sandbox-admin`,
    });
    expect(connections.get('destinations[0]')).toMatchObject({ account: DESTINATION, region: 'eu-central-1' });
    expect(() => connections.get('destinations[1]')).toThrow('destinations[1]');
    connections.close();
  });

  it.each([
    ['source', 'source bucket', SOURCE],
    ['destinations[0]', 'destination bucket acme-invoices-replica', DESTINATION],
  ])(
    'being another account than %s says is refused, names both, and nothing but STS is called',
    async (id, name, asked) => {
      const { surroundings, requests } = await aCloud({
        accountOf: (side) => (side === id ? '999999999999' : side === 'source' ? SOURCE : DESTINATION),
      });
      const failure = await failureOf(aSpec(), surroundings);
      expect(failure).toMatchObject({ outcome: 'unauthorized', code: 'wrong-account' });
      expect(failure.message).toContain('signed in to account 999999999999');
      expect(failure.message).toContain(`the ${name} is in account ${asked}`);
      expect(failure.message).toContain('arn:aws:iam::999999999999:user/sandbox-admin');
      expect(failure.fix).toContain(`${id}.access in the file`);
      expect(failure.fix).toContain('Nothing was changed');
      expect(requests.length).toBeGreaterThan(0);
      expect(requests.every(({ service }) => service === 'sts')).toBe(true);
    },
  );
});

describe('a role that is assumed', () => {
  it('has a session named after the setup, in the partition and Region of its side', async () => {
    const { surroundings, sent } = await aCloud();
    const connections = await connect(assuming(), surroundings);
    const [request] = sent.filter(({ operation }) => operation === 'AssumeRole');
    expect(request).toMatchObject({
      host: 'sts.eu-central-1.amazonaws.com',
      parameters: { RoleArn: setUpRole, RoleSessionName: 's3repl-invoices-dr' },
    });
    expect(request?.parameters).not.toHaveProperty('ExternalId');
    expect(request?.parameters).not.toHaveProperty('SerialNumber');
    expect(connections.get('destinations[0]').identity).toBe(
      `arn:aws:sts::${DESTINATION}:assumed-role/s3repl-setup/s3repl-invoices-dr`,
    );
    connections.close();
  });

  it('is asked for with the external id, the MFA device and the code that a person types, and tells neither id nor code', async () => {
    const asked: string[] = [];
    const told: Event[] = [];
    const mfaSerial = `arn:aws:iam::${SOURCE}:mfa/me`;
    const { surroundings, sent } = await aCloud({
      surroundings: {
        report: (event) => told.push(event),
        env: process.env,
        askMfaCode: async (serial) => {
          asked.push(serial);
          return '908172';
        },
      },
    });
    const connections = await connect(assuming({ externalId: 'secret-7', mfaSerial }), surroundings);
    const [request] = sent.filter(({ operation }) => operation === 'AssumeRole');
    expect(request?.parameters).toMatchObject({ ExternalId: 'secret-7', SerialNumber: mfaSerial, TokenCode: '908172' });
    expect(asked).toEqual([mfaSerial]);
    expect(told).toContainEqual(expect.objectContaining({ type: 'call', operation: 'AssumeRole' }));
    expect(JSON.stringify(told)).not.toMatch(/secret-7|908172/);
    connections.close();
  });

  it('with MFA and nobody to ask is refused, says so, and nothing is called', async () => {
    const mfaSerial = `arn:aws:iam::${SOURCE}:mfa/me`;
    const { surroundings, sent } = await aCloud();
    const failure = await failureOf(assuming({ mfaSerial }), surroundings);
    expect(failure).toMatchObject({ outcome: 'unauthorized', code: 'mfa-code' });
    expect(failure.message).toContain(mfaSerial);
    expect(failure.fix).toContain('in a terminal');
    expect(sent.filter(({ operation }) => operation === 'AssumeRole')).toEqual([]);
  });

  it('that cannot be assumed is told with its ARN and account, and what to look at', async () => {
    const role = `arn:aws:iam::${DESTINATION}:role/missing`;
    const { surroundings, requests } = await aCloud();
    const failure = await failureOf(assuming({ assumeRole: role }), surroundings);
    expect(failure).toMatchObject({ outcome: 'unauthorized', code: 'AccessDenied' });
    expect(failure.message).toContain(
      `the destination account ${DESTINATION} (bucket acme-invoices-replica) as ${role}`,
    );
    expect(failure.fix).toContain('trust policy');
    expect(requests.every(({ service }) => service === 'sts')).toBe(true);
  });

  it('is told as a call, like every other', async () => {
    const { surroundings, calls } = await aCloud();
    const connections = await connect(assuming(), surroundings);
    expect(calls.map(({ operation, account, write }) => [operation, account, write])).toEqual(
      expect.arrayContaining([
        ['AssumeRole', DESTINATION, false],
        ['GetCallerIdentity', DESTINATION, false],
        ['GetCallerIdentity', SOURCE, false],
      ]),
    );
    expect(calls).toHaveLength(3);
    connections.close();
  });
});

describe('a sign-in', () => {
  const second = (change: Parameters<typeof aDestination>[0]) =>
    aDestination({ id: 'destinations[1]', bucket: 'audit', ...change });
  const access = { assumeRole: setUpRole };

  it.each([
    [
      'is shared by sides of one account and access, in any Region',
      [aDestination({ access }), second({ access, region: 'us-east-1' })],
      1,
      2,
    ],
    [
      'is one for each way to sign in',
      [aDestination({ access }), second({ access: { ...access, externalId: 'x' } })],
      2,
      3,
    ],
    ['is one for each account', [aDestination(), second({ account: '333333333333' })], 0, 3],
    [
      'is shared with the source, where all is in its account',
      [aDestination({ account: SOURCE }), second({ account: SOURCE })],
      0,
      1,
    ],
  ])('%s', async (_, destinations, assumed, identities) => {
    const { surroundings, count } = await aCloud();
    const connections = await connect(aSpec({ destinations }), surroundings);
    expect({ assumed: count('AssumeRole'), identities: count('GetCallerIdentity') }).toEqual({ assumed, identities });
    // All clients of all sides live on it.
    await observe(connections, aSpec({ destinations }));
    expect(count('AssumeRole')).toBe(assumed);
    connections.close();
  });

  it('asks a person for one code only, for all sides and all clients', async () => {
    let codes = 0;
    const mfa = { ...access, mfaSerial: `arn:aws:iam::${SOURCE}:mfa/me` };
    const { surroundings } = await aCloud({
      surroundings: {
        askMfaCode: async () => {
          codes += 1;
          return '123456';
        },
      },
    });
    const spec = aSpec({ destinations: [aDestination({ access: mfa }), second({ access: mfa, region: 'us-east-1' })] });
    const connections = await connect(spec, surroundings);
    await observe(connections, spec);
    expect(codes).toBe(1);
    connections.close();
  });
});

describe('credentials', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** Credentials that last an hour each. */
  async function hourly() {
    const given: AwsCredentialIdentity[] = [];
    const provider = async () => {
      const credentials = { ...sandboxCredentials(SOURCE), expiration: new Date(Date.now() + 3_600_000) };
      given.push(credentials);
      return credentials;
    };
    const { surroundings } = await aCloud({ surroundings: { credentialsFor: () => provider } });
    const spec = aSpec({ destinations: [aDestination({ account: SOURCE })] });
    return { given, connections: await connect(spec, surroundings) };
  }

  it.each([
    ['are kept as long as they last', 54, 1],
    ['are renewed when less than five minutes are left', 56, 2],
    ['are renewed when they have expired', 70, 2],
  ])('%s', async (_, minutes, times) => {
    const { given, connections } = await hourly();
    const { kms, s3 } = connections.get('source');
    await kms.send(new ListKeysCommand({}));
    expect(given).toHaveLength(1);
    vi.setSystemTime(Date.now() + minutes * 60_000);
    await kms.send(new ListKeysCommand({}));
    await s3.send(new GetBucketVersioningCommand({ Bucket: 'none' })).catch(() => undefined);
    await connections.get('destinations[0]').kms.send(new ListKeysCommand({}));
    expect(given).toHaveLength(times);
    connections.close();
  });
});

describe('several sides that cannot sign in', () => {
  it.each([
    ['the source', 0],
    ['the destination', 1],
  ])('are told by the first one, also where %s answers first', async (_, first) => {
    const { surroundings } = await aCloud();
    let release: () => void = () => undefined;
    const other = new Promise<void>((resolve) => {
      release = resolve;
    });
    const failing: Surroundings = {
      ...surroundings,
      credentialsFor:
        ({ id }) =>
        async () => {
          const mine = id === 'source' ? 0 : 1;
          if (mine === first) setImmediate(release);
          else await other;
          return sandboxCredentials(`88888888888${mine}`);
        },
    };
    const failure = await failureOf(aSpec(), failing);
    expect(failure.message).toContain('account 888888888880');
    expect(failure.message).toContain('the source');
  });

  it('leave no side connected: a destination that is refused is told although the source is right', async () => {
    const { surroundings, requests } = await aCloud({ accountOf: (id) => (id === 'source' ? SOURCE : '999999999999') });
    expect((await failureOf(aSpec(), surroundings)).message).toContain('destination');
    expect(requests.every(({ service }) => service === 'sts')).toBe(true);
  });
});

describe('a sign-in that fails', () => {
  const status = 400;
  it.each<[string, SandboxFault | undefined, string, string, string]>([
    ['for expired credentials', { code: 'ExpiredToken', status }, 'unauthorized', 'ExpiredToken', 'sign in again'],
    [
      'for credentials that AWS does not know',
      { code: 'InvalidClientTokenId', status: 403 },
      'unauthorized',
      'InvalidClientTokenId',
      'sign in again',
    ],
    ['for the network', 'reset', 'failed', 'network', 'AWS_ENDPOINT_URL'],
  ])('%s', async (_, fault, outcome, code, fix) => {
    const { surroundings } = await aCloud({ fault: () => fault });
    const failure = await failureOf(aSpec(), surroundings);
    expect(failure).toMatchObject({ outcome, code });
    expect(failure.fix).toContain(fix);
  });

  it('with a profile names it, and the command that shows whether it works', async () => {
    const missing = async () => {
      throw Object.assign(new Error('Could not resolve credentials'), { name: 'CredentialsProviderError' });
    };
    const { surroundings } = await aCloud({ surroundings: { credentialsFor: () => missing } });
    const failure = await failureOf(aSpec({ source: aSource({ access: { profile: 'prod' } }) }), surroundings);
    expect(failure).toMatchObject({ outcome: 'unauthorized', code: 'CredentialsProviderError' });
    expect(failure.message).toContain('with the profile prod');
    expect(failure.fix).toContain('aws sso login --profile prod');
    const without = await failureOf(aSpec(), surroundings);
    expect(without.message).toContain('with the default credentials');
    expect(without.fix).toContain('--profile NAME, source.access.profile in repl.yaml, or AWS_PROFILE');
  });
});

describe('the endpoints', () => {
  it.each([
    ['aws', 'eu-west-1', 'eu-central-1', 'amazonaws.com', 'iam.amazonaws.com'],
    ['aws-cn', 'cn-north-1', 'cn-northwest-1', 'amazonaws.com.cn', 'iam.cn-north-1.amazonaws.com.cn'],
    ['aws-us-gov', 'us-gov-west-1', 'us-gov-east-1', 'amazonaws.com', 'iam.us-gov.amazonaws.com'],
  ])('in %s are those of its Regions', async (partition, source, destination, domain, iam) => {
    const { surroundings, sent } = await aCloud();
    const spec = aSpec({
      source: aSource({ partition, region: source }),
      destinations: [aDestination({ partition, region: destination })],
    });
    const connections = await connect(spec, surroundings);
    await observe(connections, spec);
    const hosts = [...new Set(sent.map(({ host }) => host))].sort();
    expect(hosts).toEqual(
      [
        `acme-invoices-replica.s3.${destination}.${domain}`,
        `acme-invoices.s3.${source}.${domain}`,
        iam,
        `kms.${destination}.${domain}`,
        `kms.${source}.${domain}`,
        `sts.${destination}.${domain}`,
        `sts.${source}.${domain}`,
      ].sort(),
    );
    connections.close();
  });

  it.each(['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_S3'])(
    'of one’s own (%s) are asked with the bucket in the path',
    async (name) => {
      vi.stubEnv(name, 'http://localhost:4599');
      try {
        const { surroundings, sent } = await aCloud();
        const connections = await connect(aSpec(), surroundings);
        await connections
          .get('source')
          .s3.send(new GetBucketVersioningCommand({ Bucket: 'acme-invoices' }))
          .catch(() => undefined);
        expect(sent.at(-1)?.host).toBe('localhost');
        connections.close();
      } finally {
        vi.unstubAllEnvs();
      }
    },
  );
});
