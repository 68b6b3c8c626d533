import type { Decision, NamedPolicy, Near, Unknown } from '../decision.ts';
import { joinPhrases, type Phrase, phrase } from './phrase.ts';
import type { Reach } from './principal.ts';
import type { Request } from './request.ts';
import { matchPolicy, type PolicyKind, type StatementMatch } from './statement.ts';
import { some, type Truth } from './truth.ts';

export type SideName = Extract<Decision, { effect: 'denied' }>['side'];

export interface Side {
  readonly name: SideName;
  readonly statements: readonly StatementMatch[];
  readonly unreadable: readonly Phrase[];
}

export function sideOf(
  name: SideName,
  policies: readonly (NamedPolicy | Unknown)[],
  request: Request,
  kind: PolicyKind,
  unreadable: Phrase,
): Side {
  return {
    name,
    statements: policies
      .filter((policy) => policy !== 'unknown')
      .flatMap((policy) => matchPolicy(policy, request, kind)),
    unreadable: policies.filter((policy) => policy === 'unknown').map(() => unreadable),
  };
}

export function denies({ statements, unreadable }: Side): Truth {
  const truths = statements.filter(({ effect }) => effect === 'Deny').map(({ matches }) => matches);
  return some([...truths, ...unreadable.map(() => 'unknown' as const)]);
}

export function allows({ statements, unreadable }: Side, reaches: readonly Reach[] = everyReach): Truth {
  const truths = statements
    .filter(({ effect, reach }) => effect === 'Allow' && reaches.includes(reach))
    .map(({ matches }) => matches);
  return some([...truths, ...unreadable.map(() => 'unknown' as const)]);
}

const everyReach: readonly Reach[] = ['caller', 'role', 'account'];

export function listMatching({ statements }: Side, effect: 'Allow' | 'Deny'): readonly StatementMatch[] {
  return statements.filter((statement) => statement.effect === effect && statement.matches === true);
}

/** The three Allow statements at most that miss a request by the least. */
export function findNearest(sides: readonly Side[]): readonly Near[] {
  return sides
    .flatMap(({ statements }) => statements)
    .filter(({ effect }) => effect === 'Allow')
    .map(({ place, elements }) => {
      const misses = elements.filter(({ matches }) => matches !== true);
      const isOthers = misses.some(({ name, almost }) => name === 'Principal' && !almost);
      const lacksAction = misses.some(({ name }) => name === 'Action');
      // A statement about somebody else is far; of two equally near ones, the one on this action says more.
      const weight = misses.length + (isOthers ? 2 : 0) + (lacksAction ? 0.5 : 0);
      const met = elements.filter(({ name, matches }) => name === 'Condition' && matches === true).length;
      return { place, weight, met, misses };
    })
    .sort((a, b) => a.weight - b.weight || b.met - a.met)
    .slice(0, 3)
    .map(({ place, misses }) => ({ ...place, misses }));
}

/** Where the caller's account owns the resource, statements that only defer to that account add nothing. */
export function withoutDelegation(side: Side): Side {
  return {
    ...side,
    statements: side.statements.map((statement) => {
      if (statement.reach !== 'account' || statement.matches === false) return statement;
      const why = phrase`Principal leaves it to the policies of the account`;
      return {
        ...statement,
        matches: false,
        elements: [...statement.elements, { name: 'Statement', matches: false, why }],
      };
    }),
  };
}

export function doubts({ statements, unreadable }: Side): readonly Phrase[] {
  const ofStatements = statements
    .filter(({ matches }) => matches === 'unknown')
    .map(({ place, elements }) => {
      const open = elements.filter(({ matches }) => matches === 'unknown').map(({ why }) => why);
      return phrase`${place.policy}, statement ${place.sid ?? String(place.statement + 1)}: ${joinPhrases(open)}`;
    });
  return [...unreadable.map((name) => phrase`${name} could not be read`), ...ofStatements];
}
