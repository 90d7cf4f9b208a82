import type { JointItem, JointTask } from '@bihuan/contract/joint';
import {
  allowedJointActions,
  allowedOn,
  type DutyStatus,
  JOINT_ACTIONS,
  type JointState,
  type JointStatus,
  PHASES,
  type Phase,
} from '@bihuan/domain/joint';
import type { RectificationStatus } from '@bihuan/domain/rectification';
import { dateAt } from '@bihuan/domain/workday';
import { jointPartScope, jointScope, type RequestActor, rectificationScope } from '../../platform/access/index.ts';
import { readTrail, type TrailEvent } from '../../platform/audit/index.ts';
import type { Sql } from '../../platform/db/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { notFound } from '../../platform/errors.ts';
import { findTask } from './joint.repo.ts';

interface TaskRow {
  readonly [column: string]: unknown;
  readonly id: string;
  readonly number: string;
  readonly title: string;
  readonly organiser_id: string;
  readonly organiser_name: string;
  readonly status: JointStatus;
  readonly from_on: string;
  readonly to_on: string;
  readonly parties: { id: string; name: string }[];
  readonly total: number;
  readonly done: number;
  readonly confirmed: number;
  readonly overdue: number;
  readonly version: number;
}

const columns = (part: string, today: string) =>
  `t.id, t.number, t.title, t.organiser_unit_id as organiser_id, u.name as organiser_name, t.status, t.version,
  to_char((select min(h.from_on) from joint_phase h where h.task_id = t.id), 'YYYY-MM-DD') as from_on,
  to_char((select max(h.to_on) from joint_phase h where h.task_id = t.id), 'YYYY-MM-DD') as to_on,
  (select coalesce(jsonb_agg(jsonb_build_object('id', q.id, 'name', q.name) order by q.kind, q.sort, q.name), '[]')
     from joint_party p join unit q on q.id = p.unit_id where p.task_id = t.id and p.unit_id <> t.organiser_unit_id) as parties,
  n.*` +
  `\n  from joint_task t join unit u on u.id = t.organiser_unit_id,
  lateral (select count(*)::int as total, count(*) filter (where d.status = 'done')::int as done, count(*) filter (where d.status = 'confirmed')::int as confirmed,
                  count(*) filter (where d.status = 'todo' and d.due_on < ${today}::date and t.status = 'running')::int as overdue
             from joint_duty d where d.task_id = t.id and ${part}) n`;

const toItem = (row: TaskRow): JointItem => ({
  id: row.id,
  number: row.number,
  title: row.title,
  organiser: { id: row.organiser_id, name: row.organiser_name },
  status: row.status,
  from: row.from_on,
  to: row.to_on,
  parties: row.parties,
  duties: { total: row.total, done: row.done, confirmed: row.confirmed, overdue: row.overdue },
  version: row.version,
});

/** Some dozens a year: no pages. */
export async function taskList(
  { db, clock }: Pick<Deps, 'db' | 'clock'>,
  actor: RequestActor,
  filter: { status?: JointStatus; unitId?: string; mine?: boolean },
): Promise<JointItem[]> {
  const scope = jointScope(actor, 't', 6);
  const part = jointPartScope(actor, 'd.unit_id', 6);
  const rows = await db.query<TaskRow>(
    `joint.list.${scope.scope}`,
    `select ${columns(part.sql, '$1')}
      where ($2::text is null or t.status = $2) and ($3::uuid is null or exists (select 1 from joint_party p where p.task_id = t.id and p.unit_id = $3))
        and (not $4::boolean or t.status = 'running' and (
              exists (select 1 from joint_duty d where d.task_id = t.id and d.unit_id = $5::uuid and d.status = 'todo')
           or exists (select 1 from joint_letter l where l.task_id = t.id and l.to_unit_id = $5::uuid and l.received_at is null)
           or t.organiser_unit_id = $5::uuid and exists (select 1 from joint_duty d where d.task_id = t.id and d.status = 'done')))
        and ${scope.sql} order by t.made_at desc, t.id desc limit 500`,
    [
      dateAt(clock.now()),
      filter.status ?? null,
      filter.unitId ?? null,
      filter.mine ?? false,
      actor.unitId,
      ...scope.values,
    ],
  );
  return rows.map(toItem);
}

/** Whether the actor may see it at all: out of scope is as if it were not there. */
export async function seesTask(sql: Sql, actor: RequestActor, id: string): Promise<boolean> {
  const scope = jointScope(actor, 't', 2);
  const rows = await sql.query(
    `joint.sees.${scope.scope}`,
    `select 1 from joint_task t where t.id = $1 and ${scope.sql}`,
    [id, ...scope.values],
  );
  return rows.length > 0;
}

const person = (id: unknown, name: unknown) => (id == null ? null : { id: id as string, name: (name as string) ?? '' });
const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

