import type { Dimension, IndicatorId } from './definitions.ts';

/** A number and what it was made of. For a count, numerator and denominator are the count. */
export interface Figure {
  readonly numerator: number;
  readonly denominator: number;
}

export const NO_FIGURE: Figure = { numerator: 0, denominator: 0 };

/** 0…1, or `null` when nothing fell into the period. */
export function rateOf(figure: Figure): number | null {
  return figure.denominator === 0 ? null : figure.numerator / figure.denominator;
}

/**
 * The rate in tenths of a per cent, as shown: 0.8765 → 877. Integer arithmetic, half up, so that what is shown and what ties
 * never differ by a rounding of floating point.
 */
export function shownTenths({ numerator, denominator }: Figure): number | null {
  return denominator === 0 ? null : Math.floor((2000 * numerator + denominator) / (2 * denominator));
}

/** `87.7%`, or `—` when there is no rate. */
export function formatRate(figure: Figure): string {
  const tenths = shownTenths(figure);
  return tenths === null ? '—' : `${(tenths / 10).toFixed(1)}%`;
}

/** Difference of the two shown rates in percentage points; `null` when either is missing. */
export function changeInPoints(now: Figure, before: Figure): number | null {
  const [a, b] = [shownTenths(now), shownTenths(before)];
  return a === null || b === null ? null : (a - b) / 10;
}

/** Change of a count as a share of what it was; `null` when it was nothing. */
export function growth(now: number, before: number): number | null {
  return before === 0 ? null : (now - before) / before;
}

/**
 * Whether a count rose by more than chance: for two Poisson counts over spans of equal length, (a − b) / √(a + b) is about
 * standard normal; 1.645 leaves one false alarm in twenty.
 */
export function risesClearly(now: number, before: number): boolean {
  return now > before && (now - before) / Math.sqrt(now + before) > 1.645;
}

/** `on_time.unit.<id>`, `volume.district`: the name of a figure in bulletins and exports. */
export function figureKey(id: IndicatorId, dimension: Dimension, key: string | null): string {
  return dimension === 'district' ? `${id}.district` : `${id}.${dimension}.${key ?? 'none'}`;
}
