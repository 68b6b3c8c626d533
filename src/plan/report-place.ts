/** Whether S3 could write the report of a job where it is wanted, as far as the documents of the bucket say. Pure. */
import type { DefaultRetention, ReplicationConfiguration } from '@aws-sdk/client-s3';
import { bucketArn } from '../aws/arn.ts';
import type { Region } from '../aws/brand.ts';
import { everything, type PolicyDocument } from '../aws/policy.ts';
import { filterIn } from '../aws/rule-filter.ts';
import type { S3Place } from '../config/report-place.ts';
import type { Spec } from '../config/spec.ts';
import type { Decision, Unknown } from '../model/decision.ts';
import { evaluate } from '../model/evaluate.ts';
import { textOf } from '../model/evaluation/phrase.ts';
import { vpcKeys } from '../model/replication/request-keys.ts';
import { backfillRole } from '../state/names.ts';
import { bucketOf, type State } from '../state/state.ts';
import { takesReport } from '../steps/job-files.ts';
import { rulesOf } from '../steps/scope.ts';
import { reportFolder } from './job-report.ts';

/** Of a bucket that takes a report; unknown where it may not be read. */
export interface ReportBucket {
  readonly region: Region;
  readonly policy: PolicyDocument | null | Unknown;
  readonly objectLockRetention: DefaultRetention | null | Unknown;
}

export interface Obstacle {
  /** Otherwise s3repl cannot tell. */
  readonly isCertain: boolean;
  /** The rest of "the report could not be written: …". */
  readonly why: string;
}

/** @returns undefined where there is no such bucket. */
export function sourceReportBucket(state: State, { source }: Spec): ReportBucket | undefined {
  const bucket = bucketOf(state, source.account, source.bucket);
  return (
    bucket && {
      region: bucket.region,
      policy: bucket.policy,
      objectLockRetention: bucket.objectLockRetention === undefined ? 'unknown' : bucket.objectLockRetention,
    }
  );
}

/** @param bucket of `place`. @returns the first of what stops the report; what is certain comes first. */
export function findObstacle(place: S3Place, bucket: ReportBucket, state: State, spec: Spec): Obstacle | undefined {
  const obstacles = [
    rulesOverReport(place, state, spec),
    lockOn(place, bucket, spec),
    denialOf(place, bucket, state, spec),
  ];
  const found = obstacles.filter((one) => one !== undefined);
  return found.find(({ isCertain }) => isCertain) ?? found[0];
}

function rulesOverReport(place: S3Place, state: State, spec: Spec): Obstacle | undefined {
  const { source } = spec;
  if (place.bucket !== source.bucket) return undefined;
  const live: ReplicationConfiguration['Rules'] =
    bucketOf(state, source.account, place.bucket)?.replication?.Rules ?? [];
  const rules = [
    ...live.flatMap((rule) => (rule.Status === 'Enabled' ? [{ id: rule.ID ?? '', ...filterIn(rule) }] : [])),
    ...rulesOf(spec).map((rule) => ({ id: rule.id, prefix: rule.prefix, tags: Object.entries(rule.tags ?? {}) })),
  ];
  const taking = rules.find((rule) => takesReport(rule, place));
  return (
    taking && {
      isCertain: true,
      why: `rule ${taking.id} would replicate everything written there, including the report`,
    }
  );
}

/** S3 User Guide of 2023, troubleshooting-batch-operations: nothing is delivered to a bucket with a default retention. */
function lockOn({ bucket }: S3Place, { objectLockRetention }: ReportBucket, { source }: Spec): Obstacle | undefined {
  if (objectLockRetention === null) return undefined;
  return objectLockRetention === 'unknown'
    ? {
        isCertain: false,
        why: `${unread('s3:GetBucketObjectLockConfiguration', source)}, so s3repl cannot tell whether Object Lock of ${bucket} has a default retention`,
      }
    : { isCertain: true, why: `Object Lock of ${bucket} has a default retention, and S3 delivers no report there` };
}

function unread(action: string, { account }: Spec['source']): string {
  return `account ${account} does not allow ${action}`;
}

/** Nobody has seen the requests of S3 Batch Operations: `*` stands for all keys that begin so. */
const unknownKeys = [
  'aws:CalledVia*',
  'aws:CurrentTime',
  'aws:EpochTime',
  'aws:MultiFactorAuth*',
  'aws:PrincipalOrg*',
  'aws:PrincipalTag/*',
  'aws:ResourceOrg*',
  'aws:SourceAccount',
  'aws:SourceArn',
  'aws:TokenIssueTime',
  'aws:UserAgent',
  'aws:userid',
  'aws:username',
  's3:TlsVersion',
  's3:signatureAge',
  's3:x-amz-content-sha256',
];

/** Reports are always under SSE-S3 (API Reference, JobReport); whether the request says so is not documented. */
const either = [[{ 's3:x-amz-server-side-encryption': 'AES256' }, {}]];

function denialOf(
  { bucket: name, prefix }: S3Place,
  bucket: ReportBucket,
  state: State,
  spec: Spec,
): Obstacle | undefined {
  const { source } = spec;
  if (bucket.policy === null) return undefined;
  if (bucket.policy === 'unknown')
    return {
      isCertain: false,
      why: `${unread('s3:GetBucketPolicy', source)}, so s3repl cannot tell whether the policy of ${name} lets S3 write there`,
    };
  const resource = { name: `bucket policy of ${name}`, document: bucket.policy };
  const decisions = ['manifest.json', `results/${'0'.repeat(40)}.csv`].map((file) =>
    evaluate(
      {
        caller: { roleArn: backfillRole(state, spec).arn, account: source.account },
        action: 's3:PutObject',
        resource: `${bucketArn({ ...source, bucket: name })}/${reportFolder(prefix, 'ID')}${file}`,
        resourceAccount: source.account,
        context: {
          ...Object.fromEntries([...vpcKeys, 'aws:SourceIp'].map((key) => [key, []])),
          'aws:SecureTransport': 'true',
          'aws:PrincipalIsAWSService': 'false',
          'aws:ViaAWSService': 'false',
          'aws:RequestedRegion': bucket.region,
          's3:ResourceAccount': source.account,
        },
        unknownKeys,
        either,
      },
      {
        identity: [{ name: 'the policy that s3repl gives the role', document: everything }],
        boundary: null,
        serviceControl: [],
        resourceControl: [],
        resource,
      },
    ),
  );
  return decisions.map((decision) => obstacleIn(decision, name)).find((one) => one !== undefined);
}

function obstacleIn(decision: Decision, bucket: string): Obstacle | undefined {
  if (decision.effect === 'allowed') return undefined;
  if (decision.effect === 'unknown') {
    const why = decision.why.map(textOf).join('; ');
    return { isCertain: false, why: `s3repl cannot tell whether the policy of ${bucket} lets S3 write there: ${why}` };
  }
  const [by] = decision.by;
  const statement = by === undefined ? '' : ` (statement ${by.sid ?? by.statement + 1})`;
  return { isCertain: true, why: `the policy of ${bucket} does not let the role of the job write there${statement}` };
}
