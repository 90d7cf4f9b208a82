import { THRESHOLDS, type Thresholds, Vocabulary } from '@bihuan/domain/similarity';
import type { Sql } from '../../platform/db/index.ts';

/** What orders are compared by; never changed once in use, so that the same orders give the same matters. */
export interface Model {
  readonly id: number;
  readonly vocabulary: Vocabulary;
  readonly thresholds: Thresholds;
}

interface Row {
  readonly [column: string]: unknown;
  readonly id: number;
  readonly matters: number;
  readonly pairs: Buffer;
  readonly counts: Buffer;
  readonly joined: number;
  readonly suggested: number;
}

/** The last one used by this process: reading it takes as long as comparing a hundred orders. */
let held: Model | null = null;

const rounded = (value: number): number => Math.round(value * 1000) / 1000;

/** The newest model, or one of a given number. The first is made of no orders at all. */
export async function readModel(sql: Sql, id: number | null = null): Promise<Model> {
  const newest = id === null ? await newestModel(sql) : id;
  if (newest === null) {
    await insertModel(sql, {
      at: 0,
      orders: 0,
      vocabulary: Vocabulary.prior(),
      thresholds: THRESHOLDS,
      verdicts: 0,
      note: '出厂',
    });
    return readModel(sql);
  }
  if (held?.id === newest) return held;
  const [row] = await sql.query<Row>(
    null,
    'select id, matters, pairs, counts, joined, suggested from matter_model where id = $1',
    [newest],
  );
  const pairs = integers(row!.pairs);
  const counts = integers(row!.counts);
  held = {
    id: row!.id,
    vocabulary: new Vocabulary(new Map(Array.from(pairs, (pair, at) => [pair, counts[at]!])), row!.matters),
    thresholds: { joined: rounded(row!.joined), suggested: rounded(row!.suggested) },
  };
  return held;
}

async function newestModel(sql: Sql): Promise<number | null> {
  const [row] = await sql.query<{ id: number | null }>('matter.newest_model', 'select max(id) as id from matter_model');
  return row!.id;
}

export async function insertModel(
  sql: Sql,
  model: {
    /** Epoch milliseconds. */
    at: number;
    orders: number;
    vocabulary: Vocabulary;
    thresholds: Thresholds;
    verdicts: number;
    note: string;
  },
): Promise<number> {
  const { pairs, counts } = model.vocabulary.columns();
  const [row] = await sql.query<{ id: number }>(
    null,
    `insert into matter_model (made_at, orders, matters, pairs, counts, joined, suggested, verdicts, note)
     values ($1,$2,$3,$4,$5,$6,$7,$8,$9) returning id`,
    [
      new Date(model.at),
      model.orders,
      model.vocabulary.size,
      bytes(pairs),
      bytes(counts),
      model.thresholds.joined,
      model.thresholds.suggested,
      model.verdicts,
      model.note,
    ],
  );
  return row!.id;
}

function bytes(values: Int32Array): Buffer {
  const buffer = Buffer.alloc(values.length * 4);
  for (const [at, value] of values.entries()) buffer.writeInt32LE(value, at * 4);
  return buffer;
}

function integers(buffer: Buffer): Int32Array {
  return Int32Array.from({ length: buffer.length / 4 }, (_, at) => buffer.readInt32LE(at * 4));
}
