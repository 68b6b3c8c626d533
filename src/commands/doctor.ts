import { Command, InvalidArgumentError, Option } from 'commander';
import { parseException } from '../config/exception-text.ts';
import type { Diagnosis } from '../doctor/diagnosis.ts';
import type { Result } from '../events/event.ts';
import { Failure } from '../events/failure.ts';
import { exceptText } from '../model/classes/except-text.ts';
import type { ObjectSnapshot, Snapshot } from '../model/snapshot.ts';
import { commonOptions, nextCommand, withConfigsOptions, withSummaryOption } from '../session/common-options.ts';
import type { Context, Runner } from '../session/context.ts';
import { type DoctorOptions, parseObject } from '../session/doctor-options.ts';
import { oneOrSeveral } from '../session/one-or-several.ts';

const mostSampled = 10_000;

/** `s3repl doctor`: would S3 replicate, and if not, exactly why? */
export function doctorCommand(run: Runner): Command {
  const command = new Command('doctor')
    .addOption(
      new Option('--snapshot <file>', 'look at a saved snapshot: no AWS, no configuration').conflicts([
        'bucket',
        'saveSnapshot',
        'config',
      ]),
    )
    .option('--save-snapshot <file>', 'save what was read, without credentials and content of objects')
    .option('--object <key>', 'explain one object: KEY or KEY?versionId=ID')
    .addOption(new Option('--bucket <name>', 'the source bucket of a set-up that has no repl.yaml').conflicts('config'))
    .addOption(
      new Option('--sample <n>', 'how many of the newest versions to look at').argParser(sampleSize).default(100),
    )
    .addOption(
      new Option(
        '--except <objects>',
        'objects that are left out on purpose, so that their failures do not count: hr/*, tag=NAME=VALUE or encryption=SSE-S3 (may be repeated)',
      ).argParser(exceptions),
    )
    .addHelpText(
      'after',
      `
Examples:
  $ s3repl doctor
  $ s3repl doctor --except 'hr/*' --except tag=classification=secret
  $ s3repl doctor --object Tax/2026.pdf
  $ s3repl doctor --bucket acme-invoices --source-access-profile prod
  $ s3repl doctor --save-snapshot snapshot.json
  $ s3repl doctor --snapshot snapshot.json --json     # offline, for a pipeline`,
    );
  return withConfigsOptions(withSummaryOption(command)).action(() =>
    run('doctor', (context) =>
      oneOrSeveral(
        { name: 'doctor', aboutOne: ['saveSnapshot', 'object'] },
        runDoctor,
        commonOptions<DoctorOptions>(command),
        context,
      ),
    ),
  );
}

/** Reads a snapshot or takes one, diagnoses, shows and, if asked, saves. */
export async function runDoctor(options: DoctorOptions, context: Context): Promise<Result> {
  const [{ viewFor }, { diagnose }] = await Promise.all([
    import('../session/view-for.ts'),
    import('../doctor/diagnose.ts'),
  ]);
  const view = await viewFor(options, context);
  const { snapshot, spec } =
    options.snapshot === undefined
      ? await import('../session/doctor-live.ts').then(({ liveSnapshot }) => liveSnapshot(options, context, view))
      : await savedSnapshot(options.snapshot);
  if (options.saveSnapshot !== undefined) await saveSnapshot(options.saveSnapshot, snapshot);
  const objects = options.object === undefined ? undefined : objectsOf(snapshot, options.object);
  const exclusions = (options.except ?? []).map((one) => ({ ...one, why: '--except' }));
  const diagnosis = diagnose(snapshot, { exclusions, ...(objects && { objects }), ...(spec && { spec }) });
  view.diagnosis(diagnosis);
  return resultOf(diagnosis, options);
}

async function savedSnapshot(file: string): Promise<{ readonly snapshot: Snapshot; readonly spec?: undefined }> {
  const { readSnapshotFile } = await import('../files/snapshot-file.ts');
  return { snapshot: await readSnapshotFile(file) };
}

async function saveSnapshot(file: string, snapshot: Snapshot): Promise<void> {
  const [{ snapshotText }, { writeFileAtomically }] = await Promise.all([
    import('../files/snapshot-file.ts'),
    import('../files/write-file.ts'),
  ]);
  await writeFileAtomically(file, snapshotText(snapshot));
}

function objectsOf({ objects, source }: Snapshot, text: string): readonly ObjectSnapshot[] {
  const { key, versionId } = parseObject(text);
  if (objects === 'unknown') {
    throw new Failure('unknown', 'objects-unread', 'the objects of the source bucket could not be read');
  }
  const found = objects.filter((one) => one.key === key && (versionId === undefined || one.versionId === versionId));
  if (found.length > 0) return found;
  throw new Failure(
    'invalid',
    'no-object',
    `there is no object ${text} among the ${objects.length} that were read of bucket ${source.bucket}`,
    'keys are literal and case-sensitive, and do not begin with the name of the bucket',
  );
}

function resultOf({ outcome, causes, excluded = [] }: Diagnosis, options: DoctorOptions): Result {
  const count = (level: string, one: string, many: string) => {
    const number = causes.filter((cause) => cause.level === level).length;
    return number === 0 ? [] : [`${number} ${number === 1 ? one : many}`];
  };
  const parts = [
    ...count('fails', 'cause keeps objects from replicating', 'causes keep objects from replicating'),
    ...count('unknown', 'thing that s3repl cannot tell', 'things that s3repl cannot tell'),
    ...count('warning', 'warning', 'warnings'),
  ];
  const all =
    options.object === undefined ? `new objects replicate${exceptText(excluded)}` : 'nothing is wrong with it';
  const mends = causes.some((cause) => cause.level === 'fails' && cause.mendedByApply === true);
  return {
    outcome,
    changes: 0,
    summary: outcome === 'healthy' ? [all, ...parts].join('; ') : parts.join('; '),
    ...(mends && { next: nextCommand('apply', options) }),
  };
}

function exceptions(value: string, before: DoctorOptions['except'] = []): NonNullable<DoctorOptions['except']> {
  try {
    return [...before, parseException(value)];
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}

function sampleSize(value: string): number {
  const size = Number(value);
  if (/^\d+$/.test(value) && size <= mostSampled) return size;
  throw new InvalidArgumentError(`It is a number from 0 to ${mostSampled}.`);
}
