import type { CategoryRise, FigureCell, FigureRow, FigureTable, PeriodView } from '@bihuan/contract/indicator';
import {
  changeInPoints,
  type Dimension,
  definitionInForce,
  type Figure,
  figureKey,
  growth,
  INDICATOR_IDS,
  type IndicatorId,
  indicator,
  type Period,
  periodInstants,
  periodLabel,
  periodOf,
  previousPeriod,
  RATE_IDS,
  type RateId,
  rateOf,
  risesClearly,
  samePeriodLastYear,
} from '@bihuan/domain/indicator';
import { type Ranked, rankByRate, wilson } from '@bihuan/domain/ranking';
import { rankByScore, type Score, scoreOf } from '@bihuan/domain/scoring';
import { dayNumberAt, formatDay } from '@bihuan/domain/workday';
import type { Sql } from '../../platform/db/index.ts';
import {
  type Figures,
  figureOf,
  type Label,
  lastOrderAt,
  readFigures,
  readLabels,
  readLeftOut,
  spanOf,
} from './figures.query.ts';
import { type RankingSettings, readAllSettings, settingsOn } from './settings.repo.ts';
import type { Filters } from './statement.query.ts';

const UNASSIGNED: Readonly<Record<Dimension, string>> = {
  district: '全区',
  unit: '未派中队',
  town: '未定街镇',
  officer: '未指派队员',
  category: '未分类',
};

export function periodView(period: Period, now: number): PeriodView {
  const { from, to } = periodInstants(period);
  return {
    text: period.text,
    kind: period.kind,
    label: periodLabel(period),
    from: formatDay(period.first),
    to: formatDay(period.end - 1),
    asOf: new Date(Math.max(from, Math.min(to, now))).toISOString(),
    complete: now >= to,
  };
}

/** How one period's keys rank: by each rate, and squadrons by composite score. */
interface Standing {
  readonly ranks: Readonly<Record<RateId, ReadonlyMap<string, Ranked>>>;
  readonly scores: ReadonlyMap<string, Score>;
  readonly places: ReadonlyMap<string, { rank: number | null; tied: boolean }>;
}

function standingOf(
  keys: readonly string[],
  figures: ReadonlyMap<string | null, Figures>,
  total: Figures,
  settings: RankingSettings,
): Standing {
  const ranks = Object.fromEntries(
    RATE_IDS.map((id) => {
      const ranked = rankByRate(
        keys.map((key) => ({ key, figure: figureOf(figures.get(key), id) })),
        {
          better: indicator(id).better as 'higher' | 'lower',
          minimum: settings.minimum,
          reference: figureOf(total, id),
        },
      );
      return [id, new Map(ranked.map((entry) => [entry.key, entry]))];
    }),
  ) as Record<RateId, Map<string, Ranked>>;
  const scores = new Map(keys.map((key) => [key, scoreOf(rates(figures.get(key)), settings.weights)]));
  const places = rankByScore(
    [...scores].map(([key, score]) => ({ key, score })),
    settings.minimum,
  );
  return { ranks, scores, places };
}

function rates(figures: Figures | undefined): Record<RateId, Figure> {
  return Object.fromEntries(RATE_IDS.map((id) => [id, figureOf(figures, id)])) as Record<RateId, Figure>;
}

/**
 * Every indicator of a period by one dimension, with its interval, rank and comparisons.
 * Rows are in the bureau's order (not in rank order), unassigned last.
 */
