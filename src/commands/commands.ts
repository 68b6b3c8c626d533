/** In the order of the help. Each command has a file of its own, loaded when it runs. */

import { usualWait } from '../session/usual-wait.ts';
import { purposes, usualPurposes } from '../state/need.ts';
import { backfill } from './backfill-command.ts';
import type { Declaration, OptionDetails } from './declaration.ts';
import { doctor } from './doctor-command.ts';
import { status } from './status-command.ts';

const minutes: OptionDetails = {
  parse: async () => (await import('../session/duration.ts')).parseMinutes,
  default: usualWait,
  defaultText: `${usualWait}m`,
};

export const commands: readonly Declaration[] = [
  {
    name: 'init',
    description: 'ask a few questions, show what will happen, write repl.yaml, and apply it if you say so',
    options: [
      ['--advanced', 'ask about everything: role, permissions boundary, priorities, more destinations'],
      ['--full', 'write every value to repl.yaml, not only what differs from the defaults'],
      ['--plain', 'plain lines and numbers in place of lists that redraw themselves (for screen readers)'],
      'accept',
      'deadline of apply',
      'yes',
      'config',
    ],
    help: `
Every question has a flag of the same name. s3repl does not ask for what a flag
or repl.yaml says already. Ctrl-C leaves at any question, and the next init goes
on there.

Examples:
  $ s3repl init --sandbox          # practice, without AWS
  $ s3repl init
  $ s3repl init --profile prod --destination-profile dr`,
    load: { action: () => import('./init.ts') },
  },
  {
    name: 'plan',
    description: 'show what apply would do, as a diff of documents; changes nothing',
    readsOnly: () => true,
    aboutOne: ['out'],
    options: [
      [
        '--show <form>',
        'documents as a diff, or the same as commands of the AWS CLI',
        { choices: ['documents', 'commands'], default: 'documents' },
      ],
      ['--out <file>', 'save the plan; s3repl apply FILE applies exactly that'],
      ['--no-cost', 'without the prices'],
      ['--detailed-exitcode', 'exit 2 if there is something to change and new objects would replicate'],
      ['--force', 'plan even if new objects would not replicate (exit 5 all the same)'],
      'accept',
      'summary',
      'configs',
    ],
    help: `
Examples:
  $ s3repl plan
  $ s3repl plan --config a.yaml --config b.yaml
  $ s3repl plan --config repl.yaml --out replication.plan
  $ s3repl plan --show commands > setup.sh
  $ s3repl plan --detailed-exitcode --json     # drift in a pipeline: exit 2`,
    load: { session: () => import('./plan.ts') },
  },
  {
    name: 'apply',
    description: 'set up the replication that repl.yaml describes; run again, it changes nothing',
    writes: 'confirmed',
    aboutOne: ['plan'],
    operands: [
      {
        form: '[plan]',
        name: 'plan',
        description: 'a plan saved by s3repl plan --out: exactly that is applied',
      },
    ],
    options: [
      ['--verify', 'then prove it: write test objects, wait for their replicas, and remove both'],
      ['--force', 'apply even if new objects would not replicate (exit 5 or 6 all the same)'],
      ['--resend-confirmation', 'ask e-mail addresses that have not confirmed their alerts once more'],
      'accept',
      'deadline',
      'summary',
      'yes',
      'configs',
    ],
    help: `
Examples:
  $ s3repl apply
  $ s3repl apply --config repl.yaml --yes --json    # in a pipeline
  $ s3repl apply --yes --deadline 15m          # run again, it goes on
  $ s3repl apply replication.plan
  $ s3repl apply --config pairs/ --yes         # every *.yaml in a folder
  $ s3repl apply --config docs/examples/invoices.yaml --sandbox --yes`,
    load: { session: () => import('./apply.ts') },
  },
  {
    name: 'permissions',
    description: 'print the IAM policies that the roles you sign in with need, and what they would allow',
    readsOnly: () => true,
    options: [
      ['--account <id>', 'only the policy for this account, as a document to attach'],
      ['--for <command...>', `for these only (default: ${usualPurposes.join(', ')})`, { choices: purposes }],
      ['--boundary', 'require a permissions boundary for the replication role, and print that policy too'],
      [
        '--boundary-policy',
        'only the permissions boundary, as a document to create',
        { conflicts: ['account', 'for', 'fromLive'] },
      ],
      ['--from-live', 'sign in (read only), and name the keys that are on AWS in place of tags and aliases'],
      'config',
    ],
    help: `
Examples:
  $ s3repl permissions
  $ s3repl permissions --account 111111111111 > policy.json
  $ s3repl permissions --for plan                      # for pull requests
  $ s3repl permissions --for destroy delete-keys
  $ s3repl permissions --boundary-policy > boundary.json
  $ s3repl permissions --boundary --from-live          # holders gain no rights`,
    load: { action: () => import('./permissions.ts') },
  },
  doctor,
  {
    name: 'verify',
    description: 'prove that it works: write small objects for each rule, wait for their replicas, remove both',
    readsOnly: ({ canary, alerts }) => canary === false && alerts !== true,
    options: [
      ['--no-canary', 'write no object: only check what is there, and the policies'],
      [
        '--canary-prefix <prefix>',
        'where canaries are written (default: .s3repl-canary/)',
        { parse: async () => (await import('../session/key-prefix.ts')).keyPrefix },
      ],
      [
        '--alerts',
        'instead, try the alerts: for a moment, an alarm is set to ALARM for each topic, and everybody subscribed gets a message',
        { conflicts: ['canaryPrefix'] },
      ],
      ['--timeout <duration>', 'how long to wait for the replicas', minutes],
      'deadline',
      'summary',
      'configs',
    ],
    help: `
It asks nobody.

Examples:
  $ s3repl verify
  $ s3repl verify --no-canary --json        # writes nothing
  $ s3repl verify --alerts                  # does an alarm reach anybody?
  $ s3repl verify --config pairs/           # every *.yaml in a folder
  $ s3repl verify --timeout 30m
  $ s3repl verify --deadline 20m            # the whole run ends by then`,
    load: { session: () => import('./verify.ts') },
  },
  backfill,
  status,
  {
    name: 'destroy',
    description: 'remove what s3repl created, and only that; objects, buckets and keys stay',
    writes: 'typed',
    options: [
      ['--no-wait', 'remove the permissions even while objects are PENDING: those may fail for good'],
      ['--timeout <duration>', 'how long to wait for PENDING objects', minutes],
      ['--delete-keys', 'also delete the keys that s3repl made, after 30 days'],
      [
        '--force',
        'with --delete-keys: also where a bucket or an object still uses them',
        { onlyWith: '--delete-keys' },
      ],
      ['--cancel-backfill', 'cancel the backfill job that still runs, and wait until it ends'],
      'accept-breaking',
      'deadline',
      'summary',
      'yes',
      'configs',
    ],
    help: `
It asks for the name of the configuration, or for the number of several; --yes
answers that.

Examples:
  $ s3repl destroy
  $ s3repl destroy --config repl.yaml --yes --json    # in a pipeline
  $ s3repl destroy --yes --deadline 30m       # run again, it goes on
  $ s3repl destroy --delete-keys              # refused while they are in use
  $ s3repl destroy --config docs/examples/invoices.yaml --sandbox --yes`,
    load: { session: () => import('./destroy.ts') },
  },
  {
    name: 'completion',
    description: 'print a script that lets Tab complete in your shell',
    operands: [{ form: '<shell>', name: 'shell', choices: ['bash', 'zsh', 'fish', 'powershell'] }],
    options: ['output'],
    help: `
Examples:
  $ s3repl completion bash > ~/.local/share/bash-completion/completions/s3repl
  $ s3repl completion zsh > "\${fpath[1]}/_s3repl"
  $ s3repl completion fish > ~/.config/fish/completions/s3repl.fish
  $ s3repl completion powershell >> $PROFILE`,
    load: { action: () => import('./completion.ts') },
  },
  {
    name: 'sandbox',
    description: 'the built-in practice cloud that --sandbox uses instead of AWS',
    options: [],
    help: `
Examples:
  $ s3repl apply --sandbox                       # set something up in it
  $ s3repl sandbox put BUCKET/KEY FILE           # and try it
  $ s3repl sandbox ls BUCKET --versions
  $ s3repl sandbox serve &                       # the same for the AWS CLI
  $ eval "$(s3repl sandbox credentials 111111111111)"; aws s3 ls`,
    load: { commands: () => import('./sandbox/commands.ts') },
  },
];
