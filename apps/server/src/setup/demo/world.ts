import { type Clock, systemClock } from '../../platform/clock.ts';
import type { Sql } from '../../platform/db/index.ts';

/** When the demo is first opened it is this moment in it: the Monday after the last week of its data, June's bulletin due. */
export const DEMO_OPENS = Date.parse('2023-07-03T09:30:00+08:00');

const KEY = 'demo.clock';

/** The demo's own time: it began at `DEMO_OPENS` when the data was loaded and runs on from there. `null`: no demo here. */
export async function demoClock(sql: Sql): Promise<Clock | null> {
  const [row] = await sql.query<{ value: { openedAt: number } }>(null, 'select value from setting where key = $1', [
    KEY,
  ]);
  if (!row) return null;
  const behind = row.value.openedAt - DEMO_OPENS;
  return { now: () => systemClock.now() - behind };
}

/** Starts the demo's time, once. */
export async function startDemoClock(sql: Sql): Promise<void> {
  await sql.query(
    null,
    "insert into setting (key, effective_from, value) values ($1, '2020-01-01', $2) on conflict do nothing",
    [KEY, JSON.stringify({ openedAt: systemClock.now() })],
  );
}
