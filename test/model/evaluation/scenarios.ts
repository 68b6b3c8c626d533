/** Requests of the replication role with policies around them, for the comparison with another evaluator. */
import fc from 'fast-check';
import { contextKey, HERE, role, session, THERE } from './builders.ts';
import { arns, conditions, often, oneOrMany, pick, region, type Values } from './scenario-conditions.ts';

const objectActions = [
  'ReplicateObject',
  'ReplicateDelete',
  'ReplicateTags',
  'GetObjectVersionForReplication',
  'GetObjectVersionTagging',
];
const bucketActions = ['GetReplicationConfiguration', 'ListBucket', 'GetBucketVersioning'];
const keyActions = ['Decrypt', 'Encrypt', 'GenerateDataKey'];
const objectArns = [
  'arn:aws:s3:::dst/a/b.txt',
  'arn:aws:s3:::dst/A',
  `arn:aws:s3:::dst/${HERE}/x`,
  'arn:aws:s3:::dst/eu-west-1',
];
const keyArn = (account: string) => `arn:aws:kms:eu-west-1:${account}:key/11111111-2222-3333-4444-555555555555`;

export type StatementDocument = Record<string, unknown>;

export interface Scenario {
  readonly service: 's3' | 'kms';
  readonly action: string;
  readonly resource: string;
  readonly resourceAccount: string;
  readonly context: Record<string, Values>;
  readonly identity: readonly PolicyText[];
  readonly boundary: PolicyText | null;
  readonly session: PolicyText | null;
  readonly serviceControl: readonly PolicyText[];
  readonly resourceControl: readonly PolicyText[];
  readonly resourcePolicy: PolicyText | null;
}

export interface PolicyText {
  readonly Version: string;
  readonly Statement: StatementDocument | readonly StatementDocument[];
}

const principals: fc.Arbitrary<unknown> = fc.oneof(
  {
    weight: 8,
    arbitrary: pick<unknown>({ AWS: role }, { AWS: HERE }, { AWS: `arn:aws:iam::${HERE}:root` }, { AWS: session }),
  },
  {
    weight: 2,
    arbitrary: pick<unknown>(
      '*',
      { AWS: '*' },
      { AWS: [THERE, role] },
      { AWS: [HERE, session] },
      { AWS: role, Service: 's3.amazonaws.com' },
    ),
  },
  {
    weight: 3,
    arbitrary: pick<unknown>(
      { AWS: THERE },
      { AWS: 'arn:aws:iam::333333333333:role/repl' },
      { Service: 's3.amazonaws.com' },
      { AWS: `arn:aws:sts::${HERE}:assumed-role/repl/other` },
      { AWS: `arn:aws:iam::${HERE}:role/service-role/repl2` },
      { Federated: 'accounts.google.com' },
    ),
  },
);
const notPrincipals = pick(
  { AWS: THERE },
  { AWS: [session, role, HERE] },
  { AWS: [THERE, 'arn:aws:iam::333333333333:root'] },
);

type Kind = 'identity' | 'resource' | 'serviceControl' | 'resourceControl';

function statement(service: 's3' | 'kms', kind: Kind): fc.Arbitrary<StatementDocument> {
  const names = service === 's3' ? [...objectActions, ...bucketActions] : keyActions;
  const action = fc.oneof(
    { weight: 5, arbitrary: pick('*', `${service}:*`) },
    { weight: 3, arbitrary: pick(...names).map((name) => `${service}:${name}`) },
    {
      weight: 2,
      arbitrary: pick(
        's3:Repl*',
        'S3:replicate*',
        's3:Get*',
        'kms:*crypt',
        'kms:GenerateDataKey*',
        's3:?etBucketVersioning',
        'sqs:*',
      ),
    },
  );
  const onlyThis = kind === 'resource' && service === 'kms';
  const resource = onlyThis
    ? fc.constant('*')
    : fc.oneof(
        { weight: 7, arbitrary: fc.constant('*') },
        {
          weight: 4,
          arbitrary: pick(
            'arn:aws:s3:::dst/*',
            'arn:aws:s3:::dst',
            'arn:aws:s3:::dst*',
            'arn:aws:s3:::*',
            'arn:aws:kms:*:*:key/*',
            keyArn(HERE),
            keyArn(THERE),
          ),
        },
        {
          weight: 2,
          arbitrary: pick(
            'arn:aws:s3:::dst/a/*',
            'arn:aws:s3:::dst/?',
            'arn:aws:s3:::DST/*',
            'arn:aws:s3:::dst/${aws:PrincipalAccount}/*',
            'arn:aws:s3:::dst/${aws:RequestedRegion}',
            "arn:aws:s3:::dst/${aws:PrincipalTag/no, 'a'}/*",
            `arn:aws:kms:*:${THERE}:key/*`,
            'arn:aws-cn:s3:::dst/*',
          ),
        },
      );
  const effect =
    kind === 'resourceControl'
      ? fc.constant('Deny')
      : fc.oneof({ weight: 6, arbitrary: fc.constant('Allow') }, fc.constant('Deny'));
  return effect.chain((Effect) =>
    fc
      .record({
        action: oneOrMany(action),
        notAction:
          kind === 'resourceControl'
            ? fc.constant(false)
            : fc.boolean().chain((one) => (one ? pick(true, false, false, false) : fc.constant(false))),
        resource: oneOrMany(resource),
        notResource:
          onlyThis || kind === 'resourceControl' ? fc.constant(false) : pick(true, ...Array<boolean>(14).fill(false)),
        principal: kind === 'resourceControl' ? fc.constant('*' as const) : principals,
        notPrincipal:
          Effect === 'Deny' && kind === 'resource' ? pick<boolean>(true, false, false, false) : fc.constant(false),
        except: notPrincipals,
        // Denies without a condition would settle most requests.
        condition: Effect === 'Deny' ? often(8, conditions(service)) : often(4, conditions(service)),
      })
      .map((parts) => ({
        Effect,
        ...(kind === 'resource' || kind === 'resourceControl'
          ? parts.notPrincipal
            ? { NotPrincipal: parts.except }
            : { Principal: parts.principal }
          : {}),
        [parts.notAction ? 'NotAction' : 'Action']: kind === 'resourceControl' ? `${service}:*` : parts.action,
        [parts.notResource ? 'NotResource' : 'Resource']: parts.resource,
        ...(parts.condition && { Condition: parts.condition }),
      })),
  );
}

