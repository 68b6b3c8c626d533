/**
 * The fault matrix of the commands that look: `plan`, `doctor` and `verify`, in a sandbox on disk, struck at every request. A run that
 * was struck ends as an undisturbed one does, or says that it does not know or has failed; it tells no success that is none.
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetBucketPolicyCommand, PutBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3';
import { type PolicyDocument, statementsOf } from '../../src/aws/policy.ts';
import type { Outcome } from '../../src/events/failure.ts';
import { openSandbox, sandboxCredentials } from '../../src/sandbox/sandbox.ts';
import type { Context } from '../../src/session/context.ts';
import { explain } from '../../src/session/explain.ts';
import { DESTINATION } from '../builders.ts';
import { runApply, runDoctor, runPlan, runVerify } from '../run-command.ts';
import type { Extent, Survival } from './matrix.ts';

const commands = { plan: runPlan, doctor: runDoctor, verify: runVerify };
type CommandName = keyof typeof commands;

interface Ending {
  readonly outcome: Outcome;
  readonly code: string | undefined;
  readonly message: string;
  readonly changes: number;
  readonly events: readonly Told[];
}

type Told = { readonly type: string; readonly [member: string]: unknown };

const successes: readonly Outcome[] = ['unchanged', 'applied', 'planned', 'done', 'healthy', 'destroyed', 'verified'];
const admissions: readonly Outcome[] = ['unknown', 'failed', 'unauthorized'];

/** Runs the matrix. */
export async function reads({ stride, only }: Extent, print: (line: string) => void): Promise<Survival> {
  const folder = mkdtempSync(join(tmpdir(), 's3repl-reads-'));
  const totals = { cells: 0, survived: 0, right: 0 };
  let turn = 0;
  try {
    const starts = await startsIn(folder);
    for (const [start, { state, flagValues }] of Object.entries(starts)) {
      for (const command of Object.keys(commands) as CommandName[]) {
        const name = `${command}, ${start}`;
        const expected = await run(command, state, flagValues, folder);
        const counts = { cells: 0, survived: 0, right: 0 };
        for (const { what, faults } of cells(expected.events)) {
          const full = `${name}: ${what}`;
          if (!full.includes(only)) continue;
          turn += 1;
          if (turn % stride !== 0) continue;
          const found = await run(command, state, flagValues, folder, faults);
          const wrong = wrongIn(command, found, expected, faults);
          counts.cells += 1;
          counts.survived += wrong === undefined ? 1 : 0;
          counts.right += found.outcome === expected.outcome ? 1 : 0;
          if (wrong !== undefined) print(`NOT SURVIVED ${full}: ${wrong}`);
        }
        const { cells: all, survived, right } = counts;
        if (all === 0) continue;
        const requests = expected.events.filter(({ type }) => type === 'call').length;
        print(
          `${name} (${expected.outcome}): ${requests} requests, ${survived} of ${all} survived, ${right} of them ended as if nothing had happened`,
        );
        totals.cells += all;
        totals.survived += survived;
        totals.right += right;
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  print(`${totals.survived} of ${totals.cells} reads survived, ${totals.right} of them in the same run`);
  return totals;
}

/** A run of a command on a copy of a state. */
async function run(
  command: CommandName,
  start: string,
  flagValues: Readonly<Record<string, string>>,
  folder: string,
  sandboxFault: readonly string[] = [],
): Promise<Ending> {
  const state = mkdtempSync(join(folder, 'run-'));
  cpSync(start, state, { recursive: true });
  const { context, events } = aContext();
  try {
    const given = { ...common, state, sandboxFault, flagValues };
    const result = await commands[command](given, context).catch((error: unknown) => {
      const { outcome, code, message } = explain(error);
      return { outcome, changes: 0, error: { code, message } };
    });
    const { outcome, changes, error } = result;
    const told = events();
    const forgotten = await canariesIn(state, told);
    return forgotten === undefined
      ? { outcome, changes, code: error?.code, message: error?.message ?? '', events: told }
      : { outcome, changes, code: 'bug', message: `the canary ${forgotten} is left, and nobody says so`, events: told };
  } finally {
    rmSync(state, { recursive: true, force: true });
  }
}

const common = {
  config: 'docs/examples/invoices.yaml',
  json: true,
  yes: true,
  verbose: true,
  sandbox: true,
  color: false,
  show: 'documents',
  sample: 100,
  canary: true,
  timeout: 15,
} as const;

/** A canary that is still there and that no warning names. */
async function canariesIn(directory: string, told: readonly Told[]): Promise<string | undefined> {
  const sandbox = await openSandbox({ directory });
  try {
    const keys = Object.values(sandbox.state.buckets).flatMap(({ objects }) => Object.keys(objects));
    const warned = told.filter(({ code }) => code === 'canary-left').map(({ message }) => String(message));
    return keys.find((key) => key.includes('.s3repl-canary/') && !warned.some((message) => message.includes(key)));
  } finally {
    await sandbox.close();
  }
}

function wrongIn(command: CommandName, found: Ending, expected: Ending, faults: readonly string[]): string | undefined {
  const { outcome, code, message, changes } = found;
  const ended = `it ended ${outcome} in place of ${expected.outcome}`;
  if (code === 'bug') return message;
  if (successes.includes(outcome) && (outcome !== expected.outcome || changes !== expected.changes)) {
    // A thing that AWS says is not there is planned: nothing is done yet, and apply looks again.
    if (outcome === 'planned' && faults.some(isAbsence)) return undefined;
    return `${ended}, with ${changes} changes in place of ${expected.changes}`;
  }
  if (outcome === expected.outcome || admissions.includes(outcome)) return undefined;
  // A bucket that does not let itself be looked at is what a person must put right, and the plan says so.
  if (command !== 'doctor' && outcome === 'blocked' && faults.some((fault) => fault.includes('HeadBucket')))
    return undefined;
  // What AWS says is not there cannot be known to be there.
  return faults.some(isAbsence) ? undefined : `${ended}: ${message}`;
}

function isAbsence(fault: string): boolean {
  return /=(NoSuch|NotFound)/.test(fault);
}

const breaks = ['reset', 'lost-answer', 'timeout', 'truncated'];
const codes: Readonly<Record<string, readonly string[]>> = {
  s3: ['InternalError', 'SlowDown', 'ExpiredToken', 'AccessDenied', 'OperationAborted', 'NoSuchBucket'],
  kms: [
    'KMSInternalException',
    'ServiceUnavailable',
    'ThrottlingException',
    'ExpiredTokenException',
    'AccessDeniedException',
    'NotFoundException',
  ],
  iam: ['ServiceFailure', 'ServiceUnavailable', 'Throttling', 'ExpiredToken', 'AccessDenied', 'NoSuchEntity'],
  sts: ['InternalFailure', 'ServiceUnavailable', 'Throttling', 'ExpiredToken', 'AccessDenied'],
  sns: ['InternalError', 'ServiceUnavailable', 'Throttled', 'ExpiredToken', 'AuthorizationError', 'NotFound'],
  monitoring: ['InternalServiceFault', 'ThrottlingException', 'ExpiredTokenException', 'AccessDenied'],
};

/** What the sandbox calls a service, where it is not its name. */
const signedAs: Readonly<Record<string, string>> = { cloudwatch: 'monitoring' };

/** Every fault at every call of an undisturbed run, and each that lasts as long as the run. */
function* cells(events: readonly Told[]): Generator<{ readonly what: string; readonly faults: readonly string[] }> {
  const counts = new Map<string, number>();
  for (const { type, service, operation } of events) {
    if (type !== 'call') continue;
    const name = String(service).toLowerCase();
    const at = `${signedAs[name] ?? name}:${operation}`;
    const call = (counts.get(at) ?? 0) + 1;
    counts.set(at, call);
    for (const fault of faultsOf(at)) yield { what: `${fault} at ${at} ${call}`, faults: [`${at}:${call}=${fault}`] };
  }
  for (const at of counts.keys())
    for (const fault of faultsOf(at)) yield { what: `${fault} at every ${at}`, faults: [`${at}:*=${fault}`] };
}

function faultsOf(at: string): readonly string[] {
  return [...breaks, ...(codes[at.split(':')[0] ?? ''] ?? []), 'TooManyRequestsException'];
}

/** A setup that is right, one that is not as the file says, and one of which something keeps objects from replicating. */
async function startsIn(folder: string) {
  const right = join(folder, 'right');
  const { context } = aContext();
  const { outcome } = await runApply({ ...common, state: right, flagValues: {} }, context);
  if (outcome !== 'applied') throw new Error(`the start was not made: ${outcome}`);
  const alerting = join(folder, 'alerting');
  const withAlerts = { 'alerts.topics': 'create' };
  const made = await runApply({ ...common, state: alerting, flagValues: withAlerts }, aContext().context);
  if (made.outcome !== 'applied') throw new Error(`the start with alerts was not made: ${made.outcome}`);
  const denied = join(folder, 'denied');
  cpSync(right, denied, { recursive: true });
  const sandbox = await openSandbox({ directory: denied });
  const s3 = new S3Client({
    region: 'eu-central-1',
    credentials: sandboxCredentials(DESTINATION),
    requestHandler: sandbox.requestHandler,
  });
  const Bucket = 'acme-invoices-replica';
  const { Policy = '' } = await s3.send(new GetBucketPolicyCommand({ Bucket }));
  const policy = JSON.parse(Policy) as PolicyDocument;
  const deny = { Sid: 'Late', Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: `arn:aws:s3:::${Bucket}/*` };
  const Statement = [...statementsOf(policy), deny];
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ ...policy, Statement }) }));
  await sandbox.close();
  return {
    'as configured': { state: right, flagValues: {} },
    'not as configured': { state: right, flagValues: { 'source.bucketKey': 'false' } },
    'with a Deny': { state: denied, flagValues: {} },
    'with alerts': { state: alerting, flagValues: withAlerts },
    'with alerts that are not there': { state: right, flagValues: withAlerts },
  };
}

function aContext() {
  let stdout = '';
  const context: Context = {
    stdout: { write: (text: string) => (stdout += text) },
    stderr: { write: (text: string) => (stdout += text) },
    env: {},
    signal: new AbortController().signal,
    use: () => undefined,
  };
  const events = () =>
    stdout
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Told);
  return { context, events };
}
