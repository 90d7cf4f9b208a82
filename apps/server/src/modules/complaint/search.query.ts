import {
  fieldsUpTo,
  pairsOf,
  periodOf,
  queryKeys,
  SEARCH_FIELDS,
  type SearchField,
  spellings,
} from '@bihuan/domain/search';
import type { Database, Sql } from '../../platform/db/index.ts';
import { invalid } from '../../platform/errors.ts';
import {
  COUNT_CAP,
  decodeCursor,
  encodeCursor,
  LIST_COLUMNS,
  LIST_JOINS,
  type ListRow,
  listSql,
  type Sort,
  statementName,
  type Where,
} from './list.query.ts';
import { REPLIES } from './search-index.repo.ts';

export interface Search {
  /** Folded; all of them must occur. At least one has two characters. */
  readonly words: readonly string[];
  /** Orders of the phone number that was typed, for those who may look for one. */
  readonly phoneIds: readonly string[];
}

export interface SearchRow extends ListRow {
  readonly content: string;
  readonly replies: string[];
}

const TEXTS = `, c.content, ${REPLIES} as replies`;

/** A filter so cheap, and its orders so few, that they are read and compared one by one. Planner's cost, rows. */
const NARROW = { cost: 4_000, rows: 3_000 };

/** Periods asked for at once: few where the page is likely to fill, ever more where nothing was found. */
const STEPS = [1, 1, 2, 4, 8, 16, 32];

// ── what matches ────────────────────────────────────────────────────────────

/** SQL by which a column is held to contain a word; exact, whatever the index says. */
function holding(where: Where, word: string): (column: string) => string {
  if (!/[!-~]/.test(word)) {
    const pattern = where.parameter(`%${word}%`);
    return (column) => `${column} like ${pattern}`;
  }
  // Letters, digits and signs have several spellings (ａ, A): each character becomes the set of them.
  const pattern = where.parameter(
    [...word].map((char) => `[${spellings(char).replace(/[\\\]^[-]/g, '\\$&')}]`).join(''),
  );
  return (column) => `${column} ~ ${pattern}`;
}

const inReply = (holds: (column: string) => string): string =>
  `exists (select 1 from handling_round m where m.complaint_id = c.id and (${holds('m.result')} or ${holds('m.follow_up_note')}))`;

/** The definition of a match, on an order `c`: every word in its number, title, address, content or a reply; or its phone. */
export function addSearch(where: Where, search: Search): void {
  const words = search.words.map((word) => {
    const holds = holding(where, word);
    const columns = ['c.title', 'c.content', 'c.address', 'c.number', 'c.external_no'].map(holds);
    return `(${[...columns, inReply(holds)].join(' or ')})`;
  });
  const all = words.join(' and ');
  if (search.phoneIds.length === 0) where.raw(all);
  else where.raw(`((${all}) or c.id = any(${where.parameter(search.phoneIds)}::uuid[]))`);
}

/**
 * The same, with the index naming the orders that can match: all its periods at once, because all matches are wanted, not
 * the newest. Where neither finds any the period is empty.
 */
export async function addIndexedSearch(
  sql: Sql,
  where: Where,
  search: Search,
  { from, until }: Pick<SearchRequest, 'from' | 'until'>,
): Promise<void> {
  const span = await spanOf(sql, from, until);
  if (!span || span.newest < span.oldest) return where.raw('false');
  const keys = pairsOf(search.words).map(
    (pair) => `keys && ${where.parameter(queryKeys(pair, SEARCH_FIELDS, span.newest, span.oldest))}::int4[]`,
  );
  where.raw(
    `c.id in (select complaint_id from complaint_search where ${keys.join(' and ')}
              union all select complaint_id from search_pending union all select unnest(${where.parameter(search.phoneIds)}::uuid[]))`,
  );
  addSearch(where, search);
}

/**
 * The definition of relevance, of an order that matches: the place, counted in `SEARCH_FIELDS` from 1, in which the word
 * stands that has the lowest of them; with one word, simply the best place it stands in.
 */
function rankSql(where: Where, search: Search): string {
  const ranks = search.words.map((word) => {
    const holds = holding(where, word);
    const title = ['c.title', 'c.number', 'c.external_no'].map(holds).join(' or ');
    return `case when ${title} then 1 when ${holds('c.address')} then 2 when ${holds('c.content')} then 3 else 4 end`;
  });
  const rank = `greatest(${ranks.join(', ')})`;
  return search.phoneIds.length === 0
    ? rank
    : `case when c.id = any(${where.parameter(search.phoneIds)}::uuid[]) then 1 else ${rank} end`;
}

