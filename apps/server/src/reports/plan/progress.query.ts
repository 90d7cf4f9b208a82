import type { BuiltRoom, MeasureRoom } from '@bihuan/contract/plan';
import { type Permission, permits } from '@bihuan/domain/access';
import { lastCompletePeriod, type Period, periodOf, rateOf } from '@bihuan/domain/indicator';
import { dayNumberAt, formatDay, parseDay, startOfDay } from '@bihuan/domain/workday';
import { REBOUNDED } from '../../modules/listing/index.ts';
import {
  complaintScope,
  inspectionScope,
  jointScope,
  listingScope,
  onSiteScope,
  type RequestActor,
  rectificationScope,
} from '../../platform/access/index.ts';
import type { Sql } from '../../platform/db/index.ts';
import { figureOf, overdueCondition, readFigures, spanOf } from '../indicator/index.ts';

export interface ProgressInput {
  readonly sql: Sql;
  readonly actor: RequestActor;
  /** First and last day of the plan. */
  readonly from: string;
  readonly to: string;
  readonly now: number;
}

type Progress = MeasureRoom['progress'];

interface RoomProgress {
  readonly needs: Permission;
  read(input: ProgressInput): Promise<Progress>;
}

/** What a room can show for itself: counts from its records, each leading to them. Every built room must have one. */
const ROOM_PROGRESS: Readonly<Record<BuiltRoom, RoomProgress>> = {
  complaint: { needs: 'complaint.read', read: complaintProgress },
  indicator: { needs: 'indicator.read', read: indicatorProgress },
  analysis: { needs: 'indicator.read', read: analysisProgress },
  bulletin: { needs: 'bulletin.read', read: bulletinProgress },
  matter: { needs: 'complaint.read', read: matterProgress },
  rectification: { needs: 'rectification.read', read: rectificationProgress },
  appraisal: { needs: 'appraisal.read', read: appraisalProgress },
  inspection: { needs: 'inspection.read', read: inspectionProgress },
  listing: { needs: 'listing.read', read: listingProgress },
  on_site: { needs: 'onSite.read', read: onSiteProgress },
  joint_inspection: { needs: 'joint.read', read: jointProgress },
};

/** Nothing for whoever may not read the room. */
export async function roomProgress(room: BuiltRoom, input: ProgressInput): Promise<Progress> {
  const progress = ROOM_PROGRESS[room];
  return permits(input.actor, progress.needs) ? progress.read(input) : [];
}

async function complaintProgress({ sql, actor, from, to, now }: ProgressInput): Promise<Progress> {
  const scope = complaintScope(actor, 'c', 4);
  const [row] = await sql.query<{ received: number; open: number; overdue: number }>(
    `plan.complaint.${scope.scope}`,
    `select (select count(*) from complaint c where c.received_at >= $1 and c.received_at < $2 and ${scope.sql})::int as received,
       o.open, o.overdue
  from (select count(*)::int as open, count(*) filter (where ${overdueCondition('c', '$3')})::int as overdue
          from complaint c where c.status not in ('closed', 'declined') and ${scope.sql}) o`,
    [new Date(startOfDay(parseDay(from))), new Date(startOfDay(parseDay(to) + 1)), new Date(now), ...scope.values],
  );
  return [
    {
      label: '受理诉件',
      value: row!.received,
      unit: '件',
      note: null,
      link: { room: 'complaint', query: { receivedFrom: from, receivedTo: to } },
    },
    {
      label: '正在办理',
      value: row!.open,
      unit: '件',
      note: null,
      link: { room: 'complaint', query: { open: 'true' } },
    },
    {
      label: '超期未办结',
      value: row!.overdue,
      unit: '件',
      note: null,
      link: { room: 'complaint', query: { overdue: 'true', excluded: 'false' } },
    },
  ];
}

async function indicatorProgress({ sql, from, to, now }: ProgressInput): Promise<Progress> {
  const first = parseDay(from);
  const plan: Period = { ...periodOf('year', first), first, end: parseDay(to) + 1 };
  const figures = (await readFigures(sql, spanOf(plan, now, {}), 'district')).get(null);
  const year = periodOf('year', first).text;
  const rates = (['resolution', 'satisfaction', 'on_time'] as const).map((id) => {
    const figure = figureOf(figures, id);
    return {
      label: { resolution: '解决率', satisfaction: '满意率', on_time: '按时办结率' }[id],
      value: Math.round((rateOf(figure) ?? 0) * 1000) / 10,
      unit: '%',
      note: figure.denominator === 0 ? '尚无件' : `${figure.numerator}／${figure.denominator}`,
      link: { room: 'indicator' as const, query: { period: year, indicator: id } },
    };
  });
  return rates;
}

