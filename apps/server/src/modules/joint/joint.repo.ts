import type { NewJointTask } from '@bihuan/contract/joint';
import { type JointCommand, type JointState, type JointStatus, PHASES, type Phase } from '@bihuan/domain/joint';
import type { Sql, Trx } from '../../platform/db/index.ts';

interface StateRow extends JointState {
  readonly [column: string]: unknown;
  readonly number: string;
  readonly title: string;
}

/** What decisions need of one task, and its words for notices. */
export interface KeptTask {
  readonly state: JointState;
  readonly number: string;
  readonly title: string;
}

export async function findTask(sql: Sql, id: string): Promise<KeptTask | null> {
  const [row] = await sql.query<StateRow>(
    'joint.find',
    `select t.id, t.number, t.title, t.status, t.version, t.organiser_unit_id as "organiserUnitId",
            (select coalesce(array_agg(p.unit_id::text), '{}') from joint_party p where p.task_id = t.id) as "partyIds",
            (select coalesce(jsonb_agg(jsonb_build_object('id', d.id, 'unitId', d.unit_id, 'status', d.status, 'doneBy', d.done_by)), '[]')
               from joint_duty d where d.task_id = t.id) as duties,
            (select coalesce(jsonb_agg(jsonb_build_object('id', l.id, 'toUnitId', l.to_unit_id, 'received', l.received_by is not null)), '[]')
               from joint_letter l where l.task_id = t.id) as letters,
            (select coalesce(jsonb_agg(jsonb_build_object('id', e.id, 'unitId', e.unit_id, 'rectified', e.rectification_id is not null)), '[]')
               from joint_decision e join joint_meeting m on m.id = e.meeting_id where m.task_id = t.id) as decisions
       from joint_task t where t.id = $1`,
    [id],
  );
  if (!row) return null;
  const { number, title, ...state } = row;
  return { number, title, state: state as JointState };
}

/** Locked until the transaction ends; read after the wait, so that it is what the one before left. */
export async function lockTask(trx: Trx, id: string): Promise<KeptTask | null> {
  await trx.query('joint.lock', 'select 1 from joint_task where id = $1 for update', [id]);
  return findTask(trx, id);
}

export async function insertTask(
  trx: Trx,
  number: string,
  task: NewJointTask,
  by: { readonly personId: string; readonly unitId: string },
  at: number,
): Promise<string> {
  const [row] = await trx.query<{ id: string }>(
    'joint.insert',
    `insert into joint_task (number, title, purpose, organiser_unit_id, organised_by, made_at) values ($1,$2,$3,$4,$5,$6) returning id`,
    [number, task.title.trim(), task.purpose.trim(), by.unitId, by.personId, new Date(at)],
  );
  const { id } = row!;
  await addParties(trx, id, [by.unitId, ...task.partyIds]);
  for (const phase of Object.keys(PHASES) as Phase[])
    await trx.query('joint.phase', 'insert into joint_phase (task_id, phase, from_on, to_on) values ($1,$2,$3,$4)', [
      id,
      phase,
      task.phases[phase].from,
      task.phases[phase].to,
    ]);
  return id;
}

async function addParties(trx: Trx, id: string, unitIds: readonly string[]): Promise<void> {
  await trx.query(
    'joint.parties',
    'insert into joint_party (task_id, unit_id) select $1, u from unnest($2::uuid[]) as u on conflict do nothing',
    [id, unitIds],
  );
}

/** How many of these units are open. */
export async function openUnits(sql: Sql, unitIds: readonly string[]): Promise<number> {
  const [row] = await sql.query<{ n: number }>(
    'joint.open_units',
    "select count(*)::int as n from unit where id = any($1::uuid[]) and closed_at is null and kind <> 'company'",
    [unitIds],
  );
  return row!.n;
}

