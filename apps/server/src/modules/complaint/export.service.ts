import { PassThrough } from 'node:stream';
import type { ComplaintFilter } from '@bihuan/contract/complaint';
import { KINDS, OUTCOMES, STATUSES, URGENCIES } from '@bihuan/domain/complaint';
import type { FastifyReply } from 'fastify';
import type { RequestActor } from '../../platform/access/index.ts';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { writeSheet } from '../../platform/spreadsheet/index.ts';
import type { ListRow } from './list.query.ts';
import { readRows } from './list.service.ts';
import type { Search } from './search.query.ts';
import { readSearch } from './search.service.ts';

const PAGE = 2000;
/** Beyond this a spreadsheet is no longer something a person reads; narrow the filter. */
export const EXPORT_LIMIT = 200_000;

const COLUMNS: { header: string; width: number; value: (row: ListRow) => string | number | null }[] = [
  { header: '受理号', width: 18, value: (row) => row.number },
  { header: '来源编号', width: 22, value: (row) => row.external_no },
  { header: '来源', width: 16, value: (row) => row.source_name },
  { header: '受理时间', width: 18, value: (row) => local(row.received_at) },
  { header: '标题', width: 40, value: (row) => row.title },
  { header: '地址', width: 30, value: (row) => row.address },
  { header: '街镇', width: 12, value: (row) => row.town_name },
  { header: '类别', width: 18, value: (row) => row.category_name },
  { header: '类型', width: 8, value: (row) => KINDS[row.kind] },
  { header: '紧急程度', width: 10, value: (row) => URGENCIES[row.urgency] },
  { header: '状态', width: 10, value: (row) => STATUSES[row.status].label },
  { header: '责任中队', width: 16, value: (row) => row.unit_name },
  { header: '经办人', width: 10, value: (row) => row.officer_name },
  { header: '到期时间', width: 18, value: (row) => local(row.due_at) },
  { header: '办结时间', width: 18, value: (row) => local(row.concluded_at) },
  { header: '重办次数', width: 10, value: (row) => row.reopen_count },
  { header: '结果', width: 12, value: (row) => (row.outcome ? OUTCOMES[row.outcome] : null) },
  { header: '是否剔除', width: 10, value: (row) => (row.excluded_at ? '是' : null) },
];

/** Streams the filtered list as a spreadsheet; without anything of the complainants. The export itself is audited. */
export async function exportComplaints(
  deps: Deps,
  actor: RequestActor,
  filter: ComplaintFilter,
  reply: FastifyReply,
): Promise<void> {
  // What was searched for may be a citizen's name or number: that there was a search is enough.
  const { q, ...rest } = filter;
  const search = await readSearch(deps, actor, filter);
  await recordAudit(deps.db, {
    at: deps.clock.now(),
    actor,
    action: 'complaint.export',
    objectType: 'complaint_list',
    data: { filter: rest, searched: Boolean(q) },
  });
  const stream = new PassThrough();
  reply
    .header('content-type', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet')
    .header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent('诉件清单.xlsx')}`)
    .send(stream);
  await writeSheet(stream, {
    columns: COLUMNS.map(({ header, width }) => ({ header, width })),
    rows: rowsOf(deps, actor, filter, search),
  });
}

async function* rowsOf(
  deps: Deps,
  actor: RequestActor,
  filter: ComplaintFilter,
  search: Search | null,
): AsyncGenerator<(string | number | null)[]> {
  let after: string | undefined;
  for (let sent = 0; sent < EXPORT_LIMIT; sent += PAGE) {
    const { rows, next } = await readRows(deps, actor, filter, search, { sort: 'received', after, limit: PAGE });
    for (const row of rows) yield COLUMNS.map((column) => column.value(row));
    if (next === null) return;
    after = next;
  }
}

/** 2023-06-05 10:00, in Asia/Shanghai. */
function local(at: Date | null): string | null {
  return at === null ? null : new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 16).replace('T', ' ');
}
