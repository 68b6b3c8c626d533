import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Failure } from '../../src/events/failure.ts';
import type { Context } from '../../src/session/context.ts';
import { runOneOrSeveral } from '../../src/session/one-or-several.ts';
import type { View } from '../../src/show/view.ts';
import { runApply, runPlan } from '../run-command.ts';
import { outsideFences } from '../show/rendered.ts';
import { invoices } from '../stories/cli.ts';

function aRun(config = invoices) {
  const folder = mkdtempSync(join(tmpdir(), 's3repl-summary-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'repl.yaml');
  const summary = join(folder, 'summary.md');
  writeFileSync(file, config);
  const written = { stdout: '', stderr: '' };
  let view: View | undefined;
  const context: Context = {
    stdout: { write: (text) => (written.stdout += text) },
    stderr: { write: (text) => (written.stderr += text) },
    env: { GITHUB_ACTIONS: 'true', GITHUB_WORKSPACE: folder },
    signal: new AbortController().signal,
    use: (one) => {
      view = one;
    },
  };
  const options = {
    config: file,
    summary,
    yes: true,
    sandbox: true,
    state: join(folder, 'state'),
    color: false,
    flagValues: {},
  };
  /** As the command line ends it. */
  const ended = async (command: string, work: (context: Context) => ReturnType<typeof runPlan>) => {
    const result = await work(context).catch((error: Failure) => {
      const { outcome, code, message, fix } = error;
      return { outcome, changes: 0, error: { code, message, ...(fix === undefined ? {} : { fix }) } };
    });
    view?.report({ type: 'result', command, ...result });
    return result;
  };
  return { folder, summary, written, options, ended };
}

describe('--summary', () => {
  it('is appended to, result after result', async () => {
    const { summary, options, ended } = aRun();
    await ended('plan', (context) => runPlan({ ...options, show: 'documents' }, context));
    await ended('apply', (context) => runApply(options, context));
    await ended('apply', (context) => runApply(options, context));
    const headings = outsideFences(readFileSync(summary, 'utf8')).filter((line) => line.startsWith('## '));
    expect(headings).toEqual([
      '## ✔ s3repl plan: planned (sandbox)',
      '## ✔ s3repl apply: applied (sandbox)',
      '## ✔ s3repl apply: unchanged (sandbox)',
    ]);
    expect(statSync(summary).mode & 0o777).toBe(0o600);
  });

  it('never grows beyond what GitHub takes of a step, and that is said', async () => {
    const { summary, options, written, ended } = aRun();
    writeFileSync(summary, 'x'.repeat(2 ** 20 - 100));
    const result = await ended('plan', (context) => runPlan({ ...options, show: 'documents' }, context));
    expect(result.outcome).toBe('planned');
    expect(statSync(summary).size).toBe(2 ** 20 - 100);
    expect(written.stderr).toContain('summary.md is full');
  });

  it('of several configurations leaves room for what is said of all of them', async () => {
    const { folder, summary, options, written, ended } = aRun();
    const other = join(folder, 'other.yaml');
    writeFileSync(other, invoices.replaceAll('invoices', 'others'));
    writeFileSync(summary, 'x'.repeat(2 ** 20 - 2 ** 16));
    const { config, ...rest } = options;
    const several = { ...rest, configs: [config, other], show: 'documents' as const };
    await ended('plan', (context) => runOneOrSeveral({ name: 'plan' }, runPlan, several, context));
    expect(written.stderr).toContain('summary.md is full');
    const text = readFileSync(summary, 'utf8').replace(/^x*/, '');
    expect(outsideFences(text).filter((line) => line.startsWith('#'))).toEqual([
      '## ✔ s3repl plan: planned (sandbox)',
      '### Configurations',
    ]);
    expect(text).toMatch(/^invoices-dr +planned +9\nothers-dr +planned +9$/m);
  });

  it('that cannot be written is refused before anything is called', async () => {
    const { folder, options, ended, written } = aRun();
    const result = await ended('apply', (context) => runApply({ ...options, summary: folder }, context));
    expect(result).toMatchObject({ outcome: 'invalid', error: { code: 'summary-file' } });
    expect(written.stderr).not.toContain('Looking');
  });
});

describe('in GitHub Actions', () => {
  it('every problem of the file is an annotation at its line, with --json too, and stdout stays JSON', async () => {
    const { options, ended, written, summary } = aRun(
      invoices.replace('name: invoices-dr', 'name: Invoices').replace('bucket: acme-invoices\n', 'buckett: x\n'),
    );
    await ended('plan', (context) => runPlan({ ...options, json: true, show: 'documents' }, context));
    expect(written.stderr).toMatch(/^::error file=repl\.yaml,line=2,col=7,title=s3repl%3A config::/m);
    expect(written.stderr).toMatch(/^::error file=repl\.yaml,line=6,col=3,title=s3repl%3A config::/m);
    const lines = written.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines[0]).toMatchObject({ type: 'problem', file: options.config, line: 2, column: 7 });
    expect(lines.at(-1)).toMatchObject({ type: 'result', outcome: 'invalid' });
    expect(readFileSync(summary, 'utf8')).toMatch(/^## ✖ s3repl plan: invalid[\s\S]*### \d problems/);
  });

  it('problems of several files are each beside their own', async () => {
    const { folder, options, ended, written } = aRun(invoices.replace('name: invoices-dr', 'name: Invoices'));
    const other = join(folder, 'other.yaml');
    writeFileSync(other, invoices.replace('bucket: acme-invoices\n', 'buckett: x\n'));
    const { config, ...rest } = options;
    const several = { ...rest, configs: [config, other], show: 'documents' as const };
    await ended('plan', (context) => runOneOrSeveral({ name: 'plan' }, runPlan, several, context));
    expect(written.stderr).toMatch(/^::error file=repl\.yaml,line=2,/m);
    expect(written.stderr).toMatch(/^::error file=other\.yaml,line=6,/m);
  });

  it('a text of the configuration is never a command to the runner', async () => {
    const { options, ended, written } = aRun(`${invoices}newKeys:\n  description: "##[error]x\\n::error::y"\n`);
    await ended('plan', (context) => runPlan({ ...options, show: 'documents' }, context));
    const commands = `${written.stdout}${written.stderr}`.split('\n').filter((line) => /^\s*::|##\[/.test(line));
    expect(commands.every((line) => line.startsWith('::warning title=s3repl%3A '))).toBe(true);
    expect(written.stdout).toContain('#\\u0023[error]x');
  });

  it('commands for the shell stay what they are', async () => {
    const { options, ended, written } = aRun(`${invoices}newKeys:\n  description: "##[error]x"\n`);
    await ended('plan', (context) => runPlan({ ...options, show: 'commands' }, context));
    expect(written.stdout).toContain("#''#[error]x");
    expect(written.stdout).not.toMatch(/u0023|##\[/);
  });
});
