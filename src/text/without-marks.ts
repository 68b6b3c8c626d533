/** @param markdown a sentence of docs/troubleshooting.md. @returns the same for a terminal. */
export function withoutMarks(markdown: string): string {
  return markdown.replaceAll('`', '');
}
