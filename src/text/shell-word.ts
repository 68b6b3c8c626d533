import { unseen } from './quote.ts';

export function shellWord(text: string): string {
  if (/^[\w./:=@+-]+$/.test(text)) return text;
  return quoteForShell(text) || "''";
}

/** `printf` makes unseen characters when the script runs: POSIX shells have no escape for them. */
export function quoteForShell(text: string): string {
  if (text === '') return '';
  const octal = (char: string) =>
    [...Buffer.from(char)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
  const shown = text
    .replaceAll("'", `'\\''`)
    .replace(unseen, (char) => (char === '\n' ? char : `'"$(printf '${octal(char)}')"'`));
  return withoutWorkflowCommands(`'${shown}'`);
}

/** Closes and reopens the quotes where GitHub's runner would see a workflow command in a log. */
function withoutWorkflowCommands(quotedText: string): string {
  return quotedText.replaceAll('##[', "#''#[").replace(/^(\s*)::/gm, "$1''::");
}
