/** What AWS does with a call, as a pure function over a state: no lag, no refusals. For the step laws. */
import type { Region } from '../../src/aws/brand.ts';
import type { Call, Change } from '../../src/state/change.ts';
import { newKeyPattern } from '../../src/state/names.ts';
import type { BucketState, KeyState, RoleState, State } from '../../src/state/state.ts';
import { rootPolicy } from '../builders.ts';
import { branded } from '../plain.ts';
import { accountOf, bucketOf, put } from '../plain-state.ts';
import { afterAlertCall } from './pure-alerts.ts';

interface Input {
  readonly Bucket: string;
  readonly RoleName: string;
  readonly PolicyName: string;
  readonly Path: string;
  readonly KeyId: string;
  readonly TargetKeyId: string;
  readonly AliasName: string;
  readonly Description: string;
  readonly KeySpec: string;
  readonly KeyUsage: string;
  readonly Policy: string;
  readonly PolicyDocument: string;
  readonly AssumeRolePolicyDocument: string;
  readonly PermissionsBoundary?: string;
  readonly ObjectOwnership: BucketState['ownership'];
  readonly Tags: readonly Record<string, string>[];
  readonly Tagging: { readonly TagSet: readonly Record<string, string>[] };
  readonly CreateBucketConfiguration: {
    readonly LocationConstraint?: string;
    readonly Tags?: readonly Record<string, string>[];
  };
  readonly OwnershipControls: { readonly Rules: readonly { readonly ObjectOwnership: BucketState['ownership'] }[] };
  readonly PublicAccessBlockConfiguration: NonNullable<BucketState['publicAccessBlock']>;
  readonly VersioningConfiguration: { readonly Status: 'Enabled' };
  readonly ServerSideEncryptionConfiguration: BucketState['encryption'];
  readonly ReplicationConfiguration: BucketState['replication'];
}

