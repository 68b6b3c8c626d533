/** One result a check. What was not read, or not come to, is never ok. */
import type { CheckEntry, CheckId } from './catalogue/entry.ts';
import { catalogue } from './catalogue.ts';
import type { CheckResult, Level, Sighting } from './diagnosis.ts';
import type { Scope } from './scope.ts';
import type { Reach } from './sightings.ts';

/**
 * The results of all checks that apply.
 *
 * @param reach how far S3 would get: checks that nothing was said about, and that lie beyond, were not come to.
 */
export function checkResults(scope: Scope, sightings: readonly Sighting[], reach: Reach): readonly CheckResult[] {
  const said = saidIn(sightings);
  return catalogue.flatMap((entry) => resultOf(entry, scope, said, reach) ?? []);
}

/** The results of the checks that something was said about, and no others. */
export function mentionedChecks(sightings: readonly Sighting[]): readonly CheckResult[] {
  const said = saidIn(sightings);
  return catalogue.flatMap(({ id, title }) => {
    const status = worstOf(said, id);
    return status === undefined ? [] : [{ check: id, title, status }];
  });
}

/** What was said, by check. */
interface Said {
  readonly levels: ReadonlyMap<CheckId, ReadonlySet<Level>>;
  /** Checks whose call is refused for a reason that is said under another one: a Deny, a condition. */
  readonly refused: ReadonlyMap<CheckId, CheckId>;
}

function saidIn(sightings: readonly Sighting[]): Said {
  const levels = new Map<CheckId, Set<Level>>();
  const refused = new Map<CheckId, CheckId>();
  for (const { level, cause } of sightings) {
    const { check, evidence } = cause;
    levels.set(check, (levels.get(check) ?? new Set()).add(level));
    const about = level === 'fails' && evidence.refused ? checkOfAction(evidence.refused.action) : undefined;
    if (about !== undefined && about !== check && !refused.has(about)) refused.set(about, check);
  }
  return { levels, refused };
}

function resultOf({ id, title }: CheckEntry, scope: Scope, said: Said, reach: Reach): CheckResult | undefined {
  const worst = worstOf(said, id);
  const elsewhere = said.refused.get(id);
  if (elsewhere !== undefined && worst !== 'failed') {
    return { check: id, title, status: 'failed', why: `see ${elsewhere}` };
  }
  if (worst === 'failed' || worst === 'unknown') return { check: id, title, status: worst };
  const inputs = inputsOf(id, scope);
  if (inputs?.includes('unknown')) {
    return { check: id, title, status: 'unknown', why: 'what it looks at is not there, or could not be read' };
  }
  if (worst !== undefined) return { check: id, title, status: worst };
  if (inputs === null) return undefined;
  const cameToIt = reach === 'all' || byDocuments.has(id) || (reach === 'source' && ofSource.has(id));
  return {
    check: id,
    title,
    ...(cameToIt ? { status: 'ok' } : { status: 'unknown', why: 'S3 does not get that far' }),
  };
}

function checkOfAction(action: string): CheckId | undefined {
  if (action.startsWith('kms:')) return 'C21';
  if (/Retention$|LegalHold$/.test(action)) return 'C15';
  if (/Tags$|Tagging$/.test(action)) return 'C17';
  if (/^s3:(?:Get|List)/.test(action)) return 'C11';
  const writes: Readonly<Record<string, CheckId>> = {
    's3:ReplicateObject': 'C13',
    's3:ReplicateDelete': 'C14',
    's3:ObjectOwnerOverrideToBucketOwner': 'C16',
  };
  return writes[action];
}

function worstOf({ levels }: Said, id: CheckId): CheckResult['status'] | undefined {
  const said = levels.get(id);
  if (said?.has('fails')) return 'failed';
  if (said?.has('unknown')) return 'unknown';
  return said?.has('warning') ? 'warning' : undefined;
}

/** Checks that a look at the documents answers, however far S3 would get. */
const byDocuments: ReadonlySet<CheckId> = new Set(
  'C03 C04 C05 C10 C28 C29 C31 C34 C36 C37 C38'.split(' ') as CheckId[],
);

/** Checks of what comes before the destination. */
const ofSource: ReadonlySet<CheckId> = new Set(['C01', 'C02', 'C11']);

