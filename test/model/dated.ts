/** Statements that hold from a date on, or until one, in a healthy setup. */
import type { Statement } from '../../src/aws/policy.ts';
import { prepare } from '../../src/model/replication/prepare.ts';
import { configurationWarnings } from '../../src/model/warnings.ts';
import { failureTopic, measured } from './replication/configuration-changes.ts';
import { deny, healthy, plus, rule, snapshotOf, type World } from './replication/world.ts';

/** What is told of a setup on 2026-11-21. */
export function toldOf(change: (world: World) => void) {
  const world = healthy();
  world.src.notification = failureTopic;
  world.rules = [rule({ Destination: measured })];
  change(world);
  return configurationWarnings(prepare(snapshotOf(world)));
}

export const everyone = { Principal: '*', Resource: 'arn:aws:s3:::dst/*' };
export const between = (from: string, to?: string) => ({
  DateGreaterThan: { 'aws:CurrentTime': from },
  ...(to !== undefined && { DateLessThan: { 'aws:CurrentTime': to } }),
});
export const until = (date: string, key = 'aws:CurrentTime'): Condition => ({
  DateLessThan: { [key]: date },
});
export const christmas = '2026-12-24T00:00:00Z';
export type Condition = NonNullable<Statement['Condition']>;

export const deniedFrom =
  (Condition: Condition, action = 's3:ReplicateObject') =>
  (w: World) => {
    w.dst.policy = plus(w.dst.policy, deny(action, { ...everyone, Condition }));
  };
