import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failureCodes } from '../../src/model/verdict.ts';
import {
  failureCodeOf,
  groupFailures,
  otherReasons,
  type ReportRow,
  readIndex,
  readRows,
  UnreadableReport,
} from '../../src/plan/job-report.ts';

const RESULT = 'batch/job-f8fb9d89-a3aa-461d-bddc-ea6a1b131955/results/6217b0fab0de85c408b4be96aeaca9b195a7daa5.csv';
const MD5 = '83b1c4cbe93fc893f54053697e10fd6e';
const SCHEMA = 'Bucket, Key, VersionId, TaskStatus, ErrorCode, HTTPStatusCode, ResultMessage';

/** As the S3 User Guide shows it (batch-ops-examples-reports). */
const index = {
  Format: 'Report_CSV_20180820',
  ReportCreationDate: '2019-04-05T17:48:39.725Z',
  Results: [{ TaskExecutionStatus: 'failed', Bucket: 'my-job-reports', MD5Checksum: MD5, Key: RESULT }],
  ReportSchema: SCHEMA,
};

function aRow(given: Partial<ReportRow> = {}): ReportRow {
  return { bucket: 'acme-invoices', key: 'a', status: 'failed', errorCode: '', message: '', ...given };
}

describe('the index of a report', () => {
  it('names the result files', () => {
    expect(readIndex(JSON.stringify(index))).toEqual({
      schema: SCHEMA,
      results: [{ status: 'failed', bucket: 'my-job-reports', key: RESULT, md5: MD5 }],
    });
  });

  it('may name none', () => {
    expect(readIndex(JSON.stringify({ ...index, Results: [] })).results).toEqual([]);
  });

  it.each<[what: string, text: string, message: string]>([
    ['not JSON', '<html>', 'not JSON'],
    ['a list', '[]', 'not a JSON object'],
    ['of another format', JSON.stringify({ ...index, Format: 'Report_CSV_2030' }), '"Report_CSV_2030"'],
    ['without results', JSON.stringify({ ...index, Results: null }), 'no list of results'],
    [
      'with a result that is something else',
      JSON.stringify({ ...index, Results: [{ ...index.Results[0], TaskExecutionStatus: 'skipped' }] }),
      'skipped',
    ],
    ['with a result that names no file', JSON.stringify({ ...index, Results: ['x'] }), 'a result of an unknown kind'],
  ])('is not readable where it is %s', (_what, text, message) => {
    expect(() => readIndex(text)).toThrow(UnreadableReport);
    expect(() => readIndex(text)).toThrow(message);
  });
});

describe('the rows of a report', () => {
  it.each<[where: string, text: string, row: Partial<ReportRow>]>([
    [
      'batch-ops-examples-reports',
      'awsexamplebucket1,image_14975,,failed,200,PermanentFailure,"Lambda returned function error: {""errorMessage"":""timed out""}"',
      {
        bucket: 'awsexamplebucket1',
        key: 'image_14975',
        httpStatus: 200,
        errorCode: 'PermanentFailure',
        message: 'Lambda returned function error: {"errorMessage":"timed out"}',
      },
    ],
    [
      'troubleshooting-batch-operations, without a version ID',
      'b,k,failed,400,InvalidRequest,Task failed due to missing VersionId',
      {
        bucket: 'b',
        key: 'k',
        httpStatus: 400,
        errorCode: 'InvalidRequest',
        message: 'Task failed due to missing VersionId',
      },
    ],
    [
      'batch-ops-examples-reports, of tasks that succeeded',
      'b,k,,succeeded,200,,"arn:aws:lambda, ""ok"""',
      { bucket: 'b', key: 'k', status: 'succeeded', httpStatus: 200, message: 'arn:aws:lambda, "ok"' },
    ],
  ])('are those that AWS shows: %s', (_where, text, row) => {
    expect(readRows(`${text}\n`)).toEqual([aRow(row)]);
  });

  it.each<[what: string, text: string, row: Partial<ReportRow>]>([
    ['a key that is no URL encoding', '100%,v,failed,200,x,', { key: '100%', httpStatus: 200, errorCode: 'x' }],
    ['two codes and no status', 'k,v,failed,One,Two,m', { errorCode: 'One Two', message: 'm' }],
    ['a code and nothing else', 'k,v,failed,One', { errorCode: 'One' }],
    ['a code and an empty status', 'k,v,failed,,One,m', { errorCode: 'One', message: 'm' }],
    ['commas without quotation marks', 'k,v,failed,403,,a, b, c', { httpStatus: 403, message: 'a, b, c' }],
    ['a status in capitals', 'k,v,FAILED,One,403,', { httpStatus: 403, errorCode: 'One' }],
  ])('may have %s', (_what, text, row) => {
    expect(readRows(`b,${text}`)).toEqual([aRow({ bucket: 'b', key: 'k', versionId: 'v', ...row })]);
  });

  it.each([
    ['no status', 'b,k,v,200,x,m,n'],
    ['too few columns', 'b,k'],
    ['quotation marks out of place', 'b,k,v,failed,200,x,"m"n'],
  ])('with %s are not readable, and the line is told', (_what, line) => {
    const text = `b,k,v,failed,200,x,m\n${line}\n`;
    expect(() => readRows(text)).toThrow(UnreadableReport);
    expect(() => readRows(text)).toThrow('line 2 is not a row of a report');
  });

  const word = fc.stringMatching(/^[A-Za-z]{4,30}$/);
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', ' ', '+', '%', '/', 'failed', '404', 'é', '🎉') }),
  );
  const key = text.filter((one) => one !== '');
  const row = fc.record({
    key,
    versionId: fc.option(fc.stringMatching(/^[A-Za-z0-9._]{4,40}$/), { nil: undefined }),
    status: fc.constantFrom('succeeded' as const, 'failed' as const),
    httpStatus: fc.integer({ min: 100, max: 599 }),
    errorCode: fc.option(word, { nil: '' }),
    message: text,
  });

  interface Style {
    readonly isCodeFirst: boolean;
    readonly isPlus: boolean;
    readonly hasVersions: boolean;
    readonly lineEnd: string;
  }
  const style: fc.Arbitrary<Style> = fc.record({
    isCodeFirst: fc.boolean(),
    isPlus: fc.boolean(),
    hasVersions: fc.boolean(),
    lineEnd: fc.constantFrom('\n', '\r\n'),
  });

  const write = (given: ReportRow, { isCodeFirst, isPlus, hasVersions, lineEnd }: Style): string => {
    const encoded = encodeURIComponent(given.key).replaceAll('%20', isPlus ? '+' : '%20');
    const http = String(given.httpStatus);
    const version = hasVersions ? [given.versionId ?? ''] : [];
    const codes = isCodeFirst ? [given.errorCode, http] : [http, given.errorCode];
    const fields = [
      given.bucket,
      encoded,
      ...version,
      given.status,
      ...codes,
      `"${given.message.replaceAll('"', '""')}"`,
    ];
    return fields.join(',') + lineEnd;
  };

  it('are read back exactly, in either order of the columns', () => {
    fc.assert(
      fc.property(fc.array(row), style, (given, asWritten) => {
        const rows = given.map(({ versionId, ...more }): ReportRow => {
          const hasVersion = asWritten.hasVersions && versionId !== undefined;
          return { bucket: 'acme-invoices', ...more, ...(hasVersion && { versionId }) };
        });
        const written = rows.map((one) => write(one, asWritten)).join('');
        expect(readRows(written)).toEqual(rows);
      }),
    );
  });
});

