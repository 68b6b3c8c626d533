import { regionNames } from '../aws/region-names.ts';
import { required } from '../aws/required.ts';
import { type Draft, draftDestinations, draftSource } from './draft.ts';
import type { Config } from './fields.ts';
import { nearestWord } from './nearest-word.ts';
import { type Finding, problem, warning } from './problem.ts';

const { partition } = required('@aws-sdk/core/client');

/** AWS may have opened a Region since; the sandbox has those only that the SDK knows. */
export function checkRegions(draft: Draft<Config>, isSandbox: boolean): readonly Finding[] {
  return [draftSource(draft), ...draftDestinations(draft)].flatMap(({ path, region }) => {
    if (region === undefined || isKnownRegion(region)) return [];
    const near = nearestWord(region, Object.keys(regionNames));
    const message = isSandbox
      ? `region ${region} is not a Region of AWS (write its code, such as ${near ?? 'eu-west-1'})`
      : `s3repl does not know the Region ${region}${near === undefined ? '' : ` (did you mean ${near}?)`}`;
    return [(isSandbox ? problem : warning)([...path, 'region'], message)];
  });
}

/** Only what the SDK lists has a description; the rest has its partition by its form (https://docs.aws.amazon.com/sdk-for-javascript/v3). */
export function isKnownRegion(region: string): boolean {
  return 'description' in partition(region);
}
