import { PassThrough } from 'node:stream';
import type { FigureTable, OrderBehind } from '@bihuan/contract/indicator';
import { STATUSES } from '@bihuan/domain/complaint';
import { DIMENSIONS, INDICATORS, RATE_IDS, shownTenths } from '@bihuan/domain/indicator';
import type { FastifyReply } from 'fastify';
import { type SheetContent, writeSheet } from '../../platform/spreadsheet/index.ts';

/** Streams a workbook as the answer; resolves when it has been sent. */
export async function sendSheet(reply: FastifyReply, fileName: string, content: SheetContent): Promise<void> {
  const out = new PassThrough();
  // An error destroys the stream, which breaks off the answer: no half file looks whole.
  writeSheet(out, content).catch((error: Error) => reply.log.error(error, 'workbook broke off'));
  await reply
    .header('content-type', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet')
    .header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(fileName)}`)
    .send(out);
}

const percent = (value: number | null): number | null => (value === null ? null : Math.round(value * 1000) / 10);

export function figuresSheet(table: FigureTable): SheetContent {
  const columns = [
    { header: DIMENSIONS[table.dimension] },
    ...(table.dimension === 'officer' || table.dimension === 'category' ? [{ header: '所属' }] : []),
    { header: '诉件量', width: 10 },
    { header: '上期', width: 10 },
    { header: '去年同期', width: 10 },
    ...RATE_IDS.flatMap((id) => [
      { header: `${INDICATORS[id].label}(%)`, width: 14 },
      { header: '分子', width: 8 },
      { header: '分母', width: 8 },
      { header: '95%区间下限(%)', width: 14 },
      { header: '95%区间上限(%)', width: 14 },
      { header: '名次', width: 10 },
      { header: '较上期(百分点)', width: 14 },
      { header: '较去年同期(百分点)', width: 16 },
    ]),
    { header: '综合得分', width: 10 },
    { header: '综合名次', width: 10 },
    { header: '剔除件', width: 8 },
    { header: '不予受理件', width: 10 },
  ];
  const rows = [...table.rows, table.total].map((row) => [
    row.label,
    ...(table.dimension === 'officer' || table.dimension === 'category' ? [row.group] : []),
    row.figures.volume!.numerator,
    row.figures.volume!.previous.numerator,
    row.figures.volume!.lastYear.numerator,
    ...RATE_IDS.flatMap((id) => {
      const cell = row.figures[id]!;
      const tenths = shownTenths(cell);
      const unranked = row === table.total || row.key === null || cell.denominator === 0 ? null : '样本不足';
      return [
        tenths === null ? null : tenths / 10,
        cell.numerator,
        cell.denominator,
        percent(cell.low),
        percent(cell.high),
        cell.rank ?? unranked,
        cell.change,
        cell.changeOnYear,
      ];
    }),
    row.composite?.total ?? null,
    row.composite ? (row.composite.rank ?? '样本不足') : null,
    row.excluded,
    row.declined,
  ]);
  return {
    columns,
    rows,
    title: `${table.period.label}指标（按${DIMENSIONS[table.dimension]}，截至${shanghai(table.period.asOf)}）`,
    sheetName: '指标',
  };
}

export function ordersSheet(title: string, orders: AsyncIterable<OrderBehind>): SheetContent {
  return {
    title,
    sheetName: '诉件',
    columns: [
      { header: '工单编号', width: 22 },
      { header: '标题', width: 40 },
      { header: '轮次', width: 8 },
      { header: '状态', width: 10 },
      { header: '类别' },
      { header: '中队' },
      { header: '街镇' },
      { header: '经办人', width: 12 },
      { header: '开始办理', width: 20 },
      { header: '办理时限', width: 20 },
      { header: '办结时间', width: 20 },
      { header: '计入时间', width: 20 },
      { header: '是否达标', width: 10 },
    ],
    rows: (async function* () {
      for await (const order of orders) {
        yield [
          order.number,
          order.title,
          order.round,
          STATUSES[order.status].label,
          order.category,
          order.unit?.name ?? null,
          order.town?.name ?? null,
          order.officer?.name ?? null,
          shanghai(order.startedAt),
          shanghai(order.dueAt),
          order.concludedAt && shanghai(order.concludedAt),
          shanghai(order.countedAt),
          order.hit ? '是' : '否',
        ];
      }
    })(),
  };
}

/** `2023-06-05 10:00` in Shanghai. */
export function shanghai(instant: string): string {
  return new Date(Date.parse(instant) + 8 * 3_600_000).toISOString().slice(0, 16).replace('T', ' ');
}
