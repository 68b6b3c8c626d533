import type { View } from '../show/view.ts';
import type { CommonOptions } from './common-options.ts';
import type { Context } from './context.ts';

/** The view that the options ask for. */
export async function viewFor(
  options: CommonOptions,
  { stdout, stderr, env, use }: Context,
  show: 'documents' | 'commands' = 'documents',
): Promise<View> {
  const { verbose = false, sandbox = false } = options;
  const view = options.json ? await machine() : await human();
  use(view);
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
