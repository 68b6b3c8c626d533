/** Fills while it is read: names by the page, details first of the buckets that are seen first. */

import type { Region } from '../aws/brand.ts';
import type { SignIn } from '../connect/sign-in.ts';
import { atMost } from '../observe/at-most.ts';
import { type BucketGlance, glanceAt, type ListedBucket, listBuckets } from '../observe/discover.ts';
import type { Choice } from '../session/prompts.ts';

const glances = 8;
const detailed = 10;

export interface BucketList {
  /** The first call waits for the first page. */
  find(term: string): Promise<readonly Choice[]>;
  /** Why the first page could not be read. */
  readonly refused: Promise<unknown>;
}

export function bucketList(signIn: SignIn, region: Region, leaveOut: string | undefined): BucketList {
  const buckets: ListedBucket[] = [];
  const asked = new Map<string, Promise<BucketGlance>>();
  const seen = new Map<string, BucketGlance>();
  let all = false;
  let firstPage: () => void = () => undefined;
  const first = new Promise<void>((resolve) => {
    firstPage = resolve;
  });
  const read = async () => {
    for await (const page of listBuckets(signIn.inRegion(region))) {
      buckets.push(...page.filter(({ name }) => name !== leaveOut));
      firstPage();
    }
  };
  const refused = read().then(
    () => undefined,
    (error: unknown) => error,
  );
  void refused.then(() => {
    all = true;
    firstPage();
  });
  const glance = (bucket: ListedBucket) => {
    const found =
      asked.get(bucket.name) ??
      glanceAt(signIn.inRegion(bucket.region ?? region), bucket.name).then((one) => {
        seen.set(bucket.name, one);
        return one;
      });
    asked.set(bucket.name, found);
    return found;
  };
  return {
    refused: first.then(() => (buckets.length > 0 ? undefined : refused)),
    async find(term) {
      await first;
      const matching = buckets.filter(({ name, region: where = '' }) => name.includes(term) || where.includes(term));
      const looked = atMost(glances, matching.slice(0, detailed), glance);
      // A person who types does not wait for details.
      if (term === '') await looked;
      const choices = matching.map((bucket) => toChoice(bucket, seen.get(bucket.name)));
      const more = all ? [] : [{ value: '', name: `(${buckets.length} so far, still reading: type part of the name)` }];
      return [...choices, ...more];
    },
  };
}

function toChoice({ name, region }: ListedBucket, glance: BucketGlance | undefined): Choice {
  const encryption: Readonly<Record<string, string>> = {
    'aws:kms': 'SSE-KMS',
    'aws:kms:dsse': 'DSSE-KMS',
    AES256: 'SSE-S3',
  };
  const rules = glance?.rules ? `replicates (${glance.rules} ${glance.rules === 1 ? 'rule' : 'rules'})` : undefined;
  const versioning = glance?.versioning === 'Enabled' ? 'versioned' : glance?.versioning;
  const details = [versioning, encryption[glance?.encryption ?? ''], rules].filter((part) => part !== undefined);
  return { value: name, short: name, name: [name, region, details.join(', ')].filter(Boolean).join('  ') };
}
