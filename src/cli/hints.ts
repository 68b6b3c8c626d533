/** What people write who know other tools, and what it is called here. */
const commands: readonly (readonly [words: readonly string[], hint: string])[] = [
  [['delete', 'remove', 'teardown', 'uninstall', 'rm', 'clean', 'down'], 's3repl destroy removes what s3repl created'],
  [
    ['create', 'setup', 'set-up', 'up', 'deploy', 'install', 'enable', 'start'],
    's3repl init asks a few questions; s3repl apply sets up what repl.yaml says',
  ],
  [['diff', 'preview', 'drift', 'show'], 's3repl plan shows what apply would do'],
  [['diagnose', 'debug', 'why', 'explain', 'troubleshoot', 'check'], 's3repl doctor says why objects do not replicate'],
  [['monitor', 'watch', 'metrics', 'health', 'backlog'], 's3repl status shows how replication is doing'],
  [['test', 'validate', 'prove'], 's3repl verify proves that an object arrives'],
  [
    ['copy', 'replicate', 'batch', 'resync', 'sync', 'mirror'],
    's3repl backfill replicates objects from before the rule',
  ],
  [['policy', 'policies', 'iam', 'rights'], 's3repl permissions prints the IAM policies'],
];

const flags: readonly (readonly [words: readonly string[], hint: string])[] = [
  [['--dry-run', '--dryrun', '-n', '--diff'], 's3repl plan shows what apply would do, and changes nothing'],
  [['--auto-approve', '--approve', '--no-input', '--assume-yes'], 'with --yes, s3repl does not ask'],
  [['--output', '-o', '--format'], '--json gives one JSON object a line'],
  [['--region'], 'use --source-region and --destination-region'],
  [['--file', '-f'], '--config names the file'],
  [['--debug', '-v'], '--verbose shows each AWS call'],
  [['--quiet', '-q'], 'for results alone, add 2>/dev/null: everything else goes to stderr'],
];

/** By meaning, where the spelling is of no help. @param argv that could not be understood. */
export function hintFor(argv: readonly string[]): string | undefined {
  const find = (table: typeof commands, word: string) => table.find(([words]) => words.includes(word))?.[1];
  const [command = ''] = argv.filter((word) => !word.startsWith('-'));
  const given = argv.map((word) => word.replace(/=.*/s, ''));
  return find(commands, command) ?? given.map((word) => find(flags, word)).find((hint) => hint !== undefined);
}
