import type { Trend } from '@bihuan/contract/indicator';
import { INDICATORS, type IndicatorId, shownTenths } from '@bihuan/domain/indicator';

type Point = Trend['points'][number];

const shownValue = (id: IndicatorId, figure: Point['figures'][string] | undefined): number | null => {
  if (!figure) return null;
  if (INDICATORS[id].kind === 'count') return figure.numerator;
  const tenths = shownTenths(figure);
  return tenths === null ? null : tenths / 10;
};

/** A line beside that of last year; a period still running is drawn hollow, because its figure still grows. */
export function trendChart(points: readonly Point[], id: IndicatorId) {
  const unit = INDICATORS[id].kind === 'count' ? '件' : '%';
  const names = points.map((point) => shortLabel(point.period));
  const now = points.map((point) => shownValue(id, point.figures[id]));
  const before = points.map((point) => shownValue(id, point.lastYear[id]));
  const hasBefore = before.some((value) => value !== null && value !== 0);
  const isCount = INDICATORS[id].kind === 'count';
  const current = {
    name: '本期',
    type: isCount ? 'bar' : 'line',
    barMaxWidth: 22,
    symbolSize: 6,
    data: now.map((value, index) =>
      points[index]!.complete ? value : { value, itemStyle: { opacity: 0.45 }, symbol: 'emptyCircle' },
    ),
  };
  const yearAgo = { name: '去年同期', type: 'line', symbolSize: 4, lineStyle: { type: 'dashed' }, data: before };
  return {
    title: `${INDICATORS[id].label}（${unit}）`,
    option: {
      grid: { left: 46, right: 12, top: hasBefore ? 32 : 14, bottom: 26 },
      tooltip: { trigger: 'axis' },
      ...(hasBefore ? { legend: { top: 0, right: 0, itemWidth: 16 } } : {}),
      xAxis: { type: 'category', data: names, axisTick: { show: false } },
      yAxis: {
        type: 'value',
        scale: !isCount,
        ...(isCount ? {} : { max: (range: { max: number }) => Math.min(100, Math.ceil(range.max / 5) * 5) }),
      },
      series: hasBefore ? [current, yearAgo] : [current],
    },
    heads: ['时段', '本期', '去年同期'],
    rows: points.map((point, index) => [point.label, now[index] ?? '—', hasBefore ? (before[index] ?? '—') : '—']),
  };
}

/** `23/6` for a month; other periods keep their short form. */
function shortLabel(text: string): string {
  const month = /^\d\d(\d\d)-(\d\d)$/.exec(text);
  if (month) return `${Number(month[2])}月`;
  return text.replace(/^\d{4}-/, '');
}