/** @throws Problem 404 when it is not there or the actor's unit takes no part in it */
export async function taskDetail(
  deps: Pick<Deps, 'db' | 'clock'>,
  actor: RequestActor,
  id: string,
): Promise<JointTask> {
  const { db, clock } = deps;
  const today = dateAt(clock.now());
  const scope = jointScope(actor, 't', 3);
  const part = jointPartScope(actor, 'd.unit_id', 3);
  const [row] = await db.query<
    TaskRow & {
      purpose: string;
      organised_by: string;
      organised_by_name: string;
      made_at: Date;
      summary: string | null;
      ended_at: Date | null;
    }
  >(
    `joint.detail.${scope.scope}`,
    `select x.*, t.purpose, t.organised_by, p.name as organised_by_name, t.made_at, t.summary, t.ended_at
       from (select ${columns(part.sql, '$1')} where t.id = $2 and ${scope.sql}) x join joint_task t on t.id = x.id join person p on p.id = t.organised_by`,
    [today, id, ...scope.values],
  );
  const kept = row && (await findTask(db, id));
  if (!row || !kept) throw notFound('联合督察');
  const whole = scope.scope === 'district';
  const { state } = kept;
  const [phases, duties, meetings, letters, trail] = await Promise.all([
    readPhases(db, id),
    readDuties(db, actor, state, today),
    readMeetings(db, actor, state, whole),
    readLetters(db, actor, state),
    whole ? readTrail(db, 'joint', id) : [],
  ]);
  return {
    ...toItem(row),
    whole,
    purpose: row.purpose,
    organisedBy: { id: row.organised_by, name: row.organised_by_name },
    madeAt: row.made_at.toISOString(),
    summary: row.summary,
    endedAt: iso(row.ended_at),
    phases: phases.map((phase) => ({
      ...phase,
      duties: duties.filter((duty) => duty.phase === phase.phase),
    })),
    meetings,
    letters,
    timeline: trail.map(toEvent),
    allowedActions: allowedJointActions(state, actor),
  };
}

function toEvent({ id, at, action, actor, unit, note, data }: TrailEvent): JointTask['timeline'][number] {
  const name = action.replace(/^joint\./, '');
  return {
    id,
    at: at.toISOString(),
    label: name === 'make' ? '发起联合督察' : (JOINT_ACTIONS[name as keyof typeof JOINT_ACTIONS]?.label ?? name),
    actor: actor === null ? null : { name: actor, unit },
    note: [note, data.rectification ? `整改编号 ${data.rectification}` : ''].filter(Boolean).join('\n') || null,
  };
}

async function readPhases(sql: Sql, id: string): Promise<{ phase: Phase; from: string; to: string }[]> {
  const rows = await sql.query<{ phase: Phase; from: string; to: string }>(
    'joint.read_phases',
    `select phase, to_char(from_on, 'YYYY-MM-DD') as "from", to_char(to_on, 'YYYY-MM-DD') as "to" from joint_phase where task_id = $1`,
    [id],
  );
  const order = Object.keys(PHASES);
  return rows.sort((a, b) => order.indexOf(a.phase) - order.indexOf(b.phase));
}

type Duty = JointTask['phases'][number]['duties'][number];

/** Of others' duties no more than that they are there: the words and files of a duty never leave the database for them. */
async function readDuties(sql: Sql, actor: RequestActor, state: JointState, today: string): Promise<Duty[]> {
  const part = jointPartScope(actor, 'd.unit_id', 3);
  const rows = await sql.query<{
    id: string;
    phase: Phase;
    unit_id: string;
    unit_name: string;
    status: DutyStatus;
    due_on: string;
    overdue: boolean;
    detailed: boolean;
    content: string;
    note: string | null;
    done_by: string | null;
    done_by_name: string | null;
    done_at: Date | null;
    confirmed_by: string | null;
    confirmed_by_name: string | null;
    confirmed_at: Date | null;
    answer: string | null;
    files: { id: string; name: string; mime: string; size: number }[];
  }>(
    `joint.read_duties.${part.scope}`,
    `select d.id, d.phase, d.unit_id, u.name as unit_name, d.status, to_char(d.due_on, 'YYYY-MM-DD') as due_on, d.status = 'todo' and d.due_on < $2::date as overdue,
            m.id is not null as detailed, m.content, m.note, m.done_by, a.name as done_by_name, m.done_at, m.confirmed_by, b.name as confirmed_by_name, m.confirmed_at, m.answer,
            (select coalesce(jsonb_agg(jsonb_build_object('id', f.id, 'name', f.name, 'mime', f.mime, 'size', f.size) order by x.added_at, f.name), '[]')
               from joint_duty_file x join file f on f.id = x.file_id where x.duty_id = m.id) as files
       from joint_duty d join unit u on u.id = d.unit_id left join joint_duty m on m.id = d.id and ${part.sql}
       left join person a on a.id = m.done_by left join person b on b.id = m.confirmed_by
      where d.task_id = $1 order by d.due_on, u.sort, d.id`,
    [state.id, today, ...part.values],
  );
  return rows.map((row) => ({
    id: row.id,
    phase: row.phase,
    unit: { id: row.unit_id, name: row.unit_name },
    status: row.status,
    dueOn: row.due_on,
    overdue: row.overdue && state.status === 'running',
    detail: row.detailed
      ? {
          content: row.content,
          note: row.note,
          doneBy: person(row.done_by, row.done_by_name),
          doneAt: iso(row.done_at),
          confirmedBy: person(row.confirmed_by, row.confirmed_by_name),
          confirmedAt: iso(row.confirmed_at),
          answer: row.answer,
          files: row.files,
        }
      : null,
    allowedActions: row.detailed
      ? allowedOn(state, actor, row.id, ['finish_duty', 'confirm_duty', 'send_back_duty'])
      : [],
  }));
}

