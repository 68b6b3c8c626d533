/** What is disturbed: first setups, changes of them and their removal, with things of others lying next to ours. */

import type { Spec } from '../../src/config/spec.ts';
import { planDestroy } from '../../src/plan/plan.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import type { SandboxState } from '../../src/sandbox/store/state.ts';
import { aDestination, aRule, aSource, aSpec, DESTINATION } from '../builders.ts';
import { python } from '../moto/moto.ts';
import { branded } from '../plain.ts';
import { againstMoto } from './against-moto.ts';
import { alerts, theirAlerts, untilMetrics } from './alerting.ts';
import { applyOverOldObjects, backfilling, jobsInExcess } from './backfilling.ts';
import { aCloud, copyOf, inSandbox, type Run } from './cloud.ts';
import { ofTheProcess } from './killed-program.ts';
import { type Planner, running } from './run.ts';
import { otherDefault, theirBucket, theirSetUp, theirStatements } from './theirs.ts';
import type { Story } from './trial.ts';

const deletingKeys: Planner = (observed, spec) => planDestroy(observed, spec, { objects: [], force: true });

const created = aSpec();
const given = aSpec({
  name: 'given',
  source: aSource({ kmsKey: { kind: 'alias', alias: 'alias/theirs' } }),
  destinations: [aDestination({ kmsKey: { kind: 'alias', alias: 'alias/theirs' } })],
  role: { name: 'legacy' },
});

const alerting: Spec = { ...created, alerts };
const { events: _, ...alertsAlone } = alerts;

/** A story that runs in process. */
export interface InProcess {
  readonly name: string;
  readonly start: SandboxState;
  readonly run: Run;
  /** The run that follows, where it is another one. */
  readonly again?: Run;
  /** What no end of this story may have. */
  readonly unsound?: (state: SandboxState) => readonly string[];
}

/** Every story, each with its start made. */
export async function stories(): Promise<readonly Story[]> {
  if (python === undefined) console.warn("MOTO IS MISSING: its story is SKIPPED (pip install 'moto[server]==5.2.1')");
  return [
    ...(await storiesInProcess()).map(
      ({ name, start, run, again, unsound }): Story => ({
        name,
        killsOnly: false,
        open: () => inSandbox(start, run, again, unsound),
        close: async () => undefined,
      }),
    ),
    ...(python === undefined ? [] : [againstMoto(created)]),
    ofTheProcess(),
  ];
}

/** Those in the sandbox and in process. */
export async function storiesInProcess(): Promise<readonly InProcess[]> {
  const nothing = await after(async () => undefined);
  const bucketOfTheirs = await after((sandbox) => theirBucket(sandbox, DESTINATION, 'acme-invoices-replica'));
  const theirs = await after(theirSetUp);
  const withCreated = await after(async (sandbox) => {
    await applied(sandbox, created);
    await theirStatements(sandbox, 'alias/s3repl-invoices-dr', 'alias/s3repl-invoices-dr-replica');
  }, bucketOfTheirs);
  const withGiven = await after((sandbox) => applied(sandbox, given), theirs);
  const withOld = await after(async (sandbox) => {
    const { surroundings, sandbox: own } = await aCloud(sandbox.state);
    const run = (one: Run) => one(surroundings());
    await applyOverOldObjects(created, { sandbox: own, run }, ['a', 'b', 'c']);
    Object.assign(sandbox.state, copyOf(own.state));
  }, bucketOfTheirs);
  const both = [
    ['created', created, withCreated, await after(otherDefault, withCreated)],
    ['given', given, withGiven, await after(otherDefault, withGiven)],
  ] as const;
  return [
    { name: 'first apply, nothing there', start: nothing, run: running(created) },
    { name: 'first apply, created keys', start: bucketOfTheirs, run: running(created) },
    { name: 'first apply, given keys', start: theirs, run: running(given) },
    ...both.flatMap(([keys, spec, start, otherDefaultThere]) => [
      ...Object.entries(changesOf(spec)).map(([change, changed]) => ({
        name: `${change}, ${keys} keys`,
        start,
        run: running(changed),
      })),
      { name: `other key, ${keys} keys`, start: otherDefaultThere, run: running(withOtherKey(spec)) },
      {
        name: `other key and destroy, ${keys}`,
        start: otherDefaultThere,
        run: running(withOtherKey(spec)),
        again: running(withOtherKey(spec), planDestroy),
      },
      { name: `destroy, ${keys} keys`, start, run: running(spec, planDestroy) },
    ]),
    { name: 'other role', start: withCreated, run: running({ ...created, role: { name: 'another' } }) },
    { name: 'backfill', start: withOld, run: backfilling(created), unsound: (state) => jobsInExcess(state, 1) },
    { name: 'destroy --delete-keys', start: withCreated, run: running(created, deletingKeys) },
    ...(await storiesOfAlerts(bucketOfTheirs)),
  ];
}

