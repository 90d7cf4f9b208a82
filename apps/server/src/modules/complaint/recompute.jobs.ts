import { type ComplaintState, passedMarks, withDeadlines } from '@bihuan/domain/complaint';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Trx } from '../../platform/db/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { publish } from '../../platform/outbox/index.ts';
import { countOpen, reportRecomputes, takeRecomputes } from './recompute.repo.ts';
import { lockComplaint } from './state.repo.ts';

const BATCH = 200;

/**
 * Derives the due instants of every open order's present round anew from its ledger (pauses and extensions stay) and from
 * the calendar and rules as they are in the database now. Stopped in between it can simply be run again: an order that is
 * right already is left untouched.
 * @returns how many orders got another due instant
 */
export async function recomputeDeadlines(deps: Deps, signal?: AbortSignal): Promise<number> {
  const asked = await takeRecomputes(deps.db, deps.clock.now());
  // Another process may have changed the tables.
  await deps.workingTime.reload();
  const total = await countOpen(deps.db);
  let changed = 0;
  let checked = 0;
  let after: string | null = null;
  while (!signal?.aborted) {
    const open: { id: string }[] = await deps.db.query<{ id: string }>(
      'recompute.open',
      `select id from complaint where status not in ('closed', 'declined') and ($1::uuid is null or id > $1) order by id limit ${BATCH}`,
      [after],
    );
    let moved = 0;
    for (const { id } of open) {
      if (signal?.aborted) break;
      if (await recomputeOne(deps, id)) moved += 1;
      checked += 1;
    }
    changed += moved;
    const isLast = open.length < BATCH && !signal?.aborted;
    await reportRecomputes(deps.db, asked, { total, checked, moved, finishedAt: isLast ? deps.clock.now() : null });
    if (changed > 0) deps.live.wake();
    if (isLast) break;
    after = open.at(-1)?.id ?? after;
  }
  return changed;
}

/** One order in a transaction of its own, so that nobody waits for the whole run. @returns whether a due instant moved */
async function recomputeOne(deps: Deps, id: string): Promise<boolean> {
  return deps.db.transaction(async (trx) => {
    const locked = await lockComplaint(trx, id, null, null);
    if (!locked || locked.state.status === 'closed' || locked.state.status === 'declined') return false;
    const before = locked.state;
    const now = deps.clock.now();
    const context = { now, calendar: deps.workingTime.calendar, budgetRule: deps.workingTime.budgetRule };
    const next = withDeadlines(before, context);
    const isMoved =
      next.round.dueAt !== before.round.dueAt || next.round.firstContactDueAt !== before.round.firstContactDueAt;
    // With other shifts the marks may move though the due instants do not; a mark the sweep is about to look at is its own.
    const isSweepDue = before.nextCheckAt !== null && before.nextCheckAt <= now;
    if (!isMoved && (isSweepDue || next.nextCheckAt === before.nextCheckAt)) return false;
    const isUnwarned = await settleWarnings(trx, next, passedMarks(next, context));
    // A mark that the move put into the past is still to be warned of: the next sweep does it.
    const nextCheckAt = isUnwarned && next.pausedAt === null ? now : next.nextCheckAt;
    // The version stays: nobody's form goes stale because a rule changed.
    await trx.query(
      'recompute.save',
      `with r as (update handling_round set first_contact_due_at = $3, due_at = $4 where complaint_id = $1 and round = $2)
       update complaint set first_contact_due_at = $3, due_at = $4, next_check_at = $5 where id = $1`,
      [
        id,
        next.round.round,
        new Date(next.round.firstContactDueAt),
        new Date(next.round.dueAt),
        nextCheckAt === null ? null : new Date(nextCheckAt),
      ],
    );
    if (!isMoved) return false;
    await recordAudit(trx, {
      at: now,
      actor: null,
      action: 'complaint.recompute',
      objectType: 'complaint',
      objectId: id,
      data: {
        oldDueAt: iso(before.round.dueAt),
        newDueAt: iso(next.round.dueAt),
        oldFirstContactDueAt: iso(before.round.firstContactDueAt),
        newFirstContactDueAt: iso(next.round.firstContactDueAt),
      },
    });
    await publish(trx, {
      topic: 'complaint.changed',
      objectId: id,
      unitId: next.unitId,
      townId: next.townId,
      officerId: next.officerId,
      data: {
        status: next.status,
        version: next.version,
        action: 'complaint.recompute',
        jointUnitIds: next.jointUnitIds,
        fromUnitId: next.unitId,
      },
    });
    return true;
  });
}

/**
 * Forgets the warnings of marks that lie ahead again, so that they are given when they come.
 * @returns whether a mark has passed without a warning
 */
async function settleWarnings(
  trx: Trx,
  state: ComplaintState,
  passed: ReturnType<typeof passedMarks>,
): Promise<boolean> {
  const given = await trx.query<{ clock: string; level: number }>(
    'recompute.warnings',
    'select clock, level from clock_warning where complaint_id = $1 and round = $2',
    [state.id, state.round.round],
  );
  const running = { first_contact: state.round.firstContactAt === null, handling: true };
  const ahead = state.round.concludedAt
    ? []
    : given.filter(
        (warning) =>
          running[warning.clock as keyof typeof running] &&
          !passed.some((mark) => mark.clock === warning.clock && mark.level === warning.level),
      );
  for (const { clock, level } of ahead) {
    await trx.query(
      'recompute.unwarn',
      'delete from clock_warning where complaint_id = $1 and round = $2 and clock = $3 and level = $4',
      [state.id, state.round.round, clock, level],
    );
  }
  return passed.some((mark) => !given.some((warning) => warning.clock === mark.clock && warning.level === mark.level));
}

const iso = (at: number): string => new Date(at).toISOString();
