import { describe, expect, it } from 'vitest';
import { policy, policyChange, type Statement } from '../../src/aws/policy.ts';

function allow(Sid: string | undefined, Resource: string, more: Partial<Statement> = {}): Statement {
  return { ...(Sid === undefined ? {} : { Sid }), Effect: 'Allow', Action: 's3:ReplicateObject', Resource, ...more };
}

const a = allow('Objects', 'arn:aws:s3:::b/a/*');
const b = allow('Objects', 'arn:aws:s3:::b/b/*');
const key = allow('Key', 'arn:aws:kms:eu-west-1:111111111111:key/k');

describe('a policy that changes', () => {
  it('is written once, early, where it only gains', () => {
    expect(policyChange(null, policy(a))).toEqual({ early: policy(a), late: undefined });
    expect(policyChange(policy(a), policy(a, key))).toEqual({ early: policy(a, key), late: undefined });
  });

  it('is written once, late, where it only loses', () => {
    expect(policyChange(policy(a, key), policy(a))).toEqual({ early: undefined, late: policy(a) });
    expect(policyChange(policy(a), null)).toEqual({ early: undefined, late: null });
  });

  it('has both meanwhile where a statement becomes another, the former under a Sid of its own', () => {
    const former = { ...a, Sid: 'ObjectsFormer' };
    expect(policyChange(policy(a), policy(b))).toEqual({ early: policy(b, former), late: policy(b) });
  });

  it('is not written where nothing changes in meaning', () => {
    const unwrapped = { Version: '2012-10-17', Statement: a };
    expect(policyChange(unwrapped, policy(a))).toEqual({ early: undefined, late: undefined });
  });

  it('loses nothing where a run was stopped in between', () => {
    const former = { ...a, Sid: 'ObjectsFormer' };
    const next = allow('Objects', 'arn:aws:s3:::b/c/*');
    const { early } = policyChange(policy(b, former), policy(next));
    expect(early).toEqual(policy(next, { ...b, Sid: 'ObjectsFormer' }, { ...a, Sid: 'ObjectsFormerFormer' }));
  });

  it('keeps statements without a Sid as they are', () => {
    const nameless = [allow(undefined, 'arn:aws:s3:::x/*'), allow(undefined, 'arn:aws:s3:::y/*')];
    expect(policyChange(policy(...nameless), policy(a)).early).toEqual(policy(a, ...nameless));
  });

  it('does not keep a Deny, nor a deleted role, which AWS would refuse', () => {
    const deny = allow('No', 'arn:aws:s3:::x/*', { Effect: 'Deny' });
    const dead = allow('Dead', 'arn:aws:s3:::x/*', { Principal: { AWS: 'AROAEXAMPLEEXAMPLE123' } });
    expect(policyChange(policy(deny, dead), policy(a))).toEqual({ early: policy(a), late: undefined });
  });

  it('loses a Deny with the rest, in one write, where it gains nothing', () => {
    const deny = allow('No', 'arn:aws:s3:::x/*', { Effect: 'Deny' });
    expect(policyChange(policy(deny, a, key), policy(key))).toEqual({ early: undefined, late: policy(key) });
    expect(policyChange(policy(deny, a), policy(a))).toEqual({ early: undefined, late: policy(a) });
  });

  it('changes at once where both do not fit', () => {
    expect(policyChange(policy(a), policy(b), 150)).toEqual({ early: policy(b), late: undefined });
    const both = policy(b, { ...a, Sid: 'ObjectsFormer' });
    const { length } = JSON.stringify(both);
    expect(policyChange(policy(a), policy(b), length).early).toEqual(both);
    expect(policyChange(policy(a), policy(b), length - 1).early).toEqual(policy(b));
  });

  it('counts bytes, as AWS does', () => {
    const accented = { ...b, Resource: 'arn:aws:s3:::b/Rechnungen/März/*' };
    const both = policy(accented, { ...a, Sid: 'ObjectsFormer' });
    const { length } = JSON.stringify(both);
    expect(policyChange(policy(a), policy(accented), length + 1).early).toEqual(both);
    expect(policyChange(policy(a), policy(accented), length).early).toEqual(policy(accented));
  });

  it('changes at once where the Sid for the former statement is taken too, since AWS refuses a Sid twice', () => {
    const after = policy(b, { ...key, Sid: 'ObjectsFormer' });
    expect(policyChange(policy(a), after)).toEqual({ early: after, late: undefined });
  });

  it('keeps its form where it loses nothing', () => {
    const unwrapped = { Version: '2012-10-17', Statement: a };
    const deny = allow('No', 'arn:aws:s3:::x/*', { Effect: 'Deny' });
    expect(policyChange(policy(deny), unwrapped).early).toEqual(unwrapped);
  });
});
