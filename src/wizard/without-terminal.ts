import { type Interview, missingFlags, treeOf } from '../config/interview.ts';
import { parseConfigTree } from '../config/parse-config.ts';
import type { Result } from '../events/event.ts';
import { Failure } from '../events/failure.ts';
import { viewFor } from '../session/view-for.ts';
import { withDefaultAnswers } from './default-answers.ts';
import { type Given, resultOfWriting } from './init-options.ts';
import { diffLines, replFile, writeReplFile } from './repl-file.ts';

/** Asks and applies nothing. @throws Failure `invalid` naming every flag that is missing, or every problem. */
export async function withoutTerminal({ options, context, file, before }: Given, begun: Interview): Promise<Result> {
  const view = await viewFor(options, context);
  const interview = options.yes ? await withDefaultAnswers(begun, options, context, view) : begun;
  const missing = missingFlags(interview);
  if (missing.length > 0) {
    throw new Failure(
      'invalid',
      'missing-flags',
      `${missing.length === 1 ? 'an answer is' : 'answers are'} missing: ${missing.join(' ')}`,
      options.yes
        ? 'give them as flags; the others have defaults'
        : 'give them as flags (--yes takes defaults where there are some), or run s3repl init at a terminal',
    );
  }
  const parsed = parseConfigTree(treeOf({ ...interview, flags: {} }), {
    file,
    env: context.env,
    flags: interview.flags,
    sandbox: options.sandbox ?? false,
  });
  if (!parsed.ok) {
    for (const { where, message } of parsed.problems) view.report({ type: 'problem', code: 'config', where, message });
    throw new Failure('invalid', 'config', 'these answers do not fit', `${file} was not written`);
  }
  for (const { where, message } of parsed.warnings) view.report({ type: 'warning', code: 'config', where, message });
  const repl = replFile(file, before, parsed.config, options.full ?? false);
  for (const line of diffLines(repl)) view.report({ type: 'note', message: line });
  await writeReplFile(repl);
  return resultOfWriting(options, file, { isSame: repl.before === repl.after });
}
