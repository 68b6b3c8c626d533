/** A service shows late what was just made (rules.md 3.1). */
import type { Wait } from '../state/step.ts';

export const bucketVisible: Wait = { error: /^NoSuchBucket$/, reason: 'the bucket to become visible' };

export const keyVisible: Wait = { error: /^NotFoundException$/, reason: 'the key to become visible' };

export const roleVisible: Wait = { error: /^NoSuchEntity(Exception)?$/, reason: 'the role to become visible' };

/** An error that the thing is gone no longer matters here (apply/guard.ts). */
export const foundAgain: Wait = {
  error: /^(NoSuchEntity(Exception)?|NotFoundException)$/,
  reason: 'AWS to find again what it has just shown',
};
