/** Three-valued logic (Kleene's): an unknown part does not matter where the rest decides. */

export type Truth = boolean | 'unknown';

export function every(truths: readonly Truth[]): Truth {
  if (truths.includes(false)) return false;
  return truths.includes('unknown') ? 'unknown' : true;
}

export function some(truths: readonly Truth[]): Truth {
  if (truths.includes(true)) return true;
  return truths.includes('unknown') ? 'unknown' : false;
}

/** Unknown where they differ. */
export function agree(truths: readonly Truth[]): Truth {
  const truth = every(truths);
  return truth === some(truths) ? truth : 'unknown';
}

export function not(truth: Truth): Truth {
  return truth === 'unknown' ? 'unknown' : !truth;
}
