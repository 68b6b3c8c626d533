import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { aFolder } from '../stories/cli.ts';
import { aTerminal, down, enter } from '../wizard/terminal.ts';

const file = fileURLToPath(new URL('../../docs/wizard.md', import.meta.url));

const introduction = `# \`s3repl init\`, screen by screen

This is a whole run in the sandbox, from an empty folder to an applied replication, as an 80-column terminal shows it. It is recorded from the
program by \`npm run wizard-recording\`, and a test fails where it is no longer what the program shows.

- Every question has a flag of the same name (\`--source-bucket\`, \`--destination-kms-key\`, …). A flag, or a value that \`repl.yaml\` has already, is an answer
  already given; where everything is known, the review comes at once. \`--advanced\` asks about the rest.
- \`Ctrl-C\` leaves at any question. What was answered is kept in \`.s3repl/draft.yaml\` (readable by you only; external IDs are not kept), and the next \`init\` offers to
  go on there. \`<\` in a text, or \`go back\` in a list, goes back by one question.
- On AWS the first question lists the profiles of your AWS config files, the current credentials, and a role to assume, and signs in at once:
  \`prod · 111111111111 (acme-prod) · eu-west-1\`. Buckets and keys are then chosen from what exists; where they may not be listed, names are typed.
- Nothing is written to AWS before the review, and then by \`apply\` (and \`verify\`, if it is to prove it) alone. An existing \`repl.yaml\` keeps its comments; where that cannot be, the old file stays as \`.bak\`.
- The first line of the file names the schema below \`node_modules/s3repl\`, for editors: correct it where s3repl is installed elsewhere.
- Without a terminal, \`init\` needs its answers as flags and names all that are missing; \`--yes\` takes defaults where there are some. It then writes the file and nothing else.
- \`--plain\` asks in plain lines, for screen readers. Without UTF-8 (as \`LANG\` says) all signs are ASCII.
`;

/** The questions of a first setup, what is typed, and what is said about it. */
const steps: readonly (readonly [asks: string, typed: string, about: string])[] = [
  ['Which account has the source bucket', '', 'Whose bucket is replicated? Enter accepts what is offered.'],
  [
    'Source bucket',
    'acme-invoices',
    'This account has no buckets yet, so s3repl asks for a name, and looks it up at once.',
  ],
  ['Region of the new source', 'ireland', 'A list is filtered by typing.'],
  ['Which account gets the replicas', '', 'The destination, the same way.'],
  ['Destination bucket', '', ''],
  ['Region of the new destination', 'frankfurt', ''],
  ['What is replicated', '', 'No key fits yet, so s3repl makes new ones without asking.'],
  ['Options', '', 'What the rule does, and what the options cost. Space toggles a line.'],
  ['E-mail addresses to alert', '', 'An alarm e-mails these addresses when the first object fails.'],
  ['Name of this setup', '', ''],
];

async function recorded(): Promise<string> {
  const folder = aFolder();
  const terminal = aTerminal(folder.path, ['init', '--sandbox'], { isReal: true });
  onTestFinished(() => terminal.kill());
  const parts = [introduction];
  const add = (about: string, screen: string) =>
    parts.push(...(about === '' ? [] : [about, '']), '```text', screen, '```', '');
  let from = 0;
  const record = (about: string, text: string) => {
    const lines = text.split('\n');
    add(about, lines.slice(from).join('\n').trim());
    from = lines.findLastIndex((line) => line.startsWith('? '));
  };
  for (const [asks, typed, about] of steps) {
    let text = await terminal.asks(asks);
    terminal.press(typed);
    if (asks.startsWith('Region')) text = await terminal.filteredBy(typed);
    else if (typed !== '') text = await terminal.asks(typed);
    record(about, text);
    terminal.press(enter);
  }
  record('The review: what there will be, and what has to happen for it.', await terminal.asks('What now?'));
  terminal.press(enter);
  await terminal.ended;
  record(
    'The first choice writes `repl.yaml`, applies it, and proves it with a test object, which is removed again:',
    terminal.text(),
  );
  add('`repl.yaml`, to be committed:', readFileSync(`${folder.path}/repl.yaml`, 'utf8').trimEnd());

  const again = aTerminal(folder.path, ['init', '--sandbox']);
  onTestFinished(() => again.kill());
  await again.asks('What now?');
  again.press(down, enter);
  const changing = await again.asks('Which answer?');
  add(
    'Run again, everything is known: the review comes at once, and “change an answer” leads to any question.',
    changing.trim(),
  );
  return `${parts.join('\n').trimEnd()}\n`;
}

it('docs/wizard.md shows what the program shows (npm run wizard-recording)', async () => {
  await expect(await recorded()).toMatchFileSnapshot(file);
});
