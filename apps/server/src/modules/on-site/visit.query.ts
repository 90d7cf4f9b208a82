import type { Visit, VisitItem } from '@bihuan/contract/on-site';
import { allowedVisitActions, VISIT_ACTIONS, type VisitStatus } from '@bihuan/domain/on-site';
import type { RectificationStatus } from '@bihuan/domain/rectification';
import { onSiteScope, type RequestActor, rectificationScope } from '../../platform/access/index.ts';
import { readTrail, type TrailEvent } from '../../platform/audit/index.ts';
import type { Sql } from '../../platform/db/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { notFound } from '../../platform/errors.ts';
import { findVisit } from './visit.repo.ts';

interface VisitRow {
  readonly [column: string]: unknown;
  readonly id: string;
  readonly number: string;
  readonly month: string;
  readonly unit_id: string;
  readonly unit_name: string;
  readonly numerator: number;
  readonly denominator: number;
  readonly district_numerator: number;
  readonly district_denominator: number;
  readonly status: VisitStatus;
  readonly planned_on: string;
  readonly visited_on: string | null;
  readonly leader_id: string;
  readonly leader_name: string;
  readonly rectifications: number;
  readonly version: number;
}

const COLUMNS = `v.id, v.number, to_char(v.month, 'YYYY-MM') as month, v.unit_id, u.name as unit_name, v.numerator, v.denominator, v.district_numerator,
  v.district_denominator, v.status, to_char(v.planned_on, 'YYYY-MM-DD') as planned_on, to_char(v.visited_on, 'YYYY-MM-DD') as visited_on, v.leader_id,
  l.name as leader_name, v.version, (select count(*)::int from rectification r where r.source = 'on_site' and r.source_id = v.id) as rectifications`;
const JOINS = 'join unit u on u.id = v.unit_id join person l on l.id = v.leader_id';

const toItem = (row: VisitRow): VisitItem => ({
  id: row.id,
  number: row.number,
  month: row.month,
  unit: { id: row.unit_id, name: row.unit_name },
  figure: { numerator: row.numerator, denominator: row.denominator },
  districtFigure: { numerator: row.district_numerator, denominator: row.district_denominator },
  status: row.status,
  plannedOn: row.planned_on,
  visitedOn: row.visited_on,
  leader: { id: row.leader_id, name: row.leader_name },
  rectificationCount: row.rectifications,
  version: row.version,
});

/** At most a few a month: no pages. */
export async function visitList(
  { db }: Pick<Deps, 'db'>,
  actor: RequestActor,
  { month, unitId }: { month?: string; unitId?: string },
): Promise<VisitItem[]> {
  const scope = onSiteScope(actor, 'v', 3);
  const rows = await db.query<VisitRow>(
    `on_site.list.${scope.scope}`,
    `select ${COLUMNS} from on_site_visit v ${JOINS}
      where ($1::text is null or v.month = ($1 || '-01')::date) and ($2::uuid is null or v.unit_id = $2) and ${scope.sql}
      order by v.month desc, v.planned_on desc, v.id desc limit 500`,
    [month ?? null, unitId ?? null, ...scope.values],
  );
  return rows.map(toItem);
}

/** Whether the actor may see it at all: out of scope is as if it were not there. */
export async function seesVisit(sql: Sql, actor: RequestActor, id: string): Promise<boolean> {
  const scope = onSiteScope(actor, 'v', 2);
  const rows = await sql.query(
    `on_site.sees.${scope.scope}`,
    `select 1 from on_site_visit v where v.id = $1 and ${scope.sql}`,
    [id, ...scope.values],
  );
  return rows.length > 0;
}

const person = (id: unknown, name: unknown) => (id == null ? null : { id: id as string, name: (name as string) ?? '' });

