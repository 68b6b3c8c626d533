import { expect, it } from 'vitest';
import { canaryName, findingEvent } from '../../src/events/event.ts';
import type { Finding } from '../../src/state/change.ts';

it('a finding is told by its level, with all that it says', () => {
  const said = {
    step: 'kms-key',
    code: 'key-missing',
    side: 'source',
    message: 'there is no key',
    fix: 'name another',
  };
  for (const level of ['problem', 'warning'] as const)
    expect(findingEvent({ level, ...said } as Finding)).toEqual({ type: level, ...said });
});

it('a canary is named after its rule, and one with tags is told apart from the other', () => {
  expect(canaryName('all')).toBe('canary of rule all');
  expect(canaryName('all', {})).toBe('canary of rule all');
  expect(canaryName('all', { team: 'billing' })).toBe('tagged canary of rule all');
});
