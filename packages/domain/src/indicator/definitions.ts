/**
 * What is counted, once for all: screen, export, bulletin and drill-down take their words and their SQL from here.
 * `docs/indicators.md` says the same to people and is tested against this table.
 */
export interface Definition {
  readonly version: number;
  /** First day (Shanghai) of the periods it applies to. */
  readonly effectiveFrom: string;
  /** The instant that puts a handling into a period. */
  readonly cohort: 'started_at' | 'first_contact_due_at' | 'due_at' | 'followed_up_at';
  readonly numerator: string;
  readonly denominator: string;
}

export interface Indicator {
  readonly label: string;
  /** A count has no denominator of its own. */
  readonly kind: 'count' | 'rate';
  /** Which way is good; a count is neither. */
  readonly better: 'higher' | 'lower' | 'neither';
  /** Newest first. A changed definition is a new version with its own effective date; the old one stays for its periods. */
  readonly definitions: readonly [Definition, ...Definition[]];
}

const FROM = '2020-01-01';

export const INDICATORS = {
  volume: {
    label: '诉件量',
    kind: 'count',
    better: 'neither',
    definitions: [
      {
        version: 1,
        effectiveFrom: FROM,
        cohort: 'started_at',
        numerator: '时段内受理的诉件（初次办理，重办不另计）',
        denominator: '同分子',
      },
    ],
  },
  first_contact: {
    label: '先行联系率',
    kind: 'rate',
    better: 'higher',
    definitions: [
      {
        version: 1,
        effectiveFrom: FROM,
        cohort: 'first_contact_due_at',
        numerator: '其中在先行联系时限内联系诉求人的',
        denominator: '先行联系时限在时段内且已到期的办理',
      },
    ],
  },
  on_time: {
    label: '按时办结率',
    kind: 'rate',
    better: 'higher',
    definitions: [
      {
        version: 1,
        effectiveFrom: FROM,
        cohort: 'due_at',
        numerator: '其中在办理时限内办结的',
        denominator: '办理时限在时段内且已到期的办理，含超期未办结的',
      },
    ],
  },
  resolution: {
    label: '解决率',
    kind: 'rate',
    better: 'higher',
    definitions: [
      {
        version: 1,
        effectiveFrom: FROM,
        cohort: 'followed_up_at',
        numerator: '其中诉求人表示已解决的',
        denominator: '时段内回访并联系上诉求人的办理',
      },
    ],
  },
  satisfaction: {
    label: '满意率',
    kind: 'rate',
    better: 'higher',
    definitions: [
      {
        version: 1,
        effectiveFrom: FROM,
        cohort: 'followed_up_at',
        numerator: '其中评价为满意或基本满意的',
        denominator: '时段内回访并作出评价的办理',
      },
    ],
  },
  reopen: {
    label: '重办率',
    kind: 'rate',
    better: 'lower',
    definitions: [
      {
        version: 1,
        effectiveFrom: FROM,
        cohort: 'followed_up_at',
        numerator: '其中因未解决或不满意而重办的',
        denominator: '时段内回访并联系上诉求人的办理',
      },
    ],
  },
} as const satisfies Record<string, Indicator>;

export type IndicatorId = keyof typeof INDICATORS;
export const INDICATOR_IDS = Object.keys(INDICATORS) as IndicatorId[];
export const RATE_IDS = ['first_contact', 'on_time', 'resolution', 'satisfaction', 'reopen'] as const;
export type RateId = (typeof RATE_IDS)[number];

export function indicator(id: IndicatorId): Indicator {
  return INDICATORS[id];
}

/** The definition that applies to a period beginning on the day. Before the first one, the first holds. */
export function definitionInForce(id: IndicatorId, firstDay: string): Definition {
  const { definitions } = indicator(id);
  return definitions.find((definition) => definition.effectiveFrom <= firstDay) ?? definitions.at(-1)!;
}

export const DIMENSIONS = {
  district: '全区',
  unit: '中队',
  town: '街镇',
  officer: '队员',
  category: '类别',
} as const;
export type Dimension = keyof typeof DIMENSIONS;

/** Which of a figure's orders to open. */
export const PARTS = { denominator: '全部计入', numerator: '达标', missed: '未达标' } as const;
export type Part = keyof typeof PARTS;
