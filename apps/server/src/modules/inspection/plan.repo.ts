import type { NewPlan } from '@bihuan/contract/inspection';
import type { Manner, PlanState, PlanStatus } from '@bihuan/domain/inspection';
import { inspectionScope, type RequestActor } from '../../platform/access/index.ts';
import type { Sql, Trx } from '../../platform/db/index.ts';

interface StateRow {
  readonly id: string;
  readonly number: string;
  readonly title: string;
  readonly status: PlanStatus;
  readonly version: number;
  readonly manner: Manner;
  readonly opened_at: Date | null;
  readonly created_by: string;
  readonly created_unit_id: string;
  readonly approved_by: string | null;
  readonly public_at: Date;
  readonly unit_ids: string[];
  readonly visits_left: number;
  readonly visits_signed: number;
  readonly findings_left: number;
}

export interface KeptPlan {
  readonly state: PlanState;
  readonly number: string;
  readonly title: string;
  readonly createdUnitId: string;
}

const STATE = `pl.id, pl.number, pl.title, pl.status, pl.version, pl.manner, pl.opened_at, pl.created_by, pl.created_unit_id, pl.approved_by, pl.public_at,
  array(select distinct s.unit_id from inspection_subject s where s.plan_id = pl.id) as unit_ids,
  (select count(*)::int from inspection_visit v where v.plan_id = pl.id and v.status in ('pending','signing')) as visits_left,
  (select count(*)::int from inspection_visit v where v.plan_id = pl.id and v.status = 'signed') as visits_signed,
  (select count(*)::int from inspection_finding f join inspection_visit v on v.id = f.visit_id
    where v.plan_id = pl.id and f.status in ('open','answered')) as findings_left`;

const toKept = (row: StateRow): KeptPlan => ({
  number: row.number,
  title: row.title,
  createdUnitId: row.created_unit_id,
  state: {
    id: row.id,
    status: row.status,
    version: row.version,
    manner: row.manner,
    openedAt: row.opened_at?.getTime() ?? null,
    createdBy: row.created_by,
    approvedBy: row.approved_by,
    unitIds: row.unit_ids,
    publicAt: row.public_at.getTime(),
    visitsLeft: row.visits_left,
    visitsSigned: row.visits_signed,
    findingsLeft: row.findings_left,
  },
});

export async function findPlan(sql: Sql, id: string): Promise<KeptPlan | null> {
  const [row] = await sql.query<StateRow>(
    'inspection.find_plan',
    `select ${STATE} from inspection_plan pl where pl.id = $1`,
    [id],
  );
  return row ? toKept(row) : null;
}

/** Locked until the transaction ends, and only if the actor may see it: for all others there is no row, as for any other id. */
export async function lockPlan(trx: Trx, actor: RequestActor, id: string): Promise<KeptPlan | null> {
  const scope = inspectionScope(actor, 'pl', 2);
  const rows = await trx.query(
    `inspection.lock_plan.${scope.key}`,
    `select 1 from inspection_plan pl where pl.id = $1 and ${scope.sql} for update of pl`,
    [id, ...scope.values],
  );
  return rows.length === 0 ? null : findPlan(trx, id);
}

/** Every unit in which the person serves now. */
export async function unitsOf(sql: Sql, personId: string): Promise<string[]> {
  const rows = await sql.query<{ unit_id: string }>(
    'inspection.units_of',
    'select distinct unit_id from posting where person_id = $1 and ended_on is null',
    [personId],
  );
  return rows.map(({ unit_id }) => unit_id);
}

/** Open plans are numbered in turn. */
export async function nextPlanNumber(trx: Trx, year: number): Promise<string> {
  const [row] = await trx.query<{ n: number }>(
    'inspection.number',
    'insert into inspection_counter (year, n) values ($1, 1) on conflict (year) do update set n = inspection_counter.n + 1 returning n',
    [year],
  );
  return `DC${year}-${String(row!.n).padStart(4, '0')}`;
}

