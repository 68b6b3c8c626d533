/** Others' text as Markdown that GitHub and GitLab render as text only, without links, images, mentions or HTML; for fences and titles only. */

/** The fence is longer than any run of backticks in the text, so none closes it (CommonMark 4.5). @param language our word, never theirs. */
export function fenceCode(language: 'text' | 'diff', text: string): string {
  const runs = text.match(/`+/g) ?? [];
  const fence = '`'.repeat(runs.reduce((longest, { length }) => Math.max(longest, length + 1), 3));
  return `${fence}${language}\n${text}\n${fence}\n`;
}

/** In an HTML block, Markdown begins after the first empty line (CommonMark 4.6): a title on one line, escaped, stays text. @param content Markdown. */
export function detailsBlock(title: string, content: string): string {
  const line = title.replace(/\s+/g, ' ').replace(/[&<>"'`]/g, (char) => `&#${char.charCodeAt(0)};`);
  return `<details><summary><code>${line}</code></summary>\n\n${content}\n</details>\n`;
}