async function readMeetings(
  sql: Sql,
  actor: RequestActor,
  state: JointState,
  whole: boolean,
): Promise<JointTask['meetings']> {
  const part = jointPartScope(actor, 'e.unit_id', 2);
  const ledger = rectificationScope(actor, 'r', 2 + part.values.length);
  const rows = await sql.query<{
    id: string;
    held_on: string;
    place: string;
    minutes: string;
    decision_id: string | null;
    unit_id: string;
    unit_name: string;
    text: string;
    rectification_id: string | null;
    rectification_number: string;
    rectification_status: RectificationStatus;
    may_open: boolean;
  }>(
    `joint.read_meetings.${part.scope}`,
    `select m.id, to_char(m.held_on, 'YYYY-MM-DD') as held_on, m.place, m.minutes, e.id as decision_id, e.unit_id, u.name as unit_name, e.text,
            r.id as rectification_id, r.number as rectification_number, r.status as rectification_status, coalesce(${ledger.sql}, false) as may_open
       from joint_meeting m left join joint_decision e on e.meeting_id = m.id and ${part.sql} left join unit u on u.id = e.unit_id
       left join rectification r on r.id = e.rectification_id
      where m.task_id = $1 order by m.held_on, m.id, e.id`,
    [state.id, ...part.values, ...ledger.values],
  );
  const meetings = new Map<string, JointTask['meetings'][number]>();
  for (const row of rows) {
    // A party hears of a meeting by what was decided on it.
    if (!whole && row.decision_id === null) continue;
    const meeting = meetings.get(row.id) ?? {
      id: row.id,
      heldOn: row.held_on,
      place: row.place,
      minutes: whole ? row.minutes : null,
      decisions: [],
    };
    if (row.decision_id !== null)
      meeting.decisions.push({
        id: row.decision_id,
        unit: { id: row.unit_id, name: row.unit_name },
        text: row.text,
        rectification:
          row.rectification_id === null
            ? null
            : {
                id: row.rectification_id,
                number: row.rectification_number,
                status: row.rectification_status,
                mayOpen: row.may_open,
              },
        allowedActions: allowedOn(state, actor, row.decision_id, ['rectify_decision']),
      });
    meetings.set(row.id, meeting);
  }
  return [...meetings.values()];
}

async function readLetters(sql: Sql, actor: RequestActor, state: JointState): Promise<JointTask['letters']> {
  const part = jointPartScope(actor, 'l.to_unit_id', 2);
  const rows = await sql.query<{
    id: string;
    number: string;
    to_unit_id: string;
    unit_name: string;
    subject: string;
    text: string;
    sent_by: string;
    sent_by_name: string;
    sent_at: Date;
    received_by: string | null;
    received_by_name: string | null;
    received_at: Date | null;
    receipt: string | null;
  }>(
    `joint.read_letters.${part.scope}`,
    `select l.id, l.number, l.to_unit_id, u.name as unit_name, l.subject, l.text, l.sent_by, a.name as sent_by_name, l.sent_at, l.received_by,
            b.name as received_by_name, l.received_at, l.receipt
       from joint_letter l join unit u on u.id = l.to_unit_id join person a on a.id = l.sent_by left join person b on b.id = l.received_by
      where l.task_id = $1 and ${part.sql} order by l.sent_at, l.id`,
    [state.id, ...part.values],
  );
  return rows.map((row) => ({
    id: row.id,
    number: row.number,
    to: { id: row.to_unit_id, name: row.unit_name },
    subject: row.subject,
    text: row.text,
    sentBy: { id: row.sent_by, name: row.sent_by_name },
    sentAt: row.sent_at.toISOString(),
    receivedBy: person(row.received_by, row.received_by_name),
    receivedAt: iso(row.received_at),
    receipt: row.receipt,
    allowedActions: allowedOn(state, actor, row.id, ['receive_letter']),
  }));
}

export async function jointReferenceView({ db }: Pick<Deps, 'db'>) {
  const [units, types] = await Promise.all([
    db.query<{ id: string; name: string; kind: string }>(
      'joint.units',
      `select id, name, kind from unit where closed_at is null and kind in ('section','squadron','town','partner')
        order by array_position(array['partner','town','squadron','section'], kind), sort, name`,
    ),
    db.query<{ code: string; name: string; workdays: number }>(
      'rectification.types',
      'select code, name, workdays from rectification_type where closed_at is null order by sort, code',
    ),
  ]);
  return { units, types };
}
