/** Mutants of the conditions of every statement of a setup. */
import { listOf } from '../../../src/aws/policy.ts';
import { SOURCE } from '../../builders.ts';
import { changed, harmless, lossy, type Mutant, type Spot, spotsOf, withStatements } from './mutant.ts';
import { afterLoss, bothForms, type Expected, type Form, unharmed } from './needs.ts';
import type { Asked, SetUp } from './set-ups.ts';

type Condition = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** The mutants of the conditions that are there, and of conditions that are not. */
export function conditionMutants(setUp: SetUp): readonly Mutant[] {
  return spotsOf(setUp).flatMap((spot) => [...present(spot), ...added(spot)]);
}

function present(spot: Spot): readonly Mutant[] {
  const { Condition: condition } = spot.statement;
  const keys = condition?.StringLike;
  if (condition === undefined || keys === undefined) return [];
  const set = (Condition: unknown) => withStatements(spot, changed(spot.statement, { Condition }));
  const names = Object.keys(keys);
  return [
    harmless(spot, 'without Condition', set(undefined)),
    harmless(spot, 'StringLikeIfExists', set({ StringLikeIfExists: keys })),
    lossy(
      spot,
      'StringNotLike',
      { Condition: { StringNotLike: keys } },
      {
        // With one key, the other statement about it is the nearer one.
        names: spot.setUp.sharedKey ? 'kms:EncryptionContext' : 'StringNotLike',
      },
    ),
    lossy(spot, 'StringEquals', { Condition: { StringEquals: keys } }, { forms: ['object'], names: 'StringEquals' }),
    harmless(
      spot,
      'keys in the other order',
      set({ StringLike: Object.fromEntries(Object.entries(keys).toReversed()) }),
    ),
    ...names.flatMap((name) => ofKey(spot, keys, name)),
  ];
}

function ofKey(spot: Spot, keys: NonNullable<Condition[string]>, name: string): readonly Mutant[] {
  const { [name]: value = [], ...others } = keys;
  const values = listOf(value);
  const like = (more: object) => ({ Condition: { StringLike: { ...others, ...more } } });
  const lost = (what: string, more: object, forms: readonly Form[] = bothForms, text = name) =>
    lossy(spot, `${name} ${what}`, like(more), { forms, names: text });
  const fine = (what: string, more: object) =>
    harmless(spot, `${name} ${what}`, withStatements(spot, changed(spot.statement, like(more))));
  // rules.md 0.4 (b): a context must not cover other buckets.
  const wideContext = (asked: Asked): Expected => {
    const used = afterLoss(spot.setUp, { of: spot.name, covers: () => true }, asked).outcome === 'fails';
    return used && name !== 'kms:ViaService' ? { ...unharmed, warnings: ['also matches buckets'] } : unharmed;
  };
  const misspelt = name.replace('aws:s3:arn', 'arn:aws:arn').replace('kms:Via', 'kms:By');
  return [
    fine('taken out', {}),
    fine('in capitals', { [name.toUpperCase()]: value }),
    fine('in the other order', { [name]: values.toReversed() }),
    fine('and another value', { [name]: [...values, 'x'] }),
    { ...fine('*', { [name]: '*' }), expected: wideContext },
    lost('under another name', { [misspelt]: value }, bothForms, misspelt),
    lost('empty text', { [name]: '' }),
    ...(values.length === 1 ? [fine('in a list', { [name]: values })] : []),
    ...values.flatMap((one) =>
      name === 'kms:ViaService' ? viaService(one, name, lost) : contexts(one, values, name, lost, fine),
    ),
  ];
}

type Lost = (what: string, more: object, forms?: readonly Form[]) => Mutant;

function viaService(value: string, name: string, lost: Lost): readonly Mutant[] {
  return [
    lost('of another Region', { [name]: value.replace(/eu-\w+-\d/, 'us-east-1') }),
    lost('of another service', { [name]: value.replace(/^s3/, 'ec2') }),
    lost('without Region', { [name]: 's3.amazonaws.com' }),
    lost('as in China', { [name]: `${value}.cn` }),
    lost('with its value in capitals', { [name]: value.toUpperCase() }),
    lost('as a URL', { [name]: `https://${value}` }),
  ];
}

