import pg from 'pg';
import { indexSearch } from '../apps/server/src/modules/complaint/index.ts';
import type { Deps } from '../apps/server/src/platform/deps.ts';
import { load, type Measured, median } from './measure.ts';
import { SCHEMA, type Subjects } from './world.ts';

const PAGE = 20;
const TURNS = 3;
const SECONDS = 2;
/** Of a word's hits, the newest so many are compared with those of the scan; of rare words that is all. */
const COMPARED = 400;

export interface SearchRow {
  readonly kind: string;
  readonly word: string;
  readonly hits: number;
  /** Requests with first page and capped count, one client; by relevance; ten clients. */
  readonly search: Measured;
  readonly relevance: Measured;
  readonly many: Measured;
  /** Milliseconds of a LIKE scan over every order and reply for the same page and its count. */
  readonly scan: number;
  /** Milliseconds of LIKE along the index of time, with the count capped: what stops early where a word is common. */
  readonly walk: number;
  /** How many times the throughput of the scan, in the middle of the turns. */
  readonly times: number;
  /** Whether ids, order and count are those of the scan. */
  readonly identical: boolean;
}

export interface SearchResult {
  readonly rows: readonly SearchRow[];
  /** `null`: everything was in the index already. */
  readonly indexed: { readonly rows: number; readonly perSecond: number } | null;
  readonly megabytes: { readonly table: number; readonly index: number };
}

/** Takes everything into the index that waits, then compares. */
export async function measureSearch(
  deps: Deps,
  url: string,
  port: number,
  subjects: Subjects,
  say: (line: string) => void,
): Promise<SearchResult> {
  const began = performance.now();
  const rows = await indexSearch(deps, undefined, { batch: 1000, breath: false });
  const seconds = (performance.now() - began) / 1000;
  const client = new pg.Client({
    connectionString: url,
    options: `-c search_path=${SCHEMA},public -c TimeZone=Asia/Shanghai`,
  });
  await client.connect();
  try {
    await client.query('vacuum analyze complaint_search');
    await client.query('vacuum analyze search_pending');
    const { rows: sizes } = await client.query<{ table: number; index: number }>(
      "select pg_relation_size('complaint_search') / 1e6 as table, pg_relation_size('complaint_search_keys') / 1e6 as index",
    );
    const measured: SearchRow[] = [];
    for (const { kind, word } of await wordsToSearch(client)) {
      const row = await measureWord(client, port, subjects, kind, word);
      say(
        `   搜索 ${kind}“${word}”（${row.hits} 件）：${row.search.p50.toFixed(1)} 毫秒，LIKE 扫描 ${row.scan.toFixed(0)} 毫秒，${row.times.toFixed(0)} 倍，${row.identical ? '结果一致' : '结果不一致！'}`,
      );
      measured.push(row);
    }
    return {
      rows: measured,
      indexed: rows > 0 ? { rows, perSecond: rows / seconds } : null,
      megabytes: { table: Number(sizes[0]!.table), index: Number(sizes[0]!.index) },
    };
  } finally {
    await client.end();
  }
}

const holds = (column: string): string => `${column} like $1`;
const COLUMNS = ['title', 'content', 'address', 'number', 'external_no'].map((name) => holds(`c.${name}`)).join(' or ');
const REPLIES = `${holds('r.result')} or ${holds('r.follow_up_note')}`;
const like = (word: string): string => `%${word}%`;

/** Reads everything, orders and replies once each: the page, and the exact count. */
const scanSql = (limit: number): string =>
  `with hits as materialized (
     select c.id, c.received_at from complaint c where ${COLUMNS}
     union
     select c.id, c.received_at from handling_round r join complaint c on c.id = r.complaint_id where ${REPLIES})
   select id, (select count(*)::int from hits) as hits from hits order by received_at desc, id desc limit ${limit}`;
/** LIKE where it may stop at the cap: from the newest order back, replies looked up by order. */
const WALK = `with hits as materialized (
     select c.id, c.received_at from complaint c
      where ${COLUMNS} or exists (select 1 from handling_round r where r.complaint_id = c.id and (${REPLIES}))
      order by c.received_at desc, c.id desc limit 1001)
   select id, (select count(*)::int from hits) as hits from hits order by received_at desc, id desc limit ${PAGE}`;

