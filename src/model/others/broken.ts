import { classText, type Described, isPlain } from '../classes/class-text.ts';
import type { Rule } from '../replication/rule.ts';
import type { Cause } from '../verdict.ts';
import type { Compared } from './compared-objects.ts';

export interface Broken {
  readonly rule: Rule;
  /** `stops`: it no longer arrives; `differs`: it arrives changed; `begins`: delete markers that the rule leaves out arrive; `unknown`: s3repl cannot tell. */
  readonly effect: 'stops' | 'differs' | 'begins' | 'unknown';
  /** A sentence, or the end of one. */
  readonly how: string;
  /** Empty where it is all that the bucket's defaults make. */
  readonly objects: readonly string[];
  readonly cause?: Cause;
  readonly by?: Rule;
  readonly unseen?: true;
}

export interface Met extends Broken {
  readonly name: string;
  readonly wider: readonly string[];
}

export function namesOf(compared: Compared, rule: Rule): Pick<Met, 'name' | 'wider'> {
  const all = { key: `${rule.prefix}*`, tags: Object.fromEntries(rule.tags) };
  const { asksKey: _, ...unasked } = { ...compared, plain: { ...compared.plain, ...all } };
  const { class: one, plain } = unasked;
  const { encryption, bucketKey } = plain;
  const said: Described & Pick<Compared, 'asksKey'> = { ...compared, plain };
  const alike = [
    said,
    { ...unasked, class: { ...one, encryption, bucketKey } },
    // DSSE-KMS needs what SSE-KMS without a Bucket Key needs (rules.md 1.2 M9, M12a).
    ...(one.encryption === 'DSSE-KMS'
      ? [{ ...said, class: { ...one, encryption: 'SSE-KMS' as const, bucketKey: false } }]
      : []),
  ];
  const name = nameOf(said);
  const wider = alike.flatMap((some) =>
    [{}, { key: all.key }, { tags: all.tags }, all].map((more) =>
      nameOf({ ...some, class: { ...some.class, ...more } }),
    ),
  );
  return { name, wider: wider.filter((some) => some !== name) };
}

function nameOf(compared: Described & Pick<Compared, 'asksKey'>): string {
  const name = isPlain(compared) ? undefined : classText(compared);
  if (compared.asksKey !== undefined) return `${name ?? 'objects'} (key ${compared.asksKey})`;
  return name === undefined ? (compared.what === 'delete-marker' ? 'delete markers' : '') : name;
}

export function groupBroken(broken: readonly Met[]): readonly Broken[] {
  const groups = new Map<string, Met[]>();
  for (const one of broken) {
    const reason = JSON.stringify([one.rule.path, one.effect, one.unseen, groupKey(one)]);
    const group = groups.get(reason);
    if (group) group.push(one);
    else groups.set(reason, [one]);
  }
  return [...groups.values()].flatMap((group) => {
    const names = new Set(group.map(({ name }) => name));
    const widest = group.filter(({ wider }) => !wider.some((one) => names.has(one)));
    return group.slice(0, 1).map(({ name: _, wider: __, ...one }) => ({
      ...one,
      objects: [...new Set(widest.map(({ name }) => name))],
    }));
  });
}

/** Causes whose summaries differ only in the object that they name are one. */
function groupKey({ how, cause }: Broken): string {
  return cause ? JSON.stringify([cause.check, cause.evidence.path, cause.evidence.refused?.action]) : how;
}
