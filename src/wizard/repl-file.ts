import { structuredPatch } from 'diff';
import { configText } from '../config/config-text.ts';
import { withDefaults, withoutDefaults } from '../config/defaults.ts';
import type { Config } from '../config/fields.ts';
import { keepWritten } from '../config/keeping-written.ts';
import { mostYamlBytes, readYaml } from '../config/read-yaml.ts';
import { updateConfigText } from '../config/update-config.ts';
import { Failure } from '../events/failure.ts';
import { readText } from '../files/text-file.ts';
import { writeFileAtomically } from '../files/write-file.ts';

export interface ReplFile {
  readonly file: string;
  /** Undefined where there is none. */
  readonly before: string | undefined;
  readonly after: string;
  /** Name that the old file keeps where its comments cannot be kept. */
  readonly backup: string | undefined;
}

export function textOf(file: string): Promise<string | undefined> {
  const refuse = (message: string, fix?: string) => new Failure('invalid', 'no-config', message, fix);
  return readText(file, { most: mostYamlBytes, refuse });
}

export function replFile(file: string, before: string | undefined, config: Config, full: boolean): ReplFile {
  if (before === undefined) return { file, before, after: configText(config, { full }), backup: undefined };
  const complete = withDefaults(config);
  const wanted = full ? complete : keepWritten(readYaml(before).tree, withoutDefaults(config), config);
  const updated = updateConfigText(before, wanted);
  if (updated !== undefined) return { file, before, after: updated, backup: undefined };
  return { file, before, after: configText(config, { full }), backup: `${file}.bak` };
}

export function diffLines({ before, after }: ReplFile): readonly string[] {
  if (before === undefined || before === after) return [];
  return structuredPatch('', '', before, after, '', '', { context: 2 }).hunks.flatMap(({ lines }, index) => [
    ...(index > 0 ? ['  …'] : []),
    ...lines.filter((line) => !line.startsWith('\\')).map((line) => `${line.charAt(0)} ${line.slice(1)}`),
  ]);
}

/** Writes the file whole or not at all. @throws Failure `blocked` where somebody else has changed the file since it was read. */
export async function writeReplFile({ file, before, after, backup }: ReplFile): Promise<void> {
  if ((await textOf(file)) !== before) {
    throw new Failure(
      'blocked',
      'file-changed',
      `${file} was changed by somebody else meanwhile, and is left as it is`,
      's3repl init begins with what it says now',
    );
  }
  if (before === after) return;
  if (backup !== undefined && before !== undefined) await writeFileAtomically(backup, before);
  await writeFileAtomically(file, after);
}
