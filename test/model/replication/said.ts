/** Verdicts as the records of them show them: what is found by code and path (mutations/*.txt), each sentence once (sentences.txt). */
import { type Cause, sourceText, type Verdict } from '../../../src/model/verdict.ts';
import { type Told, valuesOf } from '../../sentences.ts';
import { dstKeyArn, roleArn, srcKeyArn } from './world.ts';

/** All that is found of an object, without a sentence. */
export function recordVerdict({ outcome, reason, rule, destination, replica, causes, warnings }: Verdict): string {
  const lines = [
    [outcome, reason, rule && `by ${rule}`, destination && `to ${destination}`].filter(Boolean).join(' '),
    ...(replica ? [`arrives as ${Object.values(replica).map(memberText).join(' ')}`] : []),
    ...causes.map((cause) => recordCause('cause', cause)),
    ...warnings.map((warning) => recordCause('warning', warning)),
  ];
  return lines.map((line) => `  ${shorten(line)}\n`).join('');
}

/** Of the members of a replica, `tags` alone is ever false. */
function memberText(value: string | false | null): string {
  return value === false ? 'without tags' : `${value}`;
}

export function recordCause(kind: string, { check, code, summary, fix, evidence }: Cause): string {
  const { arn, path, sid, mismatch, refused, unknown, sources } = evidence;
  const found = {
    code,
    arn,
    path: path?.join('/'),
    sid,
    mismatch: mismatch && /^Condition [^:]+\S*(?=: )|^\w+/.exec(mismatch)?.[0],
    refused: refused && Object.values(refused).join(' '),
    unknown: unknown?.map((what) => `(${valuesOf(what).join(' ')})`).join(' '),
    sources: sources?.length,
  };
  const members = Object.entries(found).filter(([, value]) => value !== undefined);
  const line = shorten([`${kind} ${check}`, ...members.map(([name, value]) => `${name}: ${value}`)].join('; '));
  const others = new Set(valuesOf(shorten(summary)).filter((value) => !line.includes(value)));
  const wanted = new Set(valuesOf(shorten(fix)));
  return [line, ...nameAll('with', others), ...nameAll('fix', wanted)].join('; ');
}

function nameAll(name: string, values: ReadonlySet<string>): readonly string[] {
  return values.size > 0 ? [`${name}: ${[...values].join(' ')}`] : [];
}

/** The texts of a cause, where what a mismatch or an unknown thing says stands for itself. */
export function listTexts(title: string, { check: by, summary, fix, evidence }: Cause): readonly Told[] {
  const { mismatch, unknown = [], sources = [] } = evidence;
  const cut = (text: string) => {
    const rest = unknown.reduce(
      (cutText, one) => cutText.replace(one, '<unknown>').replace(capital(one), '<unknown>'),
      text,
    );
    return rest.replace(/<unknown>(; <unknown>)+/, '<unknown>').replace(mismatch ?? '<mismatch>', '<mismatch>');
  };
  return [
    { by, part: 'summary', title, text: cut(summary) },
    { by, part: 'fix', title, text: cut(fix) },
    ...(mismatch === undefined ? [] : [{ by, part: 'mismatch', title, text: mismatch }]),
    ...unknown.map((text) => ({ by, part: 'unknown', title, text })),
    ...sources.map((source) => ({ by, part: 'source', title, text: sourceText(source) })),
  ];
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

const names: readonly (readonly [string, string])[] = [
  [roleArn, 'ROLE'],
  [srcKeyArn, 'SRC-KEY'],
  [dstKeyArn, 'DST-KEY'],
  ['arn:aws:s3:::', ''],
];

function shorten(text: string): string {
  return names.reduce((shorter, [long, short]) => shorter.replaceAll(long, short), text);
}
