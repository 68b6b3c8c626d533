import { takesUtf8 } from '../show/ascii.ts';
import { asciiOutput } from '../show/ascii-output.ts';
import { canRedraw, type Output, type View } from '../show/view.ts';
import type { CommonOptions } from './common-options.ts';
import type { Context } from './context.ts';

/** Bytes of a summary that each of several configurations leaves to the end of all. */
const forAll = 2 ** 16;

/** GitHub annotations go to stderr, so that stdout stays as it is. @throws Failure `invalid` at once where the file of `--summary` cannot be written. */
export async function viewFor(
  options: CommonOptions,
  { stdout, stderr, streams = process, env, use, among }: Context,
  show = options.show ?? 'documents',
): Promise<View> {
  const { verbose = false, sandbox = false, summary, configs = [] } = options;
  const config = options.config ?? (configs.join(', ') || 'repl.yaml');
  const view = env.GITHUB_ACTIONS === 'true' ? await annotateView() : await makeView(stdout, stderr);
  use(view);
  if (summary === undefined) return view;
  // The summary comes first: if it fails, that is reported before the result, which is the last line.
  const summarized = joinViews(await summaryTo(summary), view);
  use(summarized);
  return summarized;

  async function makeView(out: Output, err: Output): Promise<View> {
    if (options.json) {
      const { jsonView } = await import('../show/json-view.ts');
      return jsonView(out, { verbose, sandbox, ...(among && { config: among.config }) });
    }
    const [{ humanView }, ora] = await Promise.all([
      import('../show/human-view.ts'),
      canRedraw(err, env) ? import('ora') : undefined,
    ]);
    const spinner = ora && { start: ora.default, screen: streams.stderr };
    const color = options.color && !env.NO_COLOR;
    // Where the other end is no terminal, nobody can say what it takes.
    const ascii = options.ascii ?? (out.isTTY === true && !takesUtf8(env));
    const live = options.watch ? await liveScreen() : undefined;
    const [own, others] = options.ascii ? [asciiOutput(out), asciiOutput(err)] : [out, err];
    return humanView(own, others, { verbose, sandbox, show, color, spinner, ascii, live });
  }

  /** Undefined where lines are all that can be shown, and where calls are shown among them. */
  async function liveScreen() {
    if (verbose || among || !canRedraw(stdout, env)) return undefined;
    const { LiveScreen } = await import('../show/live-screen.ts');
    return new LiveScreen(streams.stdout, streams.stdin);
  }

  async function annotateView(): Promise<View> {
    const { annotationView, withoutCommands } = await import('../show/workflow-commands.ts');
    const inner = await makeView(withoutCommands(stdout), withoutCommands(stderr));
    return joinViews(inner, annotationView(stderr, env.GITHUB_WORKSPACE ?? '.'));
  }

  async function summaryTo(file: string): Promise<View> {
    const [{ summaryView }, { summaryFile }] = await Promise.all([
      import('../show/summary-view.ts'),
      import('./summary-file.ts'),
    ]);
    return summaryView(summaryFile(file, view.report, among && forAll), { sandbox, config });
  }
}

function joinViews(...views: readonly View[]): View {
  return {
    report: (event) => {
      for (const view of views) view.report(event);
    },
    plan: async (...shown) => {
      for (const view of views) await view.plan(...shown);
    },
    diagnosis: (...shown) => {
      for (const view of views) view.diagnosis(...shown);
    },
    status: (status) => {
      for (const view of views) view.status(status);
    },
    round: (round) => {
      for (const view of views) view.round(round);
    },
    left: views.find(({ left }) => left !== undefined)?.left,
    releaseScreen: () => {
      for (const view of views) view.releaseScreen();
    },
  };
}