export async function saveTask(
  trx: Trx,
  next: JointState,
  ended: { readonly by: string; readonly at: number; readonly summary: string | null },
): Promise<void> {
  await trx.query(
    'joint.save',
    `update joint_task set status = $2, version = $3,
            summary = case when $2 = 'running' or ended_at is not null then summary else $4 end,
            ended_by = case when $2 = 'running' or ended_at is not null then ended_by else $5::uuid end,
            ended_at = case when $2 = 'running' then null else coalesce(ended_at, $6::timestamptz) end
      where id = $1`,
    [next.id, next.status satisfies JointStatus, next.version, ended.summary, ended.by, new Date(ended.at)],
  );
}

/** Writes what a command adds or changes beside the task's own row. */
export async function writePart(
  trx: Trx,
  id: string,
  command: JointCommand,
  by: string,
  now: number,
  letterNumber: () => Promise<string>,
): Promise<void> {
  const at = new Date(now);
  switch (command.action) {
    case 'add_duty':
      await addParties(trx, id, [command.unitId]);
      await trx.query(
        'joint.add_duty',
        'insert into joint_duty (task_id, unit_id, phase, content, due_on) values ($1,$2,$3,$4,$5)',
        [id, command.unitId, command.phase, command.content.trim(), command.dueOn],
      );
      return;
    case 'finish_duty':
      await trx.query(
        'joint.finish_duty',
        `update joint_duty set status = 'done', note = $2, done_by = $3, done_at = $4, answer = null where id = $1`,
        [command.dutyId, command.note.trim(), by, at],
      );
      await trx.query(
        'joint.duty_files',
        `insert into joint_duty_file (duty_id, file_id, added_by, added_at) select $1, f, $3, $4 from unnest($2::uuid[]) as f on conflict do nothing`,
        [command.dutyId, command.fileIds, by, at],
      );
      return;
    case 'confirm_duty':
      await trx.query(
        'joint.confirm_duty',
        `update joint_duty set status = 'confirmed', confirmed_by = $2, confirmed_at = $3, answer = $4 where id = $1`,
        [command.dutyId, by, at, command.note?.trim() || null],
      );
      return;
    case 'send_back_duty':
      await trx.query('joint.send_back_duty', `update joint_duty set status = 'todo', answer = $2 where id = $1`, [
        command.dutyId,
        command.reason.trim(),
      ]);
      return;
    case 'add_meeting': {
      const [meeting] = await trx.query<{ id: string }>(
        'joint.add_meeting',
        'insert into joint_meeting (task_id, held_on, place, minutes, made_by, made_at) values ($1,$2,$3,$4,$5,$6) returning id',
        [id, command.heldOn, command.place.trim(), command.minutes.trim(), by, at],
      );
      await trx.query(
        'joint.add_decisions',
        `insert into joint_decision (meeting_id, unit_id, text) select $1, x.unit_id, x.text from unnest($2::uuid[], $3::text[]) as x (unit_id, text)`,
        [meeting!.id, command.decisions.map(({ unitId }) => unitId), command.decisions.map(({ text }) => text.trim())],
      );
      return;
    }
    case 'send_letter':
      await trx.query(
        'joint.send_letter',
        'insert into joint_letter (number, task_id, to_unit_id, subject, text, sent_by, sent_at) values ($1,$2,$3,$4,$5,$6,$7)',
        [await letterNumber(), id, command.toUnitId, command.subject.trim(), command.text.trim(), by, at],
      );
      return;
    case 'receive_letter':
      await trx.query(
        'joint.receive_letter',
        'update joint_letter set received_by = $2, received_at = $3, receipt = $4 where id = $1',
        [command.letterId, by, at, command.receipt?.trim() || null],
      );
      return;
    case 'rectify_decision':
    case 'close':
    case 'cancel':
      return;
  }
}

export async function decisionText(sql: Sql, id: string): Promise<{ text: string; unitId: string }> {
  const [row] = await sql.query<{ text: string; unitId: string }>(
    'joint.decision',
    'select text, unit_id as "unitId" from joint_decision where id = $1',
    [id],
  );
  return row!;
}

export async function linkRectification(trx: Trx, decisionId: string, rectificationId: string): Promise<void> {
  await trx.query('joint.rectified', 'update joint_decision set rectification_id = $2 where id = $1', [
    decisionId,
    rectificationId,
  ]);
}
