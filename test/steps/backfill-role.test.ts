import { describe, expect, it } from 'vitest';
import { type BucketName, brand } from '../../src/aws/brand.ts';
import { type PolicyDocument, statementsOf } from '../../src/aws/policy.ts';
import { planApply, planBackfillRole, planDestroy } from '../../src/plan/plan.ts';
import type { Change } from '../../src/state/change.ts';
import type { RoleState, State } from '../../src/state/state.ts';
import type { JobFiles } from '../../src/steps/job-files.ts';
import { aDestination, aRole, aRule, aSource, aSpec, nothing, SOURCE } from '../builders.ts';
import { accountOf, put } from '../plain-state.ts';
import { pureAws } from './pure-aws.ts';

const spec = aSpec();
const ARN = `arn:aws:iam::${SOURCE}:role/s3repl-invoices-dr-backfill`;
const REPLICATION = `arn:aws:iam::${SOURCE}:role/s3repl-invoices-dr`;
const POLICY = 's3repl-invoices-dr-backfill';
const ours = { s3repl: 'invoices-dr' };

const trust = (service: string): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
});
const jobs = trust('batchoperations.s3.amazonaws.com');

function withRole(state: State, role: RoleState, arn = ARN): State {
  return put(state, SOURCE, 'roles', arn, role);
}

/** All of it, as backfill has left it. */
function setUp(of = spec): State {
  const aws = pureAws(nothing);
  aws.run(planApply(nothing, of).changes);
  aws.run(planBackfillRole(aws.state, of).changes);
  return aws.state;
}

const operations = (changes: readonly Change[]) =>
  changes.flatMap(({ step, calls }) => calls.map(({ operation }) => `${step} ${operation}`));
const rolesIn = (state: State) =>
  Object.entries(accountOf(state, SOURCE).roles).flatMap(([arn, role]) => (role ? [arn] : []));
const jobPolicy = (state: State) => accountOf(state, SOURCE).roles[ARN]?.inlinePolicies[POLICY];
const codes = (findings: readonly { readonly level: string; readonly step: string; readonly code: string }[]) =>
  findings.map(({ level, step, code }) => `${level} ${step} ${code}`);

