import { quotaArn } from '../../aws/arn.ts';
import { defaultKmsRate, kmsRate, kmsUsage } from '../../aws/kms-rate.ts';
import { authorize } from '../iam/authorize-call.ts';
import { type Answer, jsonAnswer } from '../wire/answer.ts';
import { AwsError } from '../wire/errors.ts';
import { jsonInput } from '../wire/json-input.ts';
import { notImplemented } from '../wire/not-implemented.ts';
import type { Operation } from '../wire/operation.ts';

interface Asked {
  readonly service: string;
  readonly code: string;
}

const operations: Readonly<Record<string, (operation: Operation, asked: Asked) => unknown>> = {
  /** What the account has; AWS's default where nothing was granted. */
  GetServiceQuota: (operation, asked) => {
    const { call, caller, state } = operation;
    const resource = quotaArn({ ...call, account: caller.account }, nameOf(asked));
    const context = { 'servicequotas:service': asked.service };
    authorize(operation, { action: 'servicequotas:GetServiceQuota', resource, account: caller.account, context });
    const granted = state.accounts[caller.account]?.kmsRates?.[call.region];
    if (!isKmsRate(asked) || granted === null) throw missing();
    return quotaDocument(resource, granted ?? defaultKmsRate(call.region), { QuotaAppliedAtLevel: 'ACCOUNT' });
  },
  /** Whatever was granted. */
  GetAWSDefaultServiceQuota: (operation, asked) => {
    const { call, caller } = operation;
    authorize(operation, {
      action: 'servicequotas:GetAWSDefaultServiceQuota',
      resource: '*',
      account: caller.account,
    });
    if (!isKmsRate(asked)) throw missing();
    return quotaDocument(quotaArn(call, nameOf(asked)), defaultKmsRate(call.region));
  },
};

/** Knows one quota, the rate of cryptographic requests of KMS. */
export function answerServiceQuotas(operation: Operation): Answer {
  const { call } = operation;
  const run = Object.hasOwn(operations, call.operation) ? operations[call.operation] : undefined;
  if (run === undefined) throw notImplemented(call);
  const { ServiceCode, QuotaCode, ContextId } = jsonInput(call);
  if (ContextId !== undefined) throw notImplemented(call);
  return jsonAnswer(
    run(operation, { service: readCode('ServiceCode', ServiceCode), code: readCode('QuotaCode', QuotaCode) }),
  );
}

/** API: GetServiceQuota. The text is ours. */
function readCode(name: string, value: unknown): string {
  if (typeof value === 'string' && /^[a-zA-Z][a-zA-Z0-9-]{1,127}$/.test(value)) return value;
  throw new AwsError('IllegalArgumentException', 400, `Invalid input was provided for ${name}.`);
}

/** Codes of services are case-sensitive (recorded: github.com/aws/aws-cli#4569). */
function isKmsRate({ service, code }: Asked): boolean {
  return service === kmsRate.service && code === kmsRate.code;
}

function nameOf({ service, code }: Asked): string {
  return `${service}/${code}`;
}

/** In the words recorded (github.com/aws/aws-sdk-go-v2#3228). */
function missing(): AwsError {
  const message = 'The request failed because the specified quota and service do not exist.';
  return new AwsError('NoSuchResourceException', 400, message);
}

function quotaDocument(arn: string, value: number, more: object = {}) {
  return {
    Quota: {
      ServiceCode: kmsRate.service,
      ServiceName: 'AWS Key Management Service (AWS KMS)',
      QuotaArn: arn,
      QuotaCode: kmsRate.code,
      QuotaName: kmsRate.name,
      Value: value,
      Unit: 'None',
      Adjustable: true,
      GlobalQuota: false,
      UsageMetric: {
        MetricNamespace: 'AWS/Usage',
        MetricName: 'CallCount',
        MetricDimensions: kmsUsage,
        MetricStatisticRecommendation: 'Sum',
      },
      Period: { PeriodValue: 1, PeriodUnit: 'SECOND' },
      ...more,
    },
  };
}
