import type { RefusedCall } from '../events/refused-call.ts';

export function textOfRefusedCall({ action, account, code }: RefusedCall): string {
  return `${action} in account ${account}: ${code}`;
}