describe('the role of S3 Batch Operations', () => {
  it('is made with its trust, its tags and one policy', () => {
    const { changes, problems, desired } = planBackfillRole(nothing, spec);
    expect(problems).toEqual([]);
    expect(operations(changes)).toEqual(['backfill-role CreateRole', 'backfill-role PutRolePolicy']);
    expect(changes[0]?.calls[0]?.input).toEqual({
      RoleName: 's3repl-invoices-dr-backfill',
      Path: '/',
      AssumeRolePolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'BatchOperationsAssumes',
            Effect: 'Allow',
            Principal: { Service: 'batchoperations.s3.amazonaws.com' },
            Action: 'sts:AssumeRole',
          },
        ],
      }),
      Description: 'S3 Batch Replication invoices-dr',
      Tags: [{ Key: 's3repl', Value: 'invoices-dr' }],
    });
    expect(jobPolicy(desired)).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'SourceBucket',
          Effect: 'Allow',
          Action: ['s3:GetReplicationConfiguration', 's3:PutInventoryConfiguration'],
          Resource: 'arn:aws:s3:::acme-invoices',
        },
        {
          Sid: 'SourceObjects',
          Effect: 'Allow',
          Action: 's3:InitiateReplication',
          Resource: 'arn:aws:s3:::acme-invoices/*',
        },
      ],
    });
  });

  it('has the path, the boundary and the tags of the replication role', () => {
    const permissionsBoundary = `arn:aws:iam::${SOURCE}:policy/bound`;
    const role = { name: 's3repl-invoices-dr', path: '/replication/', permissionsBoundary };
    const { changes } = planBackfillRole(nothing, aSpec({ role, tags: { team: 'platform' } }));
    expect(changes[0]?.calls[0]?.input).toMatchObject({
      Path: '/replication/',
      PermissionsBoundary: permissionsBoundary,
      Tags: [
        { Key: 'team', Value: 'platform' },
        { Key: 's3repl', Value: 'invoices-dr' },
      ],
    });
    expect(changes[0]?.target).toBe(`arn:aws:iam::${SOURCE}:role/replication/s3repl-invoices-dr-backfill`);
  });

  it('may start the replication of what any rule takes in, in the partition of the bucket', () => {
    const rules = (...prefixes: string[]) => prefixes.map((prefix, at) => aRule({ id: `r${at}`, prefix }));
    const several = aSpec({
      source: aSource({ partition: 'aws-us-gov', region: 'us-gov-west-1' }),
      destinations: [
        aDestination({ rules: rules('tax/', 'tax/2026/') }),
        aDestination({ id: 'destinations[1]', bucket: 'acme-other', rules: rules('in*voices/') }),
      ],
    });
    const { desired } = planBackfillRole(nothing, several);
    const arn = ARN.replace('arn:aws:', 'arn:aws-us-gov:');
    expect(accountOf(desired, SOURCE).roles[arn]?.inlinePolicies[POLICY]).toMatchObject({
      Statement: [
        { Resource: 'arn:aws-us-gov:s3:::acme-invoices' },
        { Resource: ['arn:aws-us-gov:s3:::acme-invoices/in*', 'arn:aws-us-gov:s3:::acme-invoices/tax/*'] },
      ],
    });
  });

  it('may write reports under their prefix, and read lists in their folder in the place of making one', () => {
    const reports = brand<BucketName>('acme-reports');
    const statementsFor = (files: JobFiles, of = spec) =>
      statementsOf(jobPolicy(planBackfillRole(nothing, of, files).desired) ?? null);
    const one = (keysFrom: string) => statementsFor({ manifest: { bucket: reports, keysFrom, isOneKey: true } });
    expect(one('own/list.csv').at(-1)?.Resource).toBe('arn:aws:s3:::acme-reports/own/list.csv');
    expect(one('own/a*b.csv').at(-1)?.Resource).toBe('arn:aws:s3:::acme-reports/own/a*');
    const report = { bucket: reports, keysFrom: 'batch/job-' };
    const reportStatement = {
      Sid: 'Report',
      Effect: 'Allow',
      Action: 's3:PutObject',
      Resource: 'arn:aws:s3:::acme-reports/batch/job-*',
    };
    expect(statementsFor({ report })).toEqual([...statementsFor({}), reportStatement]);
    expect(statementsFor({ report: { ...report, keysFrom: '' } }).at(-1)?.Resource).toBe('arn:aws:s3:::acme-reports/*');
    expect(statementsFor({ report: { ...report, keysFrom: 'a*b' } }).at(-1)?.Resource).toBe(
      'arn:aws:s3:::acme-reports/a*',
    );
    const [, objects] = statementsFor({});
    expect(statementsFor({ report, manifest: { bucket: reports, keysFrom: 'own/manifest-' } })).toEqual([
      objects,
      {
        Sid: 'Manifest',
        Effect: 'Allow',
        Action: ['s3:GetObject', 's3:GetObjectVersion'],
        Resource: 'arn:aws:s3:::acme-reports/own/manifest-*',
      },
      reportStatement,
    ]);
  });

  it('loses the rights of a run before that this one does not need', () => {
    const aws = pureAws(nothing);
    const before = planBackfillRole(nothing, spec, { report: { bucket: brand('acme-reports'), keysFrom: 'job-' } });
    aws.run(before.changes);
    const { changes } = planBackfillRole(aws.state, spec);
    expect(operations(changes)).toEqual(['backfill-role PutRolePolicy']);
    aws.run(changes);
    expect(jobPolicy(aws.state)).toEqual(jobPolicy(planBackfillRole(nothing, spec).desired));
  });

  it('gets back what somebody has changed of it', () => {
    const spoilt = aRole({
      tags: { ...ours, keep: 'yes' },
      inlinePolicies: { [POLICY]: { Version: '2012-10-17', Statement: [] } },
    });
    expect(operations(planBackfillRole(withRole(nothing, spoilt), spec).changes)).toEqual([
      'backfill-role UpdateAssumeRolePolicy',
      'backfill-role PutRolePolicy',
    ]);
  });

  it('is a problem where its policy would be too long', () => {
    const rules = Array.from({ length: 60 }, (_, at) =>
      aRule({ id: `r${at}`, prefix: `${at}-${'x'.repeat(180)}/`, priority: at }),
    );
    const { problems } = planBackfillRole(nothing, aSpec({ destinations: [aDestination({ rules })] }));
    expect(codes(problems)).toEqual(['problem backfill-role policy-too-long']);
  });
});

