import type { Declaration } from './declaration.ts';

export const doctor: Declaration = {
  name: 'doctor',
  description: 'say why objects do not, or would not, replicate, with a fix for each cause; changes nothing',
  readsOnly: ({ bucket, snapshot }) => bucket === undefined && snapshot === undefined,
  aboutOne: ['saveSnapshot', 'object'],
  options: [
    [
      '--snapshot <file>',
      'look at a saved snapshot: no AWS, no configuration',
      { conflicts: ['bucket', 'saveSnapshot', 'config'] },
    ],
    ['--save-snapshot <file>', 'save what was read, without credentials and content of objects'],
    ['--object <key>', 'explain one object: KEY or KEY?versionId=ID'],
    [
      '--bucket <name>',
      'the source bucket of a setup that has no repl.yaml',
      { parse: async () => (await import('../session/given-bucket.ts')).parseBucket, conflicts: ['config'] },
    ],
    ['--all', 'list every check, also those that passed'],
    [
      '--sample <n>',
      'how many of the newest versions to look at',
      { parse: async () => (await import('../session/doctor-options.ts')).parseSample, default: 100 },
    ],
    [
      '--except <objects>',
      'objects that are left out on purpose, so that their failures do not count: hr/*, tag=NAME=VALUE or encryption=SSE-S3 (may be repeated)',
      { parse: async () => (await import('../session/doctor-options.ts')).parseExcept, repeated: true },
    ],
    'summary',
    'configs',
  ],
  help: `
Examples:
  $ s3repl doctor
  $ s3repl doctor --except 'hr/*' --except tag=classification=secret
  $ s3repl doctor --object Tax/2026.pdf
  $ s3repl doctor --bucket acme-invoices --profile prod
  $ s3repl doctor --save-snapshot snapshot.json
  $ s3repl doctor --snapshot snapshot.json --json     # offline, for a pipeline`,
  load: { action: () => import('./doctor.ts') },
};
