import { brand, type Region } from '../../aws/brand.ts';

/** The AWS partitions that the sandbox imitates. */
export type Partition = 'aws' | 'aws-cn' | 'aws-us-gov';

/** The partition that a Region belongs to. */
export function partitionOf(region: string): Partition {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/** The Region in which a partition's global services (IAM) sign, and in which unnamed S3 locations lie. */
export function homeRegion(partition: Partition): Region {
  return brand({ aws: 'us-east-1', 'aws-cn': 'cn-north-1', 'aws-us-gov': 'us-gov-west-1' }[partition]);
}
