import { AppError } from '../../shared/platform/errors.ts';
import { fieldError } from '../../shared/wire/unary.ts';

/** Which list a token belongs to: one is of no use in another. */
export type PagedList =
  'allocations' | 'changes' | 'decisions' | 'events' | 'models' | 'nodes' | 'samples';

/** Of what a token holds. */
const version = 2;
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

/**
 * For lists that are read page by page: after which name to go on (null: the beginning), and how many to give.
 * `query`: what else was asked for, in one word; a token is good for the same only.
 */
export function askedPage(
  list: PagedList,
  request: { readonly pageSize: number; readonly pageToken: string },
  query = '',
): { readonly after: string | null; readonly size: number } {
  return { after: decodeToken(list, request.pageToken, query), size: pageSize(request.pageSize) };
}

function pageSize(asked: number): number {
  if (asked < 0) {
    const hint = `give 1 to ${pageLimits.sizeMax}, or 0 for ${pageLimits.sizeDefault}`;
    throw fieldError('page_size', `${asked} is below 0`, hint);
  }
  return Math.min(asked === 0 ? pageLimits.sizeDefault : asked, pageLimits.sizeMax);
}

/** The token of the page after the item of that name. */
export function encodeToken(list: PagedList, after: string, query = ''): string {
  return Buffer.from(JSON.stringify([version, list, query, after])).toString('base64url');
}

/** null: from the beginning. */
function decodeToken(list: PagedList, token: string, query: string): string | null {
  if (token === '') return null;
  const parts = token.length > pageLimits.tokenLengthMax ? null : readToken(token);
  if (!Array.isArray(parts) || parts.length !== 4 || parts[0] !== version || parts[1] !== list) {
    throw tokenError(`this is no token of a list of ${list}`);
  }
  const [, , asked, after] = parts as readonly unknown[];
  if (asked !== query) throw tokenError('it belongs to a list that was asked for in other words');
  if (typeof after !== 'string') throw tokenError(`this is no token of a list of ${list}`);
  return after;
}

function tokenError(message: string): AppError {
  return new AppError('PAGE_TOKEN_INVALID', `page_token: ${message}`, {
    hint: 'send back next_page_token of the last answer as it was, or nothing to begin anew',
    violations: [{ field: 'page_token', message }],
  });
}

function readToken(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
}
