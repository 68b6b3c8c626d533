import { unseen } from './quote.ts';

/** A command line with each value quoted where a shell needs it: shellLine`aws s3 ls ${bucket}`. */
export function shellLine({ raw }: TemplateStringsArray, ...values: readonly string[]): string {
  return String.raw({ raw }, ...values.map(shellWord));
}

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