// ── the walk through the index ──────────────────────────────────────────────

interface Span {
  readonly newest: number;
  readonly oldest: number;
}

/** The periods that can hold anything. Read from the orders themselves, so that it covers whatever is committed by now. */
async function spanOf(sql: Sql, from: Date | null, until: Date | null): Promise<Span | null> {
  const [row] = await sql.query<{ newest: Date | null; oldest: Date | null }>(
    'search.span',
    'select (select received_at from complaint order by received_at desc, id desc limit 1) as newest, (select received_at from complaint order by received_at, id limit 1) as oldest',
  );
  if (!row?.newest || !row.oldest) return null;
  return {
    newest: periodOf(Math.min(row.newest.getTime(), until?.getTime() ?? Number.POSITIVE_INFINITY)),
    oldest: periodOf(Math.max(row.oldest.getTime(), from?.getTime() ?? Number.NEGATIVE_INFINITY)),
  };
}

/** @returns 1-based first and last place of each step in the arrays of keys */
function stepsOf({ newest, oldest }: Span, keysAPeriod: number): { from: number[]; to: number[] } {
  const from: number[] = [];
  const to: number[] = [];
  const periods = newest - oldest + 1;
  for (let done = 0, step = 0; done < periods; step++) {
    const size = Math.min(STEPS[step] ?? STEPS.at(-1)!, periods - done);
    from.push(done * keysAPeriod + 1);
    to.push((done + size) * keysAPeriod);
    done += size;
  }
  return { from, to };
}

interface Walk {
  readonly search: Search;
  readonly span: Span;
  /** Where the words may stand for this walk. */
  readonly fields: readonly SearchField[];
  /** Only orders of this rank. */
  readonly rank: number | null;
  /** Position after which to go on. */
  readonly after: readonly [at: Date, id: string] | null;
  /** Matches after which the index is left. */
  readonly cap: number;
}

/**
 * CTEs that end in `hits (id, received_at)`: the newest matches, at most `cap` out of the index, and every match among the
 * orders that wait to be indexed. The nested loops run from the newest period back, in each from the newest order, and
 * stop at the cap; `offset 0` keeps the planner from another order. One statement, one snapshot: an order is in the index,
 * or waits, or both, never neither.
 */
function hitsSql(where: Where, walk: Walk): string {
  const { search, span, fields } = walk;
  const steps = stepsOf(span, fields.length);
  const p = (value: unknown): string => where.parameter(value);
  const from = p(steps.from);
  const to = p(steps.to);
  const keys = pairsOf(search.words).map(
    (pair) => `s.keys && (${p(queryKeys(pair, fields, span.newest, span.oldest))}::int4[])[g.a:g.b]`,
  );
  const rank = walk.rank === null ? '' : `and ${rankSql(where, search)} = ${p(walk.rank)}::int`;
  const after = walk.after && [p(walk.after[0]), p(walk.after[1])];
  const below = (at: string, id: string): string =>
    after ? `and (${at}, ${id}) < (${after[0]}::timestamptz, ${after[1]}::uuid)` : '';
  const phones = search.phoneIds.length === 0 ? '' : `union select unnest(${p(search.phoneIds)}::uuid[])`;
  return `
with walk as materialized (
  select c.id, c.received_at
    from unnest(${from}::int[], ${to}::int[]) g (a, b)
   cross join lateral (select s.complaint_id, s.received_at from complaint_search s where ${keys.join(' and ')} ${below('s.received_at', 's.complaint_id')}
                        order by s.received_at desc, s.complaint_id desc offset 0) s
   cross join lateral (select c.id, c.received_at from complaint c where c.id = s.complaint_id and ${where.sql} ${rank} offset 0) c
   limit ${p(walk.cap)}),
waiting as materialized (select complaint_id as id from search_pending ${phones}),
hits as materialized (
  select id, received_at from walk
  union
  select c.id, c.received_at from complaint c where c.id in (select id from waiting) and ${where.sql} ${rank} ${below('c.received_at', 'c.id')})`;
}

