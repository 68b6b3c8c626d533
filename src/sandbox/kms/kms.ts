import { mergedTags } from '../iam/iam-request.ts';
import { type Answer, jsonAnswer } from '../wire/answer.ts';
import { notImplemented } from '../wire/not-implemented.ts';
import type { Operation } from '../wire/operation.ts';
import { ALIAS_OPERATIONS } from './aliases.ts';
import { CRYPTO_OPERATIONS } from './crypto.ts';
import { GRANT_OPERATIONS } from './grants.ts';
import { KEY_OPERATIONS, newTags } from './keys.ts';
import { type KmsOperation, keyOf, kmsPage, kmsRequest, refuseStates } from './kms-request.ts';
import { KEY_POLICY_OPERATIONS } from './policies.ts';

const TAG_OPERATIONS: Readonly<Record<string, KmsOperation>> = {
  ListResourceTags: (request) => {
    const tags = keyOf(request).tags.map((tag) => ({ TagKey: tag.Key, TagValue: tag.Value }));
    const { page, paging } = kmsPage(request, tags, 50);
    return { Tags: page, ...paging };
  },
  TagResource: (request) => {
    const key = keyOf(request);
    refuseStates(key, 'PendingDeletion');
    key.tags = mergedTags(key.tags, newTags(request));
  },
  UntagResource: (request) => {
    const key = keyOf(request);
    refuseStates(key, 'PendingDeletion');
    const removed: readonly unknown[] = Array.isArray(request.input.TagKeys) ? request.input.TagKeys : [];
    key.tags = key.tags.filter((tag) => !removed.includes(tag.Key));
  },
};

const OPERATIONS = {
  ...KEY_OPERATIONS,
  ...KEY_POLICY_OPERATIONS,
  ...ALIAS_OPERATIONS,
  ...CRYPTO_OPERATIONS,
  ...GRANT_OPERATIONS,
  ...TAG_OPERATIONS,
};

/** Answers a KMS request. */
export function answerKms(operation: Operation): Answer {
  const run = Object.hasOwn(OPERATIONS, operation.call.operation) ? OPERATIONS[operation.call.operation] : undefined;
  if (run === undefined) throw notImplemented(operation.call);
  removeExpiredKeys(operation);
  return jsonAnswer(run(kmsRequest(operation)));
}

/** Removes the keys whose waiting period is over, with their aliases. */
function removeExpiredKeys({ state, now }: Operation): void {
  for (const key of Object.values(state.keys)) {
    if (key.state !== 'PendingDeletion' || (key.deletionDate ?? now) > now) continue;
    delete state.keys[key.arn];
    for (const alias of Object.values(state.aliases)) if (alias.keyId === key.id) delete state.aliases[alias.arn];
  }
}
