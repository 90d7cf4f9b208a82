import {
  type BlockName,
  type BulletinFigure,
  type BulletinKind,
  type BulletinText,
  type FigureBook,
  figureIn,
  linesOf,
  movedText,
  valueText,
  writeFigure,
  writeOut,
} from '@bihuan/domain/bulletin';
import { formatRate, type Period, periodsUpTo, previousPeriod, shownTenths } from '@bihuan/domain/indicator';
import { dateAt } from '@bihuan/domain/workday';
import type { Block, OfficialDocument, TableColumn } from '../../platform/documents/index.ts';
import type { Letterhead } from './letterhead.query.ts';
import { TREND_PERIODS } from './take-figures.service.ts';

/** All that a bulletin's document is made of: nothing in it is read from the orders. */
export interface BulletinSource extends BulletinText {
  readonly kind: BulletinKind;
  readonly number: string | null;
  readonly revision: number;
  readonly corrects: { readonly number: string; readonly reason: string } | null;
  readonly letterhead: Letterhead;
  readonly publishedAt: number | null;
  readonly book: FigureBook;
}

/** Categories listed in the table; all of them would be a page. */
const CATEGORIES_LISTED = 12;

/** The same source gives the same document, whatever has happened to the orders since. */
export function bulletinDocument(source: BulletinSource): OfficialDocument {
  const { letterhead, book, publishedAt } = source;
  const count = { table: 0, chart: 0 };
  const blocks: Block[] = [];
  if (source.corrects) {
    blocks.push({
      kind: 'paragraph',
      text: `本通报为第${source.revision}版，更正并替代${source.corrects.number}。更正原因：${source.corrects.reason.replace(/[。；]$/, '')}。原通报中的数据与本通报不一致的，以本通报为准。`,
    });
  }
  for (const { heading, body } of source.sections) {
    if (heading !== '') blocks.push({ kind: 'heading', level: 1, text: heading });
    for (const line of linesOf(body, book)) {
      if (line.kind === 'block') blocks.push(...drawn(line.name, book, count));
      else blocks.push(line);
    }
  }
  const date = publishedAt === null ? '　　年　月　日' : longDate(publishedAt);
  return {
    issuer: letterhead.issuer,
    number: source.number ?? `${letterhead.series}〔　　〕　号`,
    ...(publishedAt === null ? { draftMark: '草稿（未发布）' } : {}),
    title: writeOut(source.title, book),
    recipients: source.recipients,
    blocks,
    signature: { unit: letterhead.unit, date },
    copies: {
      ...(letterhead.cc.length > 0 ? { cc: [...letterhead.cc] } : {}),
      printedBy: letterhead.printedBy,
      printedOn: date,
    },
  };
}

function longDate(at: number): string {
  const [year, month, day] = dateAt(at).split('-').map(Number);
  return `${year}年${month}月${day}日`;
}

function drawn(name: BlockName, book: FigureBook, count: { table: number; chart: number }): Block[] {
  const block = BLOCKS_DRAWN[name](book);
  if (block === null) return [];
  if (block.kind === 'table') {
    count.table += 1;
    return [{ ...block, caption: `表${count.table}　${block.caption}` }];
  }
  count.chart += 1;
  return [{ ...block, caption: `图${count.chart}　${block.caption}` }];
}

type Drawing = Extract<Block, { kind: 'table' | 'chart' }>;

const BLOCKS_DRAWN: Record<BlockName, (book: FigureBook) => Drawing | null> = {
  'chart:trend': trendChart,
  'table:units': unitTable,
  'chart:units': unitChart,
  'table:categories': categoryTable,
  'table:overdue': (book) =>
    orderTable(book, 'overdue.listed', '超期时间最长的未办结诉件', {
      header: '超期天数',
      of: (order) => String(order.overdueDays ?? ''),
    }),
  'table:reopened': (book) =>
    orderTable(book, 'reopened.listed', '重办突出诉件', {
      header: '重办次数',
      of: (order) => String(order.reopenCount),
    }),
};

function shortLabel(period: Period): string {
  if (period.kind === 'month') return `${Number(period.text.slice(5))}月`;
  return `${Number(period.text.slice(6))}周`;
}

function inPeriod(book: FigureBook, key: string, period: Period): BulletinFigure | undefined {
  return book.figures.get(period.text === book.period.text ? key : figureIn(key, period));
}

const tenthsOf = (figure: BulletinFigure | undefined): number | null => {
  const tenths = figure
    ? shownTenths({ numerator: figure.numerator ?? 0, denominator: figure.denominator ?? 0 })
    : null;
  return tenths === null ? null : tenths / 10;
};

function trendChart(book: FigureBook): Drawing {
  const periods = periodsUpTo(book.period, TREND_PERIODS);
  const volume = periods.map((period) => inPeriod(book, 'volume.district', period)?.numerator ?? 0);
  const rates = periods.map((period) => tenthsOf(inPeriod(book, 'resolution.district', period)));
  const [first, last] = [periods[0]!, periods.at(-1)!];
  const unit = book.period.kind === 'week' ? '周' : '个月';
  return {
    kind: 'chart',
    caption: `近${TREND_PERIODS}${unit}诉件受理量与解决率`,
    alt: `${first.text}至${last.text}诉件受理量柱形图与解决率折线图。${periods
      .map(
        (period, index) =>
          `${shortLabel(period)}${volume[index]}件，解决率${rates[index] === null ? '无' : `${rates[index]!.toFixed(1)}%`}`,
      )
      .join('；')}。`,
    chart: {
      kind: 'barLine',
      unit: '件',
      lineUnit: '%',
      categories: periods.map(shortLabel),
      series: [
        { name: '受理量', values: volume, type: 'bar' },
        { name: '解决率', values: rates, type: 'line' },
      ],
    },
  };
}

