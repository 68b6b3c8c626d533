/** All of them, by theme. */

import { buckets } from './destination.ts';
import { headers, keysOfDefaults } from './encryption.ts';
import { destinationKeys, sourceKeys } from './keys.ts';
import { locks, markers } from './kinds-of-versions.ts';
import type { Mutation } from './mutation.ts';
import { encryptions, owners } from './replica.ts';
import { rules } from './rules.ts';
import { readSettings, unreadSettings } from './settings.ts';
import { reads, roles } from './source.ts';
import { unread } from './unread.ts';

export const themes: Readonly<Record<string, readonly Mutation[]>> = {
  role: [...roles, ...reads],
  keys: [...sourceKeys, ...destinationKeys],
  destination: buckets,
  replica: [...owners, ...encryptions],
  'kinds-of-versions': [...markers, ...locks],
  rules,
  settings: [...unreadSettings, ...readSettings],
  encryption: [...headers, ...keysOfDefaults],
  unread,
};

export const mutations: readonly Mutation[] = Object.values(themes).flat();
