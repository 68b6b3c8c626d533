import type { Cause } from '../verdict.ts';
import type { Rule } from './rule.ts';

/** S3 compares `*` and `?` literally (S3 User Guide, replication-troubleshoot and replication-add-config; rules.md 2.2, 2.4 C28). */
export function literalPrefixes(rules: readonly Rule[]): readonly Cause[] {
  return rules.flatMap(({ id, prefix, path }): readonly Cause[] => {
    const slash = prefix.startsWith('/');
    const wildcard = /[*?]/.exec(prefix)?.[0];
    if (!slash && wildcard === undefined) return [];
    const meant = prefix.replace(/^\/+/, '').replace(/[*?].*$/s, '');
    const beginning = wildcard === undefined ? 'a slash' : `"${prefix}", with the "${wildcard}" in the key itself`;
    return [
      {
        check: 'C28',
        summary: `Rule ${id} has the prefix "${prefix}", and S3 takes a prefix literally: it matches only keys that begin with ${beginning}.`,
        fix: `Write the prefix as "${meant}"${meant === '' ? ', which matches every key' : ''}, unless your keys do begin that way.`,
        evidence: { path },
      },
    ];
  });
}
