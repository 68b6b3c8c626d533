/** A cloud for questions: the sandbox in memory, signed in to by account or, as on AWS, by profile. */

import { signInAnywhere } from '../../src/connect/sign-in.ts';
import { Failure } from '../../src/events/failure.ts';
import type { Profile } from '../../src/observe/discover.ts';
import type { SandboxFault, SandboxRequest } from '../../src/sandbox/practice/faults.ts';
import { openSandbox, sandboxCredentials } from '../../src/sandbox/sandbox.ts';
import type { Cloud } from '../../src/wizard/cloud.ts';
import { branded } from '../plain.ts';

export interface PracticeCloud extends Cloud {
  /** Says what goes wrong with a request; replaced by tests. */
  fault: (request: SandboxRequest) => SandboxFault | undefined;
  readonly requests: SandboxRequest[];
  /** Makes buckets like one that there is, without a request for each. */
  copyBucket(name: string, copies: readonly string[]): void;
}

export const profiles: readonly Profile[] = [
  { name: 'dr', region: 'eu-central-1', account: '222222222222' },
  { name: 'prod', region: 'eu-west-1', account: '111111111111' },
];

/** As in the sandbox, or with profiles as on AWS. */
export async function aPracticeCloud(kind: 'sandbox' | 'aws' = 'sandbox'): Promise<PracticeCloud> {
  const requests: SandboxRequest[] = [];
  const sandbox = await openSandbox({
    onRequest: (request) => requests.push(request),
    fault: (request) => cloud.fault(request),
  });
  const credentialsFor =
    ({ account }: { readonly account: string | null }) =>
    async () =>
      sandboxCredentials(account ?? '');
  const surroundings = {
    report: () => undefined,
    env: process.env,
    requestHandler: sandbox.requestHandler,
    credentialsFor,
    now: sandbox.clock.now,
    sleep: sandbox.clock.sleep,
  };
  const cloud: PracticeCloud = {
    requests,
    copyBucket(name, copies) {
      const { buckets } = sandbox.state;
      const bucket = buckets[name];
      if (bucket) for (const copy of copies) buckets[copy] = { ...bucket, name: branded(copy) };
    },
    fault: () => undefined,
    sandboxAccounts: kind === 'sandbox' ? [] : undefined,
    profiles: async () => profiles,
    signIn: async (whose) => {
      const profile = profiles.find(({ name }) => name === whose.access.profile);
      if (kind === 'aws' && !profile && whose.account === null) {
        throw new Failure('unauthorized', 'ExpiredToken', 'cannot sign in: expired', 'aws sso login');
      }
      const account = whose.account ?? profile?.account ?? null;
      return signInAnywhere(branded({ ...whose, account }), surroundings);
    },
    connections: async () => {
      throw new Error('not for questions');
    },
    close: () => sandbox.close(),
  };
  return cloud;
}
