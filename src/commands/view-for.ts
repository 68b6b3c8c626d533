import { resolve } from 'node:path';
import type { View } from '../show/view.ts';
import type { CommonOptions } from './common-options.ts';
import type { Context } from './context.ts';

/**
 * The view that the options ask for; in GitHub Actions it annotates as well, on stderr, so that stdout stays what it is.
 *
 * @throws Failure `invalid` where `--summary` names a file that cannot be written, before anything is done.
 */
export async function viewFor(
  options: CommonOptions,
  context: Context,
  show: 'documents' | 'commands' = 'documents',
): Promise<View> {
  const { verbose = false, sandbox = false, summary, config = 'repl.yaml' } = options;
  const { env } = context;
  const workflow = env.GITHUB_ACTIONS === 'true' ? await import('../show/workflow-commands.ts') : undefined;
  const withoutCommands = (output: Context['stdout']) => workflow?.withoutCommands(output) ?? output;
  const [stdout, stderr] = [withoutCommands(context.stdout), withoutCommands(context.stderr)];
  const shown = options.json ? await machine() : await human();
  const annotated = workflow
    ? together(shown, workflow.annotationView(context.stderr, resolve(env.GITHUB_WORKSPACE ?? '.')))
    : shown;
  context.use(annotated);
  if (summary === undefined) return annotated;
  const [{ summaryView }, { summaryFile }] = await Promise.all([
    import('../show/summary-view.ts'),
    import('./summary-file.ts'),
  ]);
  // First the summary: should it fail, that is told before the result, which is the last line.
  const view = together(summaryView(summaryFile(summary, annotated.report), { sandbox, config }), annotated);
  context.use(view);
  return view;

  async function machine() {
    const { jsonView } = await import('../show/json-view.ts');
    return jsonView(stdout, { verbose, sandbox });
  }

  async function human() {
    const [{ humanView }, spinner] = await Promise.all([
      import('../show/human-view.ts'),
      stderr.isTTY ? import('ora').then((ora) => ora.default) : undefined,
    ]);
    const color = options.color && !env.NO_COLOR;
    return humanView(stdout, stderr, { verbose, sandbox, show, color, spinner });
  }
}

function together(...views: readonly View[]): View {
  return {
    report: (event) => {
      for (const view of views) view.report(event);
    },
    plan: async (plan, spec) => {
      for (const view of views) await view.plan(plan, spec);
    },
    diagnosis: (diagnosis) => {
      for (const view of views) view.diagnosis(diagnosis);
    },
    rest: () => {
      for (const view of views) view.rest();
    },
  };
}
