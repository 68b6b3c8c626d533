import type { ReplicationRule } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { type BucketName, brand, type Region } from '../../src/aws/brand.ts';
import { policy, type Statement } from '../../src/aws/policy.ts';
import { findObstacle, type ReportBucket, sourceReportBucket } from '../../src/plan/report-place.ts';
import { put } from '../../src/state/state.ts';
import { aBucket, aDestination, aRule, aSpec, nothing, SOURCE } from '../builders.ts';

const reports = { bucket: brand<BucketName>('acme-reports'), prefix: 'batch' };
const free: ReportBucket = { region: brand<Region>('eu-west-1'), policy: null, objectLockRetention: null };
const role = 'arn:aws:iam::111111111111:role/s3repl-invoices-dr-backfill';

const deny = (more: Partial<Statement> = {}): Statement => ({
  ...{ Sid: 'No', Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: 'arn:aws:s3:::acme-reports/*' },
  ...more,
});
const obstacleOf = (...statements: readonly Statement[]) =>
  findObstacle(reports, { ...free, policy: policy(...statements) }, nothing, aSpec());

describe('a bucket for reports', () => {
  it('takes them where it has no policy and no retention', () => {
    expect(findObstacle(reports, free, nothing, aSpec())).toBeUndefined();
  });

  it.each<[string, Statement]>([
    ['denies all', deny()],
    ['denies a file of results', deny({ Resource: 'arn:aws:s3:::acme-reports/batch/*.csv' })],
    ['denies the role', deny({ Principal: { AWS: role }, Action: 's3:PutObject' })],
    [
      'asks for KMS',
      deny({
        Action: 's3:PutObject',
        Condition: { StringNotEquals: { 's3:x-amz-server-side-encryption': 'aws:kms' } },
      }),
    ],
    ['asks for a VPC endpoint', deny({ Condition: { StringNotEquals: { 'aws:SourceVpce': 'vpce-1' } } })],
    ['denies all but one network', deny({ Condition: { NotIpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } })],
  ])('surely takes none where its policy %s', (_, statement) => {
    expect(obstacleOf(statement)).toEqual({
      isCertain: true,
      why: 'the policy of acme-reports does not let the role of the job write there (statement No)',
    });
  });

  it.each<[string, Statement]>([
    ['denies another prefix', deny({ Resource: 'arn:aws:s3:::acme-reports/other/*' })],
    ['denies what comes without TLS', deny({ Condition: { Bool: { 'aws:SecureTransport': 'false' } } })],
    ['denies other principals', deny({ Condition: { ArnNotEquals: { 'aws:PrincipalArn': role } } })],
    ['denies deleting', deny({ Action: 's3:DeleteObject*' })],
    [
      'refuses KMS',
      deny({ Action: 's3:PutObject', Condition: { StringEquals: { 's3:x-amz-server-side-encryption': 'aws:kms' } } }),
    ],
  ])('takes them where its policy %s', (_, statement) => {
    expect(obstacleOf(statement)).toBeUndefined();
  });

  it.each<[string, Statement]>([
    ['of an organization', deny({ Condition: { StringNotEquals: { 'aws:PrincipalOrgID': 'o-1' } } })],
    [
      'that says how it is encrypted',
      deny({ Action: 's3:PutObject', Condition: { Null: { 's3:x-amz-server-side-encryption': 'true' } } }),
    ],
  ])('may take them where its policy lets in only what is %s', (_, statement) => {
    expect(obstacleOf(statement)).toMatchObject({
      isCertain: false,
      why: expect.stringContaining('s3repl cannot tell'),
    });
  });

  it('surely takes none where Object Lock has a default retention, and in doubt where that may not be read', () => {
    const locked = { ...free, objectLockRetention: { Mode: 'GOVERNANCE', Days: 1 } as const };
    expect(findObstacle(reports, locked, nothing, aSpec())).toMatchObject({ isCertain: true });
    const unread = { ...free, objectLockRetention: 'unknown', policy: 'unknown' } as const;
    expect(findObstacle(reports, unread, nothing, aSpec())).toMatchObject({ isCertain: false });
    const denied = { ...unread, policy: policy(deny()) };
    expect(findObstacle(reports, denied, nothing, aSpec())).toMatchObject({ isCertain: true });
  });
});

describe('the source bucket', () => {
  const spec = aSpec({ destinations: [aDestination({ rules: [aRule({ id: 'in', prefix: 'in/' })] })] });
  const place = (prefix: string) => ({ bucket: spec.source.bucket, prefix });
  const withRules = (...Rules: readonly ReplicationRule[]) =>
    put(
      nothing,
      SOURCE,
      'buckets',
      spec.source.bucket,
      aBucket({ replication: { Role: 'r', Rules: [...Rules] }, objectLockRetention: null }),
    );
  const rule = (more: Partial<ReplicationRule>): ReplicationRule => ({
    ID: 'theirs',
    Status: 'Enabled',
    Destination: { Bucket: 'b' },
    ...more,
  });

  it.each([
    ['.s3repl-backfill', rule({ Filter: { Prefix: 'logs/' } })],
    ['.s3repl-backfill', rule({ Filter: { Prefix: '' }, Status: 'Disabled' })],
    ['.s3repl-backfill', rule({ Filter: { Tag: { Key: 'a', Value: 'b' } } })],
    ['out', rule({ Prefix: 'outer' })],
  ])('takes reports under %s where no rule takes them', (prefix, one) => {
    const state = withRules(one);
    const bucket = sourceReportBucket(state, spec);
    expect(bucket && findObstacle(place(prefix), bucket, state, spec)).toBeUndefined();
  });

  it.each([
    ['.s3repl-backfill', 'theirs', rule({ Filter: { Prefix: '' } })],
    ['.s3repl-backfill', 'theirs', rule({ Filter: {} })],
    ['.s3repl-backfill', 'theirs', rule({ Prefix: '.s3' })],
    ['', 'theirs', rule({ Filter: { Prefix: 'job-1' } })],
    ['in', 'in', rule({ Filter: { Prefix: 'logs/' } })],
  ])('takes none under %s where the rule %s takes them', (prefix, id, one) => {
    const state = withRules(one);
    const bucket = sourceReportBucket(state, spec);
    expect(bucket && findObstacle(place(prefix), bucket, state, spec)).toMatchObject({
      isCertain: true,
      why: expect.stringContaining(`rule ${id} would replicate`),
    });
  });
});
