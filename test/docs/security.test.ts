import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { listOf, type Statement, statementsOf } from '../../src/aws/policy.ts';
import { publicStatements } from '../../src/aws/public-policy.ts';
import type { State } from '../../src/state/state.ts';
import { anApplied } from '../apply/in-sandbox.ts';
import { aSpec, DESTINATION, SOURCE } from '../builders.ts';
import { accountOf, bucketOf } from '../plain-state.ts';

const page = readFileSync(new URL('../../docs/security.md', import.meta.url), 'utf8');
const rows = [...page.matchAll(/^\| ((?:S3|KMS|IAM)\.\d+) \| (.+?) \| (\S.*?) \| (.+) \|$/gm)].map(
  ([, control = '', title = '', status = '', why = '']) => ({ control, title, status, why }),
);

/** What a first apply leaves in two empty accounts, in two Regions. */
const practice = await anApplied(aSpec());
const state = await practice.state(aSpec());

const buckets = [
  bucketOf(state, SOURCE, 'acme-invoices'),
  bucketOf(state, DESTINATION, 'acme-invoices-replica'),
].flatMap((bucket) => bucket ?? []);
const accounts = [SOURCE, DESTINATION].map((account) => accountOf(state, account));
const keys = accounts.flatMap((account) => Object.values(account.keys).flatMap((key) => key ?? []));
const roles = accounts.flatMap((account) => Object.values(account.roles).flatMap((role) => role ?? []));
const allowed = (statements: readonly Statement[]) =>
  statements.filter(({ Effect }) => Effect === 'Allow').flatMap(({ Action }) => listOf(Action));
const roleStatements = roles.flatMap((role) => Object.values(role.inlinePolicies).flatMap(statementsOf));
const everyBucket = (test: (bucket: (typeof buckets)[number]) => boolean) =>
  buckets.length === 2 && buckets.every(test);
const everyKey = (test: (key: (typeof keys)[number]) => boolean) => keys.length === 2 && keys.every(test);

const blocksPublicAccess = () =>
  everyBucket(({ publicAccessBlock: block }) =>
    [block?.BlockPublicAcls, block?.IgnorePublicAcls, block?.BlockPublicPolicy, block?.RestrictPublicBuckets].every(
      Boolean,
    ),
  );
const hasAcls = () => !everyBucket(({ ownership }) => ownership === 'BucketOwnerEnforced');
const isPublic = () => buckets.some(({ policy }) => policy !== null && publicStatements(policy).length > 0);
const denied = ['DeleteBucketPolicy', 'PutBucketAcl', 'PutBucketPolicy', 'PutEncryptionConfiguration', 'PutObjectAcl'];
const writes = new Set(practice.requests.map(({ operation }) => operation));

/** Whether what was created passes a control, as far as that is decided by what s3repl creates. */
const passes: Readonly<Record<string, () => boolean>> = {
  'S3.2': () => blocksPublicAccess() && !hasAcls() && !isPublic(),
  'S3.3': () => blocksPublicAccess() && !hasAcls() && !isPublic(),
  'S3.5': () =>
    everyBucket(({ policy }) =>
      statementsOf(policy).some(
        ({ Effect, Condition }) => Effect === 'Deny' && Condition?.Bool?.['aws:SecureTransport'] !== undefined,
      ),
    ),
  'S3.6': () =>
    buckets
      .flatMap(({ policy }) => allowed(statementsOf(policy)))
      .every((action) => /^s3:[A-Za-z]+$/.test(action) && !denied.includes(action.slice(3))),
  'S3.7': () => everyBucket(({ replication }) => replication !== null),
  'S3.8': blocksPublicAccess,
  'S3.9': () => writes.has('PutBucketLogging'),
  'S3.10': () => everyBucket(({ lifecycle }) => lifecycle !== null),
  'S3.11': () => writes.has('PutBucketNotificationConfiguration'),
  'S3.12': () => !hasAcls(),
  'S3.13': () => everyBucket(({ lifecycle }) => lifecycle !== null),
  'S3.14': () => everyBucket(({ versioning }) => versioning === 'Enabled'),
  'S3.15': () => everyBucket(({ objectLock }) => objectLock === 'Enabled'),
  'S3.17': () => everyBucket(hasKmsDefault),
  'S3.20': () => everyBucket(({ beside }) => JSON.stringify(beside?.versioning ?? {}).includes('MFADelete')),
  'KMS.2': () => {
    const decrypting = roleStatements.filter(({ Action }) => listOf(Action).some((one) => /decrypt|\*/i.test(one)));
    const resources = decrypting.flatMap(({ Resource }) => listOf(Resource));
    return (
      resources.length > 0 && resources.every((one) => /^arn:aws:kms:[a-z0-9-]+:\d{12}:key\/[0-9a-f-]{36}$/.test(one))
    );
  },
  'KMS.3': () => everyKey(({ metadata }) => metadata.KeyState === 'Enabled') && !writes.has('ScheduleKeyDeletion'),
  'KMS.4': () => everyKey(({ rotation }) => rotation),
  'KMS.5': () =>
    everyKey(({ policy }) =>
      statementsOf(policy).every(
        ({ Principal }) =>
          typeof Principal === 'object' &&
          Object.values(Principal)
            .flatMap(listOf)
            .every((one) => one !== '*'),
      ),
    ),
  'IAM.24': () => roles.length === 1 && roles.every(({ tags }) => tags.s3repl !== undefined),
};

function hasKmsDefault({ encryption }: (typeof buckets)[number]): boolean {
  const [rule] = encryption?.Rules ?? [];
  return rule?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm === 'aws:kms' && rule.BucketKeyEnabled === true;
}

describe('docs/security.md', () => {
  const decided = rows.filter(({ status }) => status !== 'not evaluated');

  it('says met, raised or not evaluated of each control, and of each once', () => {
    expect(new Set(rows.map(({ control }) => control)).size).toBe(rows.length);
    for (const { status } of rows) expect(['met', 'raised', 'not evaluated']).toContain(status);
  });

  it('decides the controls that are checked here, and no others', () => {
    expect(decided.map(({ control }) => control)).toEqual(Object.keys(passes));
  });

  it.each(decided)('$control is $status: $title', ({ control, status }) => {
    expect(passes[control]?.()).toBe(status === 'met');
  });

  it('says what to do about each that is raised', () => {
    for (const { control, status, why } of rows)
      if (status === 'raised')
        expect([control, why]).toEqual([control, expect.stringMatching(/`|suppress|See S3|root user/)]);
  });

  it('has the truth about the role: one inline policy, no managed one, and no wildcard in an action', () => {
    expect(
      roles.map(({ inlinePolicies, attachedPolicies }) => [Object.keys(inlinePolicies), attachedPolicies]),
    ).toEqual([[['s3repl-invoices-dr'], []]]);
    expect(allowed(roleStatements).filter((action) => action.includes('*'))).toEqual([]);
  });

  it('has the truth about what other accounts may do: the role of the source writes to the destination bucket, with its key', () => {
    const namesRole = ({ buckets: some, keys: its }: State['accounts'][string]) => {
      const policies = [...Object.values(some), ...Object.values(its)].map(
        (one) => one && 'policy' in one && one.policy,
      );
      return policies.filter((policy) => JSON.stringify(policy).includes(`:iam::${SOURCE}:role/`)).length;
    };
    expect(accounts.map(namesRole)).toEqual([0, 2]);
  });
});
