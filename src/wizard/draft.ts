/** What was answered so far, in a file of its own: an interview that is left goes on there. */
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { z } from 'zod';
import { makeOwnFolder, writeFileAtomically } from '../commands/write-file.ts';
import type { Interview } from '../config/interview.ts';
import { mostYamlBytes, readYaml } from '../config/read-yaml.ts';
import { readText } from '../observe/text-file.ts';
import { Failure } from '../plan/failure.ts';

/** `destinations[0].rules[0].tags`: no list of what can be asked for is long. */
const answerPath = /^[a-z][A-Za-z]*(?:\[\d{1,3}\])?(?:\.[a-z][A-Za-z]*(?:\[\d{1,3}\])?)*$/;

const draftSchema = z.object({
  version: z.literal(1),
  cloud: z.enum(['aws', 'sandbox']),
  answers: z.record(z.string().regex(answerPath), z.unknown()),
  asked: z.array(z.string()),
});

type DraftFile = Pick<Interview, 'answers' | 'asked'>;

const heading = `# What s3repl init has asked so far; it offers to go on here, and deletes this file at its end.
# External IDs are not kept: they count as secrets, and are asked for again.
`;

/** Where drafts are, in the folder that s3repl is run in. */
export const draftFile = join('.s3repl', 'draft.yaml');

/** The draft of this cloud; undefined where there is none that can be used. */
export async function readDraft(cloud: 'aws' | 'sandbox'): Promise<DraftFile | undefined> {
  const text = await readText(draftFile, { most: mostYamlBytes, refuse }).catch(() => undefined);
  const { tree, findings } = readYaml(text ?? '');
  if (findings.length > 0) return undefined;
  const parsed = draftSchema.safeParse(tree);
  return parsed.success && parsed.data.cloud === cloud ? parsed.data : undefined;
}

/** Keeps an interview's answers, those given as flags included, readable by their owner only; no secrets are among them. */
export async function keepDraft({ answers, flags, asked }: Interview, cloud: 'aws' | 'sandbox'): Promise<void> {
  await makeOwnFolder(dirname(draftFile));
  await writeFileAtomically(
    draftFile,
    heading + stringify({ version: 1, cloud, ...withoutSecrets({ answers: { ...answers, ...flags }, asked }) }),
  );
}

/** Without external IDs: the sign-in that had one is asked again. */
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

/** Deletes the draft. */
export async function forgetDraft(): Promise<void> {
  await rm(draftFile, { force: true });
}

function refuse(message: string): Failure {
  return new Failure('invalid', 'draft', message);
}
