import { shellLine } from '../text/shell-word.ts';

/** Lines to paste. A deletion that is canceled leaves the key disabled (KMS API, CancelKeyDeletion). @param state undefined: other states take more than a command. */
export function enableKeyCommands(arn: string, region: string, state: string | undefined): string | undefined {
  const enable = shellLine`aws kms enable-key --key-id ${arn} --region ${region}`;
  switch (state) {
    case 'Disabled':
      return enable;
    case 'PendingDeletion':
      return [shellLine`aws kms cancel-key-deletion --key-id ${arn} --region ${region}`, enable].join('\n');
    default:
      return undefined;
  }
}
