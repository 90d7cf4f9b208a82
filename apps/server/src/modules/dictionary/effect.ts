import type { DeadlineEffect, RecomputeView } from '@bihuan/contract/dictionary';
import { readTimeRules } from '../../platform/calendar/index.ts';
import type { Sql } from '../../platform/db/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { deadlineEffect, recentRecomputes } from '../complaint/index.ts';

/**
 * What the rules, as `sql` sees them, would do to the open orders compared with those in force.
 * @param day 'YYYY-MM-DD' on which they are looked at
 * @param from the day from which on they hold, if that is yet to come
 */
export async function effectOf(deps: Deps, sql: Sql, day: string, from: string | null): Promise<DeadlineEffect> {
  const counts = await deadlineEffect(sql, deps.workingTime, await readTimeRules(sql, day), deps.clock.now());
  return { ...counts, from };
}

export async function recomputeViews(deps: Deps, id: string | null): Promise<{ items: RecomputeView[] }> {
  const rows = await recentRecomputes(deps.db, id);
  return {
    items: rows.map((row) => ({
      id: row.id,
      cause: row.cause,
      note: row.note,
      state: row.finished_at ? 'done' : row.started_at ? 'running' : 'waiting',
      askedBy: row.asked_by === null ? null : { id: row.asked_by, name: row.asked_by_name ?? '' },
      askedAt: row.asked_at.toISOString(),
      finishedAt: row.finished_at?.toISOString() ?? null,
      total: row.total,
      checked: row.checked,
      changed: row.changed,
    })),
  };
}
