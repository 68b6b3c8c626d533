import { Failure } from '../events/failure.ts';

interface Page {
  readonly NextMarker?: string | undefined;
  readonly Marker?: string | undefined;
  readonly ContinuationToken?: string | undefined;
  readonly NextToken?: string | undefined;
}

/** @param most more pages than the account's quota allows. @throws Failure for a list without an end: with a partial list we would make things twice. */
export async function* pagesOf<T extends Page>(
  pages: AsyncIterable<T>,
  { list, most }: { readonly list: string; readonly most: number },
): AsyncGenerator<T> {
  const tokens = new Set<string>();
  let count = 0;
  for await (const page of pages) {
    yield page;
    count += 1;
    const token = page.NextMarker ?? page.Marker ?? page.ContinuationToken ?? page.NextToken;
    if (token === undefined || token === '') continue;
    if (tokens.has(token)) throw endlessListFailure(list, 'the same page comes again as the next one');
    if (count === most) throw endlessListFailure(list, `there are more than ${most} pages`);
    tokens.add(token);
  }
}

function endlessListFailure(list: string, why: string): Failure {
  return new Failure(
    'failed',
    'endless-list',
    `${list} never ends: ${why}`,
    'a proxy or a wrong AWS_ENDPOINT_URL may have answered in place of AWS; running the same command again may help',
  );
}
