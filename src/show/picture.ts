/** A set-up as a small picture: accounts as boxes, what is in them, and the arrows of replication. */
import type { AnySide, DestinationSide, Spec } from '../config/spec.ts';
import { shortened } from './printable.ts';

/** The widest that a picture is drawn. */
const widest = 76;

/** The lines of the picture, at most `columns` wide. */
export function pictureLines(spec: Spec, columns: number): readonly string[] {
  const width = Math.min(columns, widest) - 2;
  const source = [
    `bucket ${spec.source.bucket}`,
    `key    ${keyText(spec.source)}`,
    `role   ${spec.role.name}, which S3 assumes`,
  ];
  return [
    ...box(`source  ${spec.source.account}  ${spec.source.region}`, source, width),
    ...spec.destinations.flatMap((side) => [
      ...arrow(side, width),
      ...box(
        `destination  ${side.account}  ${side.region}`,
        [`bucket ${side.bucket}`, `key    ${keyText(side)}`],
        width,
      ),
    ]),
  ];
}

function box(title: string, lines: readonly string[], width: number): readonly string[] {
  const inner = width - 4;
  const top = `┌─ ${shortened(title, inner - 2)} `;
  return [
    `${top.padEnd(width - 1, '─')}┐`,
    ...lines.map((line) => `│ ${shortened(line, inner).padEnd(inner)} │`),
    `└${'─'.repeat(width - 2)}┘`,
  ];
}

function arrow(side: DestinationSide, width: number): readonly string[] {
  const rules = side.rules.map(({ prefix, tags, replicationTimeControl, deleteMarkers }) => {
    const which = [prefix === '' ? '' : `${prefix}*`, ...Object.entries(tags).map(([key, value]) => `${key}=${value}`)];
    const extras = [deleteMarkers ? 'with delete markers' : '', replicationTimeControl ? 'S3 RTC' : ''];
    return [which.filter(Boolean).join(' and ') || 'every new object', ...extras.filter(Boolean)].join(', ');
  });
  return [
    ...rules.map((text) => `    │  ${shortened(text, width - 7)}`),
    '    ▼  decrypted with the one key, encrypted with the other',
  ].map((line) => shortened(line, width));
}

function keyText({ kmsKey }: AnySide): string {
  switch (kmsKey.kind) {
    case 'create':
      return 'a key of its own, made by s3repl';
    case 'source':
      return "the source's key";
    case 'alias':
      return kmsKey.alias;
    case 'arn':
      return kmsKey.arn;
  }
}
