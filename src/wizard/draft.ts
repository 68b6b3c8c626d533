/** What was answered so far, in a file of its own: an interview that is left goes on there. */
import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { writeFileAtomically } from '../commands/write-file.ts';
import type { Interview } from '../config/interview.ts';

const draftSchema = z.object({
  version: z.literal(1),
  cloud: z.enum(['aws', 'sandbox']),
  answers: z.record(z.string().regex(/^[a-z][A-Za-z0-9.[\]]*$/), z.unknown()),
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
  const text = await readFile(draftFile, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const parsed = draftSchema.safeParse(yamlOrUndefined(text));
  return parsed.success && parsed.data.cloud === cloud ? parsed.data : undefined;
}

/** Keeps an interview's answers, those given as flags included, readable by their owner only; no secrets are among them. */
export async function keepDraft({ answers, flags, asked }: Interview, cloud: 'aws' | 'sandbox'): Promise<void> {
  await mkdir(dirname(draftFile), { recursive: true, mode: 0o700 });
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

function yamlOrUndefined(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}
