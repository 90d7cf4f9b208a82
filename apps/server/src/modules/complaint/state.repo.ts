import type { ComplaintState, Decision, RoundState } from '@bihuan/domain/complaint';
import type { LedgerEntry } from '@bihuan/domain/workday';
import { complaintScope, type RequestActor } from '../../platform/access/index.ts';
import { AUDIT_COLUMNS, type AuditEntry, auditValues } from '../../platform/audit/index.ts';
import type { Sql, Trx } from '../../platform/db/index.ts';
import { OUTBOX_COLUMNS, outboxValues } from '../../platform/outbox/index.ts';

const STATE_SQL = `
select c.id, c.version, c.status, c.kind, c.urgency, c.unit_id, c.town_id, c.category_code, c.officer_id, c.reopen_count,
       c.received_at, c.dispatched_at, c.closed_at, c.outcome, c.excluded_at, c.paused_at, c.next_check_at, c.round,
       r.kind as r_kind, r.urgency as r_urgency, r.unit_id as r_unit_id, r.officer_id as r_officer_id, r.started_at, r.first_contact_due_at, r.due_at,
       r.signed_at, r.first_contact_at, r.contact_attempts, r.submitted_at, r.submitted_by, r.concluded_at, r.result, r.measures, r.legal_basis,
       r.followed_up_at, r.follow_up_channel, r.reached, r.solved, r.satisfaction, r.follow_up_note, r.reopened,
       coalesce((select p.anonymous from complainant p where p.complaint_id = c.id), true) as anonymous,
       array(select j.unit_id from complaint_joint_unit j where j.complaint_id = c.id) as joint_unit_ids,
       (select json_agg(json_build_object('kind', e.kind, 'at', extract(epoch from e.at) * 1000, 'unit', e.extend_unit, 'amount', e.extend_amount) order by e.at, e.id)
          from clock_entry e where e.complaint_id = c.id and e.round = c.round) as ledger,
       (select json_agg(json_build_object('id', q.id, 'kind', q.kind, 'reason', q.reason, 'workdays', q.workdays, 'targetUnitId', q.target_unit_id,
                 'fileIds', q.file_ids, 'requestedBy', q.requested_by, 'requestedUnitId', q.requested_unit_id) order by q.requested_at)
          from complaint_request q where q.complaint_id = c.id and q.decided_at is null) as requests
  from complaint c join handling_round r on r.complaint_id = c.id and r.round = c.round
 where c.id = $1`;

const lockSql = (condition: string): string => `select 1 from complaint c where c.id = $1 and ${condition} for update`;

const SAVE_SQL = `
with c as (
  update complaint set status = $2, kind = $3, urgency = $4, unit_id = $5, officer_id = $6, town_id = $7, category_code = $8, round = $9, reopen_count = $10,
         dispatched_at = $11, closed_at = $12, outcome = $13, excluded_at = $14, paused_at = $15, first_contact_due_at = $16, due_at = $17,
         next_check_at = $18, version = $19
   where id = $1),
r as (
  update handling_round set kind = $21, urgency = $22, unit_id = $23, officer_id = $24, town_id = $7, category_code = $8, first_contact_due_at = $25, due_at = $26,
         signed_at = $27, first_contact_at = $28, contact_attempts = $29, submitted_at = $30, submitted_by = $31, concluded_at = $32, result = $33,
         measures = $34, legal_basis = $35, followed_up_at = $36, follow_up_channel = $37, reached = $38, solved = $39, satisfaction = $40,
         follow_up_note = $41, reopened = $42, excluded_at = $14, declined_at = case when $2 = 'declined' then $12::timestamptz end
   where complaint_id = $1 and round = $20),
o as (insert into outbox (${OUTBOX_COLUMNS}) values ($43,$44,$45,$46,$47,$48::jsonb))
insert into audit_event (${AUDIT_COLUMNS}) values ($49,$50,$51,$52,$53,$54,$55,$56,$57,$58,$59::jsonb,$60,$61) returning id`;

