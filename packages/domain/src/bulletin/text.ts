import { changeInPoints, formatRate, type Period, previousPeriod, samePeriodLastYear } from '../indicator/index.ts';

/** One part of the text. Lines are paragraphs; `（一）…` alone on a line is a sub-heading; `{{table:…}}` alone on a line is a table. */
export interface Section {
  /** Stable name, by which revisions are compared. */
  readonly key: string;
  /** With its number (一、…); empty = no heading. */
  readonly heading: string;
  readonly body: string;
}

export const LIMITS = { title: 100, heading: 60, body: 8000, sections: 12 } as const;

/** An order as listed in a bulletin: nothing of the complainant, the address or the content. */
export interface ListedOrder {
  readonly id: string;
  readonly number: string;
  readonly unit: string | null;
  readonly category: string | null;
  /** Whole days past due at the bulletin's instant; `null` in lists that are not of overdue orders. */
  readonly overdueDays: number | null;
  readonly reopenCount: number;
}

/** Facts frozen beside a figure's numbers. */
export interface FigureData {
  /** A count of orders, a share of them, or a number that is not about orders. */
  readonly kind: 'count' | 'rate' | 'number';
  readonly indicator?: string;
  readonly version?: number;
  /** `2023-06`, `2023-W23`: what the figure counts. */
  readonly period?: string;
  /** Of the unit or category. */
  readonly name?: string;
  /** Place in the bureau's own order. */
  readonly position?: number;
  readonly hot?: boolean;
  readonly low?: number | null;
  readonly high?: number | null;
  readonly rank?: number | null;
  readonly tied?: boolean;
  readonly rankChange?: number | null;
  readonly small?: boolean;
  readonly behind?: boolean;
  readonly orders?: readonly ListedOrder[];
  /** Names of the figures that this one selects. */
  readonly members?: readonly string[];
}

/** A frozen number. `value`: 0…1 for a rate, the count for a count; `null`: nothing fell into the period. */
export interface BulletinFigure {
  readonly key: string;
  readonly label: string;
  readonly value: number | null;
  readonly numerator: number | null;
  readonly denominator: number | null;
  readonly data: FigureData;
}

/** All figures of one bulletin. */
export interface FigureBook {
  readonly period: Period;
  readonly figures: ReadonlyMap<string, BulletinFigure>;
}

/** Name of a figure of another period, e.g. `volume.district@2023-05`. */
export const figureIn = (key: string, period: Period): string => `${key}@${period.text}`;

/** Ways to write a figure. */
export const PARTS_OF_FIGURE = {
  value: '数值',
  numerator: '分子',
  denominator: '分母',
  change: '较上期变化',
  year: '较去年同期变化',
  name: '名称',
  rank: '名次',
  moved: '名次变化',
  interval: '95%区间',
} as const;
export type FigurePart = keyof typeof PARTS_OF_FIGURE;

/** Tables and charts that stand in the text as a line of their own. */
export const BLOCKS = {
  'chart:trend': '受理量与解决率走势图',
  'table:units': '各中队办理情况表',
  'chart:units': '各中队解决率图',
  'table:categories': '各类别诉件量表',
  'table:overdue': '超期未办结诉件表',
  'table:reopened': '重办突出诉件表',
} as const;
export type BlockName = keyof typeof BLOCKS;
export const isBlockName = (name: string): name is BlockName => Object.hasOwn(BLOCKS, name);

export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'figure'; readonly key: string; readonly part: string }
  | { readonly kind: 'block'; readonly name: string };

const PLACEHOLDER = /\{\{([^{}|\n]+)(?:\|([^{}|\n]*))?\}\}/g;

/** Splits a text at its placeholders; written one after the other, the pieces are the text again (`writePiece`). */
export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(PLACEHOLDER)) {
    if (match.index > end) pieces.push({ kind: 'text', text: text.slice(end, match.index) });
    const [whole, key = '', part] = match;
    pieces.push(
      key.startsWith('table:') || key.startsWith('chart:')
        ? { kind: 'block', name: key }
        : { kind: 'figure', key, part: part ?? 'value' },
    );
    end = match.index + whole.length;
  }
  if (end < text.length) pieces.push({ kind: 'text', text: text.slice(end) });
  return pieces;
}

export function writePiece(piece: Piece): string {
  if (piece.kind === 'text') return piece.text;
  if (piece.kind === 'block') return `{{${piece.name}}}`;
  return piece.part === 'value' ? `{{${piece.key}}}` : `{{${piece.key}|${piece.part}}}`;
}

/** Placeholder of a figure, as it stands in a text. */
export const placeholder = (key: string, part: FigurePart = 'value'): string =>
  writePiece({ kind: 'figure', key, part });

/** What is wrong with the sections, in Chinese. */
export function sectionProblems(sections: readonly Section[], figureKeys: ReadonlySet<string>): string[] {
  const problems: string[] = [];
  if (sections.length === 0) problems.push('正文不能为空');
  if (sections.length > LIMITS.sections) problems.push(`正文最多分 ${LIMITS.sections} 个部分`);
  if (new Set(sections.map(({ key }) => key)).size !== sections.length) problems.push('正文各部分的名称重复');
  for (const { heading, body } of sections) {
    const where = heading || '开头';
    if (heading.length > LIMITS.heading) problems.push(`“${where.slice(0, 10)}…”标题最多 ${LIMITS.heading} 个字`);
    if (body.length > LIMITS.body) problems.push(`“${where}”最多 ${LIMITS.body} 个字`);
    if (piecesOf(heading).some(({ kind }) => kind !== 'text')) problems.push(`“${where}”标题中不能引用数据`);
    for (const line of body.split('\n')) problems.push(...lineProblems(line, where, figureKeys));
  }
  return problems;
}