/** What a check takes from the snapshot; null where it does not apply. */
function inputsOf(id: CheckId, scope: Scope): readonly unknown[] | null {
  const { prepared, rules, destinations, keys } = scope;
  const { source, role, snapshot } = prepared;
  // Nothing is there to be followed; what stands in the way is said of the rules themselves.
  if (rules.length === 0) {
    if (prepared.rules === 'unknown') return ['unknown'];
    if (id === 'C05') return [source.value ?? 'unknown'];
    return id === 'C03' ? [memberOf(source.value, 'replication')] : null;
  }
  const atSource = (name: keyof BucketMembers) => memberOf(source.value, name);
  const atDestinations = (name: keyof BucketMembers) => destinations.map(({ value }) => memberOf(value, name));
  const ofKeys = (name: 'metadata' | 'policy') => keys.map(({ value }) => memberOf(value, name));
  const rolePolicies = [role.value, ...prepared.identity, prepared.boundary];
  const objects = snapshot.objects === 'unknown' ? ['unknown'] : snapshot.objects.length > 0 ? [] : null;
  const when = (applies: boolean, ...inputs: readonly unknown[]) => (applies ? inputs : null);
  const crossAccount = destinations.some(({ account }) => account !== source.account);
  const withKeys = keys.length > 0;
  const isLocked = atSource('objectLock') !== null;
  switch (id) {
    case 'C01':
      return [role.value];
    case 'C02':
      return [memberOf(role.value, 'trustPolicy')];
    case 'C03':
    case 'C04':
    case 'C28':
      return [atSource('replication')];
    case 'C05':
      return [source, ...destinations].map(({ value }) => value ?? 'unknown');
    case 'C06':
      return [atSource('versioning'), ...atDestinations('versioning')];
    case 'C07':
      return when(crossAccount, ...atDestinations('requestPayment'));
    case 'C09':
      return when(isLocked, atSource('objectLock'), ...atDestinations('objectLock'));
    case 'C10':
      return [atSource('ownership')];
    case 'C11':
      return [...rolePolicies, atSource('policy')];
    case 'C12':
      return when(crossAccount, ...atDestinations('policy'));
    case 'C13':
      return [...rolePolicies, ...atDestinations('policy')];
    case 'C14':
      return when(
        rules.some((rule) => rule.deleteMarkers),
        ...rolePolicies,
        ...atDestinations('policy'),
      );
    case 'C15':
      return when(isLocked, ...rolePolicies, atSource('policy'), ...atDestinations('policy'));
    case 'C16':
      return when(
        rules.some((rule) => rule.ownerOverride),
        ...rolePolicies,
        ...atDestinations('policy'),
      );
    case 'C17':
      return [...rolePolicies, atSource('policy'), ...atDestinations('policy')];
    case 'C18':
      return when(withKeys, ...keys.map(({ value }) => value ?? 'unknown'));
    case 'C19':
    case 'C20':
      return when(withKeys, ...ofKeys('metadata'));
    case 'C21':
    case 'C22':
    case 'C24':
      return when(withKeys, ...ofKeys('policy'), ...rolePolicies);
    case 'C23':
      return when(
        withKeys,
        ...ofKeys('policy'),
        ...rolePolicies,
        ...atDestinations('encryption'),
        atSource('encryption'),
      );
    case 'C25':
    case 'C26':
      return when(withKeys, ...ofKeys('policy'));
    case 'C27':
      return atDestinations('encryption');
    case 'C29':
    case 'C36':
      return objects;
    case 'C30':
      return [...rolePolicies, atSource('policy'), ...atDestinations('policy'), ...ofKeys('policy')];
    case 'C31':
      return [atSource('lifecycle'), ...atDestinations('lifecycle')];
    case 'C34':
      return [atSource('notification')];
    case 'C37':
      return [...rolePolicies, memberOf(role.value, 'trustPolicy'), ...atDestinations('policy'), ...ofKeys('policy')];
    case 'C38':
      return [...rolePolicies, ...atDestinations('policy')];
    default:
      return null;
  }
}

type BucketMembers = Exclude<Scope['prepared']['source']['value'], null | 'unknown'>;

/** A member of a thing; of one that is not there nothing can be said. */
function memberOf<T extends object>(value: T | null | 'unknown', name: keyof T): unknown {
  return value === null || value === 'unknown' ? 'unknown' : value[name];
}