/** Texts of the statements on the hot path, for the benchmark to run them bare. */
export const TRANSITION_SQL = { lock: lockSql('true'), state: STATE_SQL, save: SAVE_SQL } as const;

const millis = (value: Date | null): number | null => (value === null ? null : value.getTime());
const instant = (value: number | null): Date | null => (value === null ? null : new Date(value));

// biome-ignore lint/suspicious/noExplicitAny: one wide row, mapped field by field below
type StateRow = Record<string, any>;

/**
 * Locks a complaint the actor may see and reads it whole. `null` = not there, or not in the actor's scope.
 * The state is read by a statement of its own: after waiting for the lock it must see what the other transaction wrote.
 * @param actor `null` for the system (clock, citizen's link): no scope applies
 */
export async function lockComplaint(
  trx: Trx,
  id: string,
  actor: RequestActor | null,
  commandId: string | null,
): Promise<{ state: ComplaintState; done: boolean } | null> {
  const scope = actor ? complaintScope(actor, 'c', 2) : { scope: 'system', sql: 'true', values: [] };
  const [locked, rows, done] = await Promise.all([
    trx.query(`complaint.lock.${scope.scope}`, lockSql(scope.sql), [id, ...scope.values]),
    trx.query<StateRow>('complaint.state', STATE_SQL, [id]),
    commandId === null
      ? []
      : trx.query('audit.command', 'select 1 from audit_event where command_id = $1', [commandId]),
  ]);
  if (locked.length === 0 || rows.length === 0) return null;
  return { state: toState(rows[0]!), done: done.length > 0 };
}

/** Reads without locking, for views and previews. */
export async function readState(sql: Sql, id: string): Promise<ComplaintState | null> {
  const [row] = await sql.query<StateRow>('complaint.state', STATE_SQL, [id]);
  return row ? toState(row) : null;
}

interface LedgerJson {
  kind: 'pause' | 'resume' | 'extend';
  at: number;
  unit: 'workday' | 'workminute' | null;
  amount: number | null;
}

export function toLedger(entries: readonly LedgerJson[] | null): LedgerEntry[] {
  return (entries ?? []).map((entry): LedgerEntry => {
    const at = Math.round(entry.at);
    return entry.kind === 'extend'
      ? { kind: 'extend', at, budget: { unit: entry.unit!, amount: entry.amount! } }
      : { kind: entry.kind, at };
  });
}

function toState(row: StateRow): ComplaintState {
  return {
    id: row.id,
    version: row.version,
    status: row.status,
    kind: row.kind,
    urgency: row.urgency,
    anonymous: row.anonymous,
    unitId: row.unit_id,
    townId: row.town_id,
    categoryCode: row.category_code,
    officerId: row.officer_id,
    jointUnitIds: row.joint_unit_ids,
    reopenCount: row.reopen_count,
    receivedAt: row.received_at.getTime(),
    dispatchedAt: millis(row.dispatched_at),
    closedAt: millis(row.closed_at),
    outcome: row.outcome,
    excludedAt: millis(row.excluded_at),
    pausedAt: millis(row.paused_at),
    nextCheckAt: millis(row.next_check_at),
    round: {
      round: row.round,
      kind: row.r_kind,
      urgency: row.r_urgency,
      unitId: row.r_unit_id,
      officerId: row.r_officer_id,
      startedAt: row.started_at.getTime(),
      firstContactDueAt: row.first_contact_due_at.getTime(),
      dueAt: row.due_at.getTime(),
      signedAt: millis(row.signed_at),
      firstContactAt: millis(row.first_contact_at),
      contactAttempts: row.contact_attempts,
      submittedAt: millis(row.submitted_at),
      submittedBy: row.submitted_by,
      concludedAt: millis(row.concluded_at),
      result: row.result,
      measures: row.measures,
      legalBasis: row.legal_basis,
      followedUpAt: millis(row.followed_up_at),
      followUpChannel: row.follow_up_channel,
      reached: row.reached,
      solved: row.solved,
      satisfaction: row.satisfaction,
      followUpNote: row.follow_up_note,
      reopened: row.reopened,
    },
    ledger: toLedger(row.ledger),
    requests: row.requests ?? [],
  };
}

