import fc from 'fast-check';
import { describe, it } from 'vitest';
import type { PolicyDocument } from '../../../src/aws/policy.ts';
import type { Decision, NamedPolicy, PoliciesInPlay } from '../../../src/model/decision.ts';
import { evaluate, evaluateTrust } from '../../../src/model/evaluate.ts';
import { aQuestion } from './builders.ts';
import { type PolicyText, type Scenario, type StatementDocument, scenarios } from './scenarios.ts';

const numRuns = 1500;
/** Without values for these, some conditions of the scenarios are unknown: all three answers take part. */
const unknownKeys = ['aws:TagKeys', 'aws:SecureTransport'];

type Sides = Pick<
  Scenario,
  'identity' | 'boundary' | 'session' | 'serviceControl' | 'resourceControl' | 'resourcePolicy'
>;

function ask(scenario: Scenario, sides: Sides = scenario): Decision {
  const { action, resource, resourceAccount, context } = scenario;
  return evaluate(aQuestion({ action, resource, resourceAccount, context, unknownKeys }), inPlay(sides));
}

function inPlay(sides: Sides): PoliciesInPlay {
  const named = (policy: unknown): NamedPolicy => ({ name: 'p', document: policy as PolicyDocument });
  return {
    identity: sides.identity.map(named),
    boundary: sides.boundary && named(sides.boundary),
    session: sides.session && named(sides.session),
    serviceControl: sides.serviceControl.map(named),
    resourceControl: sides.resourceControl.map(named),
    resource: sides.resourcePolicy && named(sides.resourcePolicy),
  };
}

/** How much an answer allows. */
const rank = ({ effect }: Decision) => ['denied', 'unknown', 'allowed'].indexOf(effect);
const list = (policy: PolicyText) =>
  (Array.isArray(policy.Statement) ? policy.Statement : [policy.Statement]) as StatementDocument[];

function change(sides: Sides, statements: (policy: PolicyText) => readonly StatementDocument[]): Sides {
  const on = (policy: PolicyText): PolicyText => ({ ...policy, Statement: statements(policy) });
  return {
    identity: sides.identity.map(on),
    boundary: sides.boundary && on(sides.boundary),
    session: sides.session && on(sides.session),
    serviceControl: sides.serviceControl.map(on),
    resourceControl: sides.resourceControl.map(on),
    resourcePolicy: sides.resourcePolicy && on(sides.resourcePolicy),
  };
}

function everyList(value: unknown, shape: (list: readonly unknown[]) => unknown): unknown {
  if (Array.isArray(value)) return shape(value.map((one) => everyList(one, shape)));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, everyList(inner, shape)]));
}

describe('for all requests and policies', () => {
  /** Adds statements of one effect, taken from another scenario, to the policies of one. */
  const added = (effect: 'Allow' | 'Deny') =>
    fc.tuple(scenarios, scenarios).map(([one, other]) => {
      const extra = (policy: PolicyText | null | undefined) =>
        policy ? list(policy).map((statement) => ({ ...statement, Effect: effect })) : [];
      const more: Sides = {
        ...one,
        identity: [...one.identity, ...other.identity.map((policy) => ({ ...policy, Statement: extra(policy) }))],
        boundary: one.boundary && { ...one.boundary, Statement: [...list(one.boundary), ...extra(other.identity[0])] },
        resourcePolicy: one.resourcePolicy && {
          ...one.resourcePolicy,
          Statement: [...list(one.resourcePolicy), ...extra(other.resourcePolicy)],
        },
      };
      return { one, more };
    });

  it('one more Deny never allows more', () => {
    fc.assert(
      fc.property(added('Deny'), ({ one, more }) => rank(ask(one, more)) <= rank(ask(one))),
      { numRuns },
    );
  });

  it('one more Allow never denies more', () => {
    fc.assert(
      fc.property(added('Allow'), ({ one, more }) => rank(ask(one, more)) >= rank(ask(one))),
      { numRuns },
    );
  });

  it('knowing one key more never turns an answer round', () => {
    const known = fc.tuple(scenarios, fc.constantFrom('true', 'false'));
    fc.assert(
      fc.property(known, ([scenario, value]) => {
        const { 'aws:SecureTransport': _, ...context } = scenario.context;
        const before = rank(ask({ ...scenario, context }));
        const after = rank(ask({ ...scenario, context: { ...context, 'aws:SecureTransport': value } }));
        return before === 1 || before === after;
      }),
      { numRuns },
    );
  });

  it('the order of statements does not matter', () => {
    const turned = (policy: PolicyText) => list(policy).toReversed();
    fc.assert(
      fc.property(scenarios, (scenario) => rank(ask(scenario)) === rank(ask(scenario, change(scenario, turned)))),
      { numRuns },
    );
  });

  it('a list of one and its element are the same', () => {
    const unwrapped = (scenario: Scenario) =>
      everyList(
        { ...scenario, identity: undefined, serviceControl: undefined, resourceControl: undefined },
        (values) => (values.length === 1 ? values[0] : values),
      ) as Scenario;
    fc.assert(
      fc.property(scenarios, (scenario) => {
        const { identity, serviceControl, resourceControl } = change(scenario, list);
        const short = (policies: readonly PolicyText[]) =>
          policies.map(
            (policy) => everyList(policy, (values) => (values.length === 1 ? values[0] : values)) as PolicyText,
          );
        const sides = {
          ...unwrapped(scenario),
          identity: short(identity),
          serviceControl: short(serviceControl),
          resourceControl: short(resourceControl),
        };
        return rank(ask(scenario)) === rank(ask(scenario, sides));
      }),
      { numRuns },
    );
  });

  it('JSON of any shape is answered, and never allowed by', () => {
    const element = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom('*', 's3:*', '${', '${a,', 'arn:', '::', { AWS: '*' }, { StringLike: { a: '*' } }),
    );
    const statement = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.dictionary(
        fc.constantFrom(
          'Sid',
          'Effect',
          'Principal',
          'NotPrincipal',
          'Action',
          'NotAction',
          'Resource',
          'NotResource',
          'Condition',
        ),
        element,
      ),
      fc.record(
        {
          Effect: fc.constantFrom('Allow', 'Deny', 'allow', 1),
          Action: element,
          Resource: element,
          Condition: element,
          Principal: element,
        },
        { requiredKeys: [] },
      ),
    );
    const document = fc.oneof(
      fc.jsonValue(),
      fc.record(
        { Version: element, Statement: fc.oneof(statement, fc.array(statement, { maxLength: 3 })) },
        { requiredKeys: [] },
      ),
    );
    fc.assert(
      fc.property(document, fc.array(document, { maxLength: 2 }), (one, more) => {
        const document = one as unknown as PolicyDocument;
        const all = { name: 'p', document };
        const policies = {
          identity: [all, ...more.map((other) => ({ name: 'q', document: other as unknown as PolicyDocument }))],
          boundary: all,
          serviceControl: [all],
          resourceControl: [all],
          resource: all,
        };
        evaluateTrust(all, 's3.amazonaws.com');
        // A cross-account request needs a sound Allow with and one without a Principal in the same place: there is none.
        return evaluate(aQuestion(), policies).effect !== 'allowed';
      }),
      { numRuns },
    );
  });
});
