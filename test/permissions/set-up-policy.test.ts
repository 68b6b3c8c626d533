import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { listOf, statementsOf } from '../../src/aws/policy.ts';
import { boundaryPolicy } from '../../src/permissions/boundary.ts';
import { setUpPolicies } from '../../src/permissions/set-up-policy.ts';
import { type Purpose, purposes } from '../../src/state/need.ts';
import { aDestination, aRule, aSource, aSpec, DESTINATION, SOURCE } from '../builders.ts';

const text = readFileSync(new URL('../../docs/permissions.md', import.meta.url), 'utf8');
const documents = [...text.matchAll(/```json\n([\s\S]*?)```/g)].map(([, json]) => JSON.parse(json ?? ''));

describe('the policies of s3repl permissions', () => {
  it('are those of docs/permissions.md for its configuration', () => {
    expect(setUpPolicies(aSpec())).toEqual({ [SOURCE]: documents[0], [DESTINATION]: documents[1] });
  });

  it('and the boundary are those of docs/permissions.md', () => {
    expect(boundaryPolicy(aSpec())).toEqual(documents[2]);
  });

  it('allow on * only what knows no resource, and tags with new keys', () => {
    // Service Authorization Reference, S3, KMS, IAM, CloudWatch and Service Quotas: actions without a resource type. KMS Developer Guide, tag-permissions.
    const wildcardOnly = [
      'kms:ListKeys',
      'kms:ListAliases',
      'kms:CreateKey',
      's3:ListAllMyBuckets',
      'iam:ListAccountAliases',
      's3:CreateJob',
      's3:ListJobs',
      'cloudwatch:GetMetricData',
      'servicequotas:GetAWSDefaultServiceQuota',
    ];
    const open = Object.values(setUpPolicies(aSpec(), purposes))
      .flatMap(statementsOf)
      .filter(({ Resource }) => listOf(Resource).includes('*'));
    const actions = new Set(open.flatMap(({ Action }) => listOf(Action)));
    expect([...actions].sort()).toEqual([...wildcardOnly, 'kms:TagResource'].sort());
    const tagging = open.filter(({ Action }) => listOf(Action).includes('kms:TagResource'));
    for (const { Condition } of tagging)
      expect(Condition?.StringEquals).toHaveProperty('aws:RequestTag/s3repl', 'invoices-dr');
  });

  it('write to keys only where they bear the mark or the alias, and through S3 only as verify needs it', () => {
    const given = aSpec({ source: aSource({ kmsKey: { kind: 'alias', alias: 'alias/a' } }) });
    const statements = [aSpec(), given].flatMap((spec) =>
      Object.values(setUpPolicies(spec, purposes)).flatMap(statementsOf),
    );
    const looks = /^kms:(Describe|Get|List)/;
    for (const { Action, Resource, Condition } of statements) {
      const onKeys = listOf(Resource).some((resource) => resource.endsWith(':key/*'));
      if (!onKeys || listOf(Action).every((action) => looks.test(action))) continue;
      expect(JSON.stringify(Condition)).toMatch(/ResourceTag|ResourceAliases/);
    }
    const use = statements.filter(({ Action }) => listOf(Action).some((one) => /Decrypt|GenerateDataKey/.test(one)));
    expect(use.map(({ Condition }) => Condition?.StringEquals)).toEqual(
      use.map(() => expect.objectContaining({ 'kms:ViaService': expect.stringMatching(/^s3\./) })),
    );
  });

  it('are no more for all commands than for each of them, and by default leave out what ends in loss or looks around', () => {
    const actions = (...commands: readonly Purpose[]) =>
      Object.values(setUpPolicies(aSpec(), commands))
        .flatMap((policy) => statementsOf(policy))
        .flatMap(({ Action }) => listOf(Action));
    expect(new Set(actions(...purposes))).toEqual(new Set(purposes.flatMap((one) => actions(one))));
    const usual = Object.values(setUpPolicies(aSpec()))
      .flatMap(statementsOf)
      .flatMap(({ Action }) => listOf(Action));
    expect(usual.filter((action) => /ScheduleKeyDeletion|DeleteAlias|ListAllMyBuckets|CreateJob/.test(action))).toEqual(
      [],
    );
    expect(actions('plan', 'status').filter((action) => !/^\w+:(Get|List|Describe)/.test(action))).toEqual([]);
  });

  it('take a prefix as it is written, whatever it means in a policy', () => {
    const spec = aSpec({ destinations: [aDestination({ rules: [aRule({ prefix: 'a*/$?' })] })] });
    expect(JSON.stringify(setUpPolicies(spec)[SOURCE])).toContain('/a${*}/${$}${?}.s3repl-canary/*');
  });

  it('are the same in whatever order the rules are', () => {
    const policies = (...prefixes: readonly string[]) =>
      setUpPolicies(aSpec({ destinations: [aDestination({ rules: prefixes.map((prefix) => aRule({ prefix })) })] }));
    expect(policies('b/', 'a/')).toEqual(policies('a/', 'b/'));
  });

  it('are one policy with Sids of their own where both sides are one account', () => {
    const policies = setUpPolicies(aSpec({ destinations: [aDestination({ account: SOURCE })] }));
    expect(Object.keys(policies)).toEqual([SOURCE]);
    const sids = statementsOf(policies[SOURCE] ?? null).map(({ Sid }) => Sid);
    expect(new Set(sids).size).toBe(sids.length);
  });

  it('let the source write its key policy where another account is to use the new key', () => {
    const spec = aSpec({ destinations: [aDestination({ region: 'eu-west-1', kmsKey: { kind: 'source' } })] });
    expect(JSON.stringify(setUpPolicies(spec)[SOURCE])).toContain('kms:PutKeyPolicy');
    expect(JSON.stringify(setUpPolicies(aSpec())[SOURCE])).not.toContain('kms:PutKeyPolicy');
    const alias = (name: string) => ({ kind: 'alias', alias: `alias/${name}` }) as const;
    const aliases = aSpec({
      source: aSource({ kmsKey: alias('a') }),
      destinations: [aDestination({ kmsKey: alias('b') })],
    });
    expect(JSON.stringify(setUpPolicies(aliases)[SOURCE])).not.toContain('kms:PutKeyPolicy');
  });

  it('let the source write its key policy where somebody in its account is to use or administer the new key', () => {
    const policyOf = (administrators: readonly string[], users: readonly string[]) =>
      JSON.stringify(setUpPolicies(aSpec({ newKeys: { administrators, users } }))[SOURCE]);
    const person = (account: string) => `arn:aws:iam::${account}:user/operator`;
    expect(policyOf([person(SOURCE)], [])).toContain('kms:PutKeyPolicy');
    expect(policyOf([], [person(DESTINATION), person(SOURCE)])).toContain('kms:PutKeyPolicy');
    expect(policyOf([person(DESTINATION)], [person(DESTINATION)])).not.toContain('kms:PutKeyPolicy');
  });
});
