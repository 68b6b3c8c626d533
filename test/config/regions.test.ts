import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/parse-config.ts';
import { changed } from './config-file.ts';

const said = (region: string, sandbox: boolean) => {
  const parsed = parseConfig(changed(['eu-central-1', region]), { file: 'f', sandbox });
  const all = parsed.ok ? parsed.warnings : parsed.problems;
  return [parsed.ok, ...all.map(({ where, message }) => `${where} ${message}`)];
};

describe('a Region', () => {
  it.each(['eu-west-2', 'ap-southeast-7', 'ap-east-2'])('%s is one of AWS', (region) => {
    expect(said(region, true)).toEqual([true]);
    expect(said(region, false)).toEqual([true]);
  });

  it('that AWS does not have is refused in the sandbox, with the nearest one', () => {
    expect(said('eu-wset-1', true)).toEqual([
      false,
      'f:9:13 region eu-wset-1 is not a Region of AWS (write its code, such as eu-west-1)',
    ]);
    expect(said('moon-far-9', true)).toMatchObject([false, expect.stringContaining('such as eu-west-1)')]);
  });

  it('that s3repl does not know is a warning elsewhere: AWS may have opened it since', () => {
    expect(said('eu-wset-1', false)).toEqual([
      true,
      'f:9:13 s3repl does not know the Region eu-wset-1 (did you mean eu-west-1?)',
    ]);
    expect(said('moon-far-9', false)).toEqual([true, 'f:9:13 s3repl does not know the Region moon-far-9']);
  });
});