async function measureWord(
  client: pg.Client,
  port: number,
  subjects: Subjects,
  kind: string,
  word: string,
): Promise<SearchRow> {
  const path = (query: string): string => `/api/v1/complaints?limit=${PAGE}&q=${encodeURIComponent(word)}${query}`;
  const ask = (query: string, clients: number) =>
    load({
      port,
      clients,
      seconds: SECONDS,
      cookies: subjects.cookies,
      first: 0,
      end: Number.POSITIVE_INFINITY,
      request: () => ({ method: 'GET', path: path(query) }),
    });
  const timed = async (sql: string): Promise<number> => {
    const began = performance.now();
    await client.query(sql, [like(word)]);
    return performance.now() - began;
  };
  const { rows: all } = await client.query<{ id: string; hits: number }>(scanSql(COMPARED), [like(word)]);
  const hits = all[0]?.hits ?? 0;
  const identical = await compare(
    port,
    subjects,
    path(''),
    all.map(({ id }) => id),
    hits,
  );
  await ask('', 1);
  const turns: { search: Measured; scan: number }[] = [];
  for (let turn = 0; turn < TURNS; turn++) turns.push({ scan: await timed(scanSql(PAGE)), search: await ask('', 1) });
  const walk = await timed(WALK);
  const times = turns.map(({ scan, search }) => search.perSecond / (1000 / scan));
  return {
    kind,
    word,
    hits,
    search: turns.find(({ search }, index) => times[index] === median(times) && search)!.search,
    relevance: await ask('&sort=relevance', 1),
    many: await ask('', 10),
    scan: median(turns.map(({ scan }) => scan)),
    walk,
    times: median(times),
    identical,
  };
}

/** Pages through the system's answers, beside what the scan found. */
async function compare(
  port: number,
  subjects: Subjects,
  path: string,
  ids: readonly string[],
  hits: number,
): Promise<boolean> {
  const found: string[] = [];
  for (let after = ''; found.length < ids.length || after === ''; ) {
    const response = await fetch(`http://127.0.0.1:${port}${path}${after}`, {
      headers: { cookie: subjects.cookies[0]! },
    });
    const page = (await response.json()) as {
      items: { id: string }[];
      next: string | null;
      total: number;
      totalIsCapped: boolean;
    };
    if (after === '' && (page.total !== Math.min(hits, 1000) || page.totalIsCapped !== hits > 1000)) return false;
    found.push(...page.items.map(({ id }) => id));
    if (page.next === null) break;
    after = `&after=${encodeURIComponent(page.next)}`;
  }
  return (
    found.length >= ids.length &&
    ids.every((id, at) => found[at] === id) &&
    (hits > ids.length || found.length === hits)
  );
}

/** Words of the data: pairs and longer pieces out of some orders, the most and the least frequent of them; and none at all. */
async function wordsToSearch(client: pg.Client): Promise<{ kind: string; word: string }[]> {
  const { rows } = await client.query<{ text: string }>(
    'select title || content as text from (select title, content from complaint order by md5(id::text) limit 4000) c',
  );
  const pieces = (length: number): [string, number][] => {
    const counts = new Map<string, number>();
    for (const { text } of rows) {
      const seen = new Set<string>();
      for (const run of text.match(/\p{Script=Han}+/gu) ?? [])
        for (let at = 0; at + length <= run.length; at++) seen.add(run.slice(at, at + length));
      for (const piece of seen) counts.set(piece, (counts.get(piece) ?? 0) + 1);
    }
    return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  };
  const pairs = pieces(2);
  const triples = pieces(3);
  const fours = pieces(4);
  return [
    { kind: '常见 2 字', word: pairs[0]![0] },
    { kind: '较常见 2 字', word: pairs[60]![0] },
    { kind: '少见 2 字', word: pairs[Math.floor(pairs.length * 0.6)]![0] },
    { kind: '罕见 2 字', word: pairs.at(-1)![0] },
    { kind: '常见 3 字', word: triples[0]![0] },
    { kind: '罕见 3 字', word: triples.at(-1)![0] },
    { kind: '常见 4 字', word: fours[10]![0] },
    { kind: '罕见 4 字', word: fours.at(-1)![0] },
    { kind: '没有的 2 字', word: '鎏鑫' },
  ];
}
