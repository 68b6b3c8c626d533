import { shellLine } from '../text/shell-word.ts';

/** Lines to paste, of a key in this state. A deletion that is canceled leaves the key disabled (KMS API, CancelKeyDeletion). @returns undefined for states that take more than a command. */
export function enableKeyCommands(arn: string, region: string, state: string | undefined): string | undefined {
  const enable = enableKeyCommand(arn, region);
  switch (state) {
    case 'Disabled':
      return enable;
    case 'PendingDeletion':
      return [shellLine`aws kms cancel-key-deletion --key-id ${arn} --region ${region}`, enable].join('\n');
    default:
      return undefined;
  }
}

export function enableKeyCommand(arn: string, region: string): string {
  return shellLine`aws kms enable-key --key-id ${arn} --region ${region}`;
}
