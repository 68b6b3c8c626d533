import { describe, expect, it } from 'vitest';
import type { Client } from './client.ts';
import { isCurrent, tableOf, withTable } from './table.ts';

const client: Client = {
  name: 'filer',
  version: 'filer --version',
  settings: '`--host`',
  trials: [
    { does: '`put`', script: 'filer put' },
    { does: '`get`', script: 'filer get' },
    { does: 'forms', script: 'filer post', fails: { saying: '501', because: 'not there' } },
    { does: 'websites', script: 'filer web', fails: { saying: '501', because: 'not there' } },
  ],
};
const page = `before

<!-- Made by \`npm run clients\` from test/clients/. -->
old
<!-- The end of what \`npm run clients\` makes. -->

after 1.2
`;

describe('the table of clients', () => {
  it('has a row for each client: what works, and what does not with its reason, said once', () => {
    expect(tableOf([client], { filer: '2.3' })).toContain(
      '| filer 2.3 | `--host` | `put`; `get` | forms, websites (not there) |',
    );
  });

  it('names a client without its version where that is not known', () => {
    expect(tableOf([client], {})).toContain('| filer | `--host` |');
  });

  it('replaces what stands between its two lines, and nothing else', () => {
    const written = withTable(page, 'new');
    expect(written).toBe(page.replace('\nold\n', '\n\nnew\n\n'));
    expect(withTable(written, 'new')).toBe(written);
  });

  it('is not written into a page that lacks the lines', () => {
    expect(() => withTable('a page', 'new')).toThrow('lacks the lines');
  });

  it.each([
    ['other versions', { filer: '4.0' }, client, true],
    ['no versions', {}, client, true],
    ['one thing less', { filer: '2.3' }, { ...client, trials: client.trials.slice(1) }, false],
    ['another name', { filer: '2.3' }, { ...client, name: 'files' }, false],
  ])('compared with a table with %s', (_, versions, now, current) => {
    const written = withTable(page, tableOf([client], { filer: '2.3' }));
    expect(isCurrent(written, tableOf([now], versions))).toBe(current);
  });
});
