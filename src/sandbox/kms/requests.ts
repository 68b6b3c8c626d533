import type { AccountId, Region } from '../../aws/brand.ts';
import type { SandboxState } from '../store/state.ts';

const minuteMs = 60_000;

/** CloudWatch keeps the values of single minutes for 15 days (CloudWatch User Guide, cloudwatch_concepts). */
const keptMs = 15 * 24 * 60 * minuteMs;

interface Place {
  readonly account: AccountId;
  readonly region: Region;
}

/** A cryptographic request that KMS has done. @param account who makes it, whoever has the key (KMS Developer Guide, requests-per-second). */
export function countKmsRequest(state: SandboxState, { account, region }: Place): void {
  const { requests } = state.kmsUse;
  const name = `${new Date(state.now).toISOString().slice(0, 16)} ${account} ${region}`;
  if (requests[name] === undefined) forgetOld(requests, state.now - keptMs);
  requests[name] = (requests[name] ?? 0) + 1;
}

/** Oldest first. */
export function kmsRequestsIn(
  state: SandboxState,
  { account, region }: Place,
): readonly { readonly time: number; readonly value: number }[] {
  return Object.entries(state.kmsUse.requests).flatMap(([name, value]) => {
    const [minute = '', by, there] = name.split(' ');
    return by === account && there === region ? [{ time: Date.parse(`${minute}Z`), value }] : [];
  });
}

/** They are in the order of time, as the clock never goes back. */
function forgetOld(requests: Record<string, number>, before: number): void {
  for (const name of Object.keys(requests)) {
    if (Date.parse(`${name.slice(0, 16)}Z`) >= before) return;
    delete requests[name];
  }
}
