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
