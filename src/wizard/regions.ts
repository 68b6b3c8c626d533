import { regionNames } from '../aws/region-names.ts';
import { required } from '../aws/required.ts';

const { partition } = required('@aws-sdk/core/client');

/** With a Region to replicate with, only those of its partition. */
export function regionChoices(preset: string | undefined, replicatesWith: string | undefined) {
  const codes = [...new Set([...(preset === undefined ? [] : [preset]), ...Object.keys(regionNames)])];
  return codes
    .filter((code) => replicatesWith === undefined || partition(code).name === partition(replicatesWith).name)
    .map((code) => ({ value: code, name: [code, regionNames[code]].filter(Boolean).join('  ') }));
}