export async function insertPlan(
  trx: Trx,
  number: string,
  plan: NewPlan,
  by: { readonly personId: string; readonly unitId: string },
  at: number,
): Promise<string> {
  const [row] = await trx.query<{ id: string }>(
    'inspection.insert_plan',
    `insert into inspection_plan (number, title, form, manner, purpose, basis, starts_on, ends_on, checklist_id, subjects_wanted, public_source, public_at,
       created_by, created_unit_id, created_at)
     values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15) returning id`,
    [number, ...columnsOf(plan), by.personId, by.unitId, new Date(at)],
  );
  return row!.id;
}

/** The plan's own columns in the order of insert; `manner` never changes after. */
const columnsOf = (plan: NewPlan): unknown[] => [
  plan.title.trim(),
  plan.form,
  plan.manner,
  plan.purpose.trim(),
  plan.basis?.trim() || null,
  plan.startsOn,
  plan.endsOn,
  plan.checklistId,
  plan.subjectsWanted,
  plan.publicSource.trim(),
  new Date(plan.publicAt),
];

export async function updatePlan(trx: Trx, id: string, plan: NewPlan): Promise<void> {
  await trx.query(
    'inspection.update_plan',
    `update inspection_plan set title = $2, form = $3, manner = $4, purpose = $5, basis = $6, starts_on = $7, ends_on = $8, checklist_id = $9,
            subjects_wanted = $10, public_source = $11, public_at = $12, version = version + 1 where id = $1`,
    [id, ...columnsOf(plan)],
  );
}

/** The lists of a draft, written anew. */
export async function replaceLists(trx: Trx, id: string, plan: NewPlan): Promise<void> {
  for (const table of ['inspection_plan_target', 'inspection_subject', 'inspection_candidate', 'inspection_exclusion'])
    await trx.query(`inspection.clear.${table}`, `delete from ${table} where plan_id = $1`, [id]);
  await trx.query(
    'inspection.targets',
    'insert into inspection_plan_target (plan_id, code) select $1, unnest($2::text[])',
    [id, plan.targets],
  );
  await trx.query(
    'inspection.subjects',
    `insert into inspection_subject (plan_id, seq, name, unit_id, matter_id, place)
     select $1, n, name, unit_id, matter_id, place from unnest($2::text[], $3::uuid[], $4::uuid[], $5::text[]) with ordinality as t (name, unit_id, matter_id, place, n)`,
    [
      id,
      plan.subjects.map(({ name }) => name.trim()),
      plan.subjects.map(({ unitId }) => unitId),
      plan.subjects.map(({ matterId }) => matterId ?? null),
      plan.subjects.map(({ place }) => place?.trim() || null),
    ],
  );
  await trx.query(
    'inspection.candidates',
    'insert into inspection_candidate (plan_id, person_id) select $1, unnest($2::uuid[])',
    [id, plan.candidateIds],
  );
  await trx.query(
    'inspection.exclusions',
    `insert into inspection_exclusion (plan_id, person_id, unit_id, reason, automatic)
     select $1, p, u, r, false from unnest($2::uuid[], $3::uuid[], $4::text[]) as t (p, u, r)`,
    [
      id,
      plan.exclusions.map(({ personId }) => personId),
      plan.exclusions.map(({ unitId }) => unitId),
      plan.exclusions.map(({ reason }) => reason.trim()),
    ],
  );
}

/** How many of the given units, people, targets, lists and matters are there and may be used. */
export async function countUsable(
  sql: Sql,
  plan: NewPlan,
  inspectorRoles: readonly string[],
): Promise<{ units: number; candidates: number; targets: number; checklists: number; matters: number }> {
  const [row] = await sql.query<{
    units: number;
    candidates: number;
    targets: number;
    checklists: number;
    matters: number;
  }>(
    'inspection.usable',
    `select (select count(*)::int from unit where id = any($1::uuid[]) and closed_at is null and kind = 'squadron') as units,
            (select count(distinct o.person_id)::int from posting o join person p on p.id = o.person_id
              where o.person_id = any($2::uuid[]) and o.role = any($3::text[]) and o.ended_on is null and p.left_at is null) as candidates,
            (select count(*)::int from inspection_target where code = any($4::text[])) as targets,
            (select count(*)::int from inspection_checklist where id = $5) as checklists,
            (select count(*)::int from matter where id = any($6::uuid[])) as matters`,
    [
      plan.subjects.map(({ unitId }) => unitId),
      plan.candidateIds,
      inspectorRoles,
      plan.targets,
      plan.checklistId,
      plan.subjects.flatMap(({ matterId }) => matterId ?? []),
    ],
  );
  return row!;
}

