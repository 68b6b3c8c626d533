import { arnParts } from '../aws/arn.ts';
import { required } from '../aws/required.ts';
import { type Draft, type DraftSide, draftDestinations, draftSource } from './draft.ts';
import type { Config } from './fields.ts';
import { formatPath } from './path.ts';
import { type Finding, problem, warning } from './problem.ts';

const { partition } = required('@aws-sdk/core/client');

export function checkSides(draft: Draft<Config>): readonly Finding[] {
  const source = draftSource(draft);
  const destinations = draftDestinations(draft);
  return [
    ...checkBuckets(source, destinations),
    ...checkPartitions(source, destinations),
    ...[source, ...destinations].flatMap(checkAccess),
  ];
}

function checkBuckets(source: DraftSide, destinations: readonly DraftSide[]): readonly Finding[] {
  return destinations.flatMap(({ path, bucket }, index) => {
    if (bucket === undefined) {
      return [];
    }
    const at = [...path, 'bucket'];
    if (bucket === source.bucket) {
      return [problem(at, `bucket ${bucket} is also the source bucket (write the name of another bucket)`)];
    }
    const first = destinations.slice(0, index).find((other) => other.bucket === bucket);
    if (first === undefined) {
      return [];
    }
    const advice = `write another bucket, or put all rules under ${formatPath(first.path)}`;
    return [problem(at, `bucket ${bucket} is also the bucket of ${formatPath(first.path)} (${advice})`)];
  });
}

function checkPartitions(source: DraftSide, destinations: readonly DraftSide[]): readonly Finding[] {
  const findings: Finding[] = [];
  if (source.region !== undefined && partition(source.region).dnsSuffix !== 'amazonaws.com') {
    const message =
      `replication of encrypted objects in partition ${source.partition} is unconfirmed: s3repl could not check ` +
      'the names that its policies need there (run s3repl verify after s3repl apply)';
    findings.push(warning([...source.path, 'region'], message));
  }
  for (const side of destinations) {
    if (source.partition !== undefined && side.partition !== undefined && side.partition !== source.partition) {
      const message =
        `region ${side.region} is in partition ${side.partition}, but the source is in ${source.partition}, ` +
        `which S3 does not replicate between (write a Region of ${source.partition})`;
      findings.push(problem([...side.path, 'region'], message));
    }
  }
  return findings;
}

function checkAccess(side: DraftSide): readonly Finding[] {
  const { access, account } = side;
  if (access === undefined) {
    return [];
  }
  const findings: Finding[] = [];
  const at = (key: string) => [...side.path, 'access', key];
  for (const key of ['externalId', 'mfaSerial'] as const) {
    if (access[key] !== undefined && !Object.hasOwn(access, 'assumeRole')) {
      findings.push(problem(at(key), `${key} has no effect without assumeRole (write assumeRole too, or remove it)`));
    }
  }
  const role = arnParts(access.assumeRole ?? '');
  if (role !== undefined && account !== undefined && role.account !== account) {
    const message = `the role is in account ${role.account}, but ${formatPath(side.path)} is ${account}`;
    findings.push(problem(at('assumeRole'), `${message} (write a role of ${account})`));
  }
  for (const key of ['assumeRole', 'mfaSerial'] as const) {
    findings.push(...checkArnPartition(access[key], [...at(key)], side));
  }
  return findings;
}

export function checkArnPartition(
  text: string | undefined,
  path: Finding['path'],
  side: Pick<DraftSide, 'region' | 'partition'>,
): readonly Finding[] {
  const arn = arnParts(text ?? '');
  if (arn === undefined || side.partition === undefined || arn.partition === side.partition) {
    return [];
  }
  const message = `the ARN is of partition ${arn.partition}, but ${side.region} is in ${side.partition}`;
  return [problem(path, `${message} (write arn:${side.partition}:…)`)];
}
