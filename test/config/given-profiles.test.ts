import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/parse-config.ts';
import { atDestination, atSource, changed, plainFile } from './config-file.ts';

const third = '  - { account: "333333333333", region: eu-west-1, bucket: third, access: { profile: theirs } }\n';

const parse = (text: string, profiles: object, flags = {}) => {
  const parsed = parseConfig(text, { file: 'f', profiles, flags });
  if (!parsed.ok) return parsed.problems.map(({ where, message }) => `${where} ${message}`);
  const { source, destinations } = parsed.spec;
  return [source, ...destinations].map(({ access }) => access.profile);
};

describe('profiles that are given', () => {
  it('sign in to each side that names none', () => {
    expect(parse(plainFile, { profile: 'prod' })).toEqual(['prod', 'prod']);
    expect(parse(plainFile, { destinationProfile: 'dr' })).toEqual([undefined, 'dr']);
    expect(parse(plainFile + third, { profile: 'prod' })).toEqual(['prod', 'prod', 'theirs']);
    expect(parse(plainFile + third, { profile: 'prod', destinationProfile: 'theirs' })).toEqual([
      'prod',
      'theirs',
      'theirs',
    ]);
  });

  it('are what a role is assumed with', () => {
    const text = changed(atSource('access: { assumeRole: "arn:aws:iam::111111111111:role/set-up" }'));
    const parsed = parseConfig(text, { file: 'f', profiles: { profile: 'base' } });
    expect(parsed).toMatchObject({
      spec: { source: { access: { profile: 'base', assumeRole: 'arn:aws:iam::111111111111:role/set-up' } } },
    });
  });

  it('are no part of the configuration that a plan keeps', () => {
    const parsed = parseConfig(plainFile, { file: 'f', profiles: { profile: 'prod' } });
    expect(JSON.stringify(parsed.ok && parsed.config)).not.toContain('prod');
  });

  it('may say what the file says, and nothing else', () => {
    const source = changed(atSource('access: { profile: prod }'));
    expect(parse(source, { profile: 'prod' })).toEqual(['prod', 'prod']);
    expect(parse(source, { profile: 'other' })).toEqual([
      'f:7:22 the profile here is "prod", but --profile says "other" (leave one of them out)',
    ]);
    const destination = changed(atDestination('access: { profile: dr }'));
    expect(parse(destination, { profile: 'prod' })).toEqual(['prod', 'dr']);
    expect(parse(destination, { destinationProfile: 'other' })).toEqual([
      'f:11:24 the profile here is "dr", but --destination-profile says "other" (leave one of them out)',
    ]);
    expect(parse(plainFile, { profile: 'a' }, { 'source.access.profile': 'b' })).toEqual([
      '--source-access-profile the profile here is "b", but --profile says "a" (leave one of them out)',
    ]);
  });
});