// ── pages ───────────────────────────────────────────────────────────────────

export interface SearchRequest {
  readonly sort: Sort;
  readonly after: string | undefined;
  readonly limit: number;
  /** Days of the filter, so that only their periods are asked. */
  readonly from: Date | null;
  readonly until: Date | null;
}

type Searched = Pick<Database, 'query' | 'kysely' | 'transaction'>;

export interface SearchPage {
  readonly rows: SearchRow[];
  readonly next: string | null;
  /** Counted with the first page only, to one beyond the cap. */
  readonly total: number;
}

/**
 * A page of the orders that match, exactly those and in exactly the order that reading every order would give.
 * @param where scope and filters, without the search
 * @param limits up to which the filter's orders are read one by one instead
 */
export async function searchPage(
  db: Searched,
  where: Where,
  search: Search,
  request: SearchRequest,
  limits = NARROW,
): Promise<SearchPage> {
  const narrow = where.parts.some((part) => part !== 'true') && (await isNarrow(db, where, limits));
  addSearch(where, search);
  if (narrow) return directPage(db, where, search, request);
  const span = await spanOf(db, request.from, request.until);
  if (!span || span.newest < span.oldest) return { rows: [], next: null, total: 0 };
  if (request.sort === 'relevance') return rankedPage(db, where, search, span, request);
  if (request.sort === 'due') return duePage(db, where, search, span, request);
  return newestPage(db, where, search, span, request);
}

/** Asks the planner, who knows how many orders a filter leaves and whether an index leads to them. */
async function isNarrow(sql: Sql, where: Where, limits: typeof NARROW): Promise<boolean> {
  const [row] = await sql.query<{ 'QUERY PLAN': [{ Plan: { 'Total Cost': number; 'Plan Rows': number } }] }>(
    null,
    `explain (format json) select c.id from complaint c where ${where.sql}`,
    where.values,
  );
  const { 'Total Cost': cost, 'Plan Rows': rows } = row!['QUERY PLAN'][0].Plan;
  return cost <= limits.cost && rows <= limits.rows;
}

async function newestPage(
  db: Searched,
  where: Where,
  search: Search,
  span: Span,
  { after, limit }: SearchRequest,
): Promise<SearchPage> {
  const walk = {
    search,
    span,
    fields: SEARCH_FIELDS,
    rank: null,
    after: after === undefined ? null : decodeCursor(after),
    // The first page is counted by the same walk.
    cap: after === undefined ? Math.max(COUNT_CAP, limit) + 1 : limit + 1,
  };
  const rows = await walkRows(db, where, walk, limit + 1);
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    rows: shown,
    next: rows.length > limit && last ? encodeCursor(last.received_at, last.id) : null,
    total: after === undefined ? (rows[0]?.total ?? 0) : 0,
  };
}

/**
 * The plan is the same whatever the word; making it anew for each would take longer than many a search. No order comes by
 * twice, so there is nothing to memoize.
 */
const SETTINGS =
  "select set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_memoize', 'off', true)";

async function walkThrough<Row extends object>(
  db: Searched,
  name: string,
  text: string,
  values: readonly unknown[],
): Promise<Row[]> {
  return db.transaction(async (trx) => {
    const [, rows] = await Promise.all([trx.query('search.settings', SETTINGS), trx.query<Row>(name, text, values)]);
    return rows;
  });
}

function walkRows(db: Searched, base: Where, walk: Walk, limit: number): Promise<(SearchRow & { total: number })[]> {
  const where = base.copy();
  const hits = hitsSql(where, walk);
  const text = `${hits},
page as materialized (select id from hits order by received_at desc, id desc limit ${where.parameter(limit)})
select ${LIST_COLUMNS}${TEXTS}, (select count(*)::int from hits) as total
  from page x join complaint c on c.id = x.id ${LIST_JOINS}
 order by c.received_at desc, c.id desc`;
  return walkThrough(db, statementName('complaint.search', text), text, where.values);
}

