import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { outsideFences } from '../show/rendered.ts';
import { invoices } from '../stories/cli.ts';
import { aFederation, documentedTrust } from './federation.ts';
import { action, aRunner, documentedWorkflows, type EndedStep, type Step, type Workflow } from './runner.ts';

/** OWNER/s3repl, as package.json says. */
const repository = JSON.parse(readFileSync('package.json', 'utf8')).repository.url.match(/([^/]+\/s3repl)\.git$/)[1];
const workflows = documentedWorkflows();
const replication = workflows.get('.github/workflows/replication.yml') as Workflow;
const nightly = workflows.get('.github/workflows/replication-drift.yml') as Workflow;

/** The steps of a job that use our action. */
function ours(workflow: Workflow, job: string): readonly Step[] {
  return (workflow.jobs[job]?.steps ?? []).filter(({ uses }) => uses?.startsWith(`${repository}@`));
}

function headings({ summary }: EndedStep): readonly string[] {
  return outsideFences(summary).filter((line) => line.startsWith('## '));
}

describe('the action', () => {
  it('plans, applies the saved plan and finds drift, as docs/ci.md says, with OIDC to both accounts and no secret in any output', async () => {
    const federation = await aFederation();
    const runner = aRunner({ 'repl.yaml': invoices });
    const run = async (workflow: Workflow, name: string, change: Readonly<Record<string, unknown>> = {}, nth = 0) => {
      const step = ours(workflow, name)[nth] ?? {};
      const { environment = '' } = workflow.jobs[name] ?? {};
      return runner.step({ ...step, with: { ...step.with, ...change } }, federation.job(environment));
    };
    const ends: EndedStep[] = [];

    const plan = await run(replication, 'plan');
    ends.push(plan);
    expect(plan).toMatchObject({ code: 0, outputs: { 'exit-code': '2' } });
    expect(headings(plan)).toEqual(['## ! s3repl plan: differs']);
    expect(plan.summary).toContain('### Plan: 9 to create, 0 to change, 0 to remove');
    expect(plan.annotations).toEqual([
      expect.stringMatching(/^::warning title=s3repl%3A organization-policies-unread::/),
      '::warning title=s3repl%3A differs::9 to change',
    ]);

    const applied = await run(replication, 'apply');
    ends.push(applied);
    expect(applied).toMatchObject({ code: 0, outputs: { 'exit-code': '0' } });
    expect(headings(applied)).toEqual(['## ✔ s3repl apply: applied']);
    expect([...federation.assumed].sort()).toEqual([
      'arn:aws:iam::111111111111:role/s3repl-plan/s3repl-42',
      'arn:aws:iam::111111111111:role/s3repl-setup/s3repl-42',
      'arn:aws:iam::222222222222:role/s3repl-plan/s3repl-42',
      'arn:aws:iam::222222222222:role/s3repl-setup/s3repl-42',
    ]);

    const drift = await run(nightly, 'drift', { args: '--no-destination-bucket-key' });
    ends.push(drift);
    expect(drift).toMatchObject({ code: 2, outputs: { 'exit-code': '2' } });

    const doctor = await run(nightly, 'drift', {}, 1);
    ends.push(doctor);
    expect(doctor).toMatchObject({ code: 0, outputs: { 'exit-code': '0' } });
    expect(headings(doctor)).toEqual(['## ✔ s3repl doctor: healthy']);

    const pullRequest = await runner.step(ours(replication, 'apply')[0] ?? {}, federation.job('s3repl-plan'));
    ends.push(pullRequest);
    expect(pullRequest).toMatchObject({ code: 4, outputs: { 'exit-code': '4' } });
    expect(pullRequest.annotations.at(-1)).toMatch(
      /^::error title=s3repl%3A AccessDenied::cannot sign in to the source account/,
    );

    // Of the token there is the one line that has it masked.
    const masks = federation.tokens.map((token) => `::add-mask::${token}`);
    expect(federation.tokens).toHaveLength(ends.length);
    expect(ends.flatMap(({ log }) => log.split('\n').filter((line) => masks.includes(line)))).toEqual(masks);
    for (const { log, summary } of ends) {
      expect(log).not.toContain('WARN');
      const said =
        log
          .split('\n')
          .filter((line) => !masks.includes(line))
          .join('\n') + summary;
      for (const secret of federation.secrets) expect(said).not.toContain(secret);
    }
    expect(runner.leftovers()).toEqual([]);
    expect(runner.seen()).toEqual(ends.map(() => '-rw------- -rw------- no right to tokens'));
    const saved = readFileSync(join(runner.workspace, 'replication.plan'), 'utf8');
    for (const secret of federation.secrets) expect(saved).not.toContain(secret);
  });

  it('shows what is wrong with repl.yaml beside its line', async () => {
    const federation = await aFederation();
    const runner = aRunner({ 'repl.yaml': invoices.replace('eu-west-1', 'eu-west') });
    const plan = await runner.step(ours(replication, 'plan')[0] ?? {}, federation.job('s3repl-plan'));
    expect(plan).toMatchObject({ code: 3, outputs: { 'exit-code': '3' } });
    expect(plan.annotations[0]).toMatch(/^::error file=repl\.yaml,line=5,col=11,title=s3repl%3A config::/);
    expect(headings(plan)).toEqual(['## ✖ s3repl plan: invalid']);
    expect(federation.assumed).toEqual([]);
  });

  it.for<[string, Readonly<Record<string, string>>, RegExp]>([
    ['another command', { command: 'destroy' }, /input command is one of/],
    ['a command of the shell', { command: 'plan; touch pwned' }, /input command is one of/],
    ['a version that is none', { version: '../evil' }, /input version is/],
    ['a version of two lines', { version: '1.0.0\nevil' }, /input version is/],
    ['a role that is none', { 'source-role': 'arn:aws:iam::111111111111:user/x' }, /a role is given by its ARN/],
    [
      'a second section',
      { profiles: 'a=arn:aws:iam::111111111111:role/x]\ncredential_process=touch pwned' },
      /by its ARN/,
    ],
    ['no right to a token', { 'source-role': 'arn:aws:iam::111111111111:role/x' }, /id-token: write/],
  ])('refuses %s before anything is run', async ([, inputs, message]) => {
    const runner = aRunner({});
    rmSync(join(runner.workspace, 'node_modules', '.bin', 's3repl'));
    const url: Record<string, string> = message.source.includes('id-token')
      ? {}
      : { ACTIONS_ID_TOKEN_REQUEST_URL: 'http://127.0.0.1:1' };
    const path = { PATH: process.env.PATH ?? '' };
    const ended = await runner.step({ with: { command: 'plan', version: '0.1.0', ...inputs } }, { ...url, ...path });
    expect(ended).toMatchObject({ code: 3, annotations: [expect.stringMatching(message)], outputs: {} });
    expect(runner.leftovers()).toEqual([]);
  });

  it('runs the version that it is told with npx, without install scripts, each line of the inputs as one argument', async () => {
    const runner = aRunner({});
    const fake = `#!/usr/bin/env bash\necho "scripts ignored: $npm_config_ignore_scripts"\nprintf '<%s>\\n' "$@"\nexit 6\n`;
    const PATH = `${runner.bin('npx', fake)}:${process.env.PATH}`;
    const inputs = {
      command: 'verify',
      version: '9.8.7-rc.1',
      config: 'a b.yaml\n$(touch pwned).yaml',
      args: '--no-canary\n"',
    };
    const ended = await runner.step({ with: inputs }, { PATH });
    expect(ended).toMatchObject({ code: 6, outputs: { 'exit-code': '6' } });
    const words = [...ended.log.matchAll(/^<(.*)>$/gm)].map(([, word]) => word);
    const summary = expect.stringContaining('summary');
    const configs = ['--config', 'a b.yaml', '--config', '$(touch pwned).yaml'];
    expect(words).toEqual([
      '--yes',
      's3repl@9.8.7-rc.1',
      'verify',
      '--summary',
      summary,
      ...configs,
      '--no-canary',
      '"',
    ]);
    expect(ended.log).toContain('scripts ignored: true');
    expect(readdirSync(runner.workspace)).toEqual(['node_modules']);
  });

  it('takes inputs as variables only, uses no other action, and runs the version that it belongs to', () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    expect(action.runs.using).toBe('composite');
    for (const step of action.runs.steps) {
      expect(step).not.toHaveProperty('uses');
      expect(step.run).not.toContain('${{');
    }
    expect(action.inputs.version?.default).toBe(version);
  });
});

