/**
 * Text that others wrote, as Markdown that GitHub and GitLab render as nothing but that text: no links, images, mentions or
 * HTML of theirs. It goes into fences and into the titles of what unfolds, and nowhere else.
 */

/**
 * A fenced code block (CommonMark 4.5): the fence is longer than any run of backticks in the text, so that none closes it.
 *
 * @param language what the text is coloured as; our word, never theirs.
 */
export function fenceCode(language: 'text' | 'diff', text: string): string {
  const runs = text.match(/`+/g) ?? [];
  const fence = '`'.repeat(runs.reduce((longest, { length }) => Math.max(longest, length + 1), 3));
  return `${fence}${language}\n${text}\n${fence}\n`;
}

/**
 * Something that unfolds. Its title is in an HTML block, where Markdown is not looked for until the first empty line
 * (CommonMark 4.6): escaped and on one line, it stays text.
 *
 * @param content Markdown.
 */
export function detailsBlock(title: string, content: string): string {
  const line = title.replace(/\s+/g, ' ').replace(/[&<>"'`]/g, (char) => `&#${char.charCodeAt(0)};`);
  return `<details><summary><code>${line}</code></summary>\n\n${content}\n</details>\n`;
}