/** Place after place, in each the newest first. */
async function rankedPage(
  db: Searched,
  where: Where,
  search: Search,
  span: Span,
  { after, limit }: SearchRequest,
): Promise<SearchPage> {
  const start = after === undefined ? null : decodeRanked(after);
  const rows: { row: SearchRow; rank: number }[] = [];
  for (let rank = start?.rank ?? 1; rank <= SEARCH_FIELDS.length && rows.length <= limit; rank++) {
    const field = SEARCH_FIELDS[rank - 1]!;
    const walk = {
      search,
      span,
      // One word of this rank stands in this very place; of several, each stands here or higher.
      fields: search.words.length === 1 ? [field] : fieldsUpTo(field),
      rank,
      after: start?.rank === rank ? start.position : null,
      cap: limit + 1 - rows.length,
    };
    for (const row of await walkRows(db, where, walk, walk.cap)) rows.push({ row, rank });
  }
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const isAll = start === null && rows.length <= limit;
  return {
    rows: shown.map(({ row }) => row),
    next: rows.length > limit && last ? `${last.rank}~${encodeCursor(last.row.received_at, last.row.id)}` : null,
    total: isAll ? rows.length : start === null ? (await hitIds(db, where, search, span)).length : 0,
  };
}

/** Ids of all matches, up to one beyond the cap out of the index. */
async function hitIds(db: Searched, base: Where, search: Search, span: Span): Promise<string[]> {
  const where = base.copy();
  const walk = { search, span, fields: SEARCH_FIELDS, rank: null, after: null, cap: COUNT_CAP + 1 };
  const text = `${hitsSql(where, walk)} select id from hits`;
  const rows = await walkThrough<{ id: string }>(db, statementName('complaint.hits', text), text, where.values);
  return rows.map(({ id }) => id);
}

/** By due instant: few matches are sorted; of many, one soon comes by in the order of the list. */
async function duePage(
  db: Searched,
  where: Where,
  search: Search,
  span: Span,
  request: SearchRequest,
): Promise<SearchPage> {
  const ids = await hitIds(db, where, search, span);
  if (ids.length <= COUNT_CAP) where.add((p) => `c.id = any(${p}::uuid[])`, ids);
  return directPage(db, where, search, request);
}

/** Reads the orders that the filter leaves, and compares each. */
async function directPage(
  sql: Sql,
  where: Where,
  search: Search,
  { sort, after, limit }: SearchRequest,
): Promise<SearchPage> {
  if (sort === 'relevance') return directRanked(sql, where, search, after, limit);
  const { text, values } = listSql(where, sort, after, limit, TEXTS);
  const rows = await sql.query<SearchRow & { total: number | null }>(
    statementName('complaint.list', text),
    text,
    values,
  );
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    rows: shown,
    next: rows.length > limit && last ? encodeCursor(sort === 'due' ? last.due_at : last.received_at, last.id) : null,
    total: rows[0]?.total ?? 0,
  };
}

async function directRanked(
  sql: Sql,
  base: Where,
  search: Search,
  after: string | undefined,
  limit: number,
): Promise<SearchPage> {
  const where = base.copy();
  const rank = rankSql(where, search);
  let keyset = '';
  if (after !== undefined) {
    const { rank: from, position } = decodeRanked(after);
    const [r, at, id] = [from, ...position].map((value) => where.parameter(value));
    keyset = `where h.rank > ${r}::int or h.rank = ${r}::int and (h.received_at, h.id) < (${at}::timestamptz, ${id}::uuid)`;
  }
  const text = `
with hits as materialized (select c.id, c.received_at, ${rank} as rank from complaint c where ${where.sql}),
page as materialized (select * from hits h ${keyset} order by h.rank, h.received_at desc, h.id desc limit ${where.parameter(limit + 1)})
select ${LIST_COLUMNS}${TEXTS}, x.rank, (select count(*)::int from hits) as total
  from page x join complaint c on c.id = x.id ${LIST_JOINS}
 order by x.rank, c.received_at desc, c.id desc`;
  const rows = await sql.query<SearchRow & { rank: number; total: number }>(
    statementName('complaint.ranked', text),
    text,
    where.values,
  );
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    rows: shown,
    next: rows.length > limit && last ? `${last.rank}~${encodeCursor(last.received_at, last.id)}` : null,
    total: after === undefined ? (rows[0]?.total ?? 0) : 0,
  };
}

function decodeRanked(cursor: string): { rank: number; position: [Date, string] } {
  const match = /^([1-4])~(.+)$/.exec(cursor);
  if (!match) throw invalid('翻页位置无效，请从第一页开始');
  return { rank: Number(match[1]), position: decodeCursor(match[2]!) };
}
