/** For people. A spinner only at a terminal; nothing depends on color alone. */
import { Chalk, supportsColor, supportsColorStderr } from 'chalk';
import type ora from 'ora';
import { canaryName, type Event, type ResultEvent } from '../events/event.ts';
import type { Outcome } from '../events/failure.ts';
import { awsCommands } from './aws-commands.ts';
import { callText } from './call-text.ts';
import { commandLine } from './command-line.ts';
import { configurationLines } from './configuration-table.ts';
import { doctorLines } from './doctor-text.ts';
import { limitText } from './duration.ts';
import {
  alertText,
  canaryText,
  findingSigns,
  findingText,
  notTriedText,
  pasteLines,
  progressText,
} from './event-text.ts';
import type { LiveScreen } from './live-screen.ts';
import { printable, printableDeep, shorten, wrapText } from './printable.ts';
import { nameNewKeys } from './readable.ts';
import { paintWith } from './signed-line.ts';
import { StatusScreen } from './status-screen.ts';
import { type Output, type Screen, type View, widthOf } from './view.ts';

export interface HumanOptions {
  readonly verbose: boolean;
  readonly sandbox: boolean;
  readonly color: boolean;
  readonly show: 'documents' | 'commands';
  /** Whether stdout takes ASCII only; of the status. */
  readonly ascii?: boolean;
  /** For a status that somebody watches. */
  readonly live?: LiveScreen | undefined;
  /** Absent where stderr cannot erase what it shows. */
  readonly spinner?: { readonly start: typeof ora; readonly screen: Screen } | undefined;
}

type Named<T extends Event['type']> = Extract<Event, { type: T }>;

function phaseText(phase: Exclude<Named<'phase'>, { readonly name: 'done' }>): string {
  switch (phase.name) {
    case 'observe':
      return 'Looking at what is there';
    case 'apply':
      return 'Applying';
    case 'read-back':
      return 'Reading everything back';
    case 'verify':
      return `Writing test objects, and waiting up to ${limitText(phase.limitMs)} for them`;
    case 'verify-alerts':
      return `Testing one alarm for each topic, and waiting up to ${limitText(phase.limitMs)}`;
  }
}

/** Where lines cannot be redrawn. */
const secondsBetweenLines = 60;

/** Nobody fixes more from one screen. */
const mostConfigProblems = 50;