async function analysisProgress({ from, to, now }: ProgressInput): Promise<Progress> {
  const end = Math.min(parseDay(to), dayNumberAt(now));
  const weeks = Math.max(0, Math.floor((end - parseDay(from) + 1) / 7));
  const latest = lastCompletePeriod('week', Math.min(now, startOfDay(parseDay(to) + 1)));
  return [
    {
      label: '每周分析',
      value: weeks,
      unit: '周',
      note: `由数据自动生成，最近一期自${formatDay(latest.first)}起`,
      link: { room: 'analysis', query: { period: latest.text } },
    },
  ];
}

async function bulletinProgress({ sql, from, to }: ProgressInput): Promise<Progress> {
  const [row] = await sql.query<{ weekly: number; monthly: number }>(
    'plan.bulletin',
    `select count(distinct period_start) filter (where kind = 'weekly')::int as weekly, count(distinct period_start) filter (where kind = 'monthly')::int as monthly
       from bulletin where status = 'published' and period_start >= $1 and period_start <= $2`,
    [from, to],
  );
  return [
    {
      label: '已发布周报',
      value: row!.weekly,
      unit: '期',
      note: null,
      link: { room: 'bulletin', query: { kind: 'weekly' } },
    },
    {
      label: '已发布月报',
      value: row!.monthly,
      unit: '期',
      note: null,
      link: { room: 'bulletin', query: { kind: 'monthly' } },
    },
  ];
}

async function rectificationProgress({ sql, actor, from, to, now }: ProgressInput): Promise<Progress> {
  const scope = rectificationScope(actor, 'r', 4);
  const [row] = await sql.query<{ issued: number; closed: number; overdue: number }>(
    `plan.rectification.${scope.scope}`,
    `select (select count(*)::int from rectification r where r.issued_at >= $1 and r.issued_at < $2 and ${scope.sql}) as issued,
            (select count(*)::int from rectification r where r.closed_at >= $1 and r.closed_at < $2 and ${scope.sql}) as closed,
            (select count(*)::int from rectification r where r.status = 'open' and r.due_at < $3 and ${scope.sql}) as overdue`,
    [new Date(startOfDay(parseDay(from))), new Date(startOfDay(parseDay(to) + 1)), new Date(now), ...scope.values],
  );
  const item = (label: string, value: number, query: Record<string, string>) => ({
    label,
    value,
    unit: '项',
    note: null,
    link: { room: 'rectification' as const, query },
  });
  return [
    item('下发整改', row!.issued, { issuedFrom: from, issuedTo: to }),
    item('已销号', row!.closed, { closedFrom: from, closedTo: to }),
    item('超期未整改', row!.overdue, { overdue: 'true' }),
  ];
}

async function appraisalProgress({ sql, from, to }: ProgressInput): Promise<Progress> {
  const [row] = await sql.query<{ unit: number; person: number }>(
    'plan.appraisal',
    `select count(*) filter (where audience = 'unit')::int as unit, count(*) filter (where audience = 'person')::int as person
       from appraisal where status = 'confirmed' and period_to >= $1 and period_from <= $2`,
    [from, to],
  );
  return [
    {
      label: '已审定中队考核',
      value: row!.unit,
      unit: '次',
      note: null,
      link: { room: 'appraisal', query: { audience: 'unit' } },
    },
    {
      label: '已审定队员考核',
      value: row!.person,
      unit: '次',
      note: null,
      link: { room: 'appraisal', query: { audience: 'person' } },
    },
  ];
}

/** Of the inspections that the reader may see: a sealed plan is in nobody else's figures. */
async function inspectionProgress({ sql, actor, from, to }: ProgressInput): Promise<Progress> {
  const scope = inspectionScope(actor, 'pl', 3);
  const [row] = await sql.query<{ plans: number; visits: number; findings: number; left: number }>(
    `plan.inspection.${scope.key}`,
    `select count(distinct pl.id)::int as plans, count(distinct v.id) filter (where v.status = 'signed')::int as visits, count(f.id)::int as findings,
            count(f.id) filter (where f.status in ('open','answered'))::int as left
       from inspection_plan pl join inspection_visit v on v.plan_id = pl.id left join inspection_finding f on f.visit_id = v.id
      where pl.starts_on <= $2::date and pl.ends_on >= $1::date and ${scope.sql} and ${scope.visit('v')}`,
    [from, to, ...scope.values],
  );
  const item = (label: string, value: number, unit: string) => ({
    label,
    value,
    unit,
    note: null,
    link: { room: 'inspection' as const, query: { from, to } },
  });
  return [
    item('督察计划', row!.plans, '件'),
    item('现场督察', row!.visits, '次'),
    item('发现问题', row!.findings, '项'),
    item('待认定', row!.left, '项'),
  ];
}

