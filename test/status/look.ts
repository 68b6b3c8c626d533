/** The status of a set-up in the sandbox, as `s3repl status` reads it. */
import type { Spec } from '../../src/config/spec.ts';
import type { Event } from '../../src/events/event.ts';
import type { Inside } from '../../src/session/in-accounts.ts';
import { readStatusNow } from '../../src/session/status-live.ts';
import type { Status } from '../../src/status/replication-status.ts';
import type { Practice } from '../apply/in-sandbox.ts';

export const hourMs = 3_600_000;

export interface LookOptions {
  /** As with `--bucket`: without repl.yaml. */
  readonly bucket?: string;
  /** Signed in to the source account alone. */
  readonly only?: 'source';
  /** In milliseconds; a day. */
  readonly since?: number;
}

export interface Looked {
  readonly status: Status;
  readonly told: readonly Event[];
}

export async function lookAt(practice: Practice, spec: Spec, options: LookOptions = {}): Promise<Looked> {
  const told: Event[] = [];
  return inside(practice, spec, options, async (within) => {
    const view = { report: (event: Event) => told.push(event) };
    const status = await readStatusNow(within, options.since ?? 24 * hourMs, view as never);
    return { status, told };
  });
}

export async function inside<T>(
  practice: Practice,
  spec: Spec,
  { bucket, only }: LookOptions,
  work: (within: Inside) => Promise<T>,
): Promise<T> {
  const connections = await practice.connect(spec);
  const ids = [spec.source.id, ...(only ? [] : spec.destinations.map(({ id }) => id))];
  const sides = new Map(ids.map((id) => [id, connections.get(id)]));
  try {
    return await work({
      access: { source: connections.get('source'), destinations: [...sides.values()].slice(1) },
      bucket: bucket ?? spec.source.bucket,
      ...(bucket === undefined && { spec }),
      surroundings: { ...practice.surroundings, sandbox: true },
      sides,
    });
  } finally {
    connections.close();
  }
}
