/** Loads packages by `require`: they are CommonJS, which `import` parses three times before it runs, at 0.3 s for the SDK on Node 20. */
import { createRequire } from 'node:module';

interface Packages {
  readonly '@aws-sdk/client-cloudwatch': typeof import('@aws-sdk/client-cloudwatch');
  readonly '@aws-sdk/client-iam': typeof import('@aws-sdk/client-iam');
  readonly '@aws-sdk/client-kms': typeof import('@aws-sdk/client-kms');
  readonly '@aws-sdk/client-organizations': typeof import('@aws-sdk/client-organizations');
  readonly '@aws-sdk/client-s3': typeof import('@aws-sdk/client-s3');
  readonly '@aws-sdk/client-s3-control': typeof import('@aws-sdk/client-s3-control');
  readonly '@aws-sdk/client-service-quotas': typeof import('@aws-sdk/client-service-quotas');
  readonly '@aws-sdk/client-sns': typeof import('@aws-sdk/client-sns');
  readonly '@aws-sdk/client-sts': typeof import('@aws-sdk/client-sts');
  readonly '@aws-sdk/core/client': typeof import('@aws-sdk/core/client');
  readonly '@aws-sdk/credential-providers': typeof import('@aws-sdk/credential-providers');
  readonly '@smithy/core/config': typeof import('@smithy/core/config');
  readonly '@smithy/core/schema': typeof import('@smithy/core/schema');
  readonly '@smithy/core/transport': typeof import('@smithy/core/transport');
  readonly 'https-proxy-agent': typeof import('https-proxy-agent');
  readonly 'fast-xml-parser': typeof import('fast-xml-parser');
}

/** The bundle has these packages in a file of their own. */
export const packageNames = [
  '@aws-sdk/client-cloudwatch',
  '@aws-sdk/client-iam',
  '@aws-sdk/client-kms',
  '@aws-sdk/client-organizations',
  '@aws-sdk/client-s3',
  '@aws-sdk/client-s3-control',
  '@aws-sdk/client-service-quotas',
  '@aws-sdk/client-sns',
  '@aws-sdk/client-sts',
  '@aws-sdk/core/client',
  '@aws-sdk/credential-providers',
  '@smithy/core/config',
  '@smithy/core/schema',
  '@smithy/core/transport',
  'https-proxy-agent',
  'fast-xml-parser',
] as const satisfies readonly (keyof Packages)[];

export const required = createRequire(import.meta.url) as <Name extends keyof Packages>(name: Name) => Packages[Name];
