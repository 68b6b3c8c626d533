import { nameIn } from '../aws/arn.ts';
import type { Region } from '../aws/brand.ts';
import type { FlagValues } from '../config/flags.ts';
import type { SignIn } from '../connect/sign-in.ts';
import { readBucket } from '../observe/bucket.ts';
import { regionOfBucket } from '../observe/discover.ts';
import { explain } from '../session/explain.ts';
import type { BucketState, InaccessibleBucket } from '../state/state.ts';
import { defaultKeyOf, isKms } from '../steps/default-encryption.ts';
import { type Asking, regionAt, signInToSide, textAt } from './asking.ts';

export interface BucketLook {
  readonly objection?: string;
  /** What follows from the bucket, besides its name. */
  readonly values: FlagValues;
  readonly notes: readonly string[];
}

export async function lookAtBucket(asking: Asking, signIn: SignIn, name: string): Promise<BucketLook> {
  const { side } = asking.question;
  const region = regionAt(asking);
  let found: BucketState | InaccessibleBucket | null;
  try {
    found = await bucketAnywhere(signIn, region, name);
  } catch (error) {
    const { message, fix } = explain(error);
    const where = await regionOfBucket(signIn.inRegion(region), name);
    return { values: where ? { [`${side}.region`]: where } : {}, notes: [`${message}${fix ? ` → ${fix}` : ''}`] };
  }
  if (found === null) return { values: {}, notes: await notesOnMissing(asking, name) };
  if ('inaccessible' in found) return { objection: objectionToHidden(found, name, signIn), values: {}, notes: [] };
  const objection = await objectionTo(asking, found, name, signIn.account);
  return {
    ...(objection === undefined ? {} : { objection }),
    values: { [`${side}.region`]: found.region, ...(side === 'source' ? followBucket(found, asking) : {}) },
    notes: [factsOf(found, name), ...(side === 'source' ? replicationNotes(found) : [])],
  };
}

async function notesOnMissing(asking: Asking, name: string): Promise<readonly string[]> {
  const note = `${name} does not exist yet: s3repl will create it`;
  if (asking.question.side === 'source' || !(await sourceIsLocked(asking))) return [note];
  return [
    note,
    'The source bucket has Object Lock. Create this bucket with Object Lock first, or locked objects fail to replicate.',
  ];
}

function objectionToHidden({ owned }: InaccessibleBucket, name: string, { identity, account }: SignIn): string {
  const unlisted = `${identity} in account ${account} lacks s3:ListBucket on it`;
  const belongs = `${name} belongs to another account (bucket names are global: choose another name)`;
  if (owned === undefined) return `${belongs}, or ${unlisted}`;
  return owned ? `${name}: ${unlisted}` : belongs;
}

export async function bucketAnywhere(signIn: SignIn, region: Region, name: string) {
  const found = await readBucket(signIn.inRegion(region), name);
  const elsewhere = found && 'inaccessible' in found ? found.region : undefined;
  return elsewhere === undefined || elsewhere === region ? found : readBucket(signIn.inRegion(elsewhere), name);
}

async function objectionTo(asking: Asking, bucket: BucketState, name: string, account: string) {
  const algorithm = bucket.encryption?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm;
  const key = defaultKeyOf(bucket.encryption);
  if (isKms(algorithm) && (key === undefined || key.includes('alias/aws/'))) {
    return `${name} encrypts with the AWS managed key aws/s3, which does not work across accounts: set a customer managed key as its default encryption, or choose another bucket`;
  }
  if (asking.question.side === 'source') return undefined;
  if (bucket.requestPayment === 'Requester' && account !== textAt(asking, 'source.account')) {
    return `${name} is a Requester Pays bucket, and S3 does not replicate into those across accounts: choose another, or set its payer to BucketOwner`;
  }
  if (bucket.objectLock === null && (await sourceIsLocked(asking))) {
    return `the source bucket has Object Lock and ${name} does not, so locked objects would fail: enable Object Lock on ${name}, or choose another`;
  }
  return undefined;
}

async function sourceIsLocked(asking: Asking): Promise<boolean> {
  const bucket = textAt(asking, 'source.bucket');
  if (bucket === undefined) return false;
  const source: Asking = { ...asking, question: { ...asking.question, side: 'source' } };
  const signIn = await signInToSide(source);
  const found = signIn && (await bucketAnywhere(signIn, regionAt(source), bucket).catch(() => null));
  return Boolean(found && !('inaccessible' in found) && found.objectLock !== null);
}

function factsOf({ region, versioning, encryption }: BucketState, name: string): string {
  const algorithm = encryption?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm;
  return [
    name,
    region,
    versioning === 'Enabled' ? 'versioned' : 'not versioned (s3repl turns versioning on)',
    isKms(algorithm)
      ? 'SSE-KMS'
      : 'SSE-S3 (s3repl changes it to SSE-KMS: writers will need kms:GenerateDataKey on the key)',
  ].join(' · ');
}

const ownRule = /^s3repl\.([a-z][a-z0-9-]*)\./;

function replicationNotes({ replication }: BucketState): readonly string[] {
  const rules = replication?.Rules ?? [];
  const own = rules.flatMap(({ ID = '' }) => ownRule.exec(ID)?.[1] ?? []);
  const others = rules.filter(({ ID = '' }) => !ownRule.test(ID));
  return [
    ...(own.length > 0
      ? [`s3repl replicates it already, as ${[...new Set(own)].join(', ')}: your answers change that setup`]
      : []),
    ...(others.length > 0
      ? [
          `it has replication rules that s3repl did not create: ${others.map(({ ID }) => ID ?? '(no ID)').join(', ')}. A bucket has one replication role, so the new rule uses theirs: ${replication?.Role}`,
        ]
      : []),
  ];
}

/** Uses the role of others' rules on the bucket, or continues a setup of ours. */
function followBucket({ replication }: BucketState, asking: Asking): FlagValues {
  const rules = replication?.Rules ?? [];
  const foreign = rules.some(({ ID = '' }) => !ownRule.test(ID));
  const [name, ...others] = new Set(rules.flatMap(({ ID = '' }) => ownRule.exec(ID)?.[1] ?? []));
  const role = foreign && replication?.Role !== undefined && textAt(asking, 'role.name') === undefined;
  return {
    ...(role ? { 'role.name': nameIn(replication.Role ?? '') } : {}),
    ...(name !== undefined && others.length === 0 && textAt(asking, 'name') === undefined ? { name } : {}),
  };
}
