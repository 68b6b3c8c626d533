import { brand, type Region } from '../aws/brand.ts';
import { required } from '../aws/required.ts';
import { statusOf } from '../connect/absent.ts';
import type { Connection } from '../connect/connection.ts';
import type { InaccessibleBucket } from '../state/state.ts';

const { HeadBucketCommand } = required('@aws-sdk/client-s3');

/** HeadBucket answers without a body: only its status and the Region header count (API: HeadBucket). */
export async function headBucket(
  at: Pick<Connection, 's3' | 'account' | 'region'>,
  name: string,
): Promise<{ readonly region: Region } | (InaccessibleBucket & { readonly refusal?: unknown }) | null> {
  const ask = { Bucket: name, ExpectedBucketOwner: at.account };
  try {
    const { BucketRegion = at.region } = await at.s3.send(new HeadBucketCommand(ask));
    return BucketRegion === at.region
      ? { region: at.region }
      : { inaccessible: 'wrong-region', region: brand(BucketRegion) };
  } catch (error) {
    const region = regionHeader(error);
    switch (statusOf(error)) {
      case 404:
        return null;
      case 301:
      case 400:
        if (region === undefined || region === at.region) throw error;
        return { inaccessible: 'wrong-region', region };
      case 403:
        return { inaccessible: 'forbidden', ...(region === undefined ? {} : { region }), refusal: error };
      default:
        throw error;
    }
  }
}

function regionHeader(error: unknown): Region | undefined {
  const { $response } = error as { $response?: { headers?: Record<string, string> } };
  const region = $response?.headers?.['x-amz-bucket-region'];
  return region === undefined ? undefined : brand(region);
}
