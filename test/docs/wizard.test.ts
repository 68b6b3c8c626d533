import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { aFolder } from '../stories/cli.ts';
import { enterOnly } from '../wizard/enter-only.ts';
import { aTerminal, down, enter } from '../wizard/terminal.ts';

const file = fileURLToPath(new URL('../../docs/wizard.md', import.meta.url));

const introduction = `# \`s3repl init\`, screen by screen

This is a whole run in the sandbox, from an empty folder to a proven replica, as an 80-column
terminal shows it. \`npm run wizard-recording\` records it from the program, and a test fails when the
program shows something else.

- Every question has a flag of the same name (\`--source-bucket\`, \`--destination-kms-key\`, …). A
  flag, or a value that \`repl.yaml\` has already, is an answer. Where everything is known, the review
  comes at once; \`--advanced\` asks about the rest first.
- In the sandbox, Enter alone leads to a proven replica: ${enterOnly.length} keystrokes. On AWS, you name the source
  bucket, and Enter accepts a name for the destination bucket.
- Names may be pasted: \`s3://NAME\`, the ARN of a bucket, an account ID with dashes or spaces.
- \`Ctrl-C\` stops at any question. Your answers are saved in \`.s3repl/draft.yaml\` (readable by you
  only; external IDs are not saved). The next \`init\` lists them, and continues there. \`<\` goes back
  by one question: at once in a list, with Enter in a text.
- On AWS, the first question lists the profiles of your AWS config files, the current credentials,
  and a role to assume. It starts at the profile of \`AWS_PROFILE\`, and signs in at once: \`prod ·
  111111111111 (acme-prod) · eu-west-1\`. If you cannot sign in yet, it offers a new profile (\`aws
  configure sso\`) and the sandbox. Buckets and keys are then chosen from what exists. Where s3repl
  may not list them, you type their names.
- Nothing is written to AWS before the review. After it, only \`apply\` writes, and \`verify\` if you
  want proof. An existing \`repl.yaml\` keeps its comments; where that is not possible, the old file
  stays as \`.bak\`.
- After \`init --sandbox\`, \`init\` in the same folder says that \`repl.yaml\` is from the sandbox. It
  offers to start over on AWS, or to continue in the sandbox.
- The first line of the file names the schema below \`node_modules/s3repl\`, for editors. Correct it
  if s3repl is installed elsewhere.
- Without a terminal, \`init\` needs its answers as flags, and names all that are missing. \`--yes\`
  accepts defaults where there are some. It then writes the file, and nothing else.
- \`--plain\` asks in plain lines, for screen readers; so does a terminal with \`TERM=dumb\`. Without
  UTF-8 (as \`LANG\` says), all signs are ASCII.
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
  record('The first choice writes `repl.yaml`, applies it, and proves it with a test object:', terminal.text());
  add('`repl.yaml`, to be committed:', readFileSync(`${folder.path}/repl.yaml`, 'utf8').trimEnd());

  const again = aTerminal(folder.path, ['init', '--sandbox']);
  onTestFinished(() => again.kill());
  await again.asks('What now?');
  again.press(down, down, enter);
  const changing = await again.asks('Which answer?');
  add('On the next run, the review comes at once, and “change an answer” leads to any question.', changing.trim());
  return `${parts.join('\n').trimEnd()}\n`;
}

it('docs/wizard.md shows what the program shows (npm run wizard-recording)', async () => {
  await expect(await recorded()).toMatchFileSnapshot(file);
});