describe('a role of somebody else', () => {
  const theirs = aRole({ trustPolicy: jobs, tags: { owner: 'them' }, attachedPolicies: [] });

  it('gets our policy and loses it again, and nothing else', () => {
    const { changes, problems } = planBackfillRole(withRole(nothing, theirs), spec);
    expect(problems).toEqual([]);
    expect(operations(changes)).toEqual(['backfill-role PutRolePolicy']);
    const aws = pureAws(withRole(nothing, theirs));
    aws.run(changes);
    const gone = planDestroy(aws.state, spec);
    expect(operations(gone.changes)).toEqual(['backfill-role DeleteRolePolicy']);
    aws.run(gone.changes);
    expect(accountOf(aws.state, SOURCE).roles[ARN]).toEqual(theirs);
  });

  it.each<[what: string, role: RoleState, of: Parameters<typeof aSpec>[0], code: string, fix: string]>([
    [
      'trusts another service',
      { ...theirs, trustPolicy: trust('s3.amazonaws.com') },
      {},
      'role-trust',
      'allow sts:AssumeRole to batchoperations.s3.amazonaws.com in its trust policy, or write another backfill.role in repl.yaml',
    ],
    [
      'has another path',
      theirs,
      { role: { name: 's3repl-invoices-dr', path: '/x/' } },
      'role-path',
      'AWS cannot move a role: write its actual path, or another backfill.role',
    ],
    [
      'has no boundary',
      theirs,
      { role: { name: 's3repl-invoices-dr', permissionsBoundary: `arn:aws:iam::${SOURCE}:policy/b` } },
      'role-boundary',
      `remove role.permissionsBoundary from the configuration, or ask an administrator to run:\naws iam put-role-permissions-boundary --role-name s3repl-invoices-dr-backfill --permissions-boundary arn:aws:iam::${SOURCE}:policy/b`,
    ],
  ])('is a problem where it %s', (_what, role, change, code, fix) => {
    const { problems } = planBackfillRole(withRole(nothing, role), aSpec(change));
    expect(codes(problems)).toEqual([`problem backfill-role ${code}`]);
    const [problem] = problems;
    expect([problem?.fix, ...(problem?.paste === undefined ? [] : [problem.paste])].join('\n')).toBe(fix);
  });

  it('is taken where S3 assumes it as well', () => {
    const both = {
      ...jobs,
      Statement: [
        {
          Effect: 'Allow' as const,
          Principal: { Service: ['s3.amazonaws.com', 'batchoperations.s3.amazonaws.com'] },
          Action: 'sts:AssumeRole',
        },
      ],
    };
    expect(planBackfillRole(withRole(nothing, { ...theirs, trustPolicy: both }), spec).problems).toEqual([]);
  });
});

