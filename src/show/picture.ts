import { idIn } from '../aws/arn.ts';
import type { AnySide, Spec } from '../config/spec.ts';
import { shorten } from './printable.ts';

/** In columns: from here on, two boxes stand side by side. */
const wide = 76;
const arrow = ' ──▶ ';

export function pictureLines(spec: Spec, columns: number): readonly string[] {
  const width = Math.min(columns, 80);
  const [only, ...others] = spec.destinations;
  if (only && others.length === 0 && width >= wide) {
    const half = Math.floor((width - arrow.length) / 2);
    const left = sideBox(spec.source, spec, half);
    const right = sideBox(only, spec, half);
    return [
      ...left.map((line, index) => {
        const between = index === 2 ? arrow : ' '.repeat(arrow.length);
        return `${line}${between}${right[index] ?? ''}`.trimEnd();
      }),
      ...ruleLines(only, width),
    ];
  }
  return [
    ...sideBox(spec.source, spec, width),
    ...spec.destinations.flatMap((side) => [
      '    │',
      '    ▼',
      ...sideBox(side, spec, width),
      ...ruleLines(side, width),
    ]),
  ];
}

function sideBox(side: AnySide, spec: Spec, width: number): readonly string[] {
  const inner = width - 4;
  const lines = [
    `bucket ${side.bucket}`,
    `Region ${side.region}`,
    `key    ${keyText(side)}`,
    ...(side.id === 'source' ? [`role   ${spec.role.name}`] : []),
  ];
  const title = side.id === 'source' ? `source ${side.account}` : `destination ${side.account}`;
  return [
    `${`┌─ ${shorten(title, inner - 2)} `.padEnd(width - 1, '─')}┐`,
    ...lines.map((line) => `│ ${shorten(line, inner).padEnd(inner)} │`),
    `└${'─'.repeat(width - 2)}┘`,
  ];
}

function ruleLines(side: Spec['destinations'][number], width: number): readonly string[] {
  return side.rules.map(({ prefix, tags, replicationTimeControl, deleteMarkers, storageClass, enabled }) => {
    const which = [prefix === '' ? '' : `${prefix}…`, ...Object.entries(tags).map(([key, value]) => `${key}=${value}`)];
    const extras = [
      enabled ? '' : 'switched off',
      deleteMarkers ? 'with delete markers' : 'without delete markers',
      replicationTimeControl ? 'S3 RTC' : '',
      storageClass ?? '',
    ];
    const objects = which.filter(Boolean).join(' and ') || 'every new object';
    return shorten(`  ${[objects, ...extras.filter(Boolean)].join(', ')}`, width);
  });
}

function keyText({ kmsKey }: AnySide): string {
  switch (kmsKey.kind) {
    case 'create':
      return 'its own, made by s3repl';
    case 'source':
      return "the source's key";
    case 'alias':
      return kmsKey.alias;
    case 'arn':
      return idIn(kmsKey.arn);
  }
}
