/** Without repl.yaml, flags alone say how to sign in. */
import { type AccountId, brand } from '../aws/brand.ts';
import { required } from '../aws/required.ts';
import { checkProfiles, profileFor } from '../config/given-profiles.ts';
import type { SignInSide } from '../connect/connection.ts';
import { Failure } from '../events/failure.ts';
import type { CommonOptions } from './common-options.ts';
import type { Context } from './context.ts';
import type { GivenBucket } from './given-bucket.ts';

const { partition: partitionOf } = required('@aws-sdk/core/client');

export interface BucketOptions extends CommonOptions {
  readonly bucket?: GivenBucket;
}

const accessMembers = ['profile', 'assumeRole', 'externalId', 'mfaSerial'] as const;

/** @throws Failure `invalid` where two flags name different profiles for one side, or the bucket's ARN another partition than the Region's. */
export function sidesOfFlags(options: BucketOptions, { env }: Pick<Context, 'env'>): readonly SignInSide[] {
  const { flagValues, bucket } = options;
  const elsewhere = env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? 'us-east-1';
  const textOf = (path: string) => (flagValues[path] === undefined ? undefined : String(flagValues[path]));
  const accessOf = (id: SignInSide['id']): SignInSide['access'] =>
    Object.fromEntries(
      accessMembers.flatMap((member) => {
        const value = textOf(`${id}.access.${member}`);
        return value === undefined ? [] : [[member, value]];
      }),
    );
  const sideOf = (id: SignInSide['id'], name: string): SignInSide => {
    const account = textOf(`${id}.account`);
    const profile = profileFor(id, options);
    return {
      id,
      account: account === undefined ? null : brand<AccountId>(account),
      region: brand(textOf(`${id}.region`) ?? elsewhere),
      bucket: name,
      access: { ...(profile !== undefined && { profile }), ...accessOf(id) },
    };
  };
  const [source, destination] = [accessOf('source'), accessOf('destinations[0]')];
  const [conflict] = checkProfiles({ source: { access: source }, destinations: [{ access: destination }] }, options);
  if (conflict) throw new Failure('invalid', 'profile', conflict.message, 'nothing was called');
  const isNamed =
    options.destinationProfile !== undefined ||
    Object.keys(destination).length > 0 ||
    ['account', 'region'].some((member) => textOf(`destinations[0].${member}`) !== undefined);
  const named = sideOf('source', bucket?.name ?? '');
  if (bucket) checkPartition(bucket, named);
  return [named, ...(isNamed ? [sideOf('destinations[0]', 'of the replication rules')] : [])];
}

function checkPartition({ name, partition }: GivenBucket, { region }: Pick<SignInSide, 'region'>): void {
  const own = partitionOf(region).name;
  if (partition === undefined || partition === own) return;
  throw new Failure(
    'invalid',
    'wrong-partition',
    `--bucket: the ARN of ${name} is of partition ${partition}, but Region ${region} is in ${own}`,
    'name a Region of that partition with --source-region; nothing was called',
  );
}
