/** Texts as words of a POSIX shell. */
import { unseen } from './quote.ts';

/** One word. */
export function shellWord(text: string): string {
  if (/^[\w./:=@+-]+$/.test(text)) return text;
  return quoteForShell(text) || "''";
}

/** Text between quotes; what nobody sees is made by `printf` when the script runs, as POSIX shells have no escape for it. */
export function quoteForShell(text: string): string {
  if (text === '') return '';
  const octal = (char: string) =>
    [...Buffer.from(char)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
  const shown = text
    .replaceAll("'", `'\\''`)
    .replace(unseen, (char) => (char === '\n' ? char : `'"$(printf '${octal(char)}')"'`));
  return withoutWorkflowCommands(`'${shown}'`);
}

/** The same text between quotes, opened and closed once more where GitHub's runner would see a workflow command in a log. */
function withoutWorkflowCommands(quotedText: string): string {
  return quotedText.replaceAll('##[', "#''#[").replace(/^(\s*)::/gm, "$1''::");
}
