import { GetBucketPolicyCommand, PutBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { type PolicyDocument, statementsOf } from '../../src/aws/policy.ts';
import { sandboxCredentials } from '../../src/sandbox/sandbox.ts';
import type { SandboxState } from '../../src/sandbox/store/state.ts';
import { callsIn } from '../any-call.ts';
import { aDestination, aRule, aSpec, DESTINATION, SOURCE } from '../builders.ts';
import { anApplied, aPractice, withoutIds } from './in-sandbox.ts';

const undisturbed = await anApplied(aSpec());
const end = withoutIds(await undisturbed.state(aSpec()));

function keyCount(practice: Awaited<ReturnType<typeof aPractice>>): number {
  return practice.requests.filter((request) => request.operation === 'CreateKey').length;
}

describe('a run that stops half-way', () => {
  it('between CreateKey and CreateAlias makes no second key: the tag finds the first', async () => {
    const practice = await aPractice();
    practice.fault = ({ operation }) =>
      operation === 'CreateAlias' ? { code: 'AccessDeniedException', status: 400 } : undefined;
    await practice.applyFailing(aSpec());
    practice.fault = () => undefined;
    await practice.apply(aSpec());
    expect(keyCount(practice)).toBe(2);
    expect(withoutIds(await practice.state(aSpec()))).toEqual(end);
  });

  it('by Ctrl-C begins no further call, says so, and goes on at the next run', async () => {
    const practice = await aPractice();
    const controller = new AbortController();
    practice.fault = ({ operation }) => {
      if (operation === 'CreateRole') controller.abort();
      return undefined;
    };
    const failure = await practice.applyFailing(aSpec(), controller.signal);
    expect(failure.outcome).toBe('cancelled');
    expect(failure.fix).toContain('continues');
    expect(practice.requests.some(({ operation }) => operation === 'PutBucketReplication')).toBe(false);

    practice.fault = () => undefined;
    await practice.apply(aSpec());
    expect(withoutIds(await practice.state(aSpec()))).toEqual(end);
  });

  it.each(['CreateBucket', 'CreateRole', 'CreateAlias'])(
    'by a lost answer to %s meets its own work and goes on',
    async (lost) => {
      const practice = await aPractice();
      let times = 0;
      practice.fault = ({ operation }) => (operation === lost && times++ === 0 ? 'lost-answer' : undefined);
      await practice.apply(aSpec());
      expect(withoutIds(await practice.state(aSpec()))).toEqual(end);
    },
  );
});

describe('what a creation meets that was sent twice', () => {
  const exists: Readonly<Record<string, string>> = {
    CreateBucket: 'BucketAlreadyOwnedByYou',
    CreateRole: 'EntityAlreadyExists',
    CreateAlias: 'AlreadyExistsException',
  };

  it.each(Object.entries(exists))('is not taken over where %s of someone else came first', async (operation, code) => {
    const practice = await aPractice();
    const ends: Readonly<Record<string, (state: SandboxState) => void>> = {
      CreateBucket: ({ buckets }) => {
        for (const bucket of Object.values(buckets)) bucket.tags = [];
      },
      CreateRole: ({ accounts }) => {
        for (const role of Object.values(accounts[SOURCE]?.roles ?? {})) role.tags = [];
      },
      CreateAlias: ({ aliases }) => {
        for (const alias of Object.values(aliases)) alias.keyId = '00000000-0000-4000-8000-000000000000';
      },
    };
    let times = 0;
    practice.fault = (request) => {
      if (request.operation !== operation) return undefined;
      times += 1;
      // The answer to the first attempt is lost; before the second, what it made becomes someone else's.
      if (times === 1) return 'lost-answer';
      ends[operation]?.(practice.sandbox.state);
      return { code, status: 409 };
    };
    expect(await practice.applyFailing(aSpec())).toMatchObject({ outcome: 'blocked', code: 'stale-plan' });
  });
});

describe('what someone else does meanwhile', () => {
  it('a bucket policy that changes after it was read is not overwritten: the run stops as stale', async () => {
    const practice = await anApplied(aSpec());
    const changed = aSpec({
      destinations: aSpec().destinations.map((side) => ({
        ...side,
        rules: side.rules.map((rule) => ({ ...rule, prefix: 'tax/' })),
      })),
    });

    const theirs = {
      Sid: 'Theirs',
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${DESTINATION}:root` },
      Action: 's3:GetObject',
      Resource: 'arn:aws:s3:::acme-invoices-replica/*',
    };
    practice.meanwhile = async ({ operation }) => {
      if (operation !== 'PutRolePolicy') return;
      practice.meanwhile = async () => undefined;
      const s3 = new S3Client({
        region: 'eu-central-1',
        credentials: sandboxCredentials(DESTINATION),
        requestHandler: practice.sandbox.requestHandler,
      });
      const { Policy = '' } = await s3.send(new GetBucketPolicyCommand({ Bucket: 'acme-invoices-replica' }));
      const policy = JSON.parse(Policy) as PolicyDocument;
      const withTheirs = { ...policy, Statement: [...statementsOf(policy), theirs] };
      await s3.send(
        new PutBucketPolicyCommand({ Bucket: 'acme-invoices-replica', Policy: JSON.stringify(withTheirs) }),
      );
    };
    const failure = await practice.applyFailing(changed);
    expect(failure).toMatchObject({ outcome: 'blocked', code: 'stale-plan' });

    await practice.apply(changed);
    const state = await practice.state(changed);
    const bucket = state.accounts[DESTINATION]?.buckets['acme-invoices-replica'];
    expect(JSON.stringify(bucket)).toContain('Theirs');
  });

  it('a role that appears after the look is not taken over', async () => {
    const practice = await aPractice();
    practice.fault = ({ operation }) =>
      operation === 'CreateRole'
        ? { code: 'EntityAlreadyExists', status: 409, message: 'Role with name s3repl-invoices-dr already exists.' }
        : undefined;
    const failure = await practice.applyFailing(aSpec());
    expect(failure).toMatchObject({ outcome: 'blocked', code: 'stale-plan' });
  });
});

describe('waiting for AWS', () => {
  it('is told with its reason, and ends when the role is visible', async () => {
    const practice = await aPractice();
    await practice.apply(aSpec());
    const reasons = practice.events.flatMap((event) => (event.type === 'pending' ? [event.reason] : []));
    expect(new Set(reasons)).toEqual(
      new Set(['the role to become visible to KMS', 'the role to become visible to S3']),
    );
  });

  it('gives up after two minutes of the clock and shows what AWS said', async () => {
    const practice = await aPractice();
    practice.fault = ({ operation }) =>
      operation === 'PutBucketPolicy'
        ? { code: 'MalformedPolicy', status: 400, message: 'Invalid principal in policy' }
        : undefined;
    const started = practice.sandbox.clock.now();
    const failure = await practice.applyFailing(aSpec());
    expect(failure.message).toContain('Invalid principal in policy');
    expect(practice.sandbox.clock.now() - started).toBeGreaterThan(100_000);
    expect(practice.sandbox.clock.now() - started).toBeLessThan(150_000);
  });

  it('does not wait for an error that time does not mend', async () => {
    const practice = await aPractice();
    practice.fault = ({ operation }) =>
      operation === 'PutBucketPolicy'
        ? { code: 'MalformedPolicy', status: 400, message: 'Unknown field Foo' }
        : undefined;
    const failure = await practice.applyFailing(aSpec());
    expect(failure.message).toContain('Unknown field Foo');
    const tried = practice.requests.filter(({ operation }) => operation === 'PutBucketPolicy');
    expect(tried.map(({ account }) => account).sort()).toEqual([SOURCE, DESTINATION]);
  });
});

describe('a change that takes rights away', () => {
  it('lets the role keep the former key and prefix until the rule has changed, so that nothing on its way fails', async () => {
    const practice = await anApplied(aSpec());
    const narrowed = aSpec({ destinations: [aDestination({ rules: [aRule({ prefix: 'tax/' })] })] });
    practice.requests.length = 0;
    const changes = await practice.apply(narrowed);

    const writes = practice.requests
      .filter(({ write, service }) => write && service !== 'sts')
      .map(({ operation }) => operation);
    const rule = writes.indexOf('PutBucketReplication');
    expect([...writes.slice(0, rule)].sort()).toEqual(['PutBucketPolicy', 'PutKeyPolicy', 'PutRolePolicy']);
    expect([...writes.slice(rule + 1)].sort()).toEqual(['PutBucketPolicy', 'PutKeyPolicy', 'PutRolePolicy']);

    const rolePolicies = callsIn(changes)
      .filter(({ operation }) => operation === 'PutRolePolicy')
      .map(({ input }) => String(input.PolicyDocument));
    expect(rolePolicies[0]).toContain('"arn:aws:s3:::acme-invoices-replica/*"');
    expect(rolePolicies[0]).toContain('"arn:aws:s3:::acme-invoices-replica/tax/*"');
    expect(rolePolicies[1]).not.toContain('"arn:aws:s3:::acme-invoices-replica/*"');
    expect(await practice.apply(narrowed)).toEqual([]);
  });
});