function lineProblems(line: string, where: string, figureKeys: ReadonlySet<string>): string[] {
  const problems: string[] = [];
  const pieces = piecesOf(line.trim());
  for (const piece of pieces) {
    if (piece.kind === 'text') {
      if (/\{\{|\}\}/.test(piece.text)) problems.push(`“${where}”中有不完整的数据引用`);
    } else if (piece.kind === 'block') {
      if (!isBlockName(piece.name)) problems.push(`“${where}”引用的图表“${piece.name}”不存在`);
      else if (pieces.length > 1) problems.push(`“${where}”中，${BLOCKS[piece.name]}须单独成行`);
    } else if (!figureKeys.has(piece.key)) {
      problems.push(`“${where}”引用的数据“${piece.key}”不存在`);
    } else if (!Object.hasOwn(PARTS_OF_FIGURE, piece.part)) {
      problems.push(`“${where}”中数据引用的写法“${piece.part}”不存在`);
    }
  }
  return problems;
}

/** A line of a section's body, ready to be set. */
export type Line =
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'heading'; readonly level: 2 | 3; readonly text: string }
  | { readonly kind: 'block'; readonly name: BlockName };

/** The lines of a body with every figure written out. */
export function linesOf(body: string, book: FigureBook): Line[] {
  return body
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line): Line => {
      const [first] = piecesOf(line);
      if (first?.kind === 'block' && isBlockName(first.name)) return { kind: 'block', name: first.name };
      const text = writeOut(line, book);
      // A sub-heading is a short line that does not end as a sentence does.
      const isHeading = text.length <= 30 && !/[。；：！？]$/.test(text);
      if (isHeading && /^（[一二三四五六七八九十]+）/.test(text)) return { kind: 'heading', level: 2, text };
      if (isHeading && /^\d{1,2}[.．]/.test(text)) return { kind: 'heading', level: 3, text };
      return { kind: 'paragraph', text };
    });
}

/** The text with every figure written out. A placeholder that names no figure stays visible as it is. */
export function writeOut(text: string, book: FigureBook): string {
  return piecesOf(text)
    .map((piece) =>
      piece.kind === 'figure' ? (writeFigure(book, piece.key, piece.part) ?? writePiece(piece)) : writePiece(piece),
    )
    .join('');
}

/** A figure in words; `null` when there is no such figure or no such way to write it. */
export function writeFigure(book: FigureBook, key: string, part: string): string | null {
  const figure = book.figures.get(key);
  if (!figure) return null;
  const { data } = figure;
  switch (part as FigurePart) {
    case 'value':
      return valueText(figure);
    case 'numerator':
      return String(figure.numerator ?? 0);
    case 'denominator':
      return String(figure.denominator ?? 0);
    case 'change': {
      const previous = previousPeriod(book.period);
      return changeText(
        figure,
        book.figures.get(figureIn(key, previous)),
        book.period.kind === 'week' ? '上周' : '上月',
      );
    }
    case 'year':
      return changeText(figure, book.figures.get(figureIn(key, samePeriodLastYear(book.period))), LAST_YEAR);
    case 'name':
      return data.name ?? figure.label;
    case 'rank':
      if (data.rank === null || data.rank === undefined) return '不参加排名';
      return `${data.tied ? '并列' : ''}第${data.rank}名`;
    case 'moved':
      return movedText(data.rankChange);
    case 'interval':
      return typeof data.low === 'number' && typeof data.high === 'number'
        ? `${percent(data.low)}至${percent(data.high)}`
        : '—';
    default:
      return null;
  }
}

export function valueText(figure: BulletinFigure): string {
  if (figure.data.kind === 'rate') return formatRate(pair(figure));
  return figure.value === null ? '—' : String(figure.value);
}

export function movedText(rankChange: number | null | undefined): string {
  if (rankChange === null || rankChange === undefined) return '无可比名次';
  if (rankChange === 0) return '名次未变';
  return `${rankChange > 0 ? '上升' : '下降'}${Math.abs(rankChange)}位`;
}

const pair = ({ numerator, denominator }: BulletinFigure) => ({
  numerator: numerator ?? 0,
  denominator: denominator ?? 0,
});
const percent = (fraction: number): string => `${(fraction * 100).toFixed(1)}%`;

/** Before the first orders there is no year to compare with: nothing is said of growth from zero. */
const LAST_YEAR = '去年同期';

/** Direction first, as it is said: 较上月增加142件，上升8.3%；与上月持平；上月无可比数据. */
function changeText(now: BulletinFigure, before: BulletinFigure | undefined, than: string): string {
  if (now.data.kind === 'rate') {
    const change = before ? changeInPoints(pair(now), pair(before)) : null;
    if (change === null) return `${than}无可比数据`;
    if (change === 0) return `与${than}持平`;
    return `较${than}${change > 0 ? '上升' : '下降'}${Math.abs(change).toFixed(1)}个百分点`;
  }
  const [a, b] = [now.numerator ?? 0, before?.numerator ?? null];
  if (b === null || (b === 0 && than === LAST_YEAR)) return `${than}无可比数据`;
  if (b === 0 && a > 0) return `${than}为0件`;
  if (a === b) return `与${than}持平`;
  const share = `${((Math.abs(a - b) / b) * 100).toFixed(1)}%`;
  return `较${than}${a > b ? '增加' : '减少'}${Math.abs(a - b)}件，${a > b ? '上升' : '下降'}${share}`;
}
