import { mergeTags } from '../iam/iam-request.ts';
import { type Answer, jsonAnswer } from '../wire/answer.ts';
import { notImplemented } from '../wire/not-implemented.ts';
import type { Operation } from '../wire/operation.ts';
import { aliasOperations } from './aliases.ts';
import { cryptoOperations } from './crypto.ts';
import { grantOperations } from './grants.ts';
import { keyOperations, newTags } from './keys.ts';
import { type KmsOperation, keyOf, kmsPage, kmsRequest, refuseStates } from './kms-request.ts';
import { keyPolicyOperations } from './policies.ts';

const tagOperations: Readonly<Record<string, KmsOperation>> = {
  ListResourceTags: (request) => {
    const tags = keyOf(request).tags.map((tag) => ({ TagKey: tag.Key, TagValue: tag.Value }));
    const { page, paging } = kmsPage(request, tags, 50);
    return { Tags: page, ...paging };
  },
  TagResource: (request) => {
    const key = keyOf(request);
    refuseStates(key, 'PendingDeletion');
    key.tags = mergeTags(key.tags, newTags(request));
  },
  UntagResource: (request) => {
    const key = keyOf(request);
    refuseStates(key, 'PendingDeletion');
    const removed: readonly unknown[] = Array.isArray(request.input.TagKeys) ? request.input.TagKeys : [];
    key.tags = key.tags.filter((tag) => !removed.includes(tag.Key));
  },
};

const operations = {
  ...keyOperations,
  ...keyPolicyOperations,
  ...aliasOperations,
  ...cryptoOperations,
  ...grantOperations,
  ...tagOperations,
};

export function answerKms(operation: Operation): Answer {
  const run = Object.hasOwn(operations, operation.call.operation) ? operations[operation.call.operation] : undefined;
  if (run === undefined) throw notImplemented(operation.call);
  removeExpiredKeys(operation);
  return jsonAnswer(run(kmsRequest(operation)));
}

/** Their waiting period is over; their aliases go too. */
function removeExpiredKeys({ state, now }: Operation): void {
  for (const key of Object.values(state.keys)) {
    if (key.state !== 'PendingDeletion' || (key.deletionDate ?? now) > now) continue;
    delete state.keys[key.arn];
    for (const alias of Object.values(state.aliases)) if (alias.keyId === key.id) delete state.aliases[alias.arn];
  }
}
