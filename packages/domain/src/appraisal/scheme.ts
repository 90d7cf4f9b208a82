/** Who is appraised: squadrons (考核评议) or officers. */
export const AUDIENCES = { unit: '中队', person: '队员' } as const;
export type Audience = keyof typeof AUDIENCES;

/** What points are given for. The first five are the indicators of the same name. */
export const ITEMS = {
  resolution: '解决率',
  satisfaction: '满意率',
  on_time: '按时办结率',
  first_contact: '先行联系率',
  reopen: '重办率',
  rectification_on_time: '整改按时率',
  rectification_first_pass: '整改一次通过率',
} as const;
export type Item = keyof typeof ITEMS;
export const ITEM_CODES = Object.keys(ITEMS) as Item[];

/** What points are taken off for, each time. */
export const DEDUCTIONS = {
  rectification_overdue: '期末超期未整改',
  recurrence: '同类问题再次发生',
} as const;
export type Deduction = keyof typeof DEDUCTIONS;
export const DEDUCTION_CODES = Object.keys(DEDUCTIONS) as Deduction[];

export interface SchemeItem {
  readonly code: Item;
  /** Points out of 100. */
  readonly weight: number;
  /** Rates (0…1) at which nothing and at which all points are given; between them in proportion. Where less is better `full` is below `zero`. */
  readonly zero: number;
  readonly full: number;
  /** With fewer in the denominator the item says too little: it is not counted. */
  readonly minimum: number;
}
export interface SchemeDeduction {
  readonly code: Deduction;
  /** Points off for each, and at most. */
  readonly each: number;
  readonly most: number;
}
/** Weights as data, by version (measure 12: 考核评议制). */
export interface Scheme {
  readonly items: readonly SchemeItem[];
  readonly deductions: readonly SchemeDeduction[];
}

/** Used until the bureau sets its own. */
export const DEFAULT_SCHEMES: Readonly<Record<Audience, Scheme>> = {
  unit: {
    items: [
      { code: 'resolution', weight: 30, zero: 0.5, full: 0.95, minimum: 20 },
      { code: 'satisfaction', weight: 15, zero: 0.5, full: 0.95, minimum: 20 },
      { code: 'on_time', weight: 20, zero: 0.7, full: 1, minimum: 20 },
      { code: 'first_contact', weight: 10, zero: 0.7, full: 1, minimum: 20 },
      { code: 'reopen', weight: 10, zero: 0.3, full: 0, minimum: 20 },
      { code: 'rectification_on_time', weight: 10, zero: 0.5, full: 1, minimum: 2 },
      { code: 'rectification_first_pass', weight: 5, zero: 0.3, full: 1, minimum: 2 },
    ],
    deductions: [
      { code: 'rectification_overdue', each: 1, most: 5 },
      { code: 'recurrence', each: 1, most: 5 },
    ],
  },
  person: {
    items: [
      { code: 'resolution', weight: 35, zero: 0.5, full: 0.95, minimum: 10 },
      { code: 'satisfaction', weight: 20, zero: 0.5, full: 0.95, minimum: 10 },
      { code: 'on_time', weight: 25, zero: 0.7, full: 1, minimum: 10 },
      { code: 'first_contact', weight: 10, zero: 0.7, full: 1, minimum: 10 },
      { code: 'reopen', weight: 10, zero: 0.3, full: 0, minimum: 10 },
    ],
    deductions: [
      { code: 'rectification_overdue', each: 1, most: 5 },
      { code: 'recurrence', each: 1, most: 5 },
    ],
  },
};

