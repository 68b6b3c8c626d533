import { describe, expect, it } from 'vitest';
import { annotationView, withoutCommands } from '../../src/show/workflow-commands.ts';
import { branded } from '../plain.ts';

function anOutput() {
  let written = '';
  return { write: (text: string) => (written += text), text: () => written };
}

/** Whether GitHub's runner takes a line for a command (actions/runner, ActionCommand.cs). */
function isCommand(line: string): boolean {
  return line.trimStart().startsWith('::') || line.includes('##[');
}

function annotations() {
  const out = anOutput();
  return { view: annotationView(out, '/work/repo'), lines: () => out.text().split('\n').slice(0, -1) };
}

describe('annotations', () => {
  it('show a problem of the file beside its line', () => {
    const { view, lines } = annotations();
    view.report({
      type: 'problem',
      code: 'config',
      where: 'dr/repl.yaml:3:7',
      message: 'no such Region',
      file: '/work/repo/dr/repl.yaml',
      line: 3,
      column: 7,
    });
    expect(lines()).toEqual(['::error file=dr/repl.yaml,line=3,col=7,title=s3repl%3A config::no such Region']);
  });

  it('name a file outside the workspace and a flag in the message', () => {
    const { view, lines } = annotations();
    const config = { type: 'problem', code: 'config', message: 'bad' } as const;
    view.report({ ...config, where: '../x.yaml:1:2', file: '/work/x.yaml', line: 1, column: 2 });
    view.report({ ...config, where: '--source-bucket' });
    expect(lines()).toEqual([
      '::error title=s3repl%3A config::../x.yaml:1:2  bad',
      '::error title=s3repl%3A config::--source-bucket  bad',
    ]);
  });

  it('say warnings, a bad end and drift, and nothing of a good end', () => {
    const { view, lines } = annotations();
    view.report({ type: 'warning', code: 'late', message: 'late', fix: 'wait' });
    view.report({ type: 'note', message: 'no' });
    const result = { type: 'result', command: 'plan', changes: 2 } as const;
    view.report({ ...result, outcome: 'failed', error: { code: 'network', message: 'no answer', fix: 'try again' } });
    view.report({ ...result, outcome: 'differs' });
    view.report({ ...result, outcome: 'planned', summary: 'fine' });
    expect(lines()).toEqual([
      '::warning title=s3repl%3A late::late%0A→ wait',
      '::error title=s3repl%3A network::no answer%0A→ try again',
      '::warning title=s3repl%3A differs::2 to change',
    ]);
  });

  it('say what is to be pasted, of a finding and of a bad end', () => {
    const { view, lines } = annotations();
    const told = { code: 'off', message: 'off', fix: 'to look at it:', paste: 'aws look' };
    view.report({ type: 'warning', ...told });
    view.report({ type: 'result', command: 'plan', changes: 0, outcome: 'failed', error: told });
    expect(lines()).toEqual([
      '::warning title=s3repl%3A off::off%0A→ to look at it:%0Aaws look',
      '::error title=s3repl%3A off::off%0A→ to look at it:%0Aaws look',
    ]);
  });

  it('say what the doctor found, but no notes', () => {
    const { view, lines } = annotations();
    const cause = {
      summary: 'the key is disabled',
      fix: 'enable it',
      evidence: {},
      rules: { count: 0, first: [] },
      objects: { count: 0, first: [] },
      probes: [],
      repair: { by: 'person', why: 'it takes a decision.' },
    } as const;
    view.diagnosis({
      source: branded({ account: '111111111111', bucket: 'b' }),
      takenAt: '2026-11-22T00:00:00Z',
      outcome: 'blocked',
      checks: [],
      verdicts: [],
      causes: [
        { ...cause, check: 'C11', level: 'fails' },
        { ...cause, check: 'C30', level: 'unknown' },
        { ...cause, check: 'C02', level: 'note' },
      ],
    });
    expect(lines()).toEqual([
      '::error title=s3repl%3A C11::the key is disabled%0A→ enable it',
      '::warning title=s3repl%3A C30::the key is disabled%0A→ enable it',
    ]);
  });

  it('are one line each, whatever the text', () => {
    const { view, lines } = annotations();
    const text = 'a, b: 100%\r\n::add-mask::x\n::error file=y::z\u001b[31m\u2028';
    view.report({
      type: 'problem',
      code: text,
      message: text,
      fix: text,
      where: text,
      file: `/work/repo/${text}`,
      line: 1,
      column: 1,
    });
    expect(lines()).toHaveLength(1);
    expect(lines()[0]).toMatch(
      /^::error file=[^:,]*,line=1,col=1,title=s3repl%3A [^:,]*::a, b: 100%25\\u000d%0A::add-mask/,
    );
  });
});

describe('an output without commands', () => {
  it.for([
    ['::error::x\n'],
    ['fine\n  \t::add-mask::x\n'],
    ['  ', '::stop-commands::x\n'],
    ['fine\n', '\n::error::x'],
    ['\r::error::x\n'],
    ['\u00a0\u3000::error::x\n'],
    ['a ##[add-matcher]x\n', '###[error]y\n##[##[error]'],
    ['a', '\n::group::x'],
  ])('has none of %j', (chunks) => {
    const out = anOutput();
    const safe = withoutCommands(out);
    for (const chunk of chunks) safe.write(chunk);
    expect(
      out
        .text()
        .split(/[\r\n]/)
        .filter(isCommand),
    ).toEqual([]);
  });

  it('leaves all else as it is', () => {
    const out = anOutput();
    const safe = withoutCommands(out);
    const chunks = ['arn:aws:s3:::x\n', 'a ', ':: b\n', '## [x] #[\n', '{"a":"::error::"}\n', '\n\n  x::y'];
    for (const chunk of chunks) safe.write(chunk);
    expect(out.text()).toBe(chunks.join(''));
  });

  it('means the same as JSON', () => {
    const out = anOutput();
    const value = { text: '##[error]x', other: '::error::' };
    withoutCommands(out).write(`${JSON.stringify(value)}\n`);
    expect(out.text()).not.toContain('##[');
    expect(JSON.parse(out.text())).toEqual(value);
  });
});
