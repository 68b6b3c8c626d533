/**
 * What others may do at the same time: right before a call is sent it is made sure that it still does what was planned
 * (docs/decisions/0009-races.md).
 */

import type { Tags } from '../aws/documents.ts';
import { statusOf } from '../connect/absent.ts';
import type { Connection } from '../connect/connection.ts';
import type { Event, Report } from '../events/event.ts';
import { Failure } from '../events/failure.ts';
import { readBucketTags } from '../observe/bucket.ts';
import { keyArnBehind, readOwnKeys } from '../observe/key.ts';
import { readAgain } from '../observe/observe.ts';
import { readRole } from '../observe/role.ts';
import type { Call, Change, SeenDocument } from '../state/change.ts';
import { keyUseTag, ownerTag } from '../state/names.ts';
import { documentIn, sameDocument, type Versions } from './versions.ts';

/** AWS shows a document as it was before this run wrote it: it may only be late. */
export class NotShownYet extends Failure {}

/** The document is as it was to become already: there is nothing to write. */
export class ThereAlready extends Error {}

/**
 * Reads a document again that is about to be replaced.
 *
 * @returns `theirs-vanished` where this run planned with what someone else wrote, and the document is back as this run wrote it.
 * @throws ThereAlready; Failure `blocked` where the document is no longer what the plan has seen.
 */
export async function assertUnchanged(
  at: Connection,
  call: Call,
  seen: SeenDocument,
  versions: Versions,
): Promise<'unchanged' | 'theirs-vanished'> {
  const present = await readAgain(at, seen);
  if (sameDocument(seen, present, seen.is)) return 'unchanged';
  if (sameDocument(seen, present, documentIn(call))) throw new ThereAlready();
  switch (versions.knows(seen, present)) {
    case 'written':
      return 'theirs-vanished';
    case 'seen':
      throw stale(NotShownYet, seen);
    default:
      throw stale(Failure, seen);
  }
}

function stale(Kind: typeof Failure, seen: SeenDocument): Failure {
  return new Kind(
    'blocked',
    'stale-plan',
    `the ${nameOf(seen)} was changed by someone else since the plan was made`,
    'run the same command again: it plans anew from what is there now',
  );
}

/** For people: `bucket policy of acme-invoices-replica`. */
export function nameOf({ document, of }: Pick<SeenDocument, 'document' | 'of'>): string {
  return `${document.replace('-', ' ')} of ${of}`;
}

/**
 * Looks again, where a key is to be made in a set-up that has its role already: another run that has made the role may be
 * making the key by now.
 *
 * @throws Failure `blocked` where the key is there.
 */
export async function assertNoKeyYet(at: Connection, { input }: Call, change: Change): Promise<void> {
  const tags = tagsIn(input.Tags);
  const alias = aliasIn(change);
  const [named, tagged] = await Promise.all([
    alias === undefined ? null : keyArnBehind(at, alias),
    readOwnKeys(at, tags[ownerTag] ?? ''),
  ]);
  if (named === null && !tagged.some((key) => key.tags[keyUseTag] === tags[keyUseTag])) return;
  throw new Failure(
    'blocked',
    'stale-plan',
    `the ${change.resource} exists by now: another run has made it since the plan was made`,
    'run the same command again: it plans anew from what is there now',
  );
}

/**
 * What is to go and is gone already, whoever took it, is done. So is a creation that meets its own work, after its answer was
 * lost and the SDK has sent it again, or that of another run of the same set-up. Only the role is the work of one run alone:
 * the other one stops before it makes keys.
 *
 * @throws the error itself, or Failure `blocked` where someone else has made the thing since we looked.
 */
export async function doneAlready(at: Connection, call: Call, error: unknown, report: Report): Promise<void> {
  const { name, message = '', $metadata } = error as Error & { $metadata?: { attempts?: number } };
  const notThere = /^Delete/.test(call.operation) && /^(NoSuchEntity(Exception)?|NotFoundException)$/.test(name);
  const scheduled = call.operation === 'ScheduleKeyDeletion' && /pending deletion/i.test(message);
  if (scheduled || (notThere && (await isGone(at, call)))) return;
  const exists = /^(BucketAlreadyOwnedByYou|EntityAlreadyExists(Exception)?|AlreadyExistsException)$/.test(name);
  if (!exists) throw error;
  const again = ($metadata?.attempts ?? 1) > 1;
  const isOurs = await madeByUs(at, call);
  if (isOurs === 'not shown yet' ? again : isOurs && (again || call.operation !== 'CreateRole')) return;
  if (call.operation === 'CreateAlias') report(leftOver(at, call));
  throw new Failure(
    'blocked',
    'stale-plan',
    `${call.operation}: it exists by now, someone else has made it since the plan was made`,
    'run the same command again: it plans anew from what is there now',
    { cause: error },
  );
}

/** Whether what AWS did not find is not there: after a while nothing would name a role any more that is left by mistake. */
async function isGone(at: Connection, { operation, input }: Call): Promise<boolean> {
  if (operation === 'DeleteAlias') return (await keyArnBehind(at, String(input.AliasName))) === null;
  if (!/^DeleteRole/.test(operation)) return true;
  const found = await readRole(at, String(input.RoleName));
  return (
    found === null || (operation === 'DeleteRolePolicy' && !(String(input.PolicyName) in found.role.inlinePolicies))
  );
}

/** Whether what exists is what the call would have made. */
async function madeByUs(at: Connection, { operation, input }: Call): Promise<boolean | 'not shown yet'> {
  const notThere = (status: number) => (error: unknown) => {
    if (statusOf(error) === status) return null;
    throw error;
  };
  switch (operation) {
    case 'CreateAlias': {
      const arn = await keyArnBehind(at, String(input.AliasName));
      return arn === null ? 'not shown yet' : arn === input.TargetKeyId;
    }
    case 'CreateRole': {
      const found = await readRole(at, String(input.RoleName));
      return found === null ? 'not shown yet' : found.role.tags[ownerTag] === tagsIn(input.Tags)[ownerTag];
    }
    case 'CreateBucket': {
      const { Tags } = input.CreateBucketConfiguration as { readonly Tags: unknown };
      const tags = await readBucketTags(at, String(input.Bucket)).catch(notThere(404));
      return tags === null ? 'not shown yet' : tags[ownerTag] === tagsIn(Tags)[ownerTag];
    }
    default:
      return false;
  }
}

/** KMS gives an alias to one key only, and nothing has learned of the other one yet. */
function leftOver({ account, region }: Connection, { input }: Call): Event {
  const key = String(input.TargetKeyId);
  return {
    type: 'warning',
    code: 'key-left-over',
    message: `${input.AliasName} went to a key that another run has made: ${key} is left over, and nothing uses it`,
    fix: `in account ${account}: aws kms schedule-key-deletion --key-id ${key} --pending-window-in-days 30 --region ${region}`,
  };
}

function aliasIn({ calls }: Change): string | undefined {
  const input = calls.find(({ operation }) => operation === 'CreateAlias')?.input;
  return input && String(input.AliasName);
}

/** Tags as a call carries them: S3 and IAM name their members otherwise than KMS. */
function tagsIn(list: unknown): Tags {
  const entries = list as readonly Readonly<Record<string, string>>[];
  return Object.fromEntries(entries.map((tag) => [tag.Key ?? tag.TagKey ?? '', tag.Value ?? tag.TagValue ?? '']));
}
