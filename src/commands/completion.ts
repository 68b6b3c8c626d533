import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Result } from '../events/event.ts';
import type { CommonOptions } from '../session/common-options.ts';
import type { Context } from '../session/context.ts';
import { viewFor } from '../session/view-for.ts';

const files = { bash: 's3repl.bash', zsh: 's3repl.zsh', fish: 's3repl.fish', powershell: 's3repl.ps1' };

interface CompletionOptions extends CommonOptions {
  readonly shell: keyof typeof files;
}

/** Prints a script from the folder `completion` of the package. */
export async function run(options: CompletionOptions, context: Context): Promise<Result> {
  const { shell } = options;
  const script = await readFile(createRequire(import.meta.url).resolve(`#completion/${files[shell]}`), 'utf8');
  // What a shell reads at each start says nothing else, not even that it is done.
  if (!options.json) context.stdout.write(script);
  else
    (await viewFor(options, context)).report({
      type: 'item',
      kind: 'completion',
      members: { shell, script },
      text: script,
    });
  return { outcome: 'done', changes: 0 };
}
