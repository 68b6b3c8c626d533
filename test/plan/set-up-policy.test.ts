import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { listOf, statementsOf } from '../../src/plan/policy.ts';
import { setUpPolicies } from '../../src/plan/set-up-policy.ts';
import { aDestination, aSource, aSpec, DESTINATION, SOURCE } from '../builders.ts';

const text = readFileSync(new URL('../../docs/permissions.md', import.meta.url), 'utf8');
const documents = [...text.matchAll(/```json\n([\s\S]*?)```/g)].map(([, json]) => JSON.parse(json ?? ''));

describe('the policies of s3repl permissions', () => {
  it('are those of docs/permissions.md for its configuration', () => {
    expect(setUpPolicies(aSpec())).toEqual({ [SOURCE]: documents[0], [DESTINATION]: documents[1] });
  });

  it('make no keys where keys are given, and then write the policy of that key alone', () => {
    const arn = `arn:aws:kms:eu-central-1:${DESTINATION}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
    const spec = aSpec({
      source: aSource({ kmsKey: { kind: 'alias', alias: 'alias/invoices' } }),
      destinations: [aDestination({ kmsKey: { kind: 'arn', arn } })],
    });
    for (const policy of Object.values(setUpPolicies(spec))) {
      const statements = statementsOf(policy);
      expect(statements.flatMap(({ Action }) => listOf(Action))).not.toContain('kms:CreateKey');
      expect(statements.find(({ Sid }) => Sid === 'Key')).toMatchObject({
        Action: expect.arrayContaining(['kms:PutKeyPolicy']),
      });
    }
    expect(JSON.stringify(setUpPolicies(spec)[DESTINATION])).toContain(arn);
    expect(JSON.stringify(setUpPolicies(spec)[SOURCE])).toContain('"kms:ResourceAliases":"alias/invoices"');
  });

  it('are one policy with Sids of their own where both sides are one account', () => {
    const policies = setUpPolicies(aSpec({ destinations: [aDestination({ account: SOURCE })] }));
    expect(Object.keys(policies)).toEqual([SOURCE]);
    const sids = statementsOf(policies[SOURCE] ?? null).map(({ Sid }) => Sid);
    expect(new Set(sids).size).toBe(sids.length);
  });

  it('let the source write its key policy where others are to use the new key', () => {
    const spec = aSpec({ destinations: [aDestination({ region: 'eu-west-1', kmsKey: { kind: 'source' } })] });
    expect(JSON.stringify(setUpPolicies(spec)[SOURCE])).toContain('kms:PutKeyPolicy');
    expect(JSON.stringify(setUpPolicies(aSpec())[SOURCE])).not.toContain('kms:PutKeyPolicy');
  });
});