/** @throws Problem 404 when it is not there or out of scope */
export async function visitDetail({ db }: Pick<Deps, 'db'>, actor: RequestActor, id: string): Promise<Visit> {
  const scope = onSiteScope(actor, 'v', 2);
  const [row] = await db.query<
    VisitRow & {
      reason: string;
      participants: { id: string; name: string }[];
      planned_at: Date;
      minutes: string | null;
      answer: string | null;
      answered_at: Date | null;
      conclusion: string | null;
      concluded_at: Date | null;
      commitments: { text: string; dueOn: string }[];
    }
  >(
    `on_site.detail.${scope.scope}`,
    `select ${COLUMNS}, v.reason, v.planned_at, v.planned_by, a.name as planned_by_name, v.minutes, v.minuted_by, b.name as minuted_by_name,
            v.answer, v.answered_by, c.name as answered_by_name, v.answered_at, v.conclusion, v.concluded_by, d.name as concluded_by_name, v.concluded_at,
            (select coalesce(jsonb_agg(jsonb_build_object('id', p.id, 'name', p.name) order by p.name), '[]') from person p where p.id = any(v.participant_ids)) as participants,
            (select coalesce(jsonb_agg(jsonb_build_object('text', k.text, 'dueOn', to_char(k.due_on, 'YYYY-MM-DD')) order by k.seq), '[]')
               from on_site_commitment k where k.visit_id = v.id) as commitments
       from on_site_visit v ${JOINS} join person a on a.id = v.planned_by left join person b on b.id = v.minuted_by
       left join person c on c.id = v.answered_by left join person d on d.id = v.concluded_by
      where v.id = $1 and ${scope.sql}`,
    [id, ...scope.values],
  );
  const kept = row && (await findVisit(db, id));
  if (!row || !kept) throw notFound('督导记录');
  const [files, rectifications, trail] = await Promise.all([
    readFiles(db, id),
    readRectifications(db, actor, id),
    readTrail(db, 'on_site', id),
  ]);
  return {
    ...toItem(row),
    reason: row.reason,
    participants: row.participants,
    plannedBy: person(row.planned_by, row.planned_by_name)!,
    plannedAt: row.planned_at.toISOString(),
    minutes: row.minutes,
    minutedBy: person(row.minuted_by, row.minuted_by_name),
    commitments: row.commitments,
    answer: row.answer,
    answeredBy: person(row.answered_by, row.answered_by_name),
    answeredAt: row.answered_at?.toISOString() ?? null,
    conclusion: row.conclusion,
    concludedBy: person(row.concluded_by, row.concluded_by_name),
    concludedAt: row.concluded_at?.toISOString() ?? null,
    files,
    rectifications,
    timeline: trail.map(toEvent),
    allowedActions: allowedVisitActions(kept.state, actor),
  };
}

function toEvent({ id, at, action, actor, unit, note, data }: TrailEvent): Visit['timeline'][number] {
  const name = action.replace(/^on_site\./, '');
  return {
    id,
    at: at.toISOString(),
    label: name === 'plan' ? '安排督导' : (VISIT_ACTIONS[name as keyof typeof VISIT_ACTIONS]?.label ?? name),
    actor: actor === null ? null : { name: actor, unit },
    note: [note, data.rectification ? `整改编号 ${data.rectification}` : ''].filter(Boolean).join('\n') || null,
  };
}

async function readFiles(sql: Sql, id: string): Promise<Visit['files']> {
  const rows = await sql.query<{
    id: string;
    name: string;
    mime: string;
    size: string;
    stage: 'minutes';
    added_by: string;
    added_by_name: string;
    added_at: Date;
  }>(
    'on_site.read_files',
    `select f.id, f.name, f.mime, f.size, a.stage, a.added_by, p.name as added_by_name, a.added_at
       from on_site_file a join file f on f.id = a.file_id join person p on p.id = a.added_by where a.visit_id = $1 order by a.added_at, f.name`,
    [id],
  );
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    mime: row.mime,
    size: Number(row.size),
    stage: row.stage,
    addedBy: { id: row.added_by, name: row.added_by_name },
    addedAt: row.added_at.toISOString(),
  }));
}

async function readRectifications(sql: Sql, actor: RequestActor, id: string): Promise<Visit['rectifications']> {
  const scope = rectificationScope(actor, 'r', 2);
  const rows = await sql.query<{
    id: string;
    number: string;
    problem: string;
    status: RectificationStatus;
    due_at: Date;
  }>(
    `on_site.rectifications.${scope.scope}`,
    `select r.id, r.number, r.problem, r.status, r.due_at from rectification r where r.source = 'on_site' and r.source_id = $1 and ${scope.sql} order by r.issued_at`,
    [id, ...scope.values],
  );
  return rows.map(({ due_at, ...row }) => ({ ...row, dueAt: due_at.toISOString() }));
}

export async function visitReferenceView({ db }: Pick<Deps, 'db'>) {
  const [leaders, people, types] = await Promise.all([
    db.query<{ id: string; name: string }>(
      'listing.leaders',
      `select distinct p.id, p.name from posting o join person p on p.id = o.person_id
        where o.role = 'bureau_leader' and o.ended_on is null and p.left_at is null order by p.name`,
    ),
    db.query<{ id: string; name: string; unit: string }>(
      'on_site.people',
      `select distinct on (u.sort, u.name, p.name, p.id) p.id, p.name, u.name as unit from posting o join person p on p.id = o.person_id join unit u on u.id = o.unit_id
        where o.ended_on is null and p.left_at is null and u.kind = 'section' and o.role not in ('system_admin','security_admin','audit_admin')
        order by u.sort, u.name, p.name, p.id`,
    ),
    db.query<{ code: string; name: string; workdays: number }>(
      'rectification.types',
      'select code, name, workdays from rectification_type where closed_at is null order by sort, code',
    ),
  ]);
  return { leaders, people, types };
}
