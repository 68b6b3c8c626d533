/** Somebody else may have written these files, so reading has a limit. */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Failure } from '../events/failure.ts';

/** The longest JSON file that is read, in bytes: a snapshot with 1,000 objects and 1,000 rules, or their plan, is 2 MB. */
export const mostJsonBytes = 16 * 2 ** 20;

export interface TextFile {
  /** In bytes. */
  readonly most: number;
  readonly refuse: (what: string, fix?: string) => Failure;
}

/** UTF-8, without byte order mark; also pipes (`--config <(…)`). Undefined: no file. @throws `refuse(…)`: a directory, too large, not UTF-8, unreadable. */
export async function readText(file: string, { most, refuse }: TextFile): Promise<string | undefined> {
  const content = await readBytes(file, most).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error.code === 'EISDIR'
      ? refuse(`${file} is a directory`, 'name a file')
      : refuse(`cannot read ${file}: ${error.code}`);
  });
  if (content === undefined) return undefined;
  if (content.length > most) throw refuse(`${file} is larger than ${sizeText(most)}`);
  if (content[0] === 0xff && content[1] === 0xfe)
    throw refuse(`${file} is text in UTF-16, and has to be in UTF-8`, 'save it as UTF-8');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    throw refuse(`${file} is not text in UTF-8`, 'save it as UTF-8, and check that it is the right file');
  }
}

/** At most one byte more than `most`: only a plain file tells its length. */
async function readBytes(file: string, most: number): Promise<Buffer> {
  const handle = await open(file, constants.O_RDONLY);
  try {
    const found = await handle.stat();
    if (found.isFile() && found.size > most) return Buffer.alloc(most + 1);
    const chunks: Buffer[] = [];
    for await (const chunk of handle.createReadStream({ end: most, autoClose: false })) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  } finally {
    await handle.close();
  }
}

function sizeText(bytes: number): string {
  return bytes < 2 ** 20 ? `${bytes / 1024} KiB` : `${bytes / 2 ** 20} MiB`;
}
