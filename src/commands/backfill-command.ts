import type { Declaration } from './declaration.ts';

/** Options of `backfill` that say what a new job is to be. `--explain` and `--cancel` pass over them, so that they can be added to the command that started a job. */
const ofNewJobs = ['manifest', 'report', 'fullReport', 'rule', 'status', 'createdAfter', 'createdBefore', 'maxObjects'];

export const backfill: Declaration = {
  name: 'backfill',
  description: 'replicate existing and FAILED objects, by S3 Batch Replication',
  readsOnly: ({ list, explain }) => list === true || explain !== undefined,
  writes: 'confirmed',
  jointly: 'Start these jobs',
  aboutOne: ['cancel', 'explain', 'rule', 'manifest', 'out'],
  options: [
    ['--rule <id>', 'only objects of this rule (may be repeated)', { repeated: true }],
    [
      '--status <list>',
      'none,failed where left out; or completed, replica',
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
      { parse: async () => (await import('../session/backfill-options.ts')).parsePriority, default: 10, hidden: true },
    ],
    [
      '--report <place>',
      'where S3 reports what failed: BUCKET/PREFIX',
      { parse: async () => (await import('../session/backfill-options.ts')).parseReport },
    ],
    ['--no-report', 'let the job write no report'],
    ['--full-report', 'report also what was replicated', { hidden: true }],
    ['--out <file>', 'write all that failed to this file, as CSV'],
    ['--manifest <list>', 'exactly these: a CSV file, or s3://BUCKET/KEY'],
    ['--manifest-keys <how>', 'how the file has its keys', { choices: ['plain', 'url-encoded'], hidden: true }],
    ['--no-wait', 'end as soon as the job goes on by itself'],
    ['--force', 'start a job although its objects would fail'],
    ['--list', 'list the jobs', { conflicts: ['cancel', 'explain', 'out', ...ofNewJobs] }],
    [
      '--explain <job>',
      'explain the result of this finished job',
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
    'yes',
    'configs',
  ],
  help: `
Run again, it goes on with the job that is under way, or does what is left.
Ctrl-C stops watching: the job goes on. You see what it costs before it starts.
Rarely needed: --full-report, --priority, --manifest-keys (docs/backfill.md).

Examples:
$ s3repl backfill
$ s3repl backfill --status failed --yes --max-objects 100000    # in a pipeline
$ s3repl backfill --no-wait --yes; s3repl backfill --list
$ s3repl backfill --config docs/examples/invoices.yaml --sandbox --yes`,
  load: { session: () => import('./backfill.ts') },
};
