/** Answers so far, in a file of their own: an interview that was left goes on there. */
import { lstat, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import * as z from 'zod';
import type { Interview } from '../config/interview.ts';
import { mostYamlBytes, readYaml } from '../config/read-yaml.ts';
import { Failure } from '../events/failure.ts';
import { readText } from '../files/text-file.ts';
import { makeOwnFolder, writeFileAtomically } from '../files/write-file.ts';

/** Such as `destinations[0].rules[0].tags`; no list of fields is long. */
const answerPath = /^[a-z][A-Za-z]*(?:\[\d{1,2}\])?(?:\.[a-z][A-Za-z]*(?:\[\d{1,2}\])?)*$/;

/** More than anybody answers, and more destinations: each question is looked up among all. */
const mostAnswers = 500;
const mostDestinations = 100;

const draftSchema = z.object({
  version: z.literal(1),
  cloud: z.enum(['aws', 'sandbox']),
  answers: z
    .record(z.string().max(200).regex(answerPath), z.unknown())
    .refine((answers) => Object.keys(answers).length <= mostAnswers),
  asked: z
    .array(z.string().max(200))
    .max(mostAnswers)
    .refine((asked) => asked.filter((id) => id.endsWith('=yes')).length < mostDestinations),
});

export type CloudKind = 'aws' | 'sandbox';

type DraftFile = Pick<Interview, 'answers' | 'asked'>;

export interface Draft extends DraftFile {
  readonly cloud: CloudKind;
}

const heading = `# Your answers to s3repl init so far. The next init continues here, and deletes this file when it is done.
# External IDs are not saved: they count as secrets, and are asked for again.
`;

/** In the folder that s3repl runs in. */
export const draftFile = join('.s3repl', 'draft.yaml');

/** @param say told in one line why a draft cannot be used. */
export async function readDraft(say: (text: string) => void = () => undefined): Promise<Draft | undefined> {
  try {
    return await findDraft();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    say(`! s3repl cannot use ${draftFile}, so the questions start over: ${error.message}`);
    return undefined;
  }
}

async function findDraft(): Promise<Draft | undefined> {
  if (!(await isThere(dirname(draftFile), 'isDirectory')) || !(await isThere(draftFile, 'isFile'))) return undefined;
  const text = await readText(draftFile, { most: mostYamlBytes, refuse });
  if (text === undefined) return undefined;
  const { tree, findings } = readYaml(text);
  const [finding] = findings;
  if (finding) throw refuse(finding.message);
  const parsed = draftSchema.safeParse(tree);
  if (!parsed.success) throw refuse('it is not a draft of s3repl init');
  return parsed.data;
}

/** Follows no link, and does not wait for a pipe. */
async function isThere(path: string, kind: 'isDirectory' | 'isFile'): Promise<boolean> {
  const found = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw refuse(`${path} cannot be looked at: ${error.code}`);
  });
  if (found && !found[kind]()) throw refuse(`${path} is not a plain ${kind === 'isFile' ? 'file' : 'folder'}`);
  return found !== undefined;
}

/** Readable by its owner only; holds the answers and flags, but no secrets. */
export async function keepDraft({ answers, flags, asked }: Interview, cloud: CloudKind): Promise<void> {
  await makeOwnFolder(dirname(draftFile));
  await writeFileAtomically(
    draftFile,
    heading + stringify({ version: 1, cloud, ...withoutSecrets({ answers: { ...answers, ...flags }, asked }) }),
  );
}

/** Without external IDs: that sign-in is asked again. */
function withoutSecrets({ answers, asked }: DraftFile): DraftFile {
  const secret = Object.keys(answers).filter((path) => path.endsWith('.access.externalId'));
  const sides = secret.map((path) => path.replace('.access.externalId', ''));
  const kept = Object.entries(answers).filter(
    ([path]) => !sides.some((side) => path === `${side}.account` || path.startsWith(`${side}.access.`)),
  );
  return {
    answers: Object.fromEntries(kept),
    asked: asked.filter((id) => !sides.some((side) => id === `${side}.account`)),
  };
}

/** Does not go through a link in place of its folder. */
export async function forgetDraft(): Promise<void> {
  if (await isThere(dirname(draftFile), 'isDirectory').catch(() => false)) await rm(draftFile, { force: true });
}

function refuse(message: string): Failure {
  return new Failure('invalid', 'draft', message);
}