async function listingProgress({ sql, actor, now }: ProgressInput): Promise<Progress> {
  const scope = listingScope(actor, 'l');
  const [row] = await sql.query<{ listed: number; overdue: number; delisted: number; rebounded: number }>(
    `plan.listing.${scope.scope}`,
    `select count(*) filter (where l.status in ('listed','delisting','checked'))::int as listed,
            count(*) filter (where l.status = 'listed' and l.due_at < $1)::int as overdue,
            count(*) filter (where l.status = 'delisted')::int as delisted, count(*) filter (where ${REBOUNDED})::int as rebounded
       from listing l where ${scope.sql}`,
    [new Date(now)],
  );
  const item = (label: string, value: number, query: Record<string, string>) => ({
    label,
    value,
    unit: '项',
    note: null,
    link: { room: 'listing' as const, query },
  });
  return [
    item('在督', row!.listed, { listed: 'true' }),
    item('超期', row!.overdue, { overdue: 'true' }),
    item('已摘牌', row!.delisted, { status: 'delisted' }),
    item('摘牌后反弹', row!.rebounded, { rebounded: 'true' }),
  ];
}

async function onSiteProgress({ sql, actor }: ProgressInput): Promise<Progress> {
  const scope = onSiteScope(actor, 'v', 1);
  const [row] = await sql.query<{ planned: number; concluded: number }>(
    `plan.on_site.${scope.scope}`,
    `select count(*)::int as planned, count(*) filter (where v.status = 'concluded')::int as concluded from on_site_visit v where ${scope.sql}`,
    [...scope.values],
  );
  return [
    {
      label: '到场督导',
      value: row!.planned,
      unit: '次',
      note: `已回头看 ${row!.concluded} 次`,
      link: { room: 'on_site', query: {} },
    },
  ];
}

async function jointProgress({ sql, actor }: ProgressInput): Promise<Progress> {
  const scope = jointScope(actor, 't', 1);
  const [row] = await sql.query<{ running: number; closed: number }>(
    `plan.joint.${scope.scope}`,
    `select count(*) filter (where t.status = 'running')::int as running, count(*) filter (where t.status = 'closed')::int as closed
       from joint_task t where ${scope.sql}`,
    [...scope.values],
  );
  const item = (label: string, value: number, status: string) => ({
    label,
    value,
    unit: '次',
    note: null,
    link: { room: 'joint_inspection' as const, query: { status } },
  });
  return [item('进行中', row!.running, 'running'), item('已办结', row!.closed, 'closed')];
}

async function matterProgress({ sql, actor, from, to }: ProgressInput): Promise<Progress> {
  const scope = complaintScope(actor, 'c', 3);
  const seen = (matter: string) =>
    `exists (select 1 from matter_order o join complaint c on c.id = o.complaint_id where o.matter_id = ${matter} and ${scope.sql})`;
  const [row] = await sql.query<{ repeated: number; alerts: number; backlog: number; closed: number }>(
    `plan.matter.${scope.scope}`,
    `select (select count(*)::int from matter m where m.order_count > 1 and m.last_at >= $1 and m.last_at < $2 and ${seen('m.id')}) as repeated,
            (select count(distinct a.matter_id)::int from matter_alert a where a.status = 'open' and ${seen('a.matter_id')}) as alerts,
            (select count(*)::int from matter_backlog b where b.status <> 'closed' and ${seen('b.matter_id')}) as backlog,
            (select count(*)::int from matter_backlog b where b.status = 'closed' and ${seen('b.matter_id')}) as closed`,
    [new Date(startOfDay(parseDay(from))), new Date(startOfDay(parseDay(to) + 1)), ...scope.values],
  );
  return [
    {
      label: '重复诉求的事项',
      value: row!.repeated,
      unit: '项',
      note: '方案期内来过件的',
      link: { room: 'matter', query: { minCount: '2', lastFrom: from, lastTo: to } },
    },
    {
      label: '有待处理的重复提醒',
      value: row!.alerts,
      unit: '项',
      note: null,
      link: { room: 'matter', query: { state: 'alert' } },
    },
    {
      label: '未销号的信访积案',
      value: row!.backlog,
      unit: '件',
      note: row!.closed > 0 ? `已销号 ${row!.closed} 件` : null,
      link: { room: 'matter', query: { state: 'backlog' } },
    },
  ];
}
