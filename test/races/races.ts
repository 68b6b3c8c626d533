import { interleavings, type Pair, pairs, raced } from './two-runs.ts';

export interface Extent {
  readonly seeds: number;
  /** Every Nth place at which the first run is interrupted. */
  readonly stride: number;
  /** Of the pairs whose name contains this. */
  readonly only: string;
}

/** Races every pair in every way; says whether all ended right. */
export async function races(extent: Extent, print: (line: string) => void): Promise<boolean> {
  let wrong = 0;
  let all = 0;
  for (const pair of await pairs((name) => name.includes(extent.only))) {
    const started = performance.now();
    const counts = await racesOf(pair, extent, print);
    wrong += counts.wrong;
    all += counts.races;
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const codes = Object.entries(counts.codes).map(([code, times]) => `${code} ${times}`);
    print(
      `${pair.name}: ${counts.races} races, ${counts.wrong} wrong; both right ${counts.both}, one ${counts.one}, none ${counts.none} (${codes.join(', ')}); keys left over and told ${counts.leftOver}; ${seconds} s`,
    );
  }
  print(`${all - wrong} of ${all} races ended right`);
  return all > 0 && wrong === 0;
}

async function racesOf(pair: Pair, extent: Extent, print: (line: string) => void) {
  const counts = { races: 0, wrong: 0, both: 0, one: 0, none: 0, leftOver: 0, codes: {} as Record<string, number> };
  for (const { name, choose } of interleavings(pair, extent)) {
    const verdict = await raced(pair, choose());
    counts.races += 1;
    counts.leftOver += verdict.leftOver;
    for (const code of verdict.codes) counts.codes[code] = (counts.codes[code] ?? 0) + 1;
    if (verdict.successes === 2) counts.both += 1;
    else if (verdict.successes === 1) counts.one += 1;
    else counts.none += 1;
    if (verdict.wrong === undefined) continue;
    counts.wrong += 1;
    print(`WRONG ${pair.name}, ${name}: ${verdict.wrong}`);
  }
  return counts;
}
