/** The status of a setup in the sandbox, as `s3repl status` reads it, without a screen. */
import type { SideId, Spec } from '../../src/config/spec.ts';
import { connect } from '../../src/connect/connect.ts';
import type { Surroundings } from '../../src/connect/surroundings.ts';
import type { Event } from '../../src/events/event.ts';
import { type Sandbox, sandboxCredentials } from '../../src/sandbox/sandbox.ts';
import type { Inside } from '../../src/session/in-accounts.ts';
import { readStatusNow } from '../../src/session/status-live.ts';
import type { View } from '../../src/show/view.ts';
import type { Status } from '../../src/status/replication-status.ts';

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;

export interface LookOptions {
  /** As with `--bucket`: without repl.yaml. */
  readonly bucket?: string;
  /** Nobody is signed in there. */
  readonly without?: SideId;
  /** In milliseconds; a day. */
  readonly since?: number;
}

export interface Looked {
  readonly status: Status;
  readonly told: readonly Event[];
}

export function lookAt(sandbox: Sandbox, spec: Spec, options: LookOptions = {}): Promise<Looked> {
  const told: Event[] = [];
  const view = { report: (event: Event) => told.push(event) } as unknown as View;
  return inside(sandbox, spec, options, async (within) => ({
    status: await readStatusNow(within, options.since ?? 24 * hourMs, view),
    told,
  }));
}

export async function inside<T>(
  sandbox: Sandbox,
  spec: Spec,
  { bucket, without }: LookOptions,
  work: (within: Inside) => Promise<T>,
): Promise<T> {
  const surroundings: Surroundings = {
    report: () => undefined,
    env: process.env,
    requestHandler: sandbox.requestHandler,
    credentialsFor:
      ({ account }) =>
      async () =>
        sandboxCredentials(account ?? ''),
    now: sandbox.clock.now,
    sleep: sandbox.clock.sleep,
  };
  const connections = await connect(spec, surroundings);
  const ids = spec.destinations.map(({ id }) => id).filter((id) => id !== without);
  const destinations = ids.map((id) => connections.get(id));
  const source = connections.get('source');
  try {
    return await work({
      access: { source, destinations },
      bucket: bucket ?? spec.source.bucket,
      ...(bucket === undefined && { spec }),
      surroundings: { ...surroundings, sandbox: true },
      sides: new Map([['source', source], ...ids.map((id, index) => [id, destinations[index] ?? source] as const)]),
      profiles: {},
    });
  } finally {
    connections.close();
  }
}

/** Lets the clock go on to the next time of day, like `12:30`. */
export async function sleepUntil({ clock }: Sandbox, time: string): Promise<void> {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  const at = hours * hourMs + minutes * minuteMs;
  await clock.sleep((at - (clock.now() % (24 * hourMs)) + 24 * hourMs) % (24 * hourMs));
}
