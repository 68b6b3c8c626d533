import { required } from '../aws/required.ts';
import { defaultRuleId } from './draft.ts';
import { ruleSchema } from './rule-schema.ts';
import type { CompleteConfig } from './schema.ts';
import type { DestinationKeyChoice, DestinationSide, KeyChoice, RuleSpec, Spec } from './spec.ts';

const { partition } = required('@aws-sdk/core/client');

type SideConfig = CompleteConfig['source'];
type DestinationConfig = CompleteConfig['destinations'][number];
type RuleConfig = NonNullable<DestinationConfig['rules']>[number];

/** The spec that a configuration without problems stands for, with the defaults of design.md 3. */
export function toSpec(config: CompleteConfig): Spec {
  const { source } = config;
  return {
    name: config.name,
    source: {
      id: 'source',
      ...sideFields(source),
      kmsKey: keyChoice(source.kmsKey),
      additionalKmsKeys: source.additionalKmsKeys,
    },
    destinations: config.destinations.map((destination, index) => destinationSide(destination, index, source)),
    role: { name: `s3repl-${config.name}`, ...config.role },
    newKeys: { administrators: [], users: [], ...config.newKeys },
    ...(config.tlsOnly === undefined ? {} : { tlsOnly: config.tlsOnly }),
    tags: config.tags,
  };
}

function destinationSide(destination: DestinationConfig, index: number, source: SideConfig): DestinationSide {
  const { kmsKey, rules } = destination;
  const acrossAccounts = destination.account !== source.account;
  return {
    id: `destinations[${index}]`,
    ...sideFields(destination),
    kmsKey: destinationKeyChoice(kmsKey),
    rules: (rules ?? [wholeBucket(index)]).map((rule) => ruleSpec(rule, acrossAccounts)),
  };
}

function sideFields(side: Omit<SideConfig, 'additionalKmsKeys'>) {
  const { account, region, access, bucket, bucketKey } = side;
  return { account, region, partition: partition(region).name, access: access ?? {}, bucket, bucketKey };
}

function ruleSpec(rule: RuleConfig, acrossAccounts: boolean): RuleSpec {
  const hasTags = Object.keys(rule.tags).length > 0;
  return {
    ...rule,
    deleteMarkers: rule.deleteMarkers ?? !hasTags,
    ownerOverride: rule.ownerOverride ?? acrossAccounts,
  };
}

function wholeBucket(destination: number): RuleConfig {
  return ruleSchema.parse({ id: defaultRuleId(destination) });
}

function destinationKeyChoice(text: string): DestinationKeyChoice {
  return text === 'source' ? { kind: 'source' } : keyChoice(text);
}

function keyChoice(text: string): KeyChoice {
  if (text === 'create') {
    return { kind: 'create' };
  }
  return text.startsWith('alias/') ? { kind: 'alias', alias: text } : { kind: 'arn', arn: text };
}
