import { type Figure, INDICATORS, RATE_IDS, type RateId, rateOf } from '../indicator/index.ts';
import { competitionRanks } from '../ranking/index.ts';

/** Points out of 100 for each rate. */
export type Weights = Readonly<Record<RateId, number>>;

/** Used until the bureau sets its own. Resolution weighs most: the plan ranks squadrons by it (measure 13). */
export const DEFAULT_WEIGHTS: Weights = {
  resolution: 35,
  satisfaction: 20,
  on_time: 25,
  first_contact: 10,
  reopen: 10,
};

/** Why the weights cannot be used, in Chinese; `null` when they can. */
export function weightsProblem(weights: Weights): string | null {
  const values = RATE_IDS.map((id) => weights[id]);
  if (values.some((value) => !Number.isInteger(value) || value < 0 || value > 100))
    return '每项权重应为 0 至 100 的整数';
  const sum = values.reduce((total, value) => total + value, 0);
  return sum === 100 ? null : `各项权重之和应为 100，现为 ${sum}`;
}

/** How one indicator came to its points. */
export interface ScorePart {
  readonly indicator: RateId;
  readonly label: string;
  readonly figure: Figure;
  readonly rate: number | null;
  readonly weight: number;
  /** The weight after that of missing indicators was spread over the others in proportion. */
  readonly effectiveWeight: number;
  readonly points: number;
  /** The sum in words: “解决率 90.0% × 35 = 31.5 分”. */
  readonly explanation: string;
}

export interface Score {
  /** 0…100, to two decimals; `null` when no weighted indicator has any orders. */
  readonly total: number | null;
  readonly parts: readonly ScorePart[];
  /** Fewest orders behind any weighted indicator: what the ranking's minimum is held against. */
  readonly smallest: number;
  /** Says whose weight was spread, when any was. */
  readonly note: string | null;
}

/**
 * The weighted sum of a unit's rates, in points of 100. A rate of which less is better counts as (1 − rate). An indicator without
 * orders has no rate: its weight is spread over the others in proportion to theirs, and the score says so.
 */
export function scoreOf(figures: Readonly<Record<RateId, Figure>>, weights: Weights): Score {
  const weighted = RATE_IDS.filter((id) => weights[id] > 0);
  const present = weighted.filter((id) => figures[id].denominator > 0);
  const missing = weighted.filter((id) => figures[id].denominator === 0);
  const presentWeight = present.reduce((sum, id) => sum + weights[id], 0);
  const allWeight = weighted.reduce((sum, id) => sum + weights[id], 0);
  const spread = presentWeight === 0 ? 0 : allWeight / presentWeight;
  const parts = weighted.map((id): ScorePart => {
    const figure = figures[id];
    const rate = rateOf(figure);
    const effectiveWeight = rate === null ? 0 : weights[id] * spread;
    const inverse = INDICATORS[id].better === 'lower';
    const points = rate === null ? 0 : (inverse ? 1 - rate : rate) * effectiveWeight;
    return {
      indicator: id,
      label: INDICATORS[id].label,
      figure,
      rate,
      weight: weights[id],
      effectiveWeight,
      points,
      explanation: explain(INDICATORS[id].label, rate, inverse, effectiveWeight, points),
    };
  });
  return {
    total: present.length === 0 ? null : Math.round(parts.reduce((sum, part) => sum + part.points, 0) * 100) / 100,
    parts,
    smallest: Math.min(...weighted.map((id) => figures[id].denominator)),
    note:
      missing.length === 0
        ? null
        : `${missing.map((id) => INDICATORS[id].label).join('、')}时段内无件，其权重按比例分给其余指标`,
  };
}

function explain(label: string, rate: number | null, inverse: boolean, weight: number, points: number): string {
  if (rate === null) return `${label}：时段内无件，不计分`;
  const percent = `${(rate * 100).toFixed(1)}%`;
  const factor = inverse ? `（1 − ${percent}）` : percent;
  return `${label} ${factor} × ${trim(weight)} = ${trim(points)} 分`;
}

const trim = (value: number): string => String(Math.round(value * 100) / 100);

/** Ranks by score as shown (two decimals); too few orders behind any weighted indicator: shown, not ranked. */
export function rankByScore(
  entries: readonly { key: string; score: Score }[],
  minimum: number,
): Map<string, { rank: number | null; tied: boolean }> {
  const places = competitionRanks(
    entries.map(({ score }) =>
      score.total === null || score.smallest < Math.max(1, minimum) ? null : -Math.round(score.total * 100),
    ),
  );
  return new Map(entries.map(({ key }, index) => [key, places[index]!]));
}
