import { type AccountId, type Arn, type BucketName, brand, type Region } from '../aws/brand.ts';
import { required } from '../aws/required.ts';
import { withDefaults } from './defaults.ts';
import type { CompleteConfig, Config } from './fields.ts';
import type { AlertSpec, DestinationKeyChoice, KeyChoice, Spec } from './spec.ts';

const { partition } = required('@aws-sdk/core/client');

/** Needs a configuration without problems and without `${VAR}`. */
export function toSpec(config: Config): Spec {
  const { version: _, source, destinations, alerts, ...others } = withDefaults(config);
  return {
    ...others,
    ...(alerts && { alerts: alertSpec(alerts) }),
    source: {
      id: 'source',
      ...sideFields(source),
      kmsKey: keyChoice(source.kmsKey),
      additionalKmsKeys: source.additionalKmsKeys.map((arn) => brand<Arn>(arn)),
    },
    destinations: destinations.map((destination, index) => ({
      id: `destinations[${index}]`,
      ...sideFields(destination),
      kmsKey: destinationKeyChoice(destination.kmsKey),
      rules: destination.rules,
    })),
  };
}

/** A word in place of the list is an empty one (field.ts). */
function alertSpec({ topics, kmsKey, events, ...alerts }: NonNullable<CompleteConfig['alerts']>): AlertSpec {
  return {
    ...alerts,
    topics: topics.map((arn) => brand<Arn>(arn)),
    ...(kmsKey !== undefined && { kmsKey: brand<Arn>(kmsKey) }),
    ...(events !== undefined && { events: brand<Arn>(events) }),
  };
}

function sideFields(side: CompleteConfig['source'] | CompleteConfig['destinations'][number]) {
  const { account, region, access, bucket, bucketKey } = side;
  return {
    account: brand<AccountId>(account),
    region: brand<Region>(region),
    partition: partition(region).name,
    access: access ?? {},
    bucket: brand<BucketName>(bucket),
    bucketKey,
  };
}

function destinationKeyChoice(text: string): DestinationKeyChoice {
  return text === 'source' ? { kind: 'source' } : keyChoice(text);
}

function keyChoice(text: string): KeyChoice {
  if (text === 'create') {
    return { kind: 'create' };
  }
  return text.startsWith('alias/') ? { kind: 'alias', alias: text } : { kind: 'arn', arn: brand(text) };
}
