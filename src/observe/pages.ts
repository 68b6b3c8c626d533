import { Failure } from '../events/failure.ts';

/** As KMS, IAM and S3 call it. */
interface Page {
  readonly NextMarker?: string | undefined;
  readonly Marker?: string | undefined;
  readonly ContinuationToken?: string | undefined;
}

/**
 * @param most pages that there can be: more than the account's quota allows.
 * @throws Failure where the list does not end: the same token again, or too many pages. A partial list would have us make things twice.
 */
export async function* pagesOf<T extends Page>(
  pages: AsyncIterable<T>,
  { list, most }: { readonly list: string; readonly most: number },
): AsyncGenerator<T> {
  const tokens = new Set<string>();
  let count = 0;
  for await (const page of pages) {
    yield page;
    count += 1;
    const token = page.NextMarker ?? page.Marker ?? page.ContinuationToken;
    if (token === undefined || token === '') continue;
    if (tokens.has(token)) throw endlessListFailure(list, 'the same page is named as the next one again');
    if (count === most) throw endlessListFailure(list, `there are more than ${most} pages`);
    tokens.add(token);
  }
}

function endlessListFailure(list: string, why: string): Failure {
  return new Failure(
    'failed',
    'endless-list',
    `${list} does not come to its end: ${why}`,
    'a proxy or a wrong AWS_ENDPOINT_URL may have answered in place of AWS; running the same command again may help',
  );
}