/** The bucket's ARN is for objects with a Bucket Key, the pattern of objects for those without. */
function contexts(
  value: string,
  values: readonly string[],
  name: string,
  lost: Lost,
  fine: (what: string, more: object) => Mutant,
): readonly Mutant[] {
  const form: readonly Form[] = value.endsWith('*') ? ['object'] : ['bucket'];
  const others = values.filter((one) => one !== value);
  const instead = (one: string) => ({ [name]: [...others, one] });
  return [
    lost(`without ${value}`, { [name]: others }, form),
    lost(`of another bucket than ${value}`, instead(value.replace('acme', 'acne')), form),
    lost(`in capitals, ${value}`, instead(value.toUpperCase()), form),
    lost(`of another partition than ${value}`, instead(value.replace('arn:aws:', 'arn:aws-cn:')), form),
    ...(value.endsWith('*')
      ? [
          lost(`of another prefix than ${value}`, instead(value.replace('*', 'other/*')), form),
          lost(`with one character after ${value.slice(0, -1)}`, instead(value.replace('*', '?')), form),
          fine(`of the prefix of ${value}`, instead(value.replace('*', 'docs/*'))),
        ]
      : [lost(`with a slash after ${value}`, instead(`${value}/`), form)]),
  ];
}

/** Conditions that requests of S3 as the role meet, do not meet, or that nobody knows (rules.md 1.5 (11), 0.4 (a)). */
function added(spot: Spot): readonly Mutant[] {
  if (spot.document === 'trust') return ofTrust(spot);
  const { setUp, statement } = spot;
  const withMore = (more: Condition) => ({ ...statement.Condition, ...more });
  const fine = (what: string, more: Condition) =>
    harmless(spot, `only ${what}`, withStatements(spot, changed(statement, { Condition: withMore(more) })));
  const lost = (what: string, more: Condition, names: string) =>
    lossy(spot, `only ${what}`, { Condition: withMore(more) }, { names });
  const { role } = setUp.arns;
  return [
    fine('over TLS', { Bool: { 'aws:SecureTransport': 'true' } }),
    fine('for the role', { ArnEquals: { 'aws:PrincipalArn': role } }),
    fine('for the account', { StringEquals: { 'aws:PrincipalAccount': SOURCE } }),
    fine('from no VPC endpoint', { Null: { 'aws:SourceVpce': 'true' } }),
    fine('until 2099', { DateLessThan: { 'aws:CurrentTime': '2099-01-01T00:00:00Z' } }),
    lost('for another role', { ArnEquals: { 'aws:PrincipalArn': `${role}-2` } }, 'aws:PrincipalArn'),
    lost('for another account', { StringEquals: { 'aws:PrincipalAccount': '999999999999' } }, 'aws:PrincipalAccount'),
    lost('from a VPC endpoint', { StringEquals: { 'aws:SourceVpce': 'vpce-1' } }, 'aws:SourceVpce'),
    lost('from a VPC', { StringEquals: { 'aws:SourceVpc': 'vpc-1' } }, 'aws:SourceVpc'),
    lost('from addresses', { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }, 'aws:SourceIp'),
    lost('without TLS', { Bool: { 'aws:SecureTransport': 'false' } }, 'aws:SecureTransport'),
    lost('until 2020', { DateLessThan: { 'aws:CurrentTime': '2020-01-01T00:00:00Z' } }, 'aws:CurrentTime'),
    undecided(spot, 'for an organization', withMore({ StringEquals: { 'aws:PrincipalOrgID': 'o-1' } })),
  ];
}

/** Where the rules say that a loss stops an object, nobody can say; where it would be a warning, none is asked for. */
function undecided(spot: Spot, what: string, Condition: Condition): Mutant {
  const expected = (asked: Asked): Expected => {
    const lost = afterLoss(spot.setUp, { of: spot.name, covers: () => true }, asked);
    return lost.outcome === 'fails' ? { ...unharmed, outcome: 'unknown' } : unharmed;
  };
  return { ...lossy(spot, `only ${what}`, { Condition }), expected };
}

function ofTrust(spot: Spot): readonly Mutant[] {
  const { setUp, statement } = spot;
  const of = (Condition: Condition) => withStatements(spot, changed(statement, { Condition }));
  const warned: Expected = { ...unharmed, warnings: ['has a condition'] };
  const expected = () => warned;
  const lost = (what: string, Condition: Condition, names: string) =>
    lossy(spot, `only ${what}`, { Condition }, { names });
  return [
    harmless(spot, 'only for the account', of({ StringEquals: { 'aws:SourceAccount': SOURCE } }), { expected }),
    harmless(spot, 'only for the bucket', of({ ArnLike: { 'aws:SourceArn': setUp.arns.source } }), { expected }),
    lost('for another account', { StringEquals: { 'aws:SourceAccount': '999999999999' } }, 'aws:SourceAccount'),
    lost('for another bucket', { ArnLike: { 'aws:SourceArn': setUp.arns.destination } }, 'aws:SourceArn'),
    lost('with an external ID', { StringEquals: { 'sts:ExternalId': 'x' } }, 'sts:ExternalId'),
  ];
}
