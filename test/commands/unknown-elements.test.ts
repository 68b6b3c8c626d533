import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetBucketReplicationCommand, PutBucketReplicationCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, sandboxCredentials } from '../../src/sandbox/sandbox.ts';
import type { Context } from '../../src/session/context.ts';
import { explain } from '../../src/session/explain.ts';
import { type Additions, inRule, theirs, withAdditions } from '../apply/added-elements.ts';
import { SOURCE } from '../builders.ts';
import { copyOf } from '../crash/cloud.ts';
import { inPlaceOf } from '../in-place-of.ts';
import { runApply, runDestroy, runDoctor, runPlan, runVerify } from '../run-command.ts';

const cloud = {
  sandbox: undefined as Sandbox | undefined,
  additions: {} as Additions,
  requests: [] as string[],
};

inPlaceOf.openSandbox = async (real) => {
  cloud.sandbox ??= await real({ onRequest: ({ operation }) => cloud.requests.push(operation) });
  const { sandbox } = cloud;
  return {
    ...sandbox,
    requestHandler: withAdditions(sandbox.requestHandler, () => cloud.additions),
    close: async () => undefined,
  };
};

const commands = { plan: runPlan, apply: runApply, verify: runVerify, doctor: runDoctor, destroy: runDestroy };

/** What `main` does, in process. */
async function run(command: keyof typeof commands, more: object = {}) {
  let output = '';
  const write = { write: (text: string) => (output += text) };
  const context: Context = {
    ...{ stdout: write, stderr: write, env: {}, use: () => undefined },
    signal: new AbortController().signal,
  };
  const options = {
    ...{
      config: 'docs/examples/invoices.yaml',
      sandbox: true,
      state: '.s3repl',
      color: false,
      flagValues: {},
      yes: true,
    },
    ...{ canary: true, cleanup: true, sample: 10, wait: false, timeout: 1, show: 'documents', ...more },
  };
  const ended = await commands[command](options as never, context).catch((error: unknown) => explain(error));
  return { ...ended, output };
}

const Bucket = 'acme-invoices';
const folder = mkdtempSync(join(tmpdir(), 's3repl-unknown-'));
const changed = join(folder, 'repl.yaml');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let start: Sandbox['state'];

beforeAll(async () => {
  const rules = '    rules:\n      - { id: all, prefix: tax/ }\n';
  writeFileSync(changed, readFileSync('docs/examples/invoices.yaml', 'utf8') + rules);
  await run('apply');
  if (!cloud.sandbox) throw new Error('no sandbox');
  const { requestHandler, state } = cloud.sandbox;
  const s3 = new S3Client({ region: 'eu-west-1', credentials: sandboxCredentials(SOURCE), requestHandler });
  const { ReplicationConfiguration: present } = await s3.send(new GetBucketReplicationCommand({ Bucket }));
  const ReplicationConfiguration = { Role: present?.Role, Rules: [...(present?.Rules ?? []), theirs] };
  await s3.send(new PutBucketReplicationCommand({ Bucket, ReplicationConfiguration }));
  start = copyOf(state);
});

beforeEach(() => {
  if (cloud.sandbox) Object.assign(cloud.sandbox.state, copyOf(start));
  cloud.requests.length = 0;
});

const inTheirs = inRule('theirs', '<Size><Least>5</Least></Size>');
const inOurs = inRule('s3repl.invoices-dr.all', '<Size><Least>5</Least></Size>');
const aroundRules: Additions = { replication: (xml) => xml.replace('<Rule>', '<New/><Rule>') };
const writes = () => cloud.requests.filter((operation) => /^(Put|Delete|Create|Update|Tag)/.test(operation));
const asOneLine = (text: string) => text.replace(/\s+/g, ' ');

describe("an element that s3repl does not know in somebody else's rule", () => {
  beforeEach(() => {
    cloud.additions = inTheirs;
  });

  it('stops a plan that would change the configuration, and says what to do, within 80 columns', async () => {
    const { outcome, output } = await run('plan', { config: changed });
    expect(outcome).toBe('blocked');
    expect(asOneLine(output)).toContain(
      `✖ the replication configuration of bucket ${Bucket} in account ${SOURCE} has elements that this version of s3repl does not know`,
    );
    expect(output.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it('stops apply before its first write', async () => {
    expect(await run('apply', { config: changed })).toMatchObject({ outcome: 'blocked', code: 'unknown-element' });
    expect(writes()).toEqual([]);
  });

  it('stops nothing that only reads, nor a setup that is as it should be', async () => {
    expect(await run('plan')).toMatchObject({ outcome: 'unchanged' });
    expect(await run('doctor')).toMatchObject({ outcome: 'healthy' });
    expect(await run('apply')).toMatchObject({ outcome: 'unchanged' });
  });
});

it('around all rules it stops destroy, which says that all of the setup stays', async () => {
  cloud.additions = aroundRules;
  const { outcome, output } = await run('destroy');
  expect(outcome).toBe('blocked');
  expect(asOneLine(output)).toContain('Until then, everything of this setup stays');
  expect(writes()).toEqual([]);
});

describe('in a rule of ours', () => {
  beforeEach(() => {
    cloud.additions = inOurs;
  });

  it('doctor says that nobody knows, why, and does not promise that apply fixes it', async () => {
    const { outcome, output } = await run('doctor');
    expect(outcome).toBe('unknown');
    expect(asOneLine(output)).toContain('know: <Size>. (C04) ');
    expect(output).not.toMatch(/^ {2}run /m);
  });

  it('apply does not end as a success, and a canary proves what the model does not know', async () => {
    expect(await run('apply')).toMatchObject({ outcome: 'unknown' });
    expect(await run('verify')).toMatchObject({ outcome: 'verified' });
  });
});

it("in the destination's default encryption, doctor says that nobody knows", async () => {
  cloud.additions = {
    encryption: (xml, bucket) => (bucket === `${Bucket}-replica` ? xml.replace('</Rule>', '<New/></Rule>') : xml),
  };
  const { outcome, output } = await run('doctor');
  expect(outcome).toBe('unknown');
  expect(output).toContain('? The default encryption of bucket acme-invoices-replica');
});
