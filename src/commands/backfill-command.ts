import type { Declaration } from './declaration.ts';

/** Options of `backfill` that say what a new job is to be. `--explain` and `--cancel` pass over them, so that they can be added to the command that started a job. */
const ofNewJobs = ['manifest', 'report', 'fullReport', 'rule', 'status', 'createdAfter', 'createdBefore', 'maxObjects'];

export const backfill: Declaration = {
  name: 'backfill',
  description: 'replicate what was there before, and what FAILED, by a job of S3 Batch Replication',
  writes: 'confirmed',
  jointly: 'Start these jobs',
  aboutOne: ['cancel', 'explain', 'rule', 'manifest', 'out'],
  options: [
    ['--rule <id>', 'only objects of this rule (may be repeated)', { repeated: true }],
    [
      '--status <list>',
      'none, failed, completed, replica (default: none,failed)',
      { parse: async () => (await import('../session/backfill-options.ts')).parseStatuses },
    ],
    [
      '--created-after <time>',
      'only versions created after this date or time',
      { parse: async () => (await import('../session/backfill-options.ts')).parseTime },
    ],
    [
      '--created-before <time>',
      'only versions created before it',
      { parse: async () => (await import('../session/backfill-options.ts')).parseTime },
    ],
    [
      '--max-objects <n>',
      'cancel a job that would take more objects than this',
      { parse: async () => (await import('../session/backfill-options.ts')).parseObjects },
    ],
    [
      '--priority <n>',
      'the higher one goes first',
      { parse: async () => (await import('../session/backfill-options.ts')).parsePriority, default: 10 },
    ],
    [
      '--report <place>',
      'where S3 reports what failed: BUCKET/PREFIX',
      { parse: async () => (await import('../session/backfill-options.ts')).parseReport },
    ],
    ['--no-report', 'let the job write no report'],
    ['--full-report', 'report also what was replicated'],
    ['--out <file>', 'write all that failed to this file, as CSV'],
    ['--manifest <list>', 'exactly these: a CSV file, or s3://BUCKET/KEY'],
    ['--manifest-keys <how>', 'how the file has its keys', { choices: ['plain', 'url-encoded'] }],
    ['--no-wait', 'end as soon as the job goes on by itself'],
    ['--force', 'start a job although its objects would fail'],
    ['--list', 'list the jobs', { conflicts: ['cancel', 'explain', 'out', ...ofNewJobs] }],
    [
      '--explain <job>',
      'say what came of this job, which is over',
      {
        parse: async () => (await import('../session/backfill-options.ts')).parseJobId,
        conflicts: ['cancel'],
      },
    ],
    [
      '--cancel <job>',
      'end this job; what it has replicated stays',
      { parse: async () => (await import('../session/backfill-options.ts')).parseJobId },
    ],
    'deadline',
    'summary',
    'configs',
  ],
  help: `
Live replication never looks back, and S3 never tries a FAILED object again.
Run again, it goes on with the job that is under way, or does what is left.
Ctrl-C stops watching: the job goes on. What it costs is shown before it starts.

Examples:
$ s3repl backfill
$ s3repl backfill --status failed --yes --max-objects 100000    # in a pipeline
$ s3repl backfill --rule invoices --created-after 2026-01-01
$ s3repl backfill --no-wait --yes; s3repl backfill --list
$ s3repl backfill --config docs/examples/invoices.yaml --sandbox --yes`,
  load: { session: () => import('./backfill.ts') },
};
