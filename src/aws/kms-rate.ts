/** How many cryptographic requests with symmetric keys KMS takes in a second, for each account and Region (KMS Developer Guide, requests-per-second). */
import type { Region } from './brand.ts';

/** As Service Quotas names it. Decrypt, Encrypt, GenerateDataKey and others share it; a request counts for the account that makes it, not for the key's. */
export const kmsRate = {
  service: 'kms',
  code: 'L-6E3AF000',
  name: 'Cryptographic operations (symmetric) request rate',
  /** When the table below was read. */
  asOf: '2026-11',
  source: 'docs.aws.amazon.com/kms/latest/developerguide/requests-per-second.html',
} as const;

/** Dimensions of CloudWatch's usage metric (namespace AWS/Usage, CallCount) for the same requests (AWS Security Blog, manage-your-aws-kms-api-request-rates). */
export const kmsUsage: Readonly<Record<string, string>> = {
  Class: 'None',
  Resource: 'CryptographicOperationsSymmetric',
  Service: 'KMS',
  Type: 'API',
};

const others = 10_000;

const rates: Readonly<Record<string, number>> = {
  'us-east-1': 100_000,
  'us-west-2': 100_000,
  'eu-west-1': 100_000,
  'us-east-2': 20_000,
  'ap-southeast-1': 20_000,
  'ap-southeast-2': 20_000,
  'ap-northeast-1': 20_000,
  'eu-central-1': 20_000,
  'eu-west-2': 20_000,
};

/** AWS's default, in requests a second: an account may have more. */
export function defaultKmsRate(region: Region): number {
  return Object.hasOwn(rates, region) ? (rates[region] ?? others) : others;
}