export function humanView(stdout: Output, stderr: Output, options: HumanOptions): View {
  const level = (support: typeof supportsColor) => (options.color && support ? support.level : 0);
  const out = new Chalk({ level: level(supportsColor) });
  const err = new Chalk({ level: level(supportsColorStderr) });
  const mark = options.sandbox ? '[sandbox] ' : '';
  const running = new Map<string, string>();
  const waiting = new Set<string>();
  const progressed = new Map<string, Named<'progress'>>();
  let configProblems = 0;
  let spinner: ReturnType<typeof ora> | undefined;

  const paint = paintWith(out);
  const status = new StatusScreen(stdout, stderr, { ...options, paint, mark, stopSpinner: () => stopSpinner() });

  const say = (text: string) => {
    if (status.hold(text)) return;
    spinner?.clear();
    stderr.write(`${text}\n`);
    spinner?.render();
  };
  const columnsOf = (output: Output) => Math.min(widthOf(output), 80);
  const wrap = (text: string, indent: string, output = stderr, used = 0) =>
    wrapText(text, indent, columnsOf(output) - used);
  const moves = () => options.spinner !== undefined && stderr.columns !== 0;
  const spin = (text: string) => {
    if (!options.spinner || stderr.columns === 0 || status.isShown) return;
    const { start, screen } = options.spinner;
    if (!spinner) {
      const color = level(supportsColorStderr) > 0 ? {} : { color: false as const };
      spinner = start({ stream: screen, discardStdin: false, ...color }).start();
      screen.on('resize', stopWithoutColumns);
    }
    spinner.text = shorten(text, widthOf(stderr) - 4);
  };
  const spinRunning = () => {
    if (running.size > 0) spin([...running.values()].join(', '));
  };
  // A frame of ora never ends in 0 columns. Node tells the new width before the next frame.
  const stopWithoutColumns = () => {
    if (options.spinner?.screen.columns === 0) releaseScreen();
  };
  const stopSpinner = () => {
    options.spinner?.screen.off('resize', stopWithoutColumns);
    spinner?.stop();
    spinner = undefined;
  };
  const releaseScreen = () => {
    stopSpinner();
    status.release();
  };

  const phase = (begun: Named<'phase'>) => {
    running.clear();
    // Each look would say it again.
    if (status.isShown) return;
    if (begun.name === 'done') return releaseScreen();
    const text = `${mark}${phaseText(begun)}`;
    if (moves()) spin(text);
    else say(`${text} …`);
  };
  const step = ({ resource, status }: Named<'step'>) => {
    const name = nameNewKeys(resource);
    if (status === 'started') running.set(resource, name);
    else running.delete(resource);
    if (status === 'done') say(`  ${err.green('✔')} ${name}`);
    if (status === 'failed') say(`  ${err.red('✖')} ${name}`);
    if (status === 'skipped') say(`  - ${name} (not done)`);
    spinRunning();
  };
  const pending = ({ resource, reason, seconds }: Named<'pending'>) => {
    const first = !waiting.has(resource);
    waiting.add(resource);
    running.set(resource, `${nameNewKeys(resource)}: waiting for ${reason} (${seconds} s)`);
    if (!moves() && first) say(`  … ${wrap(`${nameNewKeys(resource)}: waiting for ${reason}`, '    ')}`);
    spinRunning();
  };
  const finding = (event: Named<'problem' | 'warning'>) => {
    if (event.type === 'problem' && event.code === 'config') {
      configProblems += 1;
      if (configProblems > mostConfigProblems) return;
    }
    const paint = { problem: err.red, warning: err.yellow }[event.type];
    say(`${paint(findingSigns[event.type])} ${findingText(event, columnsOf(stderr))}`);
  };
  const proof = (name: string, { sign, text }: ReturnType<typeof canaryText>) => {
    running.delete(name);
    say(`  ${{ '✔': err.green, '✖': err.red, '?': err.yellow }[sign](sign)} ${text}`);
    spinRunning();
  };
  const canary = (event: Named<'canary'>) =>
    proof(canaryName(event.rule, event.tags), canaryText(event, columnsOf(stderr)));
  const alert = (event: Named<'alert'>) => proof(`alarm ${event.alarm}`, alertText(event));
  const progress = (event: Named<'progress'>) => {
    if (moves()) return spin(`${mark}${progressText(event, widthOf(stderr) - 4 - mark.length)}`);
    const { job, status, seconds, total } = event;
    // Of a job without objects, the result says how it ended.
    if (status === 'Failed' && total === undefined) return;
    const before = progressed.get(job);
    if (before?.status === status && seconds - before.seconds < secondsBetweenLines) return;
    progressed.set(job, event);
    say(`  … ${progressText(event, 76)}`);
  };
  // When the result is a script, messages must not get into it.
  const [results, chalk] = options.show === 'commands' ? [stderr, err] : [stdout, out];
  const result = (event: ResultEvent) => {
    releaseScreen();
    status.conclude();
    const { error, configurations } = event;
    if (configurations) results.write(`\n${configurationLines(configurations).join('\n')}\n`);
    const more = configProblems - mostConfigProblems;
    if (more > 0) stderr.write(`\n… and ${more} more ${more === 1 ? 'problem' : 'problems'}: --json has them all\n`);
    if (error) failure(error);
    else success(event);
  };
  const failure = ({ message, fix, paste }: NonNullable<ResultEvent['error']>) => {
    stderr.write(`\n${mark}${err.red('✖')} ${wrap(message, '  ', stderr, mark.length)}\n`);
    if (fix) stderr.write(`  ${wrap(`→ ${fix}`, '    ')}\n`);
    for (const line of pasteLines(paste)) stderr.write(`${line}\n`);
  };
  const success = ({ outcome, summary, notTried, next, offers = [], configurations }: ResultEvent) => {
    const signs: { readonly [O in Outcome]?: string } = {
      blocked: chalk.red('✖'),
      unknown: chalk.yellow('?'),
      differs: chalk.yellow('!'),
    };
    const sign = signs[outcome] ?? chalk.green('✔');
    results.write(`${configurations ? '\n' : ''}${mark}${sign} ${chalk.bold(outcome)}\n`);
    if (summary) results.write(`  ${wrap(summary, '  ', results)}\n`);
    if (notTried) results.write(`  ${wrap(notTriedText(notTried), '  ', results)}\n`);
    if (next) results.write(`  next: ${commandLine(next)}\n`);
    for (const { aim, command } of offers) results.write(`  To ${aim}:\n    ${commandLine(command)}\n`);
  };

  const renderers: { readonly [T in Event['type']]: (event: Named<T>) => void } = {
    phase,
    running: ({ names, done, of }) => {
      if (names.length === 0) releaseScreen();
      else spin(`${mark}${done} of ${of} done, at work on ${names.join(', ')}`);
    },
    note: ({ message }) => {
      const [first = '', ...more] = message.split('\n');
      say(`${mark}${wrap(first, '  ', stderr, mark.length)}`);
      for (const line of more) say(`  ${wrap(line, '    ')}`);
    },
    item: ({ text }) => {
      releaseScreen();
      stdout.write(`${text}\n`);
    },
    call: (event) => {
      if (options.verbose) say(err.dim(callText(event)));
    },
    problem: finding,
    warning: finding,
    step,
    pending,
    canary,
    alert,
    progress,
    result,
    change: () => undefined,
    // Problems and warnings tell the verdicts on probes.
    verdict: () => undefined,
  };
  const report = (event: Event): void => {
    const render = renderers[event.type] as (event: Event) => void;
    render(printableDeep(event));
  };

  return {
    report,
    releaseScreen,
    left: options.live?.left,
    status: status.show,
    round: status.round,
    diagnosis: (diagnosis, given) => {
      releaseScreen();
      stdout.write(mark);
      for (const { sign, text } of doctorLines(diagnosis, given)) {
        stdout.write(`${sign === undefined ? '' : `${paint(sign, sign)} `}${printable(text)}\n`);
      }
    },
    async plan({ changes, stays }, spec, seen = false) {
      releaseScreen();
      if (seen) return;
      if (options.show === 'commands') {
        stdout.write(`${options.sandbox ? '# [sandbox]\n' : ''}${printable(awsCommands(changes, spec))}`);
        return;
      }
      const { headText, planLines } = await import('./plan-text.ts');
      const paints = { '+': out.green, '-': out.red, '~': out.yellow, '#': out.bold, ' ': (text: string) => text };
      stdout.write(`${mark}${printable(headText(spec))}\n`);
      for (const { sign, text } of planLines(changes, stays)) stdout.write(`${paints[sign](printable(text))}\n`);
    },
  };
}
