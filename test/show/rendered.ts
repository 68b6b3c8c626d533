/** What GitHub would render of a summary as more than text: the lines outside of its fenced code blocks (CommonMark 4.5). */
export function outsideFences(markdown: string): readonly string[] {
  const outside: string[] = [];
  let fence: string | undefined;
  for (const line of markdown.split('\n')) {
    const marks = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence === undefined) {
      if (marks === undefined) outside.push(line);
      else fence = marks;
    } else if (marks?.startsWith(fence) && line.trim() === marks) fence = undefined;
  }
  if (fence !== undefined) throw new Error('a fence is not closed');
  return outside.filter((line) => line !== '');
}

/** All that a summary consists of besides fences: our words, and titles of which every character that means something is escaped. */
export const ourLines =
  /^(?:#{2,3} [✔✖!?]? ?[\w :,().-]+|\*\*\d [\w -]+\*\*|<details><summary><code>[^<>"'`]*<\/code><\/summary>|<\/details>|\*\*\d+ parts are left out: .*\*\*)$/;
