import { PassThrough } from 'node:stream';
import type { RectificationQuery } from '@bihuan/contract/rectification';
import { RECTIFICATION_SOURCES, RECTIFICATION_STATUSES } from '@bihuan/domain/rectification';
import type { FastifyReply } from 'fastify';
import type { RequestActor } from '../../platform/access/index.ts';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { writeSheet } from '../../platform/spreadsheet/index.ts';
import { type LedgerRow, readLedger } from './rectification.query.ts';

const PAGE = 500;
const LIMIT = 100_000;

const local = (at: Date | null): string | null =>
  at === null ? null : new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 16).replace('T', ' ');

const COLUMNS: { header: string; width: number; value: (row: LedgerRow) => string | number | null }[] = [
  { header: '编号', width: 14, value: (row) => row.number },
  { header: '来源', width: 14, value: (row) => RECTIFICATION_SOURCES[row.source] },
  { header: '问题类型', width: 18, value: (row) => row.type_name },
  { header: '问题', width: 44, value: (row) => row.problem },
  { header: '原因', width: 32, value: (row) => row.cause },
  { header: '整改措施', width: 32, value: (row) => row.measure },
  { header: '责任单位', width: 18, value: (row) => row.owner_unit_name },
  { header: '责任人', width: 10, value: (row) => row.owner_person_name },
  { header: '下发单位', width: 16, value: (row) => row.issued_unit_name },
  { header: '下发时间', width: 17, value: (row) => local(row.issued_at) },
  { header: '整改时限', width: 17, value: (row) => local(row.due_at) },
  { header: '状态', width: 12, value: (row) => RECTIFICATION_STATUSES[row.status] },
  { header: '整改情况', width: 44, value: (row) => row.result },
  { header: '长效机制', width: 32, value: (row) => row.lasting_rule },
  { header: '退回次数', width: 9, value: (row) => row.sent_back_count },
  { header: '再次发生', width: 9, value: (row) => (row.recurrence_of ? '是' : null) },
  { header: '销号时间', width: 17, value: (row) => local(row.closed_at) },
];

export async function exportLedger(
  deps: Deps,
  actor: RequestActor,
  query: RectificationQuery,
  reply: FastifyReply,
): Promise<void> {
  await recordAudit(deps.db, {
    at: deps.clock.now(),
    actor,
    action: 'rectification.export',
    objectType: 'rectification_list',
    data: { filter: query },
  });
  const stream = new PassThrough();
  reply
    .header('content-type', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet')
    .header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent('整改台账.xlsx')}`)
    .send(stream);
  await writeSheet(stream, {
    columns: COLUMNS.map(({ header, width }) => ({ header, width })),
    rows: rowsOf(deps, actor, query),
  });
}

async function* rowsOf(
  deps: Deps,
  actor: RequestActor,
  query: RectificationQuery,
): AsyncGenerator<(string | number | null)[]> {
  let after: string | null = null;
  for (let sent = 0; sent < LIMIT; sent += PAGE) {
    const page = await readLedger(deps, actor, { ...query, limit: PAGE, ...(after ? { after } : {}) });
    for (const row of page.rows) yield COLUMNS.map(({ value }) => value(row));
    if (page.next === null) return;
    after = page.next;
  }
}
