/** The parts of an ARN that configuration is checked by; the resource keeps its own colons. */
export interface ArnParts {
  readonly partition: string;
  readonly service: string;
  /** Empty for services without Regions, such as IAM. */
  readonly region: string;
  readonly account: string;
  readonly resource: string;
}

/** The parts of `text` if it has the shape of an ARN, else undefined. */
export function arnParts(text: string): ArnParts | undefined {
  const [arn, partition, service, region, account, ...resource] = text.split(':');
  if (arn !== 'arn' || !partition || !service || region === undefined || account === undefined) {
    return undefined;
  }
  return { partition, service, region, account, resource: resource.join(':') };
}

export function bucketArn(side: { readonly partition: string; readonly bucket: string }): string {
  return `arn:${side.partition}:s3:::${side.bucket}`;
}

export function rootArn(side: { readonly partition: string; readonly account: string }): string {
  return `arn:${side.partition}:iam::${side.account}:root`;
}

/** The Region of a KMS key ARN. */
export function regionOf(arn: string): string {
  return arn.split(':')[3] ?? '';
}

/** The account of any ARN that has one. */
export function accountIn(arn: string): string {
  return arn.split(':')[4] ?? '';
}

/** The last part of a role's ARN. */
export function roleNameIn(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

/** The name in a bucket's ARN. */
export function bucketNameIn(arn: string): string {
  return arn.slice(arn.lastIndexOf(':') + 1);
}