describe('why tasks failed', () => {
  it.each([
    ['in the column of the code', { errorCode: 'DstPutObjectNotPermitted' }],
    ['in the message', { errorCode: 'PermanentFailure', message: '{"failureReason":"DstPutObjectNotPermitted"}' }],
  ])('is told by a code %s', (_where, row) => {
    expect(failureCodeOf(aRow(row))).toBe('DstPutObjectNotPermitted');
  });

  it('is not told by a key that is called like a code', () => {
    const [group] = groupFailures([aRow({ key: 'SrcObjectNotFound', httpStatus: 403 })]);
    expect(group).toMatchObject({ reason: 'HTTP 403' });
    expect(group).not.toHaveProperty('code');
  });

  it.each(failureCodes)('finds %s, and not within a longer word', (code) => {
    expect(failureCodeOf({ errorCode: '', message: `failed: ${code}.` })).toBe(code);
    expect(failureCodeOf({ errorCode: `${code}Yet`, message: '' })).toBeUndefined();
  });

  it('is grouped, the most frequent reason first', () => {
    const rows = [
      aRow({ key: 'a', errorCode: 'SlowDown', message: 'first' }),
      aRow({ key: 'b', errorCode: 'SrcObjectNotFound', versionId: 'v1' }),
      aRow({ key: 'c', status: 'succeeded', errorCode: 'SlowDown' }),
      aRow({ key: 'd', errorCode: 'x', message: 'SrcObjectNotFound', versionId: 'v2' }),
      aRow({ key: 'e' }),
    ];
    expect(groupFailures(rows)).toEqual([
      {
        reason: 'SrcObjectNotFound',
        code: 'SrcObjectNotFound',
        count: 2,
        versions: [
          { key: 'b', versionId: 'v1' },
          { key: 'd', versionId: 'v2' },
        ],
        message: '',
      },
      { reason: 'SlowDown', count: 1, versions: [{ key: 'a' }], message: 'first' },
      { reason: 'no reason given', count: 1, versions: [{ key: 'e' }], message: '' },
    ]);
  });

  it('keeps the first 20 versions of a reason, and counts all', () => {
    const rows = Array.from({ length: 1000 }, (_, at) => aRow({ key: `key-${at}`, errorCode: 'SlowDown' }));
    const [group] = groupFailures(rows);
    expect(group?.count).toBe(1000);
    expect(group?.versions.map(({ key }) => key)).toEqual(Array.from({ length: 20 }, (_, at) => `key-${at}`));
  });

  it('keeps so many reasons, and counts the rest as others', () => {
    const rows = ['A', 'B', 'C', 'SrcObjectNotFound', 'A'].map((errorCode) => aRow({ errorCode }));
    const groups = groupFailures(rows, { reasons: 2, versions: 1 });
    expect(groups.map(({ reason, count, code }) => [reason, count, code])).toEqual([
      ['A', 2, undefined],
      [otherReasons, 2, undefined],
      ['B', 1, undefined],
    ]);
  });

  it('counts each failed row once, whatever the limits', () => {
    const row = fc.record({ errorCode: fc.constantFrom('A', 'B', 'C', ...failureCodes), isFailed: fc.boolean() });
    const limits = fc.record({ reasons: fc.nat(5), versions: fc.nat(3) });
    fc.assert(
      fc.property(fc.array(row), limits, (drawn, given) => {
        const rows = drawn.map(({ errorCode, isFailed }) =>
          aRow({ errorCode, status: isFailed ? 'failed' : 'succeeded' }),
        );
        const groups = groupFailures(rows, given);
        const count = groups.reduce((sum, group) => sum + group.count, 0);
        expect(count).toBe(rows.filter(({ status }) => status === 'failed').length);
        expect(groups.length).toBeLessThanOrEqual(given.reasons + 1);
        expect(groups.every(({ versions }) => versions.length <= given.versions)).toBe(true);
      }),
    );
  });
});
