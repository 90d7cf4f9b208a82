import { passedMarks, withDeadlines } from '@bihuan/domain/complaint';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { notify } from '../../platform/notify/index.ts';
import { lockComplaint } from './state.repo.ts';

const BATCH = 200;
const CLOCK_NAMES = { first_contact: '先行联系', handling: '办理' } as const;

/**
 * Warns of every clock that passed 50 %, 80 % or 100 % since it was last looked at. Each mark is warned of once, whatever
 * happens: the mark's row is its primary key, written with the notice in one transaction.
 * @returns how many orders were looked at
 */
export async function sweepClocks(deps: Deps, signal?: AbortSignal): Promise<number> {
  let looked = 0;
  while (!signal?.aborted) {
    const due = await deps.db.query<{ id: string }>(
      'clock.due',
      `select id from complaint where next_check_at <= $1 order by next_check_at limit ${BATCH}`,
      [new Date(deps.clock.now())],
    );
    for (const { id } of due) {
      if (signal?.aborted) break;
      await checkClock(deps, id);
      looked += 1;
    }
    if (due.length < BATCH) break;
  }
  if (looked > 0) deps.live.wake();
  return looked;
}

async function checkClock(deps: Deps, id: string): Promise<void> {
  await deps.db.transaction(async (trx) => {
    const locked = await lockComplaint(trx, id, null, null);
    const now = deps.clock.now();
    // Another process may have looked in the meantime.
    if (!locked || locked.state.nextCheckAt === null || locked.state.nextCheckAt > now) return;
    const { state } = locked;
    const context = { now, calendar: deps.workingTime.calendar, budgetRule: deps.workingTime.budgetRule };
    const [order] = await trx.query<{ number: string; title: string }>(
      'complaint.label',
      'select number, title from complaint where id = $1',
      [id],
    );
    const marks = state.pausedAt === null ? passedMarks(state, context) : [];
    // Of several marks passed at once (the server was down) only the highest of a clock is told.
    const highest = new Map(marks.map((mark) => [mark.clock, mark]));
    for (const mark of marks) {
      const inserted = await trx.query(
        'clock_warning.insert',
        `insert into clock_warning (complaint_id, round, clock, level, due_at, sent_at) values ($1,$2,$3,$4,$5,$6) on conflict do nothing returning 1`,
        [id, state.round.round, mark.clock, mark.level, new Date(mark.dueAt), new Date(now)],
      );
      if (inserted.length === 0 || highest.get(mark.clock) !== mark) continue;
      await recordAudit(trx, {
        at: now,
        actor: null,
        action: 'complaint.warn',
        objectType: 'complaint',
        objectId: id,
        data: { clock: mark.clock, level: mark.level },
      });
      const common = {
        at: now,
        kind: 'complaint.clock',
        level: mark.level === 100 ? ('danger' as const) : mark.level === 80 ? ('warn' as const) : ('info' as const),
        title:
          mark.level === 100 ? `${CLOCK_NAMES[mark.clock]}已超时` : `${CLOCK_NAMES[mark.clock]}时限已用 ${mark.level}%`,
        body: `${order!.number} ${order!.title}`,
        objectType: 'complaint',
        objectId: id,
      };
      // Up the line: whoever handles it; from 80 % the squadron leader; when overdue coordination and supervision too.
      if (state.officerId) await notify(trx, { ...common, personId: state.officerId });
      const roles =
        mark.level === 50 ? (state.officerId ? [] : ['squadron_clerk']) : ['squadron_clerk', 'squadron_leader'];
      if (state.unitId && roles.length > 0) await notify(trx, { ...common, unitId: state.unitId, roles });
      if (mark.level === 100 || state.unitId === null) {
        const upward =
          mark.level === 100
            ? ['coordination_clerk', 'coordination_chief', 'supervisor', 'supervision_chief']
            : ['coordination_clerk'];
        const units = await trx.query<{ unit_id: string }>(
          'posting.duty_units',
          'select distinct unit_id from posting where role = any($1::text[]) and ended_on is null',
          [upward],
        );
        for (const { unit_id } of units) await notify(trx, { ...common, unitId: unit_id, roles: upward });
      }
    }
    await trx.query('clock.next', 'update complaint set next_check_at = $2 where id = $1', [
      id,
      toDate(withDeadlines(state, context).nextCheckAt),
    ]);
  });
}

const toDate = (at: number | null): Date | null => (at === null ? null : new Date(at));
