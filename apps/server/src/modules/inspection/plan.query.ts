import { createHash } from 'node:crypto';
import type { Plan, PlanItem, PlanQuery } from '@bihuan/contract/inspection';
import {
  allowedPlanActions,
  type Manner,
  mayEditPlan,
  PLAN_ACTIONS,
  type PlanForm,
  type PlanStatus,
} from '@bihuan/domain/inspection';
import { inspectionScope, type RequestActor } from '../../platform/access/index.ts';
import { readTrail, type TrailEvent } from '../../platform/audit/index.ts';
import type { Sql } from '../../platform/db/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { invalid, notFound } from '../../platform/errors.ts';
import { findPlan, unitsOf } from './plan.repo.ts';
import { readVisits } from './visit.query.ts';

const COUNT_CAP = 1000;

interface ItemRow {
  readonly [column: string]: unknown;
  readonly id: string;
  readonly number: string;
  readonly title: string;
  readonly form: PlanForm;
  readonly manner: Manner;
  readonly status: PlanStatus;
  readonly sealed: boolean;
  readonly starts_on: string;
  readonly ends_on: string;
  readonly checklist_id: string;
  readonly checklist_name: string;
  readonly checklist_version: number;
  readonly created_by: string;
  readonly created_by_name: string;
  readonly visits: number;
  readonly signed: number;
  readonly findings: number;
  readonly findings_left: number;
  readonly score: string | null;
  readonly version: number;
}

const ITEM_COLUMNS = `pl.id, pl.number, pl.title, pl.form, pl.manner, pl.status, pl.version,
  pl.manner = 'covert' and pl.opened_at is null as sealed, pl.starts_on::text as starts_on, pl.ends_on::text as ends_on,
  pl.checklist_id, k.name as checklist_name, k.version as checklist_version, pl.created_by, p.name as created_by_name, n.*`;
/** Counts only of visits that the reader may see. */
const itemJoins = (
  visit: (alias: string) => string,
) => `join inspection_checklist k on k.id = pl.checklist_id join person p on p.id = pl.created_by
  cross join lateral (select count(distinct v.id)::int as visits, count(distinct v.id) filter (where v.status = 'signed')::int as signed,
      count(f.id)::int as findings, count(f.id) filter (where f.status in ('open','answered'))::int as findings_left,
      (select round(avg(x.score), 1)::text from inspection_visit x where x.plan_id = pl.id and ${visit('x')}) as score
    from inspection_visit v left join inspection_finding f on f.visit_id = v.id where v.plan_id = pl.id and ${visit('v')}) n`;

const toItem = (row: ItemRow): PlanItem => ({
  id: row.id,
  number: row.number,
  title: row.title,
  form: row.form,
  manner: row.manner,
  status: row.status,
  sealed: row.sealed,
  startsOn: row.starts_on,
  endsOn: row.ends_on,
  checklist: { id: row.checklist_id, name: row.checklist_name, version: row.checklist_version },
  createdBy: { id: row.created_by, name: row.created_by_name },
  visits: { total: row.visits, signed: row.signed },
  findings: { total: row.findings, left: row.findings_left },
  score: row.score === null ? null : Number(row.score),
  version: row.version,
});

/** Scope first, then the filters: the one WHERE of list, count and export. */
export function planWhere(actor: RequestActor, filter: PlanQuery) {
  const scope = inspectionScope(actor, 'pl', 1);
  const values: unknown[] = [...scope.values];
  const parts = [scope.sql];
  const add = (value: unknown, sql: (p: string) => string) => {
    values.push(value);
    parts.push(sql(`$${values.length}`));
  };
  if (filter.status) add(filter.status.split(','), (p) => `pl.status = any(${p}::text[])`);
  if (filter.manner) add(filter.manner, (p) => `pl.manner = ${p}`);
  if (filter.form) add(filter.form, (p) => `pl.form = ${p}`);
  if (filter.unitId)
    add(
      filter.unitId,
      (p) =>
        `exists (select 1 from inspection_visit v where v.plan_id = pl.id and v.unit_id = ${p}::uuid and ${scope.visit('v')})`,
    );
  if (filter.matterId)
    add(
      filter.matterId,
      (p) =>
        `exists (select 1 from inspection_subject s join inspection_visit v on v.subject_id = s.id where v.plan_id = pl.id and s.matter_id = ${p}::uuid and ${scope.visit('v')})`,
    );
  if (filter.from) add(filter.from, (p) => `pl.ends_on >= ${p}::date`);
  if (filter.to) add(filter.to, (p) => `pl.starts_on <= ${p}::date`);
  const q = filter.q?.trim();
  if (q)
    add(
      `%${q.replace(/[\\%_]/g, '\\$&')}%`,
      (p) => `(pl.number ilike ${p} or pl.title ilike ${p} or pl.purpose ilike ${p})`,
    );
  return { scope, values, sql: parts.join(' and ') };
}

