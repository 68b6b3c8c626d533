/** Requests to KMS on the screen of `s3repl status`: KMS throttles the account that calls, by the second, in each Region. */
import type { KmsQuota } from '../plan/kms-load.ts';
import type { BucketKeySavings, KmsStatus, Status } from '../status/replication-status.ts';
import { countText } from '../text/count-text.ts';
import { withoutPeriod } from '../text/without-period.ts';
import type { SignedLine } from './signed-line.ts';
import { type Frame, fieldLines, hangingLines, sparkOf } from './status-layout.ts';
import { utcText } from './utc-text.ts';

/** Short, for a row of a table. */
const origins: Readonly<Record<KmsQuota['origin'], string>> = {
  applied: "this account's quota",
  default: "AWS's default now",
  published: "AWS's published default, not this account's",
};

export function kmsLines({ kms, bucketKeys }: Status, frame: Frame): readonly SignedLine[] {
  return [...regionsLines(kms, frame), ...bucketKeysLines(bucketKeys, frame)];
}

function regionsLines(kms: readonly KmsStatus[], frame: Frame): readonly SignedLine[] {
  if (kms.length === 0) return [];
  const isCrowded = kms.some((one) => one.isCrowded);
  const sign = isCrowded ? '!' : kms.some(({ use }) => use === 'unknown') ? '?' : '✔';
  const text = 'requests a second of the whole account, in the busiest minute';
  const longest = Math.max(...kms.map(({ region }) => region.length));
  return [
    ...fieldLines(frame, { sign, label: 'KMS', text }),
    ...kms.flatMap((one) => {
      const spark = one.use === 'unknown' ? '' : sparkOf(frame, one.use.line, { most: 12 });
      const lead = `${one.region.padEnd(longest)}  ${spark === '' ? '' : `${spark}  `}`;
      return hangingLines(frame, { lead, text: useText(one, frame) });
    }),
  ];
}

function useText(kms: KmsStatus, { now }: Frame): string {
  const { use, share, isCrowded, quota, quotaUnread } = kms;
  const [why] = quotaUnread;
  const origin = `${origins[quota.origin]}${why === undefined ? '' : ` (${withoutPeriod(why)})`}`;
  const most = countText(quota.perSecond);
  if (use === 'unknown') return `use not read; ${most}, ${origin}`;
  if (use.at === null) return `none in this time, of ${most}, ${origin}`;
  const part = isCrowded && share !== 'unknown' ? `, ${Math.round(share * 100)} %: KMS may throttle` : '';
  return `${rateText(use.perSecond)} of ${most} at ${utcText(use.at, now)}, ${origin}${part}`;
}

function rateText(perSecond: number): string {
  if (perSecond >= 10) return countText(Math.round(perSecond));
  return perSecond > 0 && perSecond < 0.01 ? 'under 0.01' : String(Number(perSecond.toFixed(2)));
}

/** S3 User Guide, bucket-key. */
function bucketKeysLines({ sampled, without, operations }: BucketKeySavings, frame: Frame): readonly SignedLine[] {
  if (sampled === 0) return [];
  const versions = `of ${countText(sampled)} sampled versions under KMS keys`;
  if (without === 0)
    return hangingLines(frame, { sign: '✔', text: `${countText(sampled)} ${versions} have a Bucket Key` });
  const count =
    operations === 'unknown' || operations === 0
      ? ''
      : ` In this time ${countText(operations)} operations replicated; without a Bucket Key, each is a request in each Region.`;
  const savings = 'with one, S3 sends KMS up to 99 % fewer requests (S3 User Guide).';
  return hangingLines(frame, {
    sign: '-',
    text: `${countText(without)} ${versions} have no Bucket Key: ${savings}${count}`,
  });
}