export async function savePlan(
  trx: Trx,
  before: PlanState,
  next: PlanState,
  actorId: string,
  now: number,
): Promise<void> {
  await trx.query(
    'inspection.save_plan',
    `update inspection_plan set status = $2, version = $3, approved_by = $4,
            approved_at = case when $4::uuid is null then null when $4 is distinct from approved_by then $8::timestamptz else approved_at end,
            started_at = case when $5 then $8 else started_at end,
            opened_at = $6, opened_by = case when $6::timestamptz is null then null when opened_at is null then $9::uuid else opened_by end,
            finished_at = case when $7 then $8 else finished_at end
      where id = $1`,
    [
      next.id,
      next.status,
      next.version,
      next.approvedBy,
      next.status === 'active' && before.status !== 'active',
      next.openedAt === null ? null : new Date(next.openedAt),
      next.status === 'done' || next.status === 'cancelled',
      new Date(now),
      actorId,
    ],
  );
}

/** Who served when in which of the units: within the years of standing back he does not inspect them. */
export async function formerPosts(
  sql: Sql,
  personIds: readonly string[],
  unitIds: readonly string[],
  since: Date,
): Promise<{ personId: string; unitId: string; current: boolean }[]> {
  return sql.query(
    'inspection.former_posts',
    `select person_id as "personId", unit_id as "unitId", bool_or(ended_on is null) as current from posting
      where person_id = any($1::uuid[]) and unit_id = any($2::uuid[]) and (ended_on is null or ended_on >= $3::timestamptz::date)
      group by person_id, unit_id order by person_id, unit_id`,
    [personIds, unitIds, since],
  );
}

export async function insertExclusions(
  trx: Trx,
  planId: string,
  rows: readonly { personId: string; unitId: string; reason: string }[],
): Promise<void> {
  await trx.query(
    'inspection.automatic_exclusions',
    `insert into inspection_exclusion (plan_id, person_id, unit_id, reason, automatic)
     select $1, p, u, r, true from unnest($2::uuid[], $3::uuid[], $4::text[]) as t (p, u, r)
     on conflict (plan_id, person_id, unit_id) do nothing`,
    [planId, rows.map(({ personId }) => personId), rows.map(({ unitId }) => unitId), rows.map(({ reason }) => reason)],
  );
}

export async function insertVisits(
  trx: Trx,
  planId: string,
  drawn: readonly { readonly subject: string; readonly persons: readonly string[] }[],
): Promise<void> {
  await trx.query(
    'inspection.insert_visits',
    `with drawn as (select s, n from unnest($2::uuid[]) with ordinality as t (s, n)),
          made as (insert into inspection_visit (plan_id, subject_id, seq, unit_id)
            select $1, j.id, d.n, j.unit_id from drawn d join inspection_subject j on j.id = d.s returning id, subject_id)
     insert into inspection_visit_inspector (visit_id, person_id, seq)
     select m.id, t.person, t.n from unnest($3::uuid[], $4::uuid[], $5::int[]) as t (subject, person, n) join made m on m.subject_id = t.subject`,
    [
      planId,
      drawn.map(({ subject }) => subject),
      drawn.flatMap(({ subject, persons }) => persons.map(() => subject)),
      drawn.flatMap(({ persons }) => persons),
      drawn.flatMap(({ persons }) => persons.map((_, n) => n + 1)),
    ],
  );
}

export async function cancelVisits(trx: Trx, planId: string): Promise<void> {
  await trx.query(
    'inspection.cancel_visits',
    `update inspection_visit set status = 'cancelled', version = version + 1 where plan_id = $1 and status in ('pending','signing')`,
    [planId],
  );
}

/** From now on the units have their time to answer. */
export async function startAnswering(trx: Trx, planId: string, dueAt: number): Promise<void> {
  await trx.query(
    'inspection.start_answering',
    `update inspection_finding f set answer_due_at = $2 from inspection_visit v where v.id = f.visit_id and v.plan_id = $1 and f.answer_due_at is null`,
    [planId, new Date(dueAt)],
  );
}
