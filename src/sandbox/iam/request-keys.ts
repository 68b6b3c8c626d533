import type { Question } from '../../model/decision.ts';
import { vpcKeys } from '../../model/replication/request-keys.ts';
import type { Tag } from '../s3/shapes.ts';
import type { Operation } from '../wire/operation.ts';
import type { Call } from '../wire/route.ts';
import type { Caller } from './identity.ts';

type Context = Question['context'];

/** The sandbox has no VPCs and no MFA. */
const absentKeys: Context = Object.fromEntries(vpcKeys.map((key) => [key, []]));

const sourceIp = '127.0.0.1';

/** Computed once for each request: an operation may ask for several actions. */
const known = new WeakMap<Call, Context>();

/** Without the principal's name and account, which follow from the caller. */
export function globalKeys({ caller, call, now }: Pick<Operation, 'caller' | 'call' | 'now'>): Context {
  const keys = known.get(call) ?? newKeys(caller, call, now);
  known.set(call, keys);
  return keys;
}

function newKeys({ session }: Caller, call: Call, now: number): Context {
  return {
    ...absentKeys,
    'aws:CurrentTime': new Date(now).toISOString(),
    'aws:EpochTime': String(Math.floor(now / 1000)),
    'aws:Referer': call.headers.referer ?? [],
    'aws:RequestedRegion': call.region,
    // As behind a proxy that ends TLS: requests of this process and over loopback count as sent over TLS, unless they say otherwise.
    'aws:SecureTransport': String(call.headers['x-forwarded-proto'] !== 'http'),
    'aws:SourceIp': sourceIp,
    'aws:TokenIssueTime': session?.issued === undefined ? [] : new Date(session.issued).toISOString(),
    'aws:ViaAWSService': 'false',
    'aws:UserAgent': call.headers['user-agent'] ?? [],
    ...tagKeys('aws:PrincipalTag/', session?.role.tags),
  };
}

export function tagKeys(prefix: string, tags: readonly Tag[] = []): Context {
  return Object.fromEntries(tags.map(({ Key, Value }) => [prefix + Key, Value]));
}

export function requestTagKeys(tags: readonly Tag[]): Context {
  return { ...tagKeys('aws:RequestTag/', tags), 'aws:TagKeys': tags.map(({ Key }) => Key) };
}
