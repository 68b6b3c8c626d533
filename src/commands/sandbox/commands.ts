/** In the order of its help. */
import type { Declaration, Operand, OwnOption, SharedOptions } from '../declaration.ts';
import { defaultPort } from './port.ts';

const given = { sandbox: true } as const;
const objectOptions: readonly (OwnOption | SharedOptions)[] = [
  'output',
  'state',
  ['--as <account>', "act as the administrator of this account (default: the bucket's owner)"],
];
const file: Operand = { form: '[file]', name: 'file', default: '-' };

export const commands: readonly Declaration[] = [
  {
    name: 'sandbox serve',
    description: 'answer the AWS CLI, boto3 and other tools on this machine, until Ctrl-C',
    given,
    options: [
      ['--port <port>', 'port on 127.0.0.1; 0 takes any free port', { default: defaultPort }],
      'output of calls',
      'state',
      'practice',
    ],
    load: { action: () => import('./serve.ts') },
  },
  {
    name: 'sandbox credentials',
    description: 'print export lines that let other tools use the served sandbox',
    given,
    operands: [
      { form: '<account>', name: 'account', description: 'act as the administrator of this account: any 12 digits' },
    ],
    options: [
      ['--port <port>', `where it is served (default: where it is, else ${defaultPort})`],
      ['--region <region>', 'the default Region', { default: 'eu-west-1' }],
      'output',
      'state',
    ],
    help: `
Example:
  $ eval "$(s3repl sandbox credentials 111111111111)"`,
    load: { action: () => import('./credentials.ts') },
  },
  {
    name: 'sandbox status',
    description: 'list what is there: accounts with their buckets, keys and roles',
    given,
    options: ['output', 'state'],
    load: { action: () => import('./status.ts') },
  },
  {
    name: 'sandbox ls',
    description: 'list buckets, or the objects of one with replication status and key',
    given,
    operands: [{ form: '[bucket/prefix]', name: 'target' }],
    options: [...objectOptions, ['--versions', 'all versions and delete markers']],
    load: { action: () => import('./ls.ts') },
  },
  {
    name: 'sandbox put',
    description: 'put an object, and show whether it replicated',
    given,
    operands: [
      {
        form: '<bucket/key>',
        name: 'target',
        description: 'where to; a key that ends in / goes on with the name of the file',
      },
      { ...file, description: 'what; -: standard input' },
    ],
    options: objectOptions,
    load: { action: () => import('./put.ts') },
  },
  {
    name: 'sandbox get',
    description: 'get an object',
    given,
    operands: [
      { form: '<bucket/key>', name: 'target' },
      { ...file, description: 'where to; -: standard output' },
    ],
    options: [...objectOptions, ['--version-id <id>', 'this version (default: the current one)']],
    load: { action: () => import('./get.ts') },
  },
  {
    name: 'sandbox confirm',
    description: 'confirm what a mail address is subscribed to, as its reader would with the link in the mail',
    given,
    operands: [{ form: '<email>', name: 'email' }],
    options: ['output', 'state'],
    load: { action: () => import('./confirm.ts') },
  },
  {
    name: 'sandbox messages',
    description: 'messages that topics got: from whom, when, and to whom they were delivered',
    given,
    operands: [{ form: '[topic]', name: 'topic', description: 'name or ARN (default: all topics)' }],
    options: ['output', 'state'],
    load: { action: () => import('./messages.ts') },
  },
  {
    name: 'sandbox reset',
    description: 'empty the sandbox: delete its accounts, buckets, keys and roles',
    given,
    options: ['output', 'state'],
    load: { action: () => import('./reset.ts') },
  },
];