/** Why a scheme cannot be used, in Chinese; `null` when it can. */
export function schemeProblem({ items, deductions }: Scheme): string | null {
  if (items.length === 0) return '至少要有一个计分项目';
  if (new Set(items.map(({ code }) => code)).size < items.length) return '计分项目重复';
  if (new Set(deductions.map(({ code }) => code)).size < deductions.length) return '扣分项目重复';
  const sum = items.reduce((total, { weight }) => total + weight, 0);
  if (sum !== 100) return `各项分值之和应为 100，现为 ${sum}`;
  for (const { code, weight, zero, full, minimum } of items) {
    if (!Number.isInteger(weight) || weight < 1) return `${ITEMS[code]}的分值应为正整数`;
    if (zero < 0 || zero > 1 || full < 0 || full > 1 || zero === full)
      return `${ITEMS[code]}的零分线和满分线应在 0 至 100% 之间且不相同`;
    if ((code === 'reopen') !== full < zero)
      return code === 'reopen' ? '重办率越低越好，满分线应低于零分线' : `${ITEMS[code]}越高越好，满分线应高于零分线`;
    if (!Number.isInteger(minimum) || minimum < 1) return `${ITEMS[code]}的最少件数应为正整数`;
  }
  for (const { code, each, most } of deductions)
    if (each < 0 || most < each) return `${DEDUCTIONS[code]}的扣分不能为负，封顶不能低于每次`;
  return null;
}

export interface Measured {
  readonly numerator: number;
  readonly denominator: number;
}
export interface AppraisedLine {
  readonly code: Item | Deduction;
  readonly numerator: number;
  readonly denominator: number;
  /** Points given (or, negative, taken off), to two decimals. */
  readonly points: number;
  /** Points that could be given after the weight of what is not counted was spread; 0 for deductions and what is not counted. */
  readonly of: number;
  readonly counted: boolean;
  /** The sum in words. */
  readonly explanation: string;
}
export interface Appraised {
  /** 0…100, to two decimals; `null` when fewer than `LEAST_COUNTED` points have enough to go by. */
  readonly total: number | null;
  readonly lines: readonly AppraisedLine[];
}

/** Points that must be counted for a total to be given: a unit judged by one item alone is not compared with the others. */
export const LEAST_COUNTED = 60;

const cents = (value: number): number => Math.round(value * 100) / 100;
const percent = (rate: number): string => `${(rate * 100).toFixed(1)}%`;

/**
 * Points of one subject. Items with too few records are not counted and their weight is spread over the others in proportion,
 * so that nobody gains or loses by a small sample; each line says so.
 */
export function appraise(
  scheme: Scheme,
  measured: Readonly<Partial<Record<Item, Measured>>>,
  counts: Readonly<Partial<Record<Deduction, number>>>,
): Appraised {
  const given = (code: Item): Measured => measured[code] ?? { numerator: 0, denominator: 0 };
  const counted = scheme.items.filter(({ code, minimum }) => given(code).denominator >= minimum);
  const weights = counted.reduce((total, { weight }) => total + weight, 0);
  const lines: AppraisedLine[] = scheme.items.map((item): AppraisedLine => {
    const { code, weight, zero, full, minimum } = item;
    const { numerator, denominator } = given(code);
    if (!counted.includes(item))
      return {
        code,
        numerator,
        denominator,
        points: 0,
        of: 0,
        counted: false,
        explanation: `只有 ${denominator} 件，不足 ${minimum} 件，不计分，分值由其他项目按比例分摊`,
      };
    const rate = numerator / denominator;
    const share = Math.min(1, Math.max(0, (rate - zero) / (full - zero)));
    const of = cents((weight * 100) / weights);
    const points = cents(share * ((weight * 100) / weights));
    return {
      code,
      numerator,
      denominator,
      points,
      of,
      counted: true,
      explanation: `${ITEMS[code]} ${percent(rate)}（${numerator}／${denominator}），${percent(zero)} 得零分、${percent(full)} 得满分，得 ${points} 分（满分 ${of}）`,
    };
  });
  for (const { code, each, most } of scheme.deductions) {
    const count = counts[code] ?? 0;
    const off = cents(Math.min(most, count * each));
    lines.push({
      code,
      numerator: count,
      denominator: count,
      points: off === 0 ? 0 : -off,
      of: 0,
      counted: true,
      explanation: count === 0 ? '没有' : `${count} 项，每项扣 ${each} 分，最多扣 ${most} 分，扣 ${off} 分`,
    });
  }
  if (weights < LEAST_COUNTED) return { total: null, lines };
  return { total: totalOf(lines.map(({ points }) => points)), lines };
}

/** The sum of points, never below nothing nor above a hundred. */
export const totalOf = (points: readonly number[]): number =>
  cents(
    Math.min(
      100,
      Math.max(
        0,
        points.reduce((sum, one) => sum + one, 0),
      ),
    ),
  );
