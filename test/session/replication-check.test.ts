import { AttachRolePolicyCommand, CreatePolicyCommand } from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import type { Event } from '../../src/events/event.ts';
import type { Preflight } from '../../src/plan/preflight.ts';
import { checkReplication } from '../../src/session/replication-check.ts';
import { refusalOf, verdictSummary } from '../../src/show/preflight-text.ts';
import { anApplied, type Practice } from '../apply/in-sandbox.ts';
import { aSpec, SOURCE } from '../builders.ts';
import { clientsOf } from '../sandbox/clients.ts';

/** What is told of the accounts as they are. */
async function checked(practice: Practice, options: { readonly force?: boolean; readonly before?: Preflight } = {}) {
  const events: Event[] = [];
  const view = {
    report: (event: Event) => events.push(event),
    plan: async () => undefined,
    diagnosis: () => undefined,
    status: () => undefined,
    round: () => undefined,
    releaseScreen: () => undefined,
  };
  const state = await practice.state(aSpec());
  const answer = checkReplication({ spec: aSpec(), view, surroundings: practice.surroundings }, state, {
    force: false,
    ...options,
  });
  return { answer, told: events.filter(({ type }) => type !== 'verdict') };
}

async function withManagedPolicy(): Promise<Practice> {
  const practice = await anApplied(aSpec());
  const { iam } = clientsOf(practice.sandbox, SOURCE);
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 's3:ListAllMyBuckets', Resource: '*' }],
  });
  const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: 'theirs', PolicyDocument }));
  await iam.send(new AttachRolePolicyCommand({ RoleName: 's3repl-invoices-dr', PolicyArn: Policy?.Arn }));
  return practice;
}

describe('the word on organizations', () => {
  it('comes once a run', async () => {
    const practice = await anApplied(aSpec());
    expect((await checked(practice)).told).toHaveLength(1);
    expect((await checked(practice)).told).toEqual([]);
  });

  it('does not come in the sandbox, which has none', async () => {
    const practice = await anApplied(aSpec());
    const inSandbox = { ...practice, surroundings: { ...practice.surroundings, sandbox: true } as const };
    expect((await checked(inSandbox)).told).toEqual([]);
  });
});

describe('what the model says of new objects', () => {
  it('is nothing but a word on organizations where they replicate', async () => {
    const practice = await anApplied(aSpec());
    const { answer, told } = await checked(practice);
    expect(told).toMatchObject([
      {
        type: 'warning',
        code: 'organization-policies-unread',
        fix: expect.stringMatching(
          /^make sure that they allow arn:aws:iam::111111111111:role\/s3repl-invoices-dr s3:GetReplicationConfiguration, .*kms:GenerateDataKey$/,
        ),
      },
    ]);
    expect(refusalOf(answer)).toBeUndefined();
    expect(verdictSummary(answer)).toContain('new objects replicate');
    expect((await checked(practice, { before: answer })).told).toEqual([]);
  });

  it('is unknown, and no success, while a managed policy of the role cannot be read', async () => {
    const practice = await withManagedPolicy();
    expect((await checked(practice)).answer.outcome).toBe('replicates');

    practice.fault = ({ operation }) =>
      operation === 'GetPolicyVersion' ? { code: 'AccessDenied', status: 403 } : undefined;
    const { answer, told } = await checked(practice);
    expect(answer.outcome).toBe('unknown');
    expect(told.every(({ type }) => type === 'warning')).toBe(true);
    expect(told).toContainEqual(expect.objectContaining({ code: 'replication-unknown' }));
    expect(refusalOf(answer)).toMatchObject({ outcome: 'unknown', error: { code: 'replication-unknown' } });
    expect(verdictSummary(answer)).toContain('cannot tell');
    expect((await checked(practice, { before: answer })).told).toEqual([]);
  });
});
