import { AppError } from '../../shared/platform/errors.ts';

/** Which list a token belongs to: one is of no use in another. */
export type PagedList = 'changes' | 'decisions' | 'models' | 'nodes';

const pageLimits = { sizeDefault: 100, sizeMax: 1_000, tokenLengthMax: 512 } as const;

export interface Page<T> {
  readonly items: readonly T[];
  /** Empty: that was all. */
  readonly nextPageToken: string;
}

/**
 * One page of what `name` puts in order. The token holds the last name that was given and not a position, so a
 * page neither repeats nor skips what stays while others come and go. Throws PAGE_TOKEN_INVALID, REQUEST_INVALID.
 */
export function pageOf<T>(
  list: PagedList,
  all: readonly T[],
  name: (item: T) => string,
  request: { readonly pageSize: number; readonly pageToken: string },
): Page<T> {
  const { after, size } = askedPage(list, request);
  const rest = all
    .filter((item) => after === null || name(item) > after)
    .sort((left, right) => (name(left) < name(right) ? -1 : 1));
  const items = rest.slice(0, size);
  const last = items.at(-1);
  const more = rest.length > items.length && last !== undefined;
  return { items, nextPageToken: more ? encodeToken(list, name(last)) : '' };
}

/** For lists that are read page by page: after which name to go on (null: the beginning), and how many to give. */
export function askedPage(
  list: PagedList,
  request: { readonly pageSize: number; readonly pageToken: string },
): { readonly after: string | null; readonly size: number } {
  return { after: decodeToken(list, request.pageToken), size: pageSize(request.pageSize) };
}

function pageSize(asked: number): number {
  if (asked < 0) {
    throw new AppError('REQUEST_INVALID', `page_size: ${asked} is below 0`, {
      hint: `give 1 to ${pageLimits.sizeMax}, or 0 for ${pageLimits.sizeDefault}`,
    });
  }
  return Math.min(asked === 0 ? pageLimits.sizeDefault : asked, pageLimits.sizeMax);
}

/** The token of the page after the item of that name. */
export function encodeToken(list: PagedList, after: string): string {
  return Buffer.from(JSON.stringify([1, list, after])).toString('base64url');
}

/** null: from the beginning. */
function decodeToken(list: PagedList, token: string): string | null {
  if (token === '') return null;
  const parts = token.length > pageLimits.tokenLengthMax ? null : readToken(token);
  if (Array.isArray(parts) && parts.length === 3 && parts[0] === 1 && parts[1] === list) {
    const after: unknown = parts[2];
    if (typeof after === 'string') return after;
  }
  throw new AppError('PAGE_TOKEN_INVALID', `page_token: this is no token of a list of ${list}`, {
    hint: 'send back next_page_token of the last answer as it was, or nothing to begin anew',
  });
}

function readToken(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
}
