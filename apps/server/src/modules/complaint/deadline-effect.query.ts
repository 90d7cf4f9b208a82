import { setImmediate as turn } from 'node:timers/promises';
import { type ComplaintState, dueInstants } from '@bihuan/domain/complaint';
import type { TimeRules } from '../../platform/calendar/index.ts';
import type { Sql } from '../../platform/db/index.ts';
import { toLedger } from './state.repo.ts';

/** How the due instants of the orders not closed yet differ under other rules. */
export interface DeadlineCounts {
  open: number;
  changed: number;
  /** By the handling deadline, or where that stays, by that of first contact. */
  earlier: number;
  later: number;
  becomeOverdue: number;
  noLongerOverdue: number;
}

const BATCH = 2_000;

const SQL = `
select c.id, r.kind, r.urgency, r.started_at, r.first_contact_at, r.concluded_at,
       (select json_agg(json_build_object('kind', e.kind, 'at', extract(epoch from e.at) * 1000, 'unit', e.extend_unit, 'amount', e.extend_amount) order by e.at, e.id)
          from clock_entry e where e.complaint_id = c.id and e.round = c.round) as ledger
  from complaint c join handling_round r on r.complaint_id = c.id and r.round = c.round
 where c.status not in ('closed', 'declined') and ($1::uuid is null or c.id > $1) order by c.id limit ${BATCH}`;

interface Row {
  id: string;
  kind: ComplaintState['round']['kind'];
  urgency: ComplaintState['round']['urgency'];
  started_at: Date;
  first_contact_at: Date | null;
  concluded_at: Date | null;
  ledger: Parameters<typeof toLedger>[0];
}

/**
 * Counts only: what `recomputeDeadlines` will do once the other rules hold, without a word on which orders.
 * @param now epoch ms
 */
export async function deadlineEffect(
  sql: Sql,
  before: TimeRules,
  after: TimeRules,
  now: number,
): Promise<DeadlineCounts> {
  const counts: DeadlineCounts = { open: 0, changed: 0, earlier: 0, later: 0, becomeOverdue: 0, noLongerOverdue: 0 };
  let last: string | null = null;
  while (true) {
    const rows: (Row & object)[] = await sql.query<Row>('deadline_effect.open', SQL, [last]);
    for (const row of rows) {
      counts.open += 1;
      const old = dueOf(row, before, now);
      const next = dueOf(row, after, now);
      if (old.dueAt === next.dueAt && old.firstContactDueAt === next.firstContactDueAt) continue;
      counts.changed += 1;
      const moved = next.dueAt - old.dueAt || next.firstContactDueAt - old.firstContactDueAt;
      if (moved < 0) counts.earlier += 1;
      else counts.later += 1;
      const running = row.concluded_at === null;
      if (running && old.dueAt >= now && next.dueAt < now) counts.becomeOverdue += 1;
      if (running && old.dueAt < now && next.dueAt >= now) counts.noLongerOverdue += 1;
    }
    if (rows.length < BATCH) return counts;
    last = rows.at(-1)!.id;
    // Others are served between two batches.
    await turn();
  }
}

function dueOf(row: Row, { calendar, budgetRule }: TimeRules, now: number) {
  const round = {
    kind: row.kind,
    urgency: row.urgency,
    startedAt: row.started_at.getTime(),
    firstContactAt: row.first_contact_at?.getTime() ?? null,
    concludedAt: row.concluded_at?.getTime() ?? null,
  };
  return dueInstants({ ledger: toLedger(row.ledger), round }, { now, calendar, budgetRule });
}
