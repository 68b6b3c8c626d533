import { humanView } from '../show/human-view.ts';
import { jsonView } from '../show/json-view.ts';
import type { View } from '../show/view.ts';
import type { CommonOptions } from './common-options.ts';
import type { Context } from './context.ts';

/** The view that the options ask for. */
export function viewFor(options: CommonOptions, context: Context, show: 'documents' | 'commands' = 'documents'): View {
  const { verbose = false, sandbox = false, color } = options;
  const view = options.json
    ? jsonView(context.stdout, { verbose, sandbox, ...(context.among && { config: context.among.config }) })
    : humanView(context.stdout, context.stderr, { verbose, sandbox, show, color: color && !context.env.NO_COLOR });
  context.use(view);
  return view;
}
