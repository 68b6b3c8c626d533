import { usualSince } from '../session/usual-since.ts';
import type { Declaration } from './declaration.ts';

export const status: Declaration = {
  name: 'status',
  description: 'show how replication is doing; changes nothing',
  readsOnly: ({ bucket }) => bucket === undefined,
  aboutOne: ['watch'],
  options: [
    [
      '--since <time>',
      'the period to look back: 1h to 14d',
      {
        parse: async () => (await import('../session/status-options.ts')).parseSince,
        default: usualSince,
        defaultText: '24h',
      },
    ],
    ['--watch', 'look again each minute, until q or Ctrl-C'],
    [
      '--bucket <name>',
      'the source bucket of a setup that has no repl.yaml',
      { parse: async () => (await import('../session/given-bucket.ts')).parseBucket, conflicts: ['config'] },
    ],
    ['--ascii', 'plain characters only'],
    'deadline',
    'summary',
    'configs',
  ],
  help: `
For each rule: what is pending, latency, what failed; the newest versions,
jobs, alarms, and the KMS quota. What is not known is never shown as 0.

Exit 5: something failed in the last hour, the newest version of a rule FAILED,
or a rule is not as in repl.yaml. Exit 6: s3repl could not read what decides.

Examples:
  $ s3repl status
  $ s3repl status --since 7d
  $ s3repl status --watch
  $ s3repl status --bucket acme-invoices --profile prod
  $ s3repl status --config pairs/ --json       # every *.yaml in a folder`,
  load: { action: () => import('./status.ts') },
};