async function storiesOfAlerts(bucketOfTheirs: SandboxState): Promise<readonly InProcess[]> {
  const nothingOfOurs = await after(theirAlerts, bucketOfTheirs);
  const without = await after(async (sandbox) => {
    await applied(sandbox, created);
    await untilMetrics(sandbox);
  }, nothingOfOurs);
  const withAlerts = await after((sandbox) => applied(sandbox, alerting), without);
  const { topics } = withAlerts.sns;
  const given = Object.values(topics).flatMap(({ arn, name }) => (name === 'theirs' ? [arn] : []));
  const inGiven = { topics: given, emails: [], failures: true, silence: false, latency: 'off' };
  return [
    { name: 'first apply with alerts', start: nothingOfOurs, run: running(alerting) },
    { name: 'alerts added', start: without, run: running(alerting) },
    { name: 'alerts to another topic', start: withAlerts, run: running({ ...created, alerts: inGiven }) },
    { name: 'alerts without events', start: withAlerts, run: running({ ...created, alerts: alertsAlone }) },
    { name: 'alerts taken out', start: withAlerts, run: running(created) },
    { name: 'destroy with alerts', start: withAlerts, run: running(alerting, planDestroy) },
    { name: 'destroy, alerts taken out', start: withAlerts, run: running(created, planDestroy) },
  ];
}

/** Another key at the destination, after a person has made it the default there: before that, the plan refuses. */
function withOtherKey(spec: Spec): Spec {
  const kmsKey = { kind: 'alias' as const, alias: 'alias/other' };
  return { ...spec, destinations: spec.destinations.map((side) => ({ ...side, kmsKey })) };
}

function changesOf(spec: Spec): Readonly<Record<string, Spec>> {
  const [first] = spec.destinations;
  if (!first) throw new Error('a spec has a destination');
  const second = aDestination({
    id: 'destinations[1]',
    account: '333333333333',
    region: 'us-east-1',
    bucket: 'acme-invoices-second',
    rules: [aRule({ id: 'second', prefix: 'tax/' })],
  });
  return {
    'new prefix': { ...spec, destinations: [{ ...first, rules: [aRule({ prefix: 'tax/' })] }] },
    'second destination': { ...spec, destinations: [first, second] },
    'other destination': { ...spec, destinations: [{ ...first, bucket: branded('acme-invoices-other') }] },
  };
}

async function after(happens: (sandbox: Sandbox) => Promise<void>, start?: SandboxState): Promise<SandboxState> {
  const { sandbox } = await aCloud(start);
  await happens(sandbox);
  return copyOf(sandbox.state);
}

async function applied(sandbox: Sandbox, spec: Spec): Promise<void> {
  const cloud = await aCloud(sandbox.state);
  await running(spec)(cloud.surroundings());
  Object.assign(sandbox.state, copyOf(cloud.sandbox.state));
}