/** A cloud that calls are sent to; keys get made-up ids, which later calls see in the place of their stand-ins. */
export function pureAws(start: State) {
  let state = start;
  let made = 0;
  const arns = new Map<string, string>();

  const send = (change: Change, call: Call): unknown => {
    const text = JSON.stringify(call).replace(newKeyPattern, (standIn) => arns.get(standIn) ?? standIn);
    const { operation, input } = JSON.parse(text) as { operation: string; input: Input };
    const alerted = afterAlertCall(state, change, call);
    if (alerted !== undefined) {
      state = alerted;
      return undefined;
    }
    const { account, region } = change;
    const bucket = (patch: (bucket: BucketState) => Partial<BucketState>) => {
      const name: string = input.Bucket;
      const present = bucketOf(state, account, name);
      if (!present) throw new Error(`${operation}: no bucket ${name}`);
      state = put(state, account, 'buckets', name, { ...present, ...patch(present) });
    };
    const key = (id: string, patch: (key: KeyState) => Partial<KeyState>) => {
      const present = accountOf(state, account).keys[id];
      if (!present) throw new Error(`${operation}: no key ${id}`);
      state = put(state, account, 'keys', id, { ...present, ...patch(present) });
    };
    const role = (patch: (role: RoleState) => Partial<RoleState>) => {
      const arn = Object.entries(accountOf(state, account).roles).find(
        ([one, it]) => it && one.endsWith(`/${input.RoleName}`),
      )?.[0];
      const present = arn && accountOf(state, account).roles[arn];
      if (!arn || !present) throw new Error(`${operation}: no role ${input.RoleName}`);
      state = put(state, account, 'roles', arn, { ...present, ...patch(present) });
    };
    const tagMap = (tags: readonly Record<string, string>[] = [], name = 'Key', value = 'Value') =>
      Object.fromEntries(tags.map((tag) => [tag[name] ?? '', tag[value] ?? '']));

    switch (operation) {
      case 'CreateKey': {
        made += 1;
        const arn = `arn:${change.target.split(':')[1]}:kms:${region}:${account}:key/00000000-0000-0000-0000-${String(made).padStart(12, '0')}`;
        arns.set(change.target, arn);
        const { Description, KeySpec, KeyUsage, Tags } = input;
        const metadata = {
          Arn: arn,
          AWSAccountId: account,
          KeyState: 'Enabled',
          KeySpec,
          KeyUsage,
          KeyManager: 'CUSTOMER',
          Description,
        };
        state = put(state, account, 'keys', arn, {
          metadata,
          policy: rootPolicy(account, arn.split(':')[1]),
          aliases: [],
          rotation: false,
          tags: tagMap(Tags, 'TagKey', 'TagValue'),
        });
        return undefined;
      }
      case 'CreateAlias':
        return key(input.TargetKeyId, ({ aliases }) => ({ aliases: [...aliases, input.AliasName] }));
      case 'EnableKeyRotation':
        return key(input.KeyId, () => ({ rotation: true }));
      case 'TagResource':
        return key(input.KeyId, ({ tags }) => ({ tags: { ...tags, ...tagMap(input.Tags, 'TagKey', 'TagValue') } }));
      case 'PutKeyPolicy':
        return key(input.KeyId, () => ({ policy: JSON.parse(input.Policy) }));
      case 'CreateBucket': {
        const configuration = input.CreateBucketConfiguration;
        const where = configuration.LocationConstraint ?? 'us-east-1';
        state = put(state, account, 'buckets', input.Bucket, {
          region: branded<Region>(where),
          versioning: null,
          encryption: {
            Rules: [
              {
                ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' },
                BucketKeyEnabled: false,
                BlockedEncryptionTypes: { EncryptionType: ['SSE-C'] },
              },
            ],
          },
          policy: null,
          replication: null,
          ownership: input.ObjectOwnership,
          publicAccessBlock: {
            BlockPublicAcls: true,
            IgnorePublicAcls: true,
            BlockPublicPolicy: true,
            RestrictPublicBuckets: true,
          },
          objectLock: null,
          requestPayment: 'BucketOwner',
          tags: tagMap(configuration.Tags),
        });
        return undefined;
      }
      case 'PutBucketTagging':
        return bucket(() => ({ tags: tagMap(input.Tagging.TagSet) }));
      case 'PutBucketOwnershipControls':
        return bucket(() => ({
          ownership: input.OwnershipControls.Rules[0]?.ObjectOwnership ?? null,
        }));
      case 'PutPublicAccessBlock':
        return bucket(() => ({ publicAccessBlock: input.PublicAccessBlockConfiguration }));
      case 'PutBucketVersioning':
        return bucket(() => ({ versioning: input.VersioningConfiguration.Status }));
      case 'PutBucketEncryption':
        return bucket(() => ({ encryption: input.ServerSideEncryptionConfiguration }));
      case 'PutBucketPolicy':
        return bucket(() => ({ policy: JSON.parse(input.Policy) }));
      case 'DeleteBucketPolicy':
        return bucket(() => ({ policy: null }));
      case 'PutBucketReplication':
        return bucket(() => ({ replication: input.ReplicationConfiguration }));
      case 'DeleteBucketReplication':
        return bucket(() => ({ replication: null }));
      case 'CreateRole': {
        const arn = `arn:aws:iam::${account}:role${input.Path}${input.RoleName}`;
        state = put(state, account, 'roles', arn, {
          trustPolicy: JSON.parse(input.AssumeRolePolicyDocument),
          inlinePolicies: {},
          attachedPolicies: [],
          permissionsBoundary: input.PermissionsBoundary ?? null,
          tags: tagMap(input.Tags),
        });
        return undefined;
      }
      case 'UpdateAssumeRolePolicy':
        return role(() => ({ trustPolicy: JSON.parse(input.PolicyDocument) }));
      case 'PutRolePermissionsBoundary':
        return role(() => ({ permissionsBoundary: input.PermissionsBoundary ?? null }));
      case 'TagRole':
        return role(({ tags }) => ({ tags: { ...tags, ...tagMap(input.Tags) } }));
      case 'PutRolePolicy':
        return role(({ inlinePolicies }) => ({
          inlinePolicies: { ...inlinePolicies, [input.PolicyName]: JSON.parse(input.PolicyDocument) },
        }));
      case 'DeleteRolePolicy':
        return role(({ inlinePolicies: { [input.PolicyName]: _gone, ...rest } }) => ({ inlinePolicies: rest }));
      case 'DeleteRole': {
        const arn = Object.keys(accountOf(state, account).roles).find((one) => one.endsWith(`/${input.RoleName}`));
        if (arn) state = put(state, account, 'roles', arn, null);
        return undefined;
      }
      default:
        throw new Error(`pure AWS does not know ${operation}`);
    }
  };

  return {
    get state() {
      return state;
    },
    /** Sends the calls of the changes in an order that works, but stops after `limit` calls. */
    run(changes: readonly Change[], limit = Number.POSITIVE_INFINITY): void {
      const calls = changes
        .flatMap((change) => change.calls.map((call) => [change, call] as const))
        .sort(([, a], [, b]) => a.turn - b.turn);
      for (const [change, call] of calls.slice(0, limit)) send(change, call);
    },
  };
}
