import type { BacklogStatus } from '@bihuan/domain/matter';
import type { Trx } from '../../platform/db/index.ts';

export async function updateMatter(
  trx: Trx,
  id: string,
  values: { title: string; unitId: string | null; plan: string | null },
): Promise<void> {
  await trx.query('matter.update', 'update matter set title = $2, unit_id = $3, plan = $4 where id = $1', [
    id,
    values.title,
    values.unitId,
    values.plan,
  ]);
}

/** @returns what the alert asked for, `null` when it is decided already or not of this matter */
export async function decideAlert(
  trx: Trx,
  matterId: string,
  alertId: string,
  decision: { status: 'done' | 'declined'; note: string; by: string; at: number },
): Promise<string | null> {
  const [row] = await trx.query<{ action: string }>(
    'matter.decide_alert',
    `update matter_alert set status = $3, note = $4, decided_by = $5, decided_at = $6, version = version + 1
      where id = $2 and matter_id = $1 and status = 'open' returning action`,
    [matterId, alertId, decision.status, decision.note, decision.by, new Date(decision.at)],
  );
  return row?.action ?? null;
}

export interface ListedBacklog {
  readonly [column: string]: unknown;
  readonly status: BacklogStatus;
  readonly leaderId: string;
  readonly openSteps: number;
}

export async function lockBacklog(trx: Trx, matterId: string): Promise<ListedBacklog | null> {
  const [row] = await trx.query<ListedBacklog>(
    'matter.lock_backlog',
    `select status, leader_id as "leaderId", (select count(*)::int from matter_step s where s.matter_id = $1 and s.done_on is null) as "openSteps"
       from matter_backlog where matter_id = $1 for update`,
    [matterId],
  );
  return row ?? null;
}

interface BacklogValues {
  readonly leaderId: string;
  readonly reason: string;
  readonly plan: string;
  readonly dueOn: string;
}

/** New, or listed again after it was struck off: its steps stay. */
export async function listBacklogCase(
  trx: Trx,
  matterId: string,
  values: BacklogValues & { by: string; at: number },
): Promise<void> {
  await trx.query(
    'matter.list_backlog',
    `insert into matter_backlog (matter_id, listed_at, listed_by, reason, leader_id, plan, due_on) values ($1,$2,$3,$4,$5,$6,$7)
     on conflict (matter_id) do update set listed_at = excluded.listed_at, listed_by = excluded.listed_by, reason = excluded.reason, leader_id = excluded.leader_id,
            plan = excluded.plan, due_on = excluded.due_on, status = 'open', agreed_on = null, closed_at = null, closed_by = null, conclusion = null,
            version = matter_backlog.version + 1`,
    [matterId, new Date(values.at), values.by, values.reason.trim(), values.leaderId, values.plan.trim(), values.dueOn],
  );
}

export async function saveBacklog(trx: Trx, matterId: string, values: BacklogValues): Promise<void> {
  await trx.query(
    'matter.save_backlog',
    'update matter_backlog set reason = $2, leader_id = $3, plan = $4, due_on = $5, version = version + 1 where matter_id = $1',
    [matterId, values.reason.trim(), values.leaderId, values.plan.trim(), values.dueOn],
  );
}

export async function setBacklogStatus(
  trx: Trx,
  matterId: string,
  status: BacklogStatus,
  agreedOn: string | null,
  conclusion: string | null = null,
): Promise<void> {
  await trx.query(
    'matter.backlog_status',
    `update matter_backlog set status = $2, agreed_on = coalesce($3::date, agreed_on), conclusion = coalesce($4, conclusion), version = version + 1 where matter_id = $1`,
    [matterId, status, agreedOn, conclusion],
  );
}

export async function closeBacklog(trx: Trx, matterId: string, by: string, at: number): Promise<void> {
  await trx.query(
    'matter.close_backlog',
    "update matter_backlog set status = 'closed', closed_by = $2, closed_at = $3, version = version + 1 where matter_id = $1",
    [matterId, by, new Date(at)],
  );
}

/** A new step, or an old one changed. @returns whether it was there */
export async function changeStep(
  trx: Trx,
  matterId: string,
  step: {
    stepId: string | null;
    kind: string;
    content: string;
    plannedOn: string | null;
    doneOn: string | null;
    note: string | null;
    by: string;
    at: number;
  },
): Promise<boolean> {
  const values = [matterId, step.kind, step.content.trim(), step.plannedOn, step.doneOn, step.note?.trim() || null];
  const rows =
    step.stepId === null
      ? await trx.query(
          'matter.add_step',
          `insert into matter_step (matter_id, kind, content, planned_on, done_on, note, made_by, made_at) values ($1,$2,$3,$4,$5,$6,$7,$8) returning id`,
          [...values, step.by, new Date(step.at)],
        )
      : await trx.query(
          'matter.change_step',
          'update matter_step set kind = $2, content = $3, planned_on = $4, done_on = $5, note = $6 where matter_id = $1 and id = $7 returning id',
          [...values, step.stepId],
        );
  return rows.length > 0;
}