/** Squadrons in rank order, those not ranked after them, both in the bureau's order where equal. */
function unitsInOrder(book: FigureBook): string[] {
  return [...book.figures.values()]
    .filter(({ key }) => key.startsWith('resolution.unit.') && !key.includes('@'))
    .filter(({ key }) => !key.endsWith('.none'))
    .sort(
      (a, b) =>
        (a.data.rank ?? Number.MAX_SAFE_INTEGER) - (b.data.rank ?? Number.MAX_SAFE_INTEGER) ||
        (a.data.position ?? 0) - (b.data.position ?? 0),
    )
    .map(({ key }) => key.slice('resolution.unit.'.length));
}

const right = (header: string): TableColumn => ({ header, align: 'right' });
const center = (header: string): TableColumn => ({ header, align: 'center' });
const left = (header: string): TableColumn => ({ header, align: 'left' });

function unitTable(book: FigureBook): Drawing {
  const value = (id: string, of: string) => writeFigure(book, `${id}.${of}`, 'value') ?? '—';
  const row = (rank: string, name: string, of: string, moved: string) => [
    rank,
    name,
    value('volume', of),
    value('first_contact', of),
    value('on_time', of),
    value('resolution', of),
    value('satisfaction', of),
    value('reopen', of),
    moved,
  ];
  const rows = unitsInOrder(book).map((id) => {
    const { data } = book.figures.get(`resolution.unit.${id}`)!;
    const ranked = typeof data.rank === 'number';
    return row(ranked ? String(data.rank) : '—', data.name ?? '', `unit.${id}`, ranked ? arrow(data.rankChange) : '—');
  });
  if (book.figures.has('volume.unit.none')) rows.push(row('—', '未派中队', 'unit.none', '—'));
  return {
    kind: 'table',
    caption: '各中队诉件办理情况（按解决率排名）',
    columns: [
      center('名次'),
      left('中队'),
      right('诉件量'),
      right('先行联系率'),
      right('按时办结率'),
      right('解决率'),
      right('满意率'),
      right('重办率'),
      center('名次变化'),
    ],
    rows: [...rows, row('', '全区', 'district', '')],
    note: `注：名次“—”表示回访联系上诉求人不足${writeFigure(book, 'minimum', 'value')}件，不参加排名；名次变化与上${book.period.kind === 'week' ? '周' : '月'}相比。按时办结率的分母含超期未办结的诉件。`,
  };
}

function arrow(rankChange: number | null | undefined): string {
  if (rankChange === null || rankChange === undefined) return '—';
  if (rankChange === 0) return '持平';
  return movedText(rankChange).replace('上升', '↑').replace('下降', '↓').replace('位', '');
}

function unitChart(book: FigureBook): Drawing {
  const figures = unitsInOrder(book)
    .map((id) => book.figures.get(`resolution.unit.${id}`)!)
    .filter((figure) => (figure.denominator ?? 0) > 0);
  return {
    kind: 'chart',
    caption: '各中队解决率',
    alt: `各中队解决率柱形图：${figures.map((figure) => `${figure.data.name}${valueText(figure)}`).join('，')}。`,
    chart: {
      kind: 'bar',
      unit: '%',
      categories: figures.map((figure) => figure.data.name ?? ''),
      series: [{ name: '解决率', values: figures.map(tenthsOf) }],
    },
  };
}

function categoryTable(book: FigureBook): Drawing {
  const rows = [...book.figures.values()]
    .filter(({ key, numerator }) => key.startsWith('volume.category.') && !key.includes('@') && (numerator ?? 0) > 0)
    .sort((a, b) => b.numerator! - a.numerator! || (a.data.position ?? 0) - (b.data.position ?? 0))
    .slice(0, CATEGORIES_LISTED);
  const all = { numerator: 0, denominator: book.figures.get('volume.district')?.numerator ?? 0 };
  const previous = previousPeriod(book.period);
  const rising = new Set(book.figures.get('rising.categories')?.data.members ?? []);
  return {
    kind: 'table',
    caption: `诉件量居前的类别`,
    columns: [
      center('序号'),
      left('类别'),
      right('诉件量'),
      right('占比'),
      right(book.period.kind === 'week' ? '上周' : '上月'),
      right('增减'),
      center('明显上升'),
    ],
    rows: rows.map((figure, index) => {
      const before = book.figures.get(figureIn(figure.key, previous))?.numerator ?? 0;
      const change = figure.numerator! - before;
      return [
        String(index + 1),
        figure.data.name ?? '未分类',
        String(figure.numerator),
        formatRate({ ...all, numerator: figure.numerator! }),
        String(before),
        change > 0 ? `+${change}` : change < 0 ? `−${-change}` : '0',
        rising.has(figure.key) ? '是' : '',
      ];
    }),
    note: '注：“明显上升”指增加的件数超出正常波动范围（两期件数之差除以两期件数之和的平方根大于1.645）。',
  };
}

function orderTable(
  book: FigureBook,
  key: string,
  caption: string,
  last: { header: string; of: (order: NonNullable<BulletinFigure['data']['orders']>[number]) => string },
): Drawing | null {
  const orders = book.figures.get(key)?.data.orders ?? [];
  if (orders.length === 0) return null;
  return {
    kind: 'table',
    caption,
    columns: [center('序号'), center('受理编号'), left('责任中队'), left('类别'), right(last.header)],
    rows: orders.map((order, index) => [
      String(index + 1),
      order.number,
      order.unit ?? '未派',
      order.category ?? '未分类',
      last.of(order),
    ]),
  };
}
