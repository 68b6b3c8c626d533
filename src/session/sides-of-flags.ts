/** Without repl.yaml, flags alone say how to sign in. */
import { type AccountId, brand } from '../aws/brand.ts';
import { checkProfiles, profileFor } from '../config/given-profiles.ts';
import type { SignInSide } from '../connect/connection.ts';
import { Failure } from '../events/failure.ts';
import type { CommonOptions } from './common-options.ts';
import type { Context } from './context.ts';

export interface BucketOptions extends CommonOptions {
  /** The source bucket, of a setup without `repl.yaml`. */
  readonly bucket?: string;
}

const accessMembers = ['profile', 'assumeRole', 'externalId', 'mfaSerial'] as const;

/** @throws Failure `invalid` where two flags name different profiles for one side. */
export function sidesOfFlags(options: BucketOptions, { env }: Pick<Context, 'env'>): readonly SignInSide[] {
  const { flagValues, bucket = '' } = options;
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
  return [sideOf('source', bucket), ...(isNamed ? [sideOf('destinations[0]', 'of the replication rules')] : [])];
}
