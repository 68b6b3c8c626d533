import { expect, it } from 'vitest';
import { prepare } from '../../../src/model/replication/prepare.ts';
import { type Rule, ruleBookOf } from '../../../src/model/replication/rule.ts';
import { strangeElements } from '../../../src/model/replication/strange-elements.ts';
import { causeJson } from '../../../src/show/cause-json.ts';
import { healthy, rule, snapshotOf } from './world.ts';

const world = healthy();
world.dst.encryption = { Rules: [{ '<Vault>': {} }] } as never;
world.rules = [rule({ ID: 'plain' }), { ...rule({ ID: 'odd' }), '<Speed>': '1' } as never];
const snapshot = snapshotOf(world);

it('nobody can say what elements mean that this s3repl does not know, of a rule and of the default encryption', () => {
  const prepared = prepare(snapshot);
  const [[plain, odd] = []] = ruleBookOf({ Role: 'role', Rules: world.rules }, ['replication']).byDestination;
  const fix: unknown = expect.stringMatching(/^Update s3repl/);
  const ofDefault = {
    effect: 'unknown',
    cause: {
      check: 'C27',
      summary: 'The default encryption of bucket dst has elements that this s3repl does not know: <Vault>.',
      fix,
      evidence: { path: 'accounts["222222222222"].buckets.dst.encryption', unknown: ['what <Vault> means'] },
    },
  };
  const found = (one: Rule | undefined) =>
    one && strangeElements(prepared, one).map(({ effect, cause }) => ({ effect, cause: causeJson(cause) }));
  expect(found(plain)).toEqual([ofDefault]);
  expect(found(odd)).toEqual([
    {
      effect: 'unknown',
      cause: {
        check: 'C04',
        summary: expect.stringMatching(/^Rule odd has elements .*: <Speed>\.$/),
        fix,
        evidence: { path: 'replication.Rules[1]', unknown: ['what <Speed> means'] },
      },
    },
    ofDefault,
  ]);
});
