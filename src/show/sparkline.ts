const blocks = '▁▂▃▄▅▆▇█';
const asciiBlocks = '_.-=*#';

export interface SparklineStyle {
  /** In characters; fewer values take fewer. */
  readonly width: number;
  readonly ascii: boolean;
  /** In the place of a part without a value. */
  readonly gap: '·' | ' ';
}

/** The lowest sign is 0 and nothing else is, the highest is the most of all. Where there are more values than room, the highest of neighbors stands for them. */
export function sparkline(values: readonly (number | null)[], { width, ascii, gap }: SparklineStyle): string {
  const parts = fitTo(values, width);
  const most = Math.max(0, ...parts.map((value) => value ?? 0));
  const signs = ascii ? asciiBlocks : blocks;
  const signOf = (value: number | null) => {
    if (value === null) return ascii ? ' ' : gap;
    return value <= 0 ? signs.charAt(0) : signs.charAt(Math.max(1, Math.round((value / most) * (signs.length - 1))));
  };
  return parts.map(signOf).join('');
}

function fitTo(values: readonly (number | null)[], width: number): readonly (number | null)[] {
  if (values.length <= width) return values;
  return Array.from({ length: width }, (_, index) => {
    const [from, to] = [index, index + 1].map((one) => Math.floor((one * values.length) / width));
    const known = values.slice(from, to).filter((value) => value !== null);
    return known.length === 0 ? null : Math.max(...known);
  });
}
