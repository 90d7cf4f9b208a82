import { PassThrough } from 'node:stream';
import type { MatterQuery } from '@bihuan/contract/matter';
import { ALERT_ACTIONS, BACKLOG_STATUSES } from '@bihuan/domain/matter';
import type { FastifyReply } from 'fastify';
import type { RequestActor } from '../../platform/access/index.ts';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { writeSheet } from '../../platform/spreadsheet/index.ts';
import { type MatterRow, readMatterRows } from './list.query.ts';

const PAGE = 500;
const LIMIT = 100_000;

const local = (at: Date | null): string | null =>
  at === null ? null : new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 16).replace('T', ' ');

const COLUMNS: { header: string; width: number; value: (row: MatterRow) => string | number | null }[] = [
  { header: '事项', width: 40, value: (row) => row.title },
  { header: '类别', width: 18, value: (row) => row.category_name },
  { header: '街镇', width: 14, value: (row) => row.town_name },
  { header: '牵头单位', width: 16, value: (row) => row.unit_name },
  { header: '件数', width: 8, value: (row) => row.order_count },
  { header: '在办', width: 8, value: (row) => row.open_count },
  { header: '近30天', width: 8, value: (row) => row.recent_count },
  { header: '来电人数', width: 10, value: (row) => row.caller_count },
  { header: '重办次数', width: 10, value: (row) => row.reopen_count },
  { header: '最早来件', width: 18, value: (row) => local(row.first_at) },
  { header: '最近来件', width: 18, value: (row) => local(row.last_at) },
  { header: '认定解决', width: 18, value: (row) => local(row.settled_at) },
  {
    header: '待处理提醒',
    width: 28,
    value: (row) => row.alerts.map((action) => ALERT_ACTIONS[action]).join('、') || null,
  },
  { header: '信访积案', width: 12, value: (row) => (row.backlog ? BACKLOG_STATUSES[row.backlog] : null) },
];

export async function exportMatterList(
  deps: Deps,
  actor: RequestActor,
  query: MatterQuery,
  reply: FastifyReply,
): Promise<void> {
  await recordAudit(deps.db, {
    at: deps.clock.now(),
    actor,
    action: 'matter.export',
    objectType: 'matter_list',
    data: { filter: query },
  });
  const stream = new PassThrough();
  reply
    .header('content-type', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet')
    .header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent('同一事项清单.xlsx')}`)
    .send(stream);
  await writeSheet(stream, {
    columns: COLUMNS.map(({ header, width }) => ({ header, width })),
    rows: rowsOf(deps, actor, query),
  });
}

async function* rowsOf(
  deps: Deps,
  actor: RequestActor,
  query: MatterQuery,
): AsyncGenerator<(string | number | null)[]> {
  let after: string | undefined;
  for (let sent = 0; sent < LIMIT; sent += PAGE) {
    const { rows, hasMore } = await readMatterRows(deps, actor, { ...query, limit: PAGE, ...(after ? { after } : {}) });
    for (const row of rows) yield COLUMNS.map(({ value }) => value(row));
    const last = rows.at(-1);
    if (!hasMore || !last) return;
    after = `${last.cursor}~${last.id}`;
  }
}
