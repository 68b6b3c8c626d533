/** Whether what a file says is a state: the tables, and of what they hold what everything else relies on. */
import { emptyState, type SandboxState } from './state.ts';

type Shape =
  | 'string'
  | 'number'
  | 'object'
  | { readonly each: Shape }
  | { readonly list: Shape }
  | { readonly optional: Shape }
  | { readonly [member: string]: Shape };

const list: Shape = { list: 'object' };
const policy: Shape = { statements: list };
const rules: Shape = { Rules: list };
const named = { name: 'string', path: 'string', arn: 'string', id: 'string', created: 'number' } as const;

const shape: Shape = {
  now: 'number',
  accounts: {
    each: {
      roles: {
        each: {
          ...named,
          trust: policy,
          maxSessionDuration: 'number',
          tags: list,
          inline: { each: 'string' },
          attached: { list: 'string' },
        },
      },
      users: { each: named },
      policies: { each: { ...named, document: 'string' } },
    },
  },
  buckets: {
    each: {
      name: 'string',
      region: 'string',
      account: 'string',
      created: 'number',
      encryption: 'object',
      replication: { optional: rules },
      objects: { each: list },
      uploads: { each: 'object' },
    },
  },
  keys: {
    each: { arn: 'string', id: 'string', account: 'string', region: 'string', state: 'string', policy, tags: list },
  },
  aliases: { each: { name: 'string', arn: 'string', keyId: 'string' } },
  sessions: { each: { account: 'string', role: 'string', name: 'string', token: 'string', expires: 'number' } },
  replication: {
    queue: {
      each: { since: 'number', bucket: 'string', key: 'string', configuration: 'string', rules: { list: 'string' } },
    },
    configurations: { each: rules },
    metrics: { each: 'object' },
    events: { each: 'object' },
  },
};

/** Whether a tree has everything that an empty state has, and its entries what makes them what they are. */
export function isState(tree: object): tree is SandboxState {
  const empty: [string, unknown][] = Object.entries(emptyState(0));
  const members = new Map<string, unknown>(Object.entries(tree));
  return empty.every(([name, value]) => typeof members.get(name) === typeof value) && fits(tree, shape);
}

function fits(value: unknown, wanted: Shape): boolean {
  if (wanted === 'number') return typeof value === 'number' && Math.abs(value) <= latest;
  if (wanted === 'object') return typeof value === 'object' && value !== null;
  if (typeof wanted === 'string') return typeof value === wanted;
  if ('optional' in wanted) return value === undefined || fits(value, wanted.optional);
  if (typeof value !== 'object' || value === null) return false;
  if ('list' in wanted) return Array.isArray(value) && value.every((one) => fits(one, wanted.list));
  if (Array.isArray(value)) return false;
  if ('each' in wanted) return Object.values(value).every((one) => fits(one, wanted.each));
  const members = new Map<string, unknown>(Object.entries(value));
  return Object.entries(wanted).every(([name, one]) => fits(members.get(name), one));
}

/** The last time that a Date holds (ECMA-262, 21.4.1.1). */
const latest = 8.64e15;
