import { required } from '../aws/required.ts';

const { partition } = required('@aws-sdk/core/client');

/** Regions by code, to choose from; others can be typed. https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html */
const places: Readonly<Record<string, string>> = {
  'us-east-1': 'N. Virginia',
  'us-east-2': 'Ohio',
  'us-west-1': 'N. California',
  'us-west-2': 'Oregon',
  'eu-central-1': 'Frankfurt',
  'eu-central-2': 'Zurich',
  'eu-north-1': 'Stockholm',
  'eu-south-1': 'Milan',
  'eu-south-2': 'Spain',
  'eu-west-1': 'Ireland',
  'eu-west-2': 'London',
  'eu-west-3': 'Paris',
  'ca-central-1': 'Canada Central',
  'ca-west-1': 'Calgary',
  'mx-central-1': 'Mexico',
  'sa-east-1': 'São Paulo',
  'ap-east-1': 'Hong Kong',
  'ap-northeast-1': 'Tokyo',
  'ap-northeast-2': 'Seoul',
  'ap-northeast-3': 'Osaka',
  'ap-south-1': 'Mumbai',
  'ap-south-2': 'Hyderabad',
  'ap-southeast-1': 'Singapore',
  'ap-southeast-2': 'Sydney',
  'ap-southeast-3': 'Jakarta',
  'ap-southeast-4': 'Melbourne',
  'af-south-1': 'Cape Town',
  'il-central-1': 'Tel Aviv',
  'me-central-1': 'UAE',
  'me-south-1': 'Bahrain',
  'cn-north-1': 'Beijing',
  'cn-northwest-1': 'Ningxia',
  'us-gov-east-1': 'GovCloud US-East',
  'us-gov-west-1': 'GovCloud US-West',
};

/** Regions to choose from, the preset one first; with a Region to replicate with, those of its partition only. */
export function regionChoices(preset: string | undefined, replicatesWith: string | undefined) {
  const codes = [...new Set([...(preset === undefined ? [] : [preset]), ...Object.keys(places)])];
  return codes
    .filter((code) => replicatesWith === undefined || partition(code).name === partition(replicatesWith).name)
    .map((code) => ({ value: code, name: [code, places[code]].filter(Boolean).join('  ') }));
}
