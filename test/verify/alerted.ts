/** A setup with alerts in a sandbox, whose alarms are tried. */
import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { AlertSpec, DestinationSide, Spec } from '../../src/config/spec.ts';
import { observe } from '../../src/observe/observe.ts';
import type { Verification } from '../../src/verify/verify.ts';
import { type AlertWork, verifyAlerts } from '../../src/verify/verify-alerts.ts';
import { anApplied, type Practice } from '../apply/in-sandbox.ts';
import { aDestination, aSpec, SOURCE } from '../builders.ts';
import { branded, type Plain } from '../plain.ts';
import { clientsOf } from '../sandbox/clients.ts';

export const email = 'storage@example.com';
export const topic = `arn:aws:sns:eu-west-1:${SOURCE}:s3repl-invoices-dr-alerts`;
export const farTopic = topic.replace('eu-west-1', 'eu-central-1');
export const failures = 's3repl.invoices-dr.all.failures';
export const latency = 's3repl.invoices-dr.all.latency';

/** An alarm for failures alone, so one topic, unless told otherwise. */
export function alertedSpec(alerts: Partial<Plain<AlertSpec>> = {}, side: Partial<Plain<DestinationSide>> = {}): Spec {
  const all = { topics: [], emails: [email], failures: true, silence: false, latency: 'off', ...alerts };
  return aSpec({ destinations: [aDestination(side)], alerts: branded<AlertSpec>(all) });
}

export interface Alerted extends Practice {
  readonly controller: AbortController;
  verify(change?: Partial<AlertWork>): Promise<Verification>;
  told(type: string): readonly object[];
  /** Of an alarm. */
  stateOf(name: string, region?: string): string | undefined;
  /** The names of requests that write. */
  writes(): readonly string[];
  /** Of alarms to topics, as `ALARM: reason`. */
  messages(): readonly string[];
}

/** Applied; with `metrics` also the alarms that wait for those. */
export async function anAlerted(
  spec: Spec,
  { isConfirmed = true, metrics = false }: { readonly isConfirmed?: boolean; readonly metrics?: boolean } = {},
): Promise<Alerted> {
  const practice = await anApplied(spec);
  const { sandbox, requests, events } = practice;
  if (metrics) {
    const put = new PutObjectCommand({ Bucket: spec.source.bucket, Key: 'a', Body: 'a' });
    await clientsOf(sandbox).s3.send(put);
    await sandbox.clock.sleep(15 * 60_000);
    await practice.apply(spec);
  }
  if (isConfirmed) await sandbox.confirmEmail(email);
  // The first apply may or may not have gone on into the next minute, in which alarms are evaluated.
  if (!metrics)
    for (const alarm of Object.values(sandbox.state.cloudWatch.alarms))
      alarm.status = { ...alarm.status, state: 'INSUFFICIENT_DATA' };
  // A test takes less than a minute, after which CloudWatch evaluates the alarms.
  sandbox.state.now += 60_000 - (sandbox.state.now % 60_000) + 1_000;
  requests.length = 0;
  events.length = 0;
  const before = Object.keys(sandbox.state.sns.messages).length;
  const controller = new AbortController();
  return {
    ...practice,
    // What tests replace is asked of the practice.
    set fault(value: Practice['fault']) {
      practice.fault = value;
    },
    get fault() {
      return practice.fault;
    },
    set meanwhile(value: Practice['meanwhile']) {
      practice.meanwhile = value;
    },
    get meanwhile() {
      return practice.meanwhile;
    },
    controller,
    async verify(change = {}) {
      const connections = await practice.connect(spec);
      try {
        const state = await observe(connections, spec);
        const common = { surroundings: practice.surroundings, signal: controller.signal, timeoutMs: 120_000 };
        return await verifyAlerts({ spec, state, connections, ...common, ...change });
      } finally {
        connections.close();
      }
    },
    told: (type) => events.filter((event) => event.type === type),
    stateOf: (name, region = 'eu-west-1') =>
      sandbox.state.cloudWatch.alarms[`arn:aws:cloudwatch:${region}:${SOURCE}:alarm:${name}`]?.status.state,
    writes: () => requests.filter(({ write }) => write).map(({ operation }) => operation),
    messages: () =>
      Object.values(sandbox.state.sns.messages)
        .slice(before)
        .map(({ message }) => {
          const { NewStateValue, NewStateReason } = JSON.parse(message) as Readonly<Record<string, string>>;
          return `${NewStateValue}: ${NewStateReason?.replace(/\([0-9a-f]{8}\)/, '(mark)')}`;
        }),
  };
}
