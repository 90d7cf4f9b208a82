import { PassThrough } from 'node:stream';
import type { PlanQuery } from '@bihuan/contract/inspection';
import {
  FINDING_STATUSES,
  type FindingStatus,
  MANNERS,
  type Manner,
  VISIT_STATUSES,
  type VisitStatus,
} from '@bihuan/domain/inspection';
import type { FastifyReply } from 'fastify';
import type { RequestActor } from '../../platform/access/index.ts';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { writeSheet } from '../../platform/spreadsheet/index.ts';
import { planWhere } from './plan.query.ts';

const LIMIT = 20_000;

interface Row {
  readonly number: string;
  readonly title: string;
  readonly manner: Manner;
  readonly subject: string;
  readonly unit: string;
  readonly inspectors: string;
  readonly status: VisitStatus;
  readonly signed: string | null;
  readonly score: string | null;
  readonly item: string | null;
  readonly problem: string | null;
  readonly finding_status: FindingStatus | null;
  readonly answer: string | null;
  readonly rectification: string | null;
}

const COLUMNS: { header: string; width: number; value: (row: Row) => string | number | null }[] = [
  { header: '计划编号', width: 16, value: (row) => row.number },
  { header: '计划', width: 30, value: (row) => row.title },
  { header: '方式', width: 8, value: (row) => MANNERS[row.manner] },
  { header: '督察对象', width: 24, value: (row) => row.subject },
  { header: '责任单位', width: 18, value: (row) => row.unit },
  { header: '督察人员', width: 18, value: (row) => row.inspectors },
  { header: '状态', width: 10, value: (row) => VISIT_STATUSES[row.status] },
  { header: '签字时间', width: 17, value: (row) => row.signed },
  { header: '得分', width: 8, value: (row) => (row.score === null ? null : Number(row.score)) },
  { header: '检查项', width: 36, value: (row) => row.item },
  { header: '发现的问题', width: 44, value: (row) => row.problem },
  { header: '问题状态', width: 14, value: (row) => row.finding_status && FINDING_STATUSES[row.finding_status] },
  { header: '单位说明', width: 36, value: (row) => row.answer },
  { header: '整改编号', width: 14, value: (row) => row.rectification },
];

/** One line a finding, or a visit without any, of the plans that the list shows. */
export async function exportInspections(
  deps: Deps,
  actor: RequestActor,
  query: PlanQuery,
  reply: FastifyReply,
): Promise<void> {
  const where = planWhere(actor, query);
  await recordAudit(deps.db, {
    at: deps.clock.now(),
    actor,
    action: 'inspection.export',
    objectType: 'inspection_list',
    data: { filter: query },
  });
  const rows = await deps.db.query<Row>(
    null,
    `select pl.number, pl.title, pl.manner, s.name as subject, u.name as unit, v.status, to_char(v.signed_at, 'YYYY-MM-DD HH24:MI') as signed, v.score::text as score,
            (select string_agg(p.name, '、' order by i.seq) from inspection_visit_inspector i join person p on p.id = i.person_id where i.visit_id = v.id) as inspectors,
            k.text as item, f.problem, f.status as finding_status, f.answer, r.number as rectification
       from inspection_plan pl join inspection_visit v on v.plan_id = pl.id join inspection_subject s on s.id = v.subject_id join unit u on u.id = v.unit_id
       left join inspection_finding f on f.visit_id = v.id left join inspection_checklist_item k on k.checklist_id = pl.checklist_id and k.no = f.no
       left join rectification r on r.id = f.rectification_id
      where ${where.sql} and ${where.scope.visit('v')} order by pl.starts_on desc, pl.id desc, v.seq, f.no limit ${LIMIT}`,
    where.values,
  );
  const stream = new PassThrough();
  reply
    .header('content-type', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet')
    .header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent('督察情况.xlsx')}`)
    .send(stream);
  await writeSheet(stream, {
    columns: COLUMNS.map(({ header, width }) => ({ header, width })),
    rows: rows.map((row) => COLUMNS.map(({ value }) => value(row))),
  });
}
