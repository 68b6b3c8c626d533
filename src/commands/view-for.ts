import { resolve } from 'node:path';
import { humanView } from '../show/human-view.ts';
import { jsonView } from '../show/json-view.ts';
import { summaryView } from '../show/summary-view.ts';
import type { View } from '../show/view.ts';
import { annotationView, withoutCommands } from '../show/workflow-commands.ts';
import type { CommonOptions } from './common-options.ts';
import type { Context } from './context.ts';
import { summaryFile } from './summary-file.ts';

/**
 * The view that the options ask for; in GitHub Actions it annotates as well, on stderr, so that stdout stays what it is.
 *
 * @throws Failure `invalid` where `--summary` names a file that cannot be written, before anything is done.
 */
export function viewFor(options: CommonOptions, context: Context, show: 'documents' | 'commands' = 'documents'): View {
  const { verbose = false, sandbox = false, color, summary, config = 'repl.yaml' } = options;
  const { env } = context;
  const inActions = env.GITHUB_ACTIONS === 'true';
  const [stdout, stderr] = [context.stdout, context.stderr].map((one) => (inActions ? withoutCommands(one) : one)) as [
    Context['stdout'],
    Context['stderr'],
  ];
  const shown = options.json
    ? jsonView(stdout, { verbose, sandbox })
    : humanView(stdout, stderr, { verbose, sandbox, show, color: color && !env.NO_COLOR });
  const annotated = inActions
    ? together(shown, annotationView(context.stderr, resolve(env.GITHUB_WORKSPACE ?? '.')))
    : shown;
  context.use(annotated);
  if (summary === undefined) return annotated;
  // First the summary: should it fail, that is told before the result, which is the last line.
  const view = together(summaryView(summaryFile(summary, annotated.report), { sandbox, config }), annotated);
  context.use(view);
  return view;
}

function together(...views: readonly View[]): View {
  return {
    report: (event) => {
      for (const view of views) view.report(event);
    },
    plan: (plan, spec) => {
      for (const view of views) view.plan(plan, spec);
    },
    diagnosis: (diagnosis) => {
      for (const view of views) view.diagnosis(diagnosis);
    },
    rest: () => {
      for (const view of views) view.rest();
    },
  };
}
