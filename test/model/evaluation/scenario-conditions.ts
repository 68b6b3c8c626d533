/** Conditions for the scenarios: operators, keys and values that fit each other, matching about as often as not. */
import fc from 'fast-check';
import { contextKey, HERE, role, roleId, THERE } from './builders.ts';

export type Values = string | string[];

export const pick = <T>(...values: readonly T[]) => fc.constantFrom(...values);
/** One value, a list of one, or more. */
export const oneOrMany = (value: fc.Arbitrary<string>): fc.Arbitrary<Values> =>
  fc.oneof({ weight: 3, arbitrary: value }, fc.uniqueArray(value, { minLength: 1, maxLength: 3 }));
export const often = <T>(weight: number, value: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.oneof({ weight, arbitrary: value }, { weight: 10 - weight, arbitrary: fc.constant(null) });

export const region = pick('eu-west-1', 'us-east-1', 'EU-WEST-1');
export const arns = pick('arn:aws:s3:::dst', 'arn:aws:s3:::dst/a/b.txt', 'arn:aws:s3:::other/x');
const strings = pick(
  'StringEquals',
  'StringNotEquals',
  'StringEqualsIgnoreCase',
  'StringNotEqualsIgnoreCase',
  'StringLike',
  'StringNotLike',
);
const arnOperators = pick('ArnEquals', 'ArnLike', 'ArnNotEquals', 'ArnNotLike');
const numbers = pick('Equals', 'NotEquals', 'LessThan', 'LessThanEquals', 'GreaterThan', 'GreaterThanEquals');
const ifExists = (operator: fc.Arbitrary<string>) =>
  fc.tuple(operator, pick('', '', 'IfExists')).map(([name, suffix]) => name + suffix);
const spelled = (name: string) => pick(name, name, name.toLowerCase());

const patterns = pick(
  'eu-west-1',
  'eu-*',
  '*',
  'us-????-1',
  '${aws:PrincipalAccount}',
  "${aws:PrincipalTag/no, 'eu-west-1'}",
  '${aws:RequestedRegion}',
  '${*}',
);
const arnPatterns = pick(
  'arn:aws:s3:::dst',
  'arn:aws:s3:::dst/*',
  'arn:aws:s3:::*',
  'arn:*:s3:::d?t*',
  'arn:aws:s3:*:*:dst/a/*',
  'arn:aws:s3:::dst/${aws:PrincipalAccount}/*',
);
const dates = pick('2026-01-01T00:00:00Z', '2026-11-22T10:00:00Z', '2027-01-01T00:00:00Z');
const ranges = pick('203.0.113.0/24', '203.0.113.9/32', '203.0.113.9', '10.0.0.0/8', '203.0.113.8/31', '2001:db8::/32');

/** One operator with one key and values that fit it. */
function condition(service: 's3' | 'kms'): fc.Arbitrary<[string, string, Values]> {
  const test = (
    operator: fc.Arbitrary<string>,
    key: string,
    values: fc.Arbitrary<string>,
  ): fc.Arbitrary<[string, string, Values]> => fc.tuple(operator, spelled(key), oneOrMany(values));
  const common = [
    test(ifExists(strings), 'aws:RequestedRegion', patterns),
    test(ifExists(strings), 'aws:PrincipalAccount', pick(HERE, THERE, '1*', '${aws:ResourceAccount}')),
    test(
      ifExists(arnOperators),
      'aws:PrincipalArn',
      pick(role, 'arn:aws:iam::*:role/*', 'arn:aws:iam::1*:role/service-role/*', 'arn:aws:iam::222222222222:*'),
    ),
    test(ifExists(strings), 'aws:PrincipalArn', pick(role, 'arn:aws:iam::*:role/*', '*repl')),
    test(ifExists(arnOperators), 'aws:SourceArn', arnPatterns),
    test(ifExists(pick('Bool')), 'aws:SecureTransport', pick('true', 'false')),
    test(pick('Null'), 'aws:SourceArn', pick('true', 'false')),
    test(ifExists(numbers.map((name) => `Numeric${name}`)), 'aws:MultiFactorAuthAge', pick('0', '10', '20')),
    test(ifExists(numbers.map((name) => `Date${name}`)), 'aws:CurrentTime', dates),
    test(ifExists(pick('IpAddress', 'NotIpAddress')), 'aws:SourceIp', ranges),
    test(
      fc.tuple(pick('ForAllValues', 'ForAnyValue'), ifExists(strings)).map((parts) => parts.join(':')),
      'aws:TagKeys',
      pick('team', 'cost', 't*', 'none'),
    ),
    test(ifExists(strings), 'aws:userid', pick(`${roleId}:s3-replication`, 'AROA*:*', 'AIDA*')),
  ];
  const own =
    service === 's3'
      ? [test(ifExists(strings), 's3:ResourceAccount', pick(HERE, THERE))]
      : [
          test(
            ifExists(strings),
            'kms:ViaService',
            pick('s3.eu-west-1.amazonaws.com', 's3.*.amazonaws.com', 's3.us-east-1.amazonaws.com'),
          ),
          test(ifExists(strings), contextKey, arnPatterns),
          test(ifExists(arnOperators), contextKey, arnPatterns),
          test(pick('Null'), contextKey, pick('true', 'false')),
          test(ifExists(strings), 'kms:CallerAccount', pick(HERE, THERE)),
        ];
  return fc.oneof(...common, ...own, ...own);
}

/** One or two conditions. */
export function conditions(service: 's3' | 'kms') {
  return fc.array(condition(service), { minLength: 1, maxLength: 2 }).map((list) => {
    const block: Record<string, Record<string, Values>> = {};
    for (const [operator, name, values] of list) block[operator] = { ...block[operator], [name]: values };
    return block;
  });
}