function policy(service: 's3' | 'kms', kind: Kind): fc.Arbitrary<PolicyText> {
  return fc.record({
    Version:
      kind === 'resourceControl'
        ? fc.constant('2012-10-17')
        : pick('2012-10-17', '2012-10-17', '2012-10-17', '2008-10-17'),
    Statement: fc.oneof(statement(service, kind), fc.array(statement(service, kind), { minLength: 1, maxLength: 4 })),
  });
}

const everything: PolicyText = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } };

/** A request of the role, with policies of all kinds. */
export const scenarios: fc.Arbitrary<Scenario> = fc.constantFrom<'s3' | 'kms'>('s3', 's3', 'kms').chain((service) =>
  pick(HERE, THERE, THERE).chain((resourceAccount) => {
    const request =
      service === 'kms'
        ? pick(...keyActions).map((name) => ({ action: `kms:${name}`, resource: keyArn(resourceAccount) }))
        : fc.oneof(
            fc.record({ action: pick(...objectActions).map((name) => `s3:${name}`), resource: pick(...objectArns) }),
            fc.record({
              action: pick(...bucketActions).map((name) => `s3:${name}`),
              resource: fc.constant('arn:aws:s3:::dst'),
            }),
          );
    const context = fc.record(
      {
        'aws:RequestedRegion': region,
        'aws:SecureTransport': pick('true', 'false'),
        'aws:CurrentTime': pick('2026-11-22T10:00:00Z'),
        'aws:SourceIp': pick('203.0.113.9', '203.0.113.8', '192.0.2.1', '2001:db8::1'),
        'aws:SourceArn': arns,
        'aws:MultiFactorAuthAge': pick('0', '10', '15'),
        'aws:TagKeys': fc.uniqueArray(pick('team', 'cost', 'x'), { minLength: 1, maxLength: 3 }),
        ...(service === 'kms' && { 'kms:ViaService': pick('s3.eu-west-1.amazonaws.com'), [contextKey]: arns }),
      },
      { requiredKeys: [] },
    );
    return fc
      .record({
        request,
        context,
        identity: fc.array(policy(service, 'identity'), { minLength: 1, maxLength: 2 }),
        boundary: often(3, fc.oneof(fc.constant(everything), policy(service, 'identity'))),
        session: often(2, fc.oneof(fc.constant(everything), policy(service, 'identity'))),
        serviceControl: fc.oneof(
          { weight: 6, arbitrary: fc.constant([]) },
          {
            weight: 4,
            arbitrary: fc
              .tuple(policy(service, 'serviceControl'), often(5, fc.constant(everything)))
              .map((two) => two.filter((one) => one !== null)),
          },
        ),
        resourceControl: fc.oneof(
          { weight: 8, arbitrary: fc.constant([]) },
          { weight: 2, arbitrary: fc.tuple(policy(service, 'resourceControl')) },
        ),
        resourcePolicy: often(service === 'kms' ? 9 : 8, policy(service, 'resource')),
      })
      .map(
        ({ request: { action, resource }, ...rest }) =>
          ({ service, action, resource, resourceAccount, ...rest }) as Scenario,
      );
  }),
);
