import type { ComplaintFilter, FoundComplaint, SearchHit } from '@bihuan/contract/complaint';
import { rangesOf, snippetOf } from '@bihuan/domain/search';
import type { RequestActor } from '../../platform/access/index.ts';
import type { Deps } from '../../platform/deps.ts';
import {
  COUNT_CAP,
  complaintWhere,
  dayEnd,
  dayStart,
  encodeCursor,
  type ListRow,
  listSql,
  type Sort,
  statementName,
  toListItem,
} from './list.query.ts';
import { type Search, type SearchPage, type SearchRow, searchPage } from './search.query.ts';
import { readSearch } from './search.service.ts';

export interface Page {
  items: FoundComplaint[];
  next: string | null;
  total: number;
  totalIsCapped: boolean;
}

export interface ListRequest {
  readonly sort?: Sort;
  readonly after?: string;
  readonly limit?: number;
}

/** A page of the list, filtered, searched and counted. */
export async function listComplaintPage(
  deps: Deps,
  actor: RequestActor,
  query: ComplaintFilter & ListRequest,
): Promise<Page> {
  const { sort = 'received', after, limit = 50, ...filter } = query;
  const search = await readSearch(deps, actor, filter);
  const { rows, next, total } = await readRows(deps, actor, filter, search, { sort, after, limit });
  const now = deps.clock.now();
  return {
    items: rows.map((row) => ({
      ...toListItem(row, deps.workingTime.calendar, now),
      ...(search ? { hit: hitOf(row as SearchRow, search) } : {}),
    })),
    next,
    total: Math.min(total, COUNT_CAP),
    totalIsCapped: total > COUNT_CAP,
  };
}

/** Rows of a page for whoever shows or writes them; `search` as read from the same filter. */
export async function readRows(
  deps: Deps,
  actor: RequestActor,
  filter: ComplaintFilter,
  search: Search | null,
  { sort, after, limit }: { sort: Sort; after: string | undefined; limit: number },
): Promise<Omit<SearchPage, 'rows'> & { rows: ListRow[] }> {
  const { q: _read, ...rest } = filter;
  const where = complaintWhere(deps, actor, rest);
  if (search)
    return searchPage(deps.db, where, search, {
      sort,
      after,
      limit,
      from: filter.receivedFrom ? dayStart(filter.receivedFrom) : null,
      until: filter.receivedTo ? dayEnd(filter.receivedTo) : null,
    });
  const order = sort === 'due' ? 'due' : 'received';
  const { text, values } = listSql(where, order, after, limit);
  const rows = await deps.db.query<ListRow & { total: number | null }>(
    statementName('complaint.list', text),
    text,
    values,
  );
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    rows: shown,
    next: rows.length > limit && last ? encodeCursor(order === 'due' ? last.due_at : last.received_at, last.id) : null,
    // An empty first page has no row to carry the count: it is zero.
    total: rows[0]?.total ?? 0,
  };
}

/** Where the words stand in a row, and a line of the content or a reply when the row itself does not show them all. */
function hitOf(row: SearchRow, { words, phoneIds }: Search): SearchHit {
  const number = rangesOf(row.number, words);
  const title = rangesOf(row.title, words);
  const address = row.address === null ? [] : rangesOf(row.address, words);
  const seen = [row.number, row.title, row.address ?? ''];
  const unseen = words.filter((word) => !seen.some((text) => rangesOf(text, [word]).length > 0));
  return {
    number,
    title,
    address,
    externalNo: row.external_no === null ? [] : rangesOf(row.external_no, words),
    snippet: unseen.length === 0 ? null : lineOf(row, unseen, words),
    phone: phoneIds.includes(row.id),
  };
}

function lineOf(row: SearchRow, unseen: readonly string[], words: readonly string[]): SearchHit['snippet'] {
  const texts = [
    { field: 'content' as const, text: row.content },
    ...row.replies.map((text) => ({ field: 'reply' as const, text })),
  ];
  for (const { field, text } of texts) {
    const line = snippetOf(text, unseen);
    if (line) return { field, text: line.text, ranges: rangesOf(line.text, words) };
  }
  return null;
}