describe('a policy of our name', () => {
  const elsewhere = setUp(aSpec({ source: aSource({ bucket: 'acme-other' }) }));
  const taken = withRole(nothing, accountOf(elsewhere, SOURCE).roles[ARN] ?? aRole());

  it('for another source bucket is touched neither by backfill nor by destroy', () => {
    expect(codes(planBackfillRole(taken, spec).problems)).toEqual(['problem backfill-role name-in-use']);
    expect(codes(planDestroy(taken, spec).problems)).toEqual(['problem backfill-role name-in-use']);
  });

  it('for another source bucket is known by its objects where its jobs read a list', () => {
    const files = { manifest: { bucket: brand<BucketName>('acme-lists'), keysFrom: '' } };
    const made = (of: typeof spec) => planBackfillRole(nothing, of, files).desired;
    const other = made(aSpec({ source: aSource({ bucket: 'acme-other' }) }));
    expect(codes(planBackfillRole(other, spec).problems)).toEqual(['problem backfill-role name-in-use']);
    expect(codes(planDestroy(other, spec).problems)).toEqual(['problem backfill-role name-in-use']);
    expect(planBackfillRole(made(spec), spec, files)).toMatchObject({ changes: [], problems: [] });
  });
});

describe('where both roles are there', () => {
  it('apply leaves the one of S3 Batch Operations alone, however far it was made', () => {
    for (const state of [setUp(), withRole(setUp(), aRole({ trustPolicy: jobs, tags: ours }))]) {
      expect(planApply(state, spec).changes).toEqual([]);
      expect(accountOf(planApply(state, spec).desired, SOURCE).roles[ARN]).toEqual(accountOf(state, SOURCE).roles[ARN]);
    }
  });

  it('apply that changes to another replication role takes out the former one only', () => {
    const other = aSpec({ role: { name: 'another' } });
    const removed = planApply(setUp(), other).changes.filter(({ action }) => action === 'remove');
    expect(removed.map(({ target }) => target)).toEqual([REPLICATION]);
  });

  it('destroy takes each out once, that of S3 Batch Operations first', () => {
    const { changes, problems } = planDestroy(setUp(), spec);
    expect(problems).toEqual([]);
    expect(operations(changes).filter((one) => one.includes('Role'))).toEqual([
      'backfill-role DeleteRolePolicy',
      'backfill-role DeleteRole',
      'replication-role DeleteRolePolicy',
      'replication-role DeleteRole',
    ]);
    const aws = pureAws(setUp());
    aws.run(changes);
    expect(rolesIn(aws.state)).toEqual([]);
  });

  it('destroy removes a role that a killed run has left without its policy', () => {
    const { changes } = planDestroy(withRole(nothing, aRole({ trustPolicy: jobs, tags: ours })), spec);
    expect(operations(changes)).toEqual(['backfill-role DeleteRole']);
  });

  it('destroy keeps a role that others have given a policy, and says so', () => {
    const { inlinePolicies = {}, ...role } = accountOf(setUp(), SOURCE).roles[ARN] ?? aRole();
    const used = aRole({ ...role, inlinePolicies: { ...inlinePolicies, theirs: jobs } });
    const { changes, warnings } = planDestroy(withRole(setUp(), used), spec);
    expect(operations(changes).filter((one) => one.startsWith('backfill-role'))).toEqual([
      'backfill-role DeleteRolePolicy',
    ]);
    expect(codes(warnings)).toContain('warning backfill-role role-stays');
  });
});

describe('a former replication role that repl.yaml names for S3 Batch Operations', () => {
  const renamed = aSpec({ role: { name: 'another' }, backfill: { role: 's3repl-invoices-dr' } });

  it('is a problem until apply has taken it out', () => {
    const aws = pureAws(setUp());
    expect(codes(planBackfillRole(aws.state, renamed).problems)).toEqual(['problem backfill-role role-in-use']);
    expect(codes(planDestroy(aws.state, renamed).problems)).toEqual(['problem backfill-role role-in-use']);
    aws.run(planApply(aws.state, renamed).changes);
    expect(planBackfillRole(aws.state, renamed).problems).toEqual([]);
    expect(rolesIn(aws.state)).not.toContain(REPLICATION);
  });
});