export async function planPage(
  deps: Pick<Deps, 'db'>,
  actor: RequestActor,
  query: PlanQuery & { after?: string; limit?: number },
) {
  const { after, limit = 50, ...filter } = query;
  const where = planWhere(actor, filter);
  const { values } = where;
  const total =
    after === undefined
      ? `(select count(*)::int from (select 1 from inspection_plan pl where ${where.sql} limit ${COUNT_CAP + 1}) x)`
      : 'null::int';
  let keyset = '';
  if (after !== undefined) {
    const [day = '', id = ''] = after.split('~');
    if (!/^\d{4}-\d\d-\d\d$/.test(day) || !/^[0-9a-f-]{36}$/i.test(id)) throw invalid('翻页位置无效，请从第一页开始');
    values.push(day, id);
    keyset = `and (pl.starts_on, pl.id) < ($${values.length - 1}::date, $${values.length}::uuid)`;
  }
  values.push(limit + 1);
  const { scope } = where;
  const text = `
with pl as materialized (select * from inspection_plan pl where ${where.sql} ${keyset} order by pl.starts_on desc, pl.id desc limit $${values.length})
select ${ITEM_COLUMNS}, ${total} as total from pl ${itemJoins(scope.visit)} order by pl.starts_on desc, pl.id desc`;
  const rows = await deps.db.query<ItemRow & { total: number | null }>(
    `inspection.list.${createHash('md5').update(text).digest('base64url').slice(0, 12)}`,
    text,
    values,
  );
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const found = rows[0]?.total ?? 0;
  return {
    items: shown.map(toItem),
    next: rows.length > limit && last ? `${last.starts_on}~${last.id}` : null,
    total: Math.min(found, COUNT_CAP),
    totalIsCapped: found > COUNT_CAP,
  };
}

interface DetailRow extends ItemRow {
  readonly purpose: string;
  readonly basis: string | null;
  readonly subjects_wanted: number;
  readonly public_source: string;
  readonly public_at: Date;
  readonly created_at: Date;
  readonly approved_by: string | null;
  readonly approved_by_name: string | null;
  readonly approved_at: Date | null;
  readonly opened_by: string | null;
  readonly opened_by_name: string | null;
  readonly opened_at: Date | null;
  readonly targets: Plan['targets'];
  readonly subjects: Plan['subjects'];
  readonly candidates: Plan['candidates'];
  readonly exclusions: Plan['exclusions'];
  readonly commitment: string | null;
  readonly population_digest: string;
  readonly committed_at: Date;
  readonly public_value: string | null;
  readonly seed: string | null;
  readonly digest: string | null;
  readonly drawn_at: Date | null;
  readonly drawn_by: string | null;
  readonly drawn_by_name: string | null;
}

const person = (id: string | null, name: string | null) => (id === null ? null : { id, name: name ?? '' });
const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

