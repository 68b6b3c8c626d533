/** How long a job takes at least, by what the source account may ask of KMS. */
import type { Region } from '../aws/brand.ts';
import type { Connection } from '../connect/connection.ts';
import { readKmsQuota } from '../observe/kms-quota.ts';
import { readKmsRequests } from '../observe/kms-requests.ts';
import { placesOf } from '../plan/backfill-places.ts';
import { type BackfillTime, estimateBackfill } from '../plan/backfill-time.ts';
import { type KmsQuota, kmsRequests } from '../plan/kms-load.ts';
import {
  backfillTimeLines,
  type CountedObjects,
  quotaUnreadWarning,
  quotaWarning,
  useUnreadWarning,
} from '../show/backfill-time-text.ts';
import type { State } from '../state/state.ts';
import type { Session } from './session.ts';

/** Of the source account, in the Regions where objects are under KMS keys. */
export interface KmsLimits {
  readonly quotas: Quotas;
  /** Why a quota is not this account's. */
  readonly unread: ReadonlyMap<Region, readonly string[]>;
  /** Requests a second of others; a Region where they may not be read is left out. */
  readonly inUse: ReadonlyMap<Region, number>;
}

type Quotas = ReadonlyMap<Region, KmsQuota>;

export async function readKmsLimits(session: Session, observed: State, now: Date): Promise<KmsLimits> {
  const [quotas, inUse] = await Promise.all([
    inEachRegion(session, observed, readKmsQuota),
    inEachRegion(session, observed, (there) => readKmsRequests(there, now)),
  ]);
  return {
    quotas: new Map(quotas.map(([region, { value }]) => [region, value])),
    unread: new Map(
      quotas.flatMap(([region, { refusals }]) =>
        refusals.length === 0 ? [] : [[region, refusals.map(({ reason }) => reason)] as const],
      ),
    ),
    inUse: new Map(inUse.flatMap(([region, rate]) => (rate === 'unknown' ? [] : [[region, rate] as const]))),
  };
}

/** Where objects need KMS, all at once. */
function inEachRegion<T>(
  { spec, connections }: Session,
  observed: State,
  read: (there: Connection) => Promise<T>,
): Promise<readonly (readonly [Region, T])[]> {
  const at = connections.get('source');
  const regions = [...kmsRequests(placesOf(observed, spec), 1).keys()];
  return Promise.all(
    regions.map(async (region) => [region, await read(region === at.region ? at : at.inRegion(region))] as const),
  );
}

/** Warns where others may be throttled. @param counted objects of the list, or in the bucket, which are the most that there can be to replicate. */
export function timeOf(
  { spec, view }: Session,
  observed: State,
  { quotas, unread, inUse }: KmsLimits,
  counted: CountedObjects,
): { readonly time: BackfillTime; readonly timeLines: readonly string[] } {
  const { account } = spec.source;
  const objects = counted.objects ?? 1_000_000;
  const time = estimateBackfill({ ...placesOf(observed, spec), objects, quotas, inUse });
  if (unread.size > 0) view.report({ type: 'warning', ...quotaUnreadWarning(unread, account) });
  const silent = [...quotas.keys()].filter((region) => !inUse.has(region));
  // Where the objects are not counted either, the same right is named already.
  if (silent.length > 0 && counted.objects !== undefined)
    view.report({ type: 'warning', ...useUnreadWarning(silent, account) });
  for (const load of time.kms.filter(({ isCrowded }) => isCrowded))
    view.report({ type: 'warning', ...quotaWarning(load, account) });
  return { time, timeLines: backfillTimeLines(time, counted) };
}

/** Once AWS has made the list of the objects. @param known absent where the job was there already: the quotas are read now. */
export async function timeOfCounted(
  session: Session,
  observed: State,
  objects: number,
  known?: { readonly quotas: Quotas },
): Promise<BackfillTime> {
  const quotas = known?.quotas ?? (await readQuotas(session, observed));
  return estimateBackfill({ ...placesOf(observed, session.spec), objects, quotas });
}

async function readQuotas(session: Session, observed: State): Promise<Quotas> {
  const found = await inEachRegion(session, observed, readKmsQuota);
  return new Map(found.map(([region, { value }]) => [region, value]));
}
