/** All of them, by theme. */

import { controlPolicies } from './control-policies.ts';
import { buckets } from './destination.ts';
import { headers, keysOfDefaults } from './encryption.ts';
import { grants } from './grants.ts';
import { keyGrants } from './key-grants.ts';
import { destinationKeys, sourceKeys } from './keys.ts';
import { locks, markers } from './kinds-of-versions.ts';
import type { Mutation } from './mutation.ts';
import { objects } from './objects.ts';
import { oneSide } from './one-side.ts';
import { publicAccess } from './public-access.ts';
import { encryptions, owners } from './replica.ts';
import { requests } from './requests.ts';
import { rules } from './rules.ts';
import { readSettings, unreadSettings } from './settings.ts';
import { reads, roles } from './source.ts';
import { trusts } from './trust.ts';
import { unread } from './unread.ts';
import { sent, whose } from './whose-request.ts';

export const themes: Readonly<Record<string, readonly Mutation[]>> = {
  role: [...roles, ...reads],
  keys: [...sourceKeys, ...destinationKeys],
  'key-grants': keyGrants,
  'one-side': oneSide,
  'public-access': publicAccess,
  trust: trusts,
  'control-policies': controlPolicies,
  objects,
  grants,
  requests,
  'whose-request': [...sent, ...whose],
  destination: buckets,
  replica: [...owners, ...encryptions],
  'kinds-of-versions': [...markers, ...locks],
  rules,
  settings: [...unreadSettings, ...readSettings],
  encryption: [...headers, ...keysOfDefaults],
  unread,
};

export const mutations: readonly Mutation[] = Object.values(themes).flat();