/** @throws Problem 404 when it is not there or out of scope: one statement answers both */
export async function planDetail(deps: Pick<Deps, 'db' | 'clock'>, actor: RequestActor, id: string): Promise<Plan> {
  const scope = inspectionScope(actor, 'pl', 2);
  const [row] = await deps.db.query<DetailRow>(
    `inspection.detail.${scope.key}`,
    `select ${ITEM_COLUMNS}, pl.purpose, pl.basis, pl.subjects_wanted, pl.public_source, pl.public_at, pl.created_at, pl.approved_by, ap.name as approved_by_name,
            pl.approved_at, pl.opened_by, op.name as opened_by_name, pl.opened_at, d.commitment, d.population_digest, d.committed_at, d.public_value, d.seed, d.digest,
            d.drawn_at, d.drawn_by, dp.name as drawn_by_name,
            coalesce((select jsonb_agg(jsonb_build_object('code', t.code, 'kind', t.kind, 'name', t.name) order by t.sort, t.code)
               from inspection_plan_target x join inspection_target t on t.code = x.code where x.plan_id = pl.id), '[]') as targets,
            coalesce((select jsonb_agg(jsonb_build_object('id', s.id, 'name', s.name, 'unit', jsonb_build_object('id', u.id, 'name', u.name), 'matterId', s.matter_id,
                'place', s.place, 'drawn', exists (select 1 from inspection_visit v where v.subject_id = s.id)) order by s.seq)
               from inspection_subject s join unit u on u.id = s.unit_id where s.plan_id = pl.id), '[]') as subjects,
            coalesce((select jsonb_agg(jsonb_build_object('id', c.id, 'name', c.name) order by c.staff_no) from inspection_candidate x join person c on c.id = x.person_id
              where x.plan_id = pl.id), '[]') as candidates,
            coalesce((select jsonb_agg(jsonb_build_object('person', jsonb_build_object('id', c.id, 'name', c.name), 'unit', jsonb_build_object('id', u.id, 'name', u.name),
                'reason', x.reason, 'automatic', x.automatic) order by c.staff_no, u.sort) from inspection_exclusion x join person c on c.id = x.person_id join unit u on u.id = x.unit_id
              where x.plan_id = pl.id), '[]') as exclusions
       from inspection_plan pl ${itemJoins(scope.visit)} left join person ap on ap.id = pl.approved_by left join person op on op.id = pl.opened_by
       left join inspection_draw d on d.plan_id = pl.id left join person dp on dp.id = d.drawn_by
      where pl.id = $1 and ${scope.sql}`,
    [id, ...scope.values],
  );
  if (!row) throw notFound('督察计划');
  const [kept, unitIds, trail, visitList] = await Promise.all([
    findPlan(deps.db, id),
    unitsOf(deps.db, actor.personId),
    readTrail(deps.db, 'inspection_plan', id),
    readVisits(deps.db, actor, { planId: id }),
  ]);
  const me = { ...actor, unitIds };
  return {
    ...toItem(row),
    purpose: row.purpose,
    basis: row.basis,
    targets: row.targets,
    subjects: row.subjects,
    subjectsWanted: row.subjects_wanted,
    candidates: row.candidates,
    exclusions: row.exclusions,
    publicSource: row.public_source,
    publicAt: row.public_at.toISOString(),
    draw:
      row.commitment === null
        ? null
        : {
            commitment: row.commitment,
            populationDigest: row.population_digest,
            committedAt: row.committed_at.toISOString(),
            publicValue: row.public_value,
            seed: row.seed,
            digest: row.digest,
            drawnAt: iso(row.drawn_at),
            drawnBy: person(row.drawn_by, row.drawn_by_name),
          },
    visitList,
    createdAt: row.created_at.toISOString(),
    approvedBy: person(row.approved_by, row.approved_by_name),
    approvedAt: iso(row.approved_at),
    openedBy: person(row.opened_by, row.opened_by_name),
    openedAt: iso(row.opened_at),
    timeline: trail.map(toEvent),
    mayEdit: kept !== null && mayEditPlan(kept.state, me),
    allowedActions: kept ? allowedPlanActions(kept.state, me, deps.clock.now()) : [],
  };
}

const OTHER_EVENTS: Readonly<Record<string, string>> = { create: '起草', edit: '修改' };

function toEvent(event: TrailEvent): Plan['timeline'][number] {
  const name = event.action.replace(/^inspection\./, '');
  const { commitment, publicValue } = event.data as Record<string, string | undefined>;
  return {
    id: event.id,
    at: event.at.toISOString(),
    label: PLAN_ACTIONS[name as keyof typeof PLAN_ACTIONS]?.label ?? OTHER_EVENTS[name] ?? name,
    actor: event.actor === null ? null : { name: event.actor, unit: event.unit },
    note:
      [event.note, commitment ? `承诺值 ${commitment}` : '', publicValue ? `公开值 ${publicValue}` : '']
        .filter(Boolean)
        .join('\n') || null,
  };
}

/** The published file of a draw. @throws Problem 404 when there is none, or the plan is out of scope */
export async function drawFile(sql: Sql, actor: RequestActor, id: string): Promise<{ number: string; file: string }> {
  const scope = inspectionScope(actor, 'pl', 2);
  const [row] = await sql.query<{ number: string; file: string }>(
    `inspection.draw_file.${scope.key}`,
    `select pl.number, d.file from inspection_plan pl join inspection_draw d on d.plan_id = pl.id where pl.id = $1 and d.file is not null and ${scope.sql}`,
    [id, ...scope.values],
  );
  if (!row) throw notFound('抽取文件');
  return row;
}
