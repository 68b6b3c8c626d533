/** Three-valued logic (Kleene's): what nobody can say decides nothing that is decided anyway. */

export type Truth = boolean | 'unknown';

/** False if one is false, else unknown if one is unknown. */
export function every(truths: readonly Truth[]): Truth {
  if (truths.includes(false)) return false;
  return truths.includes('unknown') ? 'unknown' : true;
}

/** True if one is true, else unknown if one is unknown. */
export function some(truths: readonly Truth[]): Truth {
  if (truths.includes(true)) return true;
  return truths.includes('unknown') ? 'unknown' : false;
}

/** What all of them say; unknown where they differ. */
export function agree(truths: readonly Truth[]): Truth {
  const truth = every(truths);
  return truth === some(truths) ? truth : 'unknown';
}

export function not(truth: Truth): Truth {
  return truth === 'unknown' ? 'unknown' : !truth;
}
