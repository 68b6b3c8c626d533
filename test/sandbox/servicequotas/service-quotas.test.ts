import { beforeEach, describe, expect, test } from 'vitest';
import { openSandbox, type Sandbox, sandboxCredentials } from '../../../src/sandbox/sandbox.ts';
import { accountIn } from '../../../src/sandbox/store/state.ts';
import { type Keys, OTHER, SOURCE, sessionOf } from '../clients.ts';
import { sendRaw } from '../raw-request.ts';

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await openSandbox();
});

const kmsRate = { ServiceCode: 'kms', QuotaCode: 'L-6E3AF000' };

interface Asked {
  readonly input?: object;
  readonly account?: string;
  readonly region?: string;
  readonly session?: Keys;
  readonly operation?: string;
}

/** Status and document, as they are on the wire. */
async function ask({ input = kmsRate, operation = 'GetServiceQuota', session, ...who }: Asked = {}) {
  const { region = 'eu-central-1', account = SOURCE } = who;
  const id = session?.AccessKeyId ?? sandboxCredentials(account).accessKeyId;
  const { status, headers, body } = await sendRaw(sandbox, {
    ...{ method: 'POST', path: '/', service: 'servicequotas', region, account, body: JSON.stringify(input) },
    headers: {
      'x-amz-target': `ServiceQuotasV20190624.${operation}`,
      authorization: `AWS4-HMAC-SHA256 Credential=${id}/20261121/${region}/servicequotas/aws4_request`,
      ...(session?.SessionToken === undefined ? {} : { 'x-amz-security-token': session.SessionToken }),
    },
  });
  return { status, type: headers['content-type'], document: JSON.parse(body) };
}

const codeOf = async (asked: Asked) => {
  const { status, document } = await ask(asked);
  return `${status} ${document.__type ?? document.Quota.Value}`;
};

const byDefault = 'GetAWSDefaultServiceQuota';

describe("the quota of KMS's cryptographic requests", () => {
  test('is what AWS gives by default in the Region, for an account that was granted nothing', async () => {
    expect(await ask()).toEqual({
      status: 200,
      type: 'application/x-amz-json-1.1',
      document: {
        Quota: {
          ServiceCode: 'kms',
          ServiceName: 'AWS Key Management Service (AWS KMS)',
          QuotaArn: `arn:aws:servicequotas:eu-central-1:${SOURCE}:kms/L-6E3AF000`,
          QuotaCode: 'L-6E3AF000',
          QuotaName: 'Cryptographic operations (symmetric) request rate',
          Value: 20_000,
          Unit: 'None',
          Adjustable: true,
          GlobalQuota: false,
          UsageMetric: {
            MetricNamespace: 'AWS/Usage',
            MetricName: 'CallCount',
            MetricDimensions: {
              Class: 'None',
              Resource: 'CryptographicOperationsSymmetric',
              Service: 'KMS',
              Type: 'API',
            },
            MetricStatisticRecommendation: 'Sum',
          },
          Period: { PeriodValue: 1, PeriodUnit: 'SECOND' },
          QuotaAppliedAtLevel: 'ACCOUNT',
        },
      },
    });
    expect(await codeOf({ region: 'eu-west-1' })).toBe('200 100000');
    expect(await codeOf({ region: 'eu-north-1' })).toBe('200 10000');
  });

  test('is what was granted to the account in the Region; the default stays what it is', async () => {
    accountIn(sandbox.state, SOURCE).kmsRates = { 'eu-central-1': 45_000 };
    expect(await codeOf({})).toBe('200 45000');
    expect(await codeOf({ account: OTHER })).toBe('200 20000');
    expect(await codeOf({ region: 'eu-west-1' })).toBe('200 100000');
    const { document } = await ask({ operation: byDefault });
    expect(document.Quota).toMatchObject({
      Value: 20_000,
      QuotaArn: 'arn:aws:servicequotas:eu-central-1::kms/L-6E3AF000',
    });
    expect(Object.keys(document.Quota)).not.toContain('QuotaAppliedAtLevel');
  });

  test.each(['GetServiceQuota', byDefault])('%s knows no other quota', async (operation) => {
    const others = [
      { ...kmsRate, QuotaCode: 'L-2AC98190' },
      { ...kmsRate, ServiceCode: 'KMS' },
      { ServiceCode: 's3', QuotaCode: 'L-DC2B2D3D' },
    ];
    for (const input of others) expect(await codeOf({ input, operation })).toBe('400 NoSuchResourceException');
    expect((await ask({ input: others[0] ?? {}, operation })).document.message).toBe(
      'The request failed because the specified quota and service do not exist.',
    );
    for (const input of [
      {},
      { ServiceCode: 'kms' },
      { ...kmsRate, QuotaCode: 'a quota' },
      { ...kmsRate, ServiceCode: 1 },
    ])
      expect(await codeOf({ input, operation })).toBe('400 IllegalArgumentException');
  });

  test('is for who may read it: of a service or a quota alone, too', async () => {
    const session = (name: string, ...Statement: readonly object[]) =>
      sessionOf(sandbox, name, Statement.length === 0 ? {} : { inline: { Version: '2012-10-17', Statement } });
    const allow = { Effect: 'Allow', Action: 'servicequotas:GetServiceQuota' };
    const resource = (code: string) => `arn:aws:servicequotas:*:${SOURCE}:kms/${code}`;
    const nobody = await session('nobody');
    for (const operation of ['GetServiceQuota', byDefault]) {
      const { status, document } = await ask({ session: nobody, operation });
      expect([status, document.__type]).toEqual([400, 'AccessDeniedException']);
      expect(document.message).toContain(`servicequotas:${operation} on resource: `);
    }
    const one = await session('one', { ...allow, Resource: resource('L-6E3AF000') });
    expect(await codeOf({ session: one })).toBe('200 20000');
    expect(await codeOf({ session: one, operation: byDefault })).toBe('400 AccessDeniedException');
    const other = await session('other', { ...allow, Resource: resource('L-2AC98190') });
    expect(await codeOf({ session: other })).toBe('400 AccessDeniedException');
    const condition = (service: string) => ({ StringEquals: { 'servicequotas:service': service } });
    const ofKms = await session('of-kms', { ...allow, Resource: '*', Condition: condition('kms') });
    expect(await codeOf({ session: ofKms })).toBe('200 20000');
    const ofS3 = await session('of-s3', { ...allow, Resource: '*', Condition: condition('s3') });
    expect(await codeOf({ session: ofS3 })).toBe('400 AccessDeniedException');
  });

  test('is all that there is', async () => {
    expect(await codeOf({ operation: 'ListServiceQuotas' })).toBe('501 NotImplemented');
    expect(await codeOf({ operation: 'constructor' })).toBe('501 NotImplemented');
    expect(await codeOf({ input: { ...kmsRate, ContextId: 'x' } })).toBe('501 NotImplemented');
  });
});