/** Writes a decision: the row, its round, its audit event and its outbox message in one statement; rarer rows after it. */
export async function saveDecision(
  trx: Trx,
  before: ComplaintState,
  decision: Decision,
  audit: AuditEntry,
): Promise<void> {
  const { next } = decision;
  const round = decision.finishedRound ?? next.round;
  const message = {
    topic: 'complaint.changed',
    objectId: next.id,
    unitId: next.unitId,
    townId: next.townId,
    officerId: next.officerId,
    data: {
      status: next.status,
      version: next.version,
      action: audit.action,
      jointUnitIds: next.jointUnitIds,
      fromUnitId: before.unitId,
    },
  };
  const [event] = await trx.query<{ id: string }>('complaint.save', SAVE_SQL, [
    next.id,
    next.status,
    next.kind,
    next.urgency,
    next.unitId,
    next.officerId,
    next.townId,
    next.categoryCode,
    next.round.round,
    next.reopenCount,
    instant(next.dispatchedAt),
    instant(next.closedAt),
    next.outcome,
    instant(next.excludedAt),
    instant(next.pausedAt),
    instant(next.round.firstContactDueAt),
    instant(next.round.dueAt),
    instant(next.nextCheckAt),
    next.version,
    round.round,
    ...roundValues(round),
    ...outboxValues(message),
    ...auditValues(audit),
  ]);
  if (decision.finishedRound) await insertRound(trx, next);
  if (before.excludedAt !== next.excludedAt) {
    await trx.query('round.exclude', 'update handling_round set excluded_at = $2 where complaint_id = $1', [
      next.id,
      instant(next.excludedAt),
    ]);
  }
  for (const entry of decision.ledgerEntries) {
    await trx.query(
      'clock.insert',
      `insert into clock_entry (complaint_id, round, kind, at, extend_unit, extend_amount, request_id) values ($1,$2,$3,$4,$5,$6,$7)`,
      [
        next.id,
        before.round.round,
        entry.kind,
        new Date(entry.at),
        entry.kind === 'extend' ? entry.budget.unit : null,
        entry.kind === 'extend' ? entry.budget.amount : null,
        entry.requestId ?? null,
      ],
    );
  }
  if (decision.newRequest) {
    const q = decision.newRequest;
    await trx.query(
      'request.insert',
      `insert into complaint_request (id, complaint_id, round, kind, reason, workdays, target_unit_id, file_ids, requested_by, requested_unit_id, requested_at)
       values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)`,
      [
        q.id,
        next.id,
        before.round.round,
        q.kind,
        q.reason,
        q.workdays,
        q.targetUnitId,
        q.fileIds,
        q.requestedBy,
        q.requestedUnitId,
        new Date(audit.at),
      ],
    );
  }
  if (decision.decidedRequest) {
    const { id, approved, note } = decision.decidedRequest;
    await trx.query(
      'request.decide',
      'update complaint_request set decided_by = $2, decided_at = $3, approved = $4, decision_note = $5 where id = $1',
      [id, audit.actor?.personId ?? null, new Date(audit.at), approved, note],
    );
  }
  const overtaken = before.requests.filter(
    (q) => q.id !== decision.decidedRequest?.id && !next.requests.some((kept) => kept.id === q.id),
  );
  if (overtaken.length > 0) {
    await trx.query(
      'request.overtaken',
      "update complaint_request set decided_at = $2, decision_note = '诉件已转出，申请自动终止' where id = any($1::uuid[])",
      [overtaken.map((q) => q.id), new Date(audit.at)],
    );
  }
  if (!sameSet(before.jointUnitIds, next.jointUnitIds)) {
    await trx.query('joint.clear', 'delete from complaint_joint_unit where complaint_id = $1', [next.id]);
    await trx.query(
      'joint.set',
      'insert into complaint_joint_unit (complaint_id, unit_id) select $1, unnest($2::uuid[])',
      [next.id, next.jointUnitIds],
    );
  }
  if (decision.amendment) {
    const { title, address } = decision.amendment;
    if (title !== undefined || address !== undefined) {
      await trx.query(
        'complaint.amend',
        'update complaint set title = coalesce($2, title), address = case when $3 then $4 else address end where id = $1',
        [next.id, title ?? null, address !== undefined, address ?? null],
      );
    }
  }
  if (decision.pin) {
    await trx.query('complaint.pin', "update complaint set lng = $2, lat = $3, point_by = 'pin' where id = $1", [
      next.id,
      decision.pin.lng,
      decision.pin.lat,
    ]);
  }
  if (decision.fileIds.length > 0) {
    await trx.query(
      'complaint_file.insert',
      'insert into complaint_file (complaint_id, file_id, event_id) select $1, unnest($2::uuid[]), $3 on conflict do nothing',
      [next.id, decision.fileIds, event!.id],
    );
    // Where the first picture was taken on the spot, if no person has said better.
    if (audit.action === 'complaint.visit') {
      await trx.query(
        'complaint.captured',
        `update complaint set lng = f.captured_lng, lat = f.captured_lat, point_by = 'captured'
           from (select captured_lng, captured_lat from file
                  where id = any($2::uuid[]) and captured_lng between 73 and 136 and captured_lat between 3 and 54
                  order by captured_at, id limit 1) f
          where complaint.id = $1 and point_by = 'place'`,
        [next.id, decision.fileIds],
      );
    }
  }
}

