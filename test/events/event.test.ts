import { expect, it } from 'vitest';
import { findingEvent } from '../../src/events/event.ts';
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