describe('docs/ci.md', () => {
  it('shows workflows that use inputs which there are, pinned actions, and no more rights than needed', () => {
    for (const { permissions, jobs } of [replication, nightly]) {
      expect(permissions).toEqual({});
      for (const job of Object.values(jobs)) {
        expect(job.permissions).toEqual({ contents: 'read', 'id-token': 'write' });
        for (const { uses = '', with: given = {} } of job.steps) {
          expect(uses).toMatch(/^(?:actions\/[\w-]+|[\w.-]+\/s3repl)@(?:[0-9a-f]{40}|FULL-COMMIT-SHA)$/);
          if (uses.startsWith(`${repository}@`))
            for (const name of Object.keys(given)) expect(action.inputs).toHaveProperty(name);
        }
      }
    }
    expect(replication.jobs.apply).toMatchObject({
      environment: 'production',
      concurrency: { 'cancel-in-progress': false },
    });
  });

  it('trusts one repository and one environment, word for word', () => {
    for (const { Condition } of documentedTrust().Statement) {
      expect(Object.keys(Condition)).toEqual(['StringEquals']);
      expect(Object.keys(Condition.StringEquals ?? {}).map((key) => key.split(':')[1])).toEqual(['aud', 'sub']);
      expect(JSON.stringify(Condition)).not.toContain('*');
    }
  });
});
