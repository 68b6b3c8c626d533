/** The table of docs/sandbox.md that says what works with whom. */
import type { Client } from './client.ts';

const BEGIN = '<!-- Made by `npm run clients` from test/clients/. -->';
const END = '<!-- The end of what `npm run clients` makes. -->';

/** Rows of what other scripts try. */
const ELSEWHERE = [
  [
    'AWS SDK for JavaScript 3',
    '`endpoint`, `forcePathStyle: true`',
    'all that s3repl itself and its tests send (`npm test`)',
    'S3 Control, unless the client leaves the account ID out of the host name (see above)',
  ],
  [
    'Terraform, AWS provider 5',
    '`endpoints`, `s3_use_path_style`, `skip_metadata_api_check`',
    'applies a replication with its buckets, keys and role, finds nothing to change, changes it, imports a bucket, and destroys all (`npm run test:terraform`)',
    'what the sandbox leaves out',
  ],
] as const;

/** @param versions of the clients, by name; without those that are not known. */
export function tableOf(clients: readonly Client[], versions: Readonly<Record<string, string>>): string {
  const rows = clients.map((client) => {
    const name = [client.name, versions[client.name] ?? []].flat().join(' ');
    return [name, client.settings, works(client), doesNot(client)];
  });
  const head = ['Client', 'Settings besides `sandbox credentials`', 'Works', 'Does not work'];
  return [head, head.map(() => '---'), ...rows, ...ELSEWHERE].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

function works({ trials }: Client): string {
  return trials.flatMap(({ does, fails }) => (fails === undefined ? [does] : [])).join('; ');
}

function doesNot({ trials }: Client): string {
  const reasons = new Map<string, string[]>();
  for (const { does, fails } of trials) {
    if (fails !== undefined) reasons.set(fails.because, [...(reasons.get(fails.because) ?? []), does]);
  }
  return [...reasons].map(([because, does]) => `${does.join(', ')} (${because})`).join('; ') || 'nothing known';
}

/**
 * The page with the table in its place.
 *
 * @throws Error where the page does not say where the table begins and ends.
 */
export function withTable(page: string, table: string): string {
  const { before, after } = around(page);
  return `${before}${BEGIN}\n\n${table}\n\n${END}${after}`;
}

/** Whether the page has this table, whatever versions either names. */
export function isCurrent(page: string, table: string): boolean {
  return withoutVersions(page) === withoutVersions(withTable(page, table));
}

function around(page: string): { readonly before: string; readonly after: string } {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`the page lacks the lines ${BEGIN} and ${END}`);
  return { before: page.slice(0, begin), after: page.slice(end + END.length) };
}

/** Versions differ between machines; what works is what counts. */
function withoutVersions(page: string): string {
  return page.replace(/^(\| [^|]*?) \d+\.\d+(?= \|)/gm, '$1');
}