/** An order with a new address lies where the dictionary has it, unless a pin or a picture says better. */
export async function moveToPlace(trx: Trx, id: string, placeId: string | null): Promise<void> {
  await trx.query(
    'complaint.move_to_place',
    `update complaint c set place_id = $2,
            lng = case when c.point_by = 'place' then (select p.lng from place p where p.id = $2) else c.lng end,
            lat = case when c.point_by = 'place' then (select p.lat from place p where p.id = $2) else c.lat end
      where c.id = $1`,
    [id, placeId],
  );
}

export async function insertRound(
  sql: Sql,
  state: Pick<ComplaintState, 'id' | 'round' | 'townId' | 'categoryCode'>,
): Promise<void> {
  await sql.query(
    'round.insert',
    `insert into handling_round (complaint_id, round, started_at, town_id, category_code, kind, urgency, unit_id, officer_id, first_contact_due_at, due_at,
            signed_at, first_contact_at, contact_attempts, submitted_at, submitted_by, concluded_at, result, measures, legal_basis, followed_up_at,
            follow_up_channel, reached, solved, satisfaction, follow_up_note, reopened)
     values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,$23,$24,$25,$26,$27)`,
    [
      state.id,
      state.round.round,
      new Date(state.round.startedAt),
      state.townId,
      state.categoryCode,
      ...roundValues(state.round),
    ],
  );
}

/** The mutable columns of a round, in the order both statements above use. */
function roundValues(round: RoundState): unknown[] {
  return [
    round.kind,
    round.urgency,
    round.unitId,
    round.officerId,
    new Date(round.firstContactDueAt),
    new Date(round.dueAt),
    instant(round.signedAt),
    instant(round.firstContactAt),
    round.contactAttempts,
    instant(round.submittedAt),
    round.submittedBy,
    instant(round.concludedAt),
    round.result,
    round.measures,
    round.legalBasis,
    instant(round.followedUpAt),
    round.followUpChannel,
    round.reached,
    round.solved,
    round.satisfaction,
    round.followUpNote,
    round.reopened,
  ];
}

const sameSet = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((item) => b.includes(item));
