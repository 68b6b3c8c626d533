import { brand, type Region } from '../../aws/brand.ts';

export type Partition = 'aws' | 'aws-cn' | 'aws-us-gov';

export function partitionOf(region: string): Partition {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/** Where global services (IAM) sign, and where unnamed S3 locations lie. */
export function homeRegion(partition: Partition): Region {
  return brand({ aws: 'us-east-1', 'aws-cn': 'cn-north-1', 'aws-us-gov': 'us-gov-west-1' }[partition]);
}