export async function figureTable(
  sql: Sql,
  input: { period: Period; dimension: Dimension; filters: Filters; now: number },
): Promise<FigureTable> {
  const { period, dimension, filters, now } = input;
  const [previous, lastYear] = [previousPeriod(period), samePeriodLastYear(period)];
  const [current, before, yearAgo] = [period, previous, lastYear].map((p) => spanOf(p, now, filters, period)) as [
    ReturnType<typeof spanOf>,
    ReturnType<typeof spanOf>,
    ReturnType<typeof spanOf>,
  ];
  const [figures, figuresBefore, figuresYearAgo, leftOut, allSettings, lastOrder] = await Promise.all([
    readFigures(sql, current, dimension),
    readFigures(sql, before, dimension),
    readFigures(sql, yearAgo, dimension),
    readLeftOut(sql, current, dimension),
    readAllSettings(sql),
    lastOrderAt(sql, now),
  ]);
  const settings = settingsOn(allSettings, formatDay(period.first));
  const settingsBefore = settingsOn(allSettings, formatDay(previous.first));
  const [total, totalBefore, totalYearAgo] = [figures, figuresBefore, figuresYearAgo].map(sumOf) as [
    Figures,
    Figures,
    Figures,
  ];
  const present = [...new Set([...figures.keys(), ...leftOut.keys()])].filter((key) => key !== null);
  const labels = await readLabels(sql, dimension, present);
  const ranked = labels.filter((label) => label.ranked).map((label) => label.key);
  const now_ = standingOf(ranked, figures, total, settings);
  const then = standingOf(ranked, figuresBefore, totalBefore, settingsBefore);
  const cell = (
    id: IndicatorId,
    key: string | null,
    one: Figures | undefined,
    two: Figures | undefined,
    three: Figures | undefined,
  ): FigureCell => {
    const [figure, figureBefore, figureYearAgo] = [figureOf(one, id), figureOf(two, id), figureOf(three, id)];
    const isRate = indicator(id).kind === 'rate';
    const place = isRate && key !== null ? now_.ranks[id as RateId].get(key) : undefined;
    const placeBefore = isRate && key !== null ? then.ranks[id as RateId].get(key) : undefined;
    const interval = isRate ? wilson(figure) : null;
    return {
      key: figureKey(id, dimension, key),
      indicator: id,
      ...figure,
      rate: isRate ? rateOf(figure) : null,
      low: interval?.low ?? null,
      high: interval?.high ?? null,
      small: isRate && figure.denominator < settings.minimum,
      rank: place?.rank ?? null,
      tied: place?.tied ?? false,
      rankChange: gained(placeBefore?.rank ?? null, place?.rank ?? null),
      clearlyBehind: place?.clearlyBehind ?? false,
      previous: figureBefore,
      lastYear: figureYearAgo,
      change: isRate ? changeInPoints(figure, figureBefore) : growth(figure.numerator, figureBefore.numerator),
      changeOnYear: isRate ? changeInPoints(figure, figureYearAgo) : growth(figure.numerator, figureYearAgo.numerator),
    };
  };
  const row = (
    label: Pick<Label, 'label' | 'group' | 'hot'>,
    key: string | null,
    sums: [Figures?, Figures?, Figures?],
    out: { excluded: number; declined: number },
  ): FigureRow => {
    const score = dimension === 'unit' && key !== null ? now_.scores.get(key) : undefined;
    return {
      key,
      label: label.label,
      group: label.group,
      hot: label.hot,
      figures: Object.fromEntries(INDICATOR_IDS.map((id) => [id, cell(id, key, ...sums)])),
      composite: score
        ? {
            total: score.total,
            rank: now_.places.get(key!)?.rank ?? null,
            tied: now_.places.get(key!)?.tied ?? false,
            rankChange: gained(then.places.get(key!)?.rank ?? null, now_.places.get(key!)?.rank ?? null),
            note: score.note,
            parts: score.parts.map(({ figure: _figure, ...part }) => part),
          }
        : null,
      ...out,
    };
  };
  const none = { excluded: 0, declined: 0 };
  const of = (key: string | null): [Figures?, Figures?, Figures?] =>
    [figures.get(key), figuresBefore.get(key), figuresYearAgo.get(key)] as [Figures?, Figures?, Figures?];
  const rows = labels.map((label) => row(label, label.key, of(label.key), leftOut.get(label.key) ?? none));
  const unassigned = { label: UNASSIGNED[dimension], group: null, hot: false };
  if (dimension !== 'district' && (figures.has(null) || leftOut.has(null))) {
    rows.push(row(unassigned, null, of(null), leftOut.get(null) ?? none));
  }
  const out = [...leftOut.values()].reduce(
    (sum, one) => ({ excluded: sum.excluded + one.excluded, declined: sum.declined + one.declined }),
    none,
  );
  const whole = row(
    { label: Object.keys(filters).length > 0 ? '合计' : '全区', group: null, hot: false },
    null,
    [total, totalBefore, totalYearAgo],
    out,
  );
  return {
    period: periodView(period, now),
    previous: periodView(previous, now),
    lastYear: periodView(lastYear, now),
    dimension,
    minimum: settings.minimum,
    weights: { ...settings.weights },
    versions: Object.fromEntries(
      INDICATOR_IDS.map((id) => [id, definitionInForce(id, formatDay(period.first)).version]),
    ),
    rows,
    latestMonth: lastOrder === null ? null : periodOf('month', dayNumberAt(lastOrder)).text,
    total: {
      ...whole,
      figures: Object.fromEntries(
        Object.values(whole.figures).map((one) => [
          one.indicator,
          { ...one, key: figureKey(one.indicator, 'district', null) },
        ]),
      ),
    },
  };
}

function gained(before: number | null, now: number | null): number | null {
  return before === null || now === null ? null : before - now;
}

function sumOf(figures: ReadonlyMap<string | null, Figures>): Figures {
  const sum: Record<string, Figure> = {};
  for (const one of figures.values()) {
    for (const id of INDICATOR_IDS) {
      const [a, b] = [sum[id] ?? { numerator: 0, denominator: 0 }, figureOf(one, id)];
      sum[id] = { numerator: a.numerator + b.numerator, denominator: a.denominator + b.denominator };
    }
  }
  return sum as Figures;
}

/** Categories by how they rose: those that clearly did first, then by the difference. Fallen ones are left out. */
export function categoryRises(
  categories: readonly { code: string | null; name: string; hot: boolean; now: number; before: number }[],
): CategoryRise[] {
  return categories
    .filter(({ now, before }) => now > before)
    .map((category) => ({
      ...category,
      growth: growth(category.now, category.before),
      clearly: risesClearly(category.now, category.before),
    }))
    .sort(
      (a, b) =>
        Number(b.clearly) - Number(a.clearly) || b.now - b.before - (a.now - a.before) || (a.name < b.name ? -1 : 1),
    );
}
