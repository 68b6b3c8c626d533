import { expect, it, test } from 'vitest';
import { evaluate as decisionOf } from '../../../src/model/evaluate.ts';
import { allow, aQuestion, evaluate, grant, HERE, named, noPolicies, role, THERE } from './builders.ts';

const elsewhere = { Resource: 'arn:aws:s3:::x' };
const met = { StringEquals: { 'aws:PrincipalAccount': HERE } };
const missed = { StringEquals: { 'aws:PrincipalAccount': THERE } };
const another = { AWS: 'arn:aws:iam::333333333333:role/other' };
const sameName = { AWS: `arn:aws:iam::${HERE}:role/other/repl` };

const statements = {
  ofAnother: grant({ Principal: another }),
  ofAnotherAndResource: grant({ Principal: another, ...elsewhere }),
  ofTheSameName: grant({ Principal: sameName }),
  ofAnotherAndTheSameName: grant({ Principal: { AWS: [another.AWS, sameName.AWS] } }),
  actionAndResource: grant({ Action: 's3:Get*', ...elsewhere }),
  resource: grant(elsewhere),
  resourceConditionMet: grant({ ...elsewhere, Condition: met }),
  condition: grant({ Condition: missed }),
  all: grant({ Action: 's3:Get*', ...elsewhere, Condition: missed }),
  resourceAndCondition: grant({ ...elsewhere, Condition: missed }),
};
type Name = keyof typeof statements;

test.for<[string, readonly Name[]]>([
  ['ours, with two mismatches, before that of another', ['actionAndResource', 'ofAnother']],
  ['ours, with three, before that of another with two', ['all', 'ofAnotherAndResource']],
  ['that of a role of the same name before ours with two', ['ofTheSameName', 'actionAndResource']],
  ['also where another is named as well', ['ofAnotherAndTheSameName', 'actionAndResource']],
  ['the one about the action, of two with two mismatches', ['resourceAndCondition', 'actionAndResource']],
  ['the one of which a condition is met, of two with one mismatch', ['resourceConditionMet', 'condition']],
  ['the one of which a condition is met, of two without this resource', ['resourceConditionMet', 'resource']],
])('nearest is %s, in whatever order they stand', ([, names]) => {
  for (const order of [names, [...names].reverse()]) {
    const resource = named('b', ...order.map((name) => ({ Sid: name, ...statements[name] })));
    const decision = evaluate(aQuestion(), noPolicies({ identity: [named('i', allow())], resource }));
    expect(decision.effect === 'denied' && decision.by.map(({ sid }) => sid)).toEqual(names);
  }
});

it('of two equally near ones the first is the nearest, whatever else they say', () => {
  const policies = noPolicies({ identity: [named('i', allow(elsewhere))], resource: named('b', grant(elsewhere)) });
  expect(evaluate(aQuestion({ resourceAccount: HERE }), policies)).toMatchObject({
    by: [{ policy: 'i' }, { policy: 'b' }],
  });
});

it('all that does not match is told', () => {
  const resource = named('b', grant({ Principal: another, ...elsewhere }));
  const policies = noPolicies({ identity: [named('i', allow())], resource });
  expect(evaluate(aQuestion(), policies)).toMatchObject({
    by: [
      {
        mismatch: `Principal ${another.AWS} is not ${role}; Resource arn:aws:s3:::x does not match arn:aws:s3:::dst/a/b.txt`,
      },
    ],
  });
});

it('an action that a statement leaves out is told from one that it does not name', () => {
  const missesOf = (change: object) => {
    const resource = named('b', { ...grant(elsewhere), Action: undefined, ...change });
    const decision = decisionOf(aQuestion(), noPolicies({ identity: [named('i', allow())], resource }));
    const near = decision.effect === 'denied' ? decision.by[0] : undefined;
    return near?.misses?.map(({ name, negated }) => [name, negated]);
  };
  expect(missesOf({ NotAction: 's3:Replicate*' })).toEqual([
    ['Action', true],
    ['Resource', undefined],
  ]);
  expect(missesOf({ Action: 's3:Get*' })).toEqual([
    ['Action', undefined],
    ['Resource', undefined],
  ]);
});
