import type { RefusedCall } from '../events/refused-call.ts';

/** `kms:GetKeyPolicy in account 222222222222: AccessDeniedException`. */
export function textOfRefusedCall({ action, account, code }: RefusedCall): string {
  return `${action} in account ${account}: ${code}`;
}
