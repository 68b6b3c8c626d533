import { send } from '../apply/send.ts';
import { required } from '../aws/required.ts';
import type { AnySide, Spec } from '../config/spec.ts';
import type { Connection, Connections } from '../connect/connection.ts';
import type { Surroundings } from '../connect/surroundings.ts';
import { shellLine } from '../text/shell-word.ts';
import type { Canary } from './canaries.ts';
import { graceAfter } from './grace.ts';

const { ListObjectVersionsCommand } = required('@aws-sdk/client-s3');

export interface Leftover {
  readonly bucket: string;
  /** In words: the account to run the command in. */
  readonly where: string;
  readonly what: string;
  readonly command: string;
}

/** Of exactly this key. */
export async function versionsOf(
  at: Pick<Connection, 's3' | 'account'>,
  Bucket: string,
  key: string,
  abortSignal?: AbortSignal,
): Promise<{ readonly versions: readonly string[]; readonly markers: readonly string[] }> {
  const ask = { Bucket, Prefix: key, ExpectedBucketOwner: at.account };
  const { Versions = [], DeleteMarkers = [] } = await at.s3.send(
    new ListObjectVersionsCommand(ask),
    abortSignal ? { abortSignal } : {},
  );
  const ids = (all: readonly { readonly Key?: string | undefined; readonly VersionId?: string | undefined }[]) =>
    all.flatMap(({ Key, VersionId }) => (Key === key && VersionId !== undefined ? [VersionId] : []));
  return { versions: ids(Versions), markers: ids(DeleteMarkers) };
}

interface Removal {
  readonly spec: Spec;
  readonly connections: Connections;
  readonly surroundings: Pick<Surroundings, 'deadline'>;
}

/**
 * First at the source, so that S3 sends nothing more. The key is random, so whatever bears it is ours; a replica has the version ID of its source.
 * @param known version IDs for where we may not list them. @param arrived false: a replica may still come. @returns what could not be removed.
 */
export async function removeCanary(
  canary: Canary,
  { spec, connections, surroundings: { deadline } }: Removal,
  { known, arrived }: { readonly known: readonly string[]; readonly arrived: boolean },
): Promise<readonly Leftover[]> {
  const { key, elsewhere } = canary;
  const grace = graceAfter(deadline);
  const remove = (side: AnySide) => removeAt(side, connections, key, known, grace);
  const atSource = await remove(spec.source);
  const landed = await Promise.all(
    canary.landings.map(async (side) => {
      const { ids, leftovers } = await remove(side);
      const late = arrived ? [] : known.filter((id) => !ids.includes(id));
      return [...leftovers, ...late.map((id) => leftover(side, 'its replica, should it still arrive,', key, id))];
    }),
  );
  const others = elsewhere.flatMap(({ bucket, rule }) =>
    known.map((id) => ({
      bucket,
      where: 'the account of its owner',
      what: `its replica by rule ${rule}, which s3repl did not create`,
      command: shellLine`aws s3api delete-object --bucket ${bucket} --key ${key} --version-id ${id}`,
    })),
  );
  return [...atSource.leftovers, ...landed.flat(), ...others];
}

async function removeAt(
  side: AnySide,
  connections: Connections,
  key: string,
  known: readonly string[],
  grace: AbortSignal | undefined,
): Promise<{ readonly ids: readonly string[]; readonly leftovers: readonly Leftover[] }> {
  const at = connections.get(side.id);
  let unlisted = '';
  const listed = await versionsOf(at, side.bucket, key, grace).catch((error: unknown) => {
    unlisted = messageOf(error);
  });
  const ids = listed ? [...listed.markers, ...listed.versions] : known;
  const leftovers = await Promise.all(
    ids.map(async (VersionId) => {
      const input = { Bucket: side.bucket, Key: key, VersionId, ExpectedBucketOwner: side.account };
      return send(at, { service: 'S3', operation: 'DeleteObject', input }, { abortSignal: grace }).then(
        () => [],
        (error: unknown) => [leftover(side, `a version (${messageOf(error)})`, key, VersionId)],
      );
    }),
  );
  // Nothing was listed and nothing is known: something may still be there.
  const unseen = listed === undefined && known.length === 0;
  const command = shellLine`aws s3api list-object-versions --bucket ${side.bucket} --prefix ${key} --region ${side.region}`;
  const { bucket } = side;
  const where = placeOf(side);
  return {
    ids,
    leftovers: [
      ...leftovers.flat(),
      ...(unseen ? [{ bucket, where, what: `perhaps a version (${unlisted})`, command }] : []),
    ],
  };
}

/** AWS's words name the action and who lacks it. */
function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function leftover(side: AnySide, what: string, key: string, id: string): Leftover {
  const { bucket, region } = side;
  const command = shellLine`aws s3api delete-object --bucket ${bucket} --key ${key} --version-id ${id} --region ${region}`;
  return { bucket, where: placeOf(side), what, command };
}

function placeOf({ account }: AnySide): string {
  return `account ${account}`;
}
