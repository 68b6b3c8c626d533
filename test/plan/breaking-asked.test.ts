import { describe, expect, it } from 'vitest';
import type { BucketName } from '../../src/aws/brand.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { breakingFindings } from '../../src/plan/breaking.ts';
import { planApply } from '../../src/plan/plan.ts';
import { aKey, aSource, keyArn, SOURCE } from '../builders.ts';
import { branded } from '../plain.ts';
import { bucketOf, put } from '../plain-state.ts';
import { pureAws } from '../steps/pure-aws.ts';
import {
  arnKey,
  beside,
  broken,
  copies,
  may,
  messages,
  takenAt,
  teamRole,
  teamRule,
  theirKey,
  theirs,
  withKms,
} from './beside-theirs.ts';

describe('beside a rule of somebody else, a plan', () => {
  it('names the key of objects that writers ask for', () => {
    const second = keyArn(SOURCE, 'eu-west-1', '77777777-7777-4777-8777-777777777777');
    const withSecond = aSource({ kmsKey: arnKey(theirKey), additionalKmsKeys: [second] });
    const withoutDecrypt = [...copies, may(['kms:Encrypt', 'kms:GenerateDataKey'], '*')];
    const start = theirs({ rules: [], statements: withoutDecrypt, sourceKey: theirKey });
    const aws = pureAws(put(start, SOURCE, 'keys', second, aKey(second)));
    aws.run(planApply(aws.state, beside({ source: withSecond }, {}, theirKey)).changes);
    const source = bucketOf(aws.state, SOURCE, 'acme-invoices');
    if (!source) throw new Error('no source bucket');
    const Rules = [...(source.replication?.Rules ?? []), teamRule({ ...withKms(theirKey), Priority: 50 })];
    const observed = put(aws.state, SOURCE, 'buckets', 'acme-invoices', {
      ...source,
      replication: { Role: teamRole, Rules },
    });

    expect(messages(broken(observed, beside({}, {}, theirKey)))).toEqual([
      expect.stringContaining(`it replicates objects without an S3 Bucket Key (key ${second}) from acme-invoices`),
    ]);
  });

  it('is a problem where objects that writers ask for live on the rights of a disabled rule of ours', () => {
    const second = keyArn(SOURCE, 'eu-west-1', '77777777-7777-4777-8777-777777777777');
    const withSecond = aSource({ kmsKey: arnKey(theirKey), additionalKmsKeys: [second] });
    const withoutDecrypt = [...copies, may(['kms:Encrypt', 'kms:GenerateDataKey'], '*')];
    const disabled = { prefix: 'invoices/', enabled: false };
    const rules = [teamRule(withKms(theirKey))];
    const start = theirs({ rules, statements: withoutDecrypt, sourceKey: theirKey });
    const aws = pureAws(put(start, SOURCE, 'keys', second, aKey(second)));
    aws.run(planApply(aws.state, beside({ source: withSecond }, disabled, theirKey)).changes);

    expect(messages(broken(aws.state, beside({}, disabled, theirKey)))).toEqual([
      expect.stringMatching(/would stop rule team-rule.*objects under invoices\/.*kms:Decrypt/),
    ]);
  });

  it('goes by what was read of a key beside its policy: a grant lets their role use it', () => {
    const observed = theirs({ rules: [teamRule(withKms(theirKey))] });
    const spec = beside({}, { prefix: 'invoices/' }, theirKey);
    const grants = [
      { GranteePrincipal: teamRole, Operations: ['Decrypt' as const, 'Encrypt' as const, 'GenerateDataKey' as const] },
    ];
    const around = {
      version: 1 as const,
      takenAt: takenAt.toISOString(),
      partition: 'aws',
      source: { account: SOURCE, bucket: branded<BucketName>('acme-invoices') },
      objects: [],
      accounts: {
        [SOURCE]: {
          roles: {},
          buckets: {},
          keys: {
            [theirKey]: { metadata: 'unknown', policy: 'unknown', aliases: 'unknown', rotation: 'unknown', grants },
          },
          serviceControlPolicies: 'unknown',
          resourceControlPolicies: 'unknown',
        },
      },
    } satisfies Snapshot;
    const { desired } = planApply(observed, spec);

    const told = messages(breakingFindings({ observed, desired }, spec, spec.source, around, []));

    expect(told).toEqual([expect.stringMatching(/would change rule team-rule.*encrypted with SSE-KMS under/)]);
  });
});
