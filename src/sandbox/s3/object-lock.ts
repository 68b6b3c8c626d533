import type { Bucket } from '../store/state.ts';
import { type Answer, s3Document, s3Empty } from '../wire/answer.ts';
import { AwsError } from '../wire/errors.ts';
import { changeObject, findRequestedObject, type ObjectOperation, type ObjectRequest } from './object-request.ts';
import { accessDenied, document, invalidArgument, invalidRequest, malformedXml } from './request.ts';
import { legalHoldShape, retentionShape } from './shapes.ts';
import type { ObjectVersion, Retention, StoredObject } from './stored-object.ts';

const dayMs = 86_400_000;
const lockPrefix = 'x-amz-object-lock-';
type Headers = Readonly<Record<string, string>>;

export const objectLockOperations: Readonly<Record<string, ObjectOperation>> = {
  GetObjectRetention: { actions: () => ['s3:GetObjectRetention'], run: getRetention },
  PutObjectRetention: {
    actions: ({ headers }) => ['s3:PutObjectRetention', ...bypassAction(headers)],
    run: putRetention,
  },
  GetObjectLegalHold: { actions: () => ['s3:GetObjectLegalHold'], run: getLegalHold },
  PutObjectLegalHold: { actions: () => ['s3:PutObjectLegalHold'], run: putLegalHold },
};

/** Needed to lift a governance lock, where the request asks for it. */
export function bypassAction(headers: Headers): readonly string[] {
  return bypasses(headers) ? ['s3:BypassGovernanceRetention'] : [];
}

function bypasses(headers: Headers): boolean {
  return headers['x-amz-bypass-governance-retention']?.toLowerCase() === 'true';
}

/** What the writer asks for, otherwise the bucket's default retention from now on. */
export function newLock(headers: Headers, bucket: Bucket, now: number): Pick<StoredObject, 'retention' | 'legalHold'> {
  const asked = readRetention(headers, now);
  const hold = headers[`${lockPrefix}legal-hold`];
  if (bucket.objectLock === undefined) {
    if (asked !== undefined || hold !== undefined) throw noLock();
    return {};
  }
  if (hold !== undefined && hold !== 'ON' && hold !== 'OFF') {
    throw invalidArgument('Legal Hold must be either of ON or OFF', `${lockPrefix}legal-hold`, hold);
  }
  const retention = asked ?? defaultRetention(bucket, now);
  return { ...(retention === undefined ? {} : { retention }), ...(hold === undefined ? {} : { legalHold: hold }) };
}

export function defaultRetention({ objectLock }: Bucket, now: number): Retention | undefined {
  const byDefault = objectLock?.Rule?.DefaultRetention;
  if (byDefault === undefined) return undefined;
  return { mode: byDefault.Mode, until: now + (byDefault.Days ?? (byDefault.Years ?? 0) * 365) * dayMs };
}

function readRetention(headers: Headers, now: number): Retention | undefined {
  const mode = headers[`${lockPrefix}mode`];
  const date = headers[`${lockPrefix}retain-until-date`];
  if (mode === undefined && date === undefined) return undefined;
  if (mode === undefined || date === undefined) {
    const missing = mode === undefined ? `${lockPrefix}mode` : `${lockPrefix}retain-until-date`;
    throw invalidArgument(`${lockPrefix}retain-until-date and ${lockPrefix}mode must both be supplied`, missing);
  }
  if (mode !== 'GOVERNANCE' && mode !== 'COMPLIANCE') {
    throw invalidArgument('Unknown wormMode directive.', `${lockPrefix}mode`, mode);
  }
  return { mode, until: futureDate(date, now, `${lockPrefix}retain-until-date`) };
}

function futureDate(text: string, now: number, argument: string): number {
  const until = Date.parse(text);
  if (Number.isNaN(until)) throw invalidArgument('The retain until date must be provided in ISO 8601 format', argument);
  if (until <= now) throw invalidArgument('The retain until date must be in the future!', argument, text);
  return until;
}

export function lockHeaders({ retention, legalHold }: StoredObject): Record<string, string> {
  return {
    ...(retention === undefined
      ? {}
      : {
          [`${lockPrefix}mode`]: retention.mode,
          [`${lockPrefix}retain-until-date`]: new Date(retention.until).toISOString(),
        }),
    ...(legalHold === undefined ? {} : { [`${lockPrefix}legal-hold`]: legalHold }),
  };
}

export function requireUnlocked(version: ObjectVersion, headers: Headers, now: number): void {
  if (version.deleteMarker) return;
  if (version.legalHold === 'ON' || retentionHolds(version.retention, headers, now)) throw lockDenial();
}

function retentionHolds(retention: Retention | undefined, headers: Headers, now: number): boolean {
  if (retention === undefined || retention.until <= now) return false;
  return retention.mode === 'COMPLIANCE' || !bypasses(headers);
}

/** Without Object Lock, a bypass is refused. */
export function requireNoBypass(headers: Headers, bucket: Bucket): void {
  const name = 'x-amz-bypass-governance-retention';
  if (headers[name] === undefined || bucket.objectLock !== undefined) return;
  throw invalidArgument(`${name} is only applicable to Object Lock enabled buckets.`, name);
}

function findLockable(request: ObjectRequest): StoredObject {
  const object = findRequestedObject(request, `s3:${request.call.operation}`);
  if (request.bucket.objectLock === undefined) throw noLock();
  return object;
}

function getRetention(request: ObjectRequest): Answer {
  const { retention } = findLockable(request);
  if (retention === undefined) throw noLockConfiguration();
  const RetainUntilDate = new Date(retention.until).toISOString();
  return s3Document('Retention', retentionShape.encode('Retention', { Mode: retention.mode, RetainUntilDate }));
}

/** Whoever may set a retention may prolong it; reducing it needs the bypass, and never works in compliance mode. */
function putRetention(request: ObjectRequest): Answer {
  const { now, call } = request;
  const object = findLockable(request);
  const put = document(request, 'Retention', retentionShape);
  if ((put.Mode === undefined) !== (put.RetainUntilDate === undefined)) throw malformedXml();
  const retention =
    put.Mode === undefined || put.RetainUntilDate === undefined
      ? undefined
      : { mode: put.Mode, until: futureDate(put.RetainUntilDate, now, 'RetainUntilDate') };
  const before = object.retention;
  const isLess =
    before !== undefined &&
    (retention === undefined ||
      retention.until < before.until ||
      (before.mode === 'COMPLIANCE' && retention.mode === 'GOVERNANCE'));
  if (isLess && retentionHolds(before, call.headers, now)) throw lockDenial();
  changeObject(request, object, { retention }, 'retention');
  return s3Empty(200);
}

function getLegalHold(request: ObjectRequest): Answer {
  const { legalHold } = findLockable(request);
  if (legalHold === undefined) throw noLockConfiguration();
  return s3Document('LegalHold', legalHoldShape.encode('LegalHold', { Status: legalHold }));
}

function putLegalHold(request: ObjectRequest): Answer {
  const object = findLockable(request);
  const { Status: legalHold } = document(request, 'LegalHold', legalHoldShape);
  changeObject(request, object, { legalHold }, 'legal-hold');
  return s3Empty(200);
}

function noLock(): AwsError {
  return invalidRequest('Bucket is missing Object Lock Configuration');
}

function noLockConfiguration(): AwsError {
  const message = 'The specified object does not have a ObjectLock configuration';
  return new AwsError('NoSuchObjectLockConfiguration', 404, message);
}

function lockDenial(): AwsError {
  return accessDenied('Access Denied because object protected by object lock.');
}
