import { keysOf, periodOf, type SearchTexts } from '@bihuan/domain/search';
import type { Database, Trx } from '../../platform/db/index.ts';

interface TextRow {
  id: string;
  received_at: Date;
  number: string;
  external_no: string | null;
  title: string;
  address: string | null;
  content: string;
  replies: (string | null)[];
}

/** Of an order (alias `c`): result and follow-up note of every round. */
export const REPLIES = `array(select x.text from handling_round r cross join lateral (values (r.result), (r.follow_up_note)) x (text)
  where r.complaint_id = c.id and x.text is not null order by r.round)`;

export function searchTexts(row: Omit<TextRow, 'id' | 'received_at'>): SearchTexts {
  return {
    title: [row.number, row.external_no, row.title],
    address: [row.address],
    content: [row.content],
    reply: row.replies,
  };
}

/**
 * Takes up to `limit` waiting changes into the index. One process at a time; if another is at it there is nothing to do.
 *
 * Nothing is lost and nothing old is kept: the texts are read by a statement that begins after the waiting rows were read,
 * so it sees every change that those rows announce; a change committed later has a row of its own, which stays.
 * @returns rows done, and whether others may be waiting
 */
export async function indexBatch(db: Database, limit: number): Promise<{ done: number; more: boolean }> {
  return db.transaction(async (trx) => {
    const [lock] = await trx.query<{ locked: boolean }>(
      'search.lock',
      "select pg_try_advisory_xact_lock(hashtextextended('bihuan:search:' || current_schema(), 0)) as locked",
    );
    if (!lock!.locked) return { done: 0, more: false };
    const waiting = await trx.query<{ complaint_id: string; id: number }>(
      'search.waiting',
      'select complaint_id, id from search_pending order by complaint_id, id limit $1',
      [limit],
    );
    if (waiting.length === 0) return { done: 0, more: false };
    await writeKeys(trx, [...new Set(waiting.map((row) => row.complaint_id))]);
    await trx.query(
      'search.done',
      'delete from search_pending p using unnest($1::uuid[], $2::bigint[]) w (complaint_id, id) where p.complaint_id = w.complaint_id and p.id = w.id',
      [waiting.map((row) => row.complaint_id), waiting.map((row) => row.id)],
    );
    await trx.query('search.merge', 'select merge_search_keys()');
    return { done: waiting.length, more: waiting.length === limit };
  });
}

async function writeKeys(trx: Trx, ids: readonly string[]): Promise<void> {
  const rows = await trx.query<TextRow>(
    'search.texts',
    `select c.id, c.received_at, c.number, c.external_no, c.title, c.address, c.content, ${REPLIES} as replies
       from complaint c where c.id = any($1::uuid[])`,
    [ids],
  );
  await trx.query(
    'search.write',
    `insert into complaint_search (complaint_id, received_at, keys)
     select id, received_at, keys::int4[] from unnest($1::uuid[], $2::timestamptz[], $3::text[]) t (id, received_at, keys)
     on conflict (complaint_id) do update set received_at = excluded.received_at, keys = excluded.keys`,
    [
      rows.map((row) => row.id),
      rows.map((row) => row.received_at),
      rows.map((row) => `{${keysOf(searchTexts(row), periodOf(row.received_at.getTime())).join()}}`),
    ],
  );
}
