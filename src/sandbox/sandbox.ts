import type { HttpRequest, HttpResponse } from '@smithy/core/transport';
import type { HttpHandlerOptions } from '@smithy/types';
import { Cloud } from './cloud.ts';
import { AlarmWatch } from './cloudwatch/alarm-watch.ts';
import { DailyCounts } from './cloudwatch/daily-counts.ts';
import { ensureRole } from './iam/ensure-role.ts';
import { accountOfKey, administratorKey } from './iam/identity.ts';
import { JobRunner } from './jobs/job-runner.ts';
import { connectionReset, type SandboxFault, type SandboxRequest, timeoutError, truncate } from './practice/faults.ts';
import { defaultLag, type Lag } from './practice/lag.ts';
import { Replicator } from './replication/replicator.ts';
import type { Subscription, TopicMessage } from './sns/sns-state.ts';
import { confirmEmail } from './sns/subscriptions-of.ts';
import type { SandboxState } from './store/state.ts';
import { defaultPatience, emptyStore, memoryStore, openStore } from './store/store.ts';
import { errorAnswer, toHttpResponse } from './wire/answer.ts';
import { AwsError } from './wire/errors.ts';
import { type Call, isWrite, readCall } from './wire/route.ts';

export interface SandboxOptions {
  /** Keeps the state between runs (mode 0700, files 0600); absent: memory only. */
  readonly directory?: string;
  /** Default: new roles eight seconds late, replicas two. */
  readonly lag?: Partial<Lag>;
  /** Real milliseconds that each request takes; default 0. */
  readonly latency?: number;
  /** Real milliseconds to wait for another process in the folder; default 10,000. */
  readonly lockPatience?: number;
  /** Where this process serves the sandbox: other processes get its address, and do not wait. */
  readonly servedAt?: string;
  /** Whether the virtual clock runs with the real one, for clients that wait in real time; default no. */
  readonly ticking?: boolean;
  /** Called for every request, before all else. */
  readonly onRequest?: (request: SandboxRequest) => void;
  /** Called for a request that was answered 501: the sandbox does not have the operation. */
  readonly onMissing?: (request: SandboxRequest) => void;
  /** Awaited before execution, after `onRequest`: another operator acts here, whose requests come here too. */
  readonly meanwhile?: (request: SandboxRequest) => Promise<void>;
  /** Called before execution; says what goes wrong. */
  readonly fault?: (request: SandboxRequest) => SandboxFault | undefined;
}

export interface SandboxRequestHandler {
  readonly metadata: { readonly handlerProtocol: string };
  handle(request: HttpRequest, options?: HttpHandlerOptions): Promise<{ response: HttpResponse }>;
  updateHttpClientConfig(): void;
  httpHandlerConfigs(): Record<string, never>;
}

/** Virtual time in milliseconds. */
export interface SandboxClock {
  now(): number;
  /** Lets virtual time pass, at once. */
  sleep(milliseconds: number): Promise<void>;
}

/** Any number of AWS accounts, for SDK clients in this process. */
export interface Sandbox {
  readonly requestHandler: SandboxRequestHandler;
  readonly clock: SandboxClock;
  /** Makes an administrator role that `trusted` (ARNs) may assume, unless it exists; gives whether it is new. Throws for an ARN of no role or principal. */
  ensureRole(roleArn: string, trusted: readonly string[]): Promise<boolean>;
  /** Follows the link in the mails that SNS has sent to an address, and gives the subscriptions that this confirmed. */
  confirmEmail(email: string): Promise<readonly Subscription[]>;
  /** What topics got, oldest first. */
  listMessages(): Promise<readonly TopicMessage[]>;
  /** Only to look at. */
  readonly state: SandboxState;
  /** Saves the state and frees the folder. */
  close(): Promise<void>;
}

/** Virtual milliseconds. */
const requestMs = 20;

/** Virtual milliseconds that a client waits for an answer that does not come. */
const silenceMs = 30_000;

/** @throws SandboxBusyError when another process uses the folder, SandboxStateError when its state cannot be read. */
export async function openSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { directory, latency = 0, lockPatience = defaultPatience } = options;
  const store =
    directory === undefined
      ? memoryStore(Date.now())
      : await openStore(directory, Date.now(), { patience: lockPatience, servedAt: options.servedAt });
  const { state } = store;
  const lag = { ...defaultLag, ...options.lag };
  const replicator = new Replicator(state, lag.objectReplicated);
  const jobs = new JobRunner(state, replicator, store);
  const counts = new DailyCounts(state);
  const alarms = new AlarmWatch(state);
  const cloud = new Cloud(store, lag, latency, replicator);
  const pass = async (milliseconds: number) => {
    const passMinutes = (end: number) => alarms.passUntil(end, (minute) => jobs.passUntil(minute));
    if (counts.passUntil(state.now + milliseconds, passMinutes)) await store.save();
  };
  let last = Date.now();
  const tick = async () => {
    const real = options.ticking ? Date.now() - last : 0;
    last += real;
    await pass(Math.max(requestMs, real));
  };
  return {
    requestHandler: {
      metadata: { handlerProtocol: 'http/1.1' },
      handle: async (request) => {
        const call = await readCall(request, (bucket) => state.buckets[bucket]?.region);
        await tick();
        return { response: await respond(cloud, call, state, options) };
      },
      updateHttpClientConfig: () => {},
      httpHandlerConfigs: () => ({}),
    },
    clock: {
      now: () => state.now,
      sleep: pass,
    },
    ensureRole: async (roleArn, trusted) => {
      const isNew = ensureRole(state, roleArn, trusted);
      if (!isNew) return false;
      replicator.settingsChanged();
      await store.save();
      return true;
    },
    confirmEmail: async (email) => {
      const confirmed = confirmEmail(state, email).map((one) => ({ ...one }));
      await store.save();
      return confirmed;
    },
    listMessages: async () => Object.values(state.sns.messages),
    state,
    close: () => store.close(),
  };
}

/** Gives whether there was anything. Works on a damaged state file too. */
export function resetSandbox(directory: string): Promise<boolean> {
  return emptyStore(directory);
}

/** Every account exists, and secrets are not checked. */
export function sandboxCredentials(account: string): { accessKeyId: string; secretAccessKey: string } {
  return { accessKeyId: `${administratorKey}${account}`, secretAccessKey: 'SANDBOXSECRET' };
}

async function respond(cloud: Cloud, call: Call, state: SandboxState, options: SandboxOptions): Promise<HttpResponse> {
  const request: SandboxRequest = {
    service: call.service,
    operation: call.operation,
    account: accountOfKey(state, call.accessKeyId),
    region: call.region,
    write: isWrite(call.operation),
  };
  options.onRequest?.(request);
  await options.meanwhile?.(request);
  const fault = options.fault?.(request);
  if (fault === 'reset') throw connectionReset();
  if (fault === 'timeout') {
    state.now += silenceMs;
    throw timeoutError();
  }
  if (typeof fault === 'object') {
    const error = new AwsError(fault.code, fault.status, fault.message ?? fault.code);
    return toHttpResponse(call.service, errorAnswer(call.service, error, call.operation.startsWith('Head')));
  }
  const response = toHttpResponse(call.service, await cloud.answer(call));
  if (response.statusCode === 501) options.onMissing?.(request);
  if (fault === 'lost-answer') throw connectionReset();
  return fault === 'truncated' ? truncate(response) : response;
}
