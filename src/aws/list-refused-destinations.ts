export interface RefusedDestination {
  readonly arn: string;
  /** S3's words: `The destination queue does not exist`. */
  readonly reason: string;
}

/** S3 names in pairs, `ArgumentName1` and `ArgumentValue1`, what it cannot send to (recorded: LocalStack, test_s3_notifications_sqs). */
export function listRefusedDestinations(error: object): readonly RefusedDestination[] {
  const members = new Map(Object.entries(error));
  return [...members].flatMap(([name, arn]) => {
    const [, number] = /^ArgumentName(\d+)$/.exec(name) ?? [];
    const reason: unknown = members.get(`ArgumentValue${number}`);
    return typeof arn === 'string' && typeof reason === 'string' ? [{ arn, reason }] : [];
  });
}
