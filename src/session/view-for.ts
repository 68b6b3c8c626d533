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
    return humanView(out, err, { verbose, sandbox, show, color, spinner });
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
    diagnosis: (diagnosis) => {
      for (const view of views) view.diagnosis(diagnosis);
    },
    releaseScreen: () => {
      for (const view of views) view.releaseScreen();
    },
  };
}
