/** The AWS partitions that the sandbox imitates. */
export type Partition = 'aws' | 'aws-cn' | 'aws-us-gov';

/** The parts of an ARN: `arn:partition:service:region:account:resource`. */
export interface Arn {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly account: string;
  readonly resource: string;
}

/** The partition that a Region belongs to. */
export function partitionOf(region: string): Partition {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/** The Region in which a partition's global services (IAM) sign, and in which unnamed S3 locations lie. */
export function homeRegion(partition: Partition): string {
  return { aws: 'us-east-1', 'aws-cn': 'cn-north-1', 'aws-us-gov': 'us-gov-west-1' }[partition];
}

/** The parts of an ARN, or nothing when the text is not one. */
export function parseArn(text: string): Arn | undefined {
  const [scheme, partition = '', service = '', region = '', account = '', ...rest] = text.split(':');
  const resource = rest.join(':');
  if (scheme !== 'arn' || partition === '' || service === '' || resource === '') return undefined;
  return { partition, service, region, account, resource };
}

/** Whether the text is an AWS account ID. */
export function isAccountId(text: string): boolean {
  return /^\d{12}$/.test(text);
}
