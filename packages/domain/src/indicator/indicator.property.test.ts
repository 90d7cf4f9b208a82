import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY_MS } from '../workday/day.ts';
import {
  changeInPoints,
  definitionInForce,
  formatRate,
  INDICATOR_IDS,
  nextPeriod,
  PERIOD_KINDS,
  PeriodError,
  type PeriodKind,
  parsePeriod,
  periodInstants,
  periodLabel,
  periodOf,
  previousPeriod,
  risesClearly,
  samePeriodLastYear,
  shownTenths,
} from './index.ts';

const kind = fc.constantFrom(...(Object.keys(PERIOD_KINDS) as PeriodKind[]));
const dayNumber = fc.integer({ min: 10_000, max: 30_000 });

describe('periods', () => {
  test('a period holds the day it was asked for, and its text reads back as itself', () => {
    fc.assert(
      fc.property(kind, dayNumber, (k, day) => {
        const period = periodOf(k, day);
        expect(period.first).toBeLessThanOrEqual(day);
        expect(period.end).toBeGreaterThan(day);
        expect(parsePeriod(period.text)).toEqual(period);
      }),
    );
  });

  test('periods of a kind follow one another without gap or overlap', () => {
    fc.assert(
      fc.property(kind, dayNumber, (k, day) => {
        const period = periodOf(k, day);
        expect(nextPeriod(period).first).toBe(period.end);
        expect(previousPeriod(period).end).toBe(period.first);
        expect(nextPeriod(previousPeriod(period))).toEqual(period);
      }),
    );
  });

  test('the same period last year is of the same kind and about a year before', () => {
    fc.assert(
      fc.property(kind, dayNumber, (k, day) => {
        const period = periodOf(k, day);
        const before = samePeriodLastYear(period);
        expect(before.kind).toBe(k);
        expect(period.first - before.first).toBeGreaterThanOrEqual(357);
        expect(period.first - before.first).toBeLessThanOrEqual(373);
      }),
    );
  });

  test.each([
    ['2023-06-05', '2023年6月5日', '2023-06-04T16:00:00.000Z', 1],
    ['2023-W23', '2023年第23周（6月5日至6月11日）', '2023-06-04T16:00:00.000Z', 7],
    ['2023-06', '2023年6月', '2023-05-31T16:00:00.000Z', 30],
    ['2023-Q2', '2023年第二季度', '2023-03-31T16:00:00.000Z', 91],
    ['2023', '2023年', '2022-12-31T16:00:00.000Z', 365],
    ['2020-W53', '2020年第53周（12月28日至1月3日）', '2020-12-27T16:00:00.000Z', 7],
  ])('%s is %s in Shanghai time', (text, label, from, days) => {
    const period = parsePeriod(text);
    const instants = periodInstants(period);
    expect(periodLabel(period)).toBe(label);
    expect(new Date(instants.from).toISOString()).toBe(from);
    expect(instants.to - instants.from).toBe(days * DAY_MS);
  });

  test.each([
    '2023-13',
    '2023-00',
    '2023-W54',
    '2023-W00',
    '2023-Q5',
    '2023-02-30',
    '23-06',
    'x',
    '',
    '0000',
  ])('“%s” is refused', (text) => {
    expect(() => parsePeriod(text)).toThrow(PeriodError);
  });

  test('days and weeks that last year did not have fall on the nearest that it had', () => {
    expect(samePeriodLastYear(parsePeriod('2024-02-29')).text).toBe('2023-02-28');
    expect(samePeriodLastYear(parsePeriod('2020-W53')).text).toBe('2019-W52');
  });
});

describe('figures', () => {
  test('the shown rate is the exact fraction rounded half up to a tenth of a per cent', () => {
    fc.assert(
      fc.property(fc.nat(5000), fc.nat(5000), (a, b) => {
        const figure = { numerator: Math.min(a, b), denominator: Math.max(a, b) };
        const tenths = shownTenths(figure);
        if (figure.denominator === 0) {
          expect(tenths).toBeNull();
          return;
        }
        const exact =
          (BigInt(figure.numerator) * 2000n + BigInt(figure.denominator)) / (2n * BigInt(figure.denominator));
        expect(tenths).toBe(Number(exact));
      }),
    );
  });

  test('a rate without orders is a dash, not zero', () => {
    expect(formatRate({ numerator: 0, denominator: 0 })).toBe('—');
    expect(formatRate({ numerator: 0, denominator: 3 })).toBe('0.0%');
    expect(formatRate({ numerator: 2, denominator: 3 })).toBe('66.7%');
    expect(changeInPoints({ numerator: 2, denominator: 3 }, { numerator: 1, denominator: 2 })).toBe(16.7);
    expect(changeInPoints({ numerator: 0, denominator: 0 }, { numerator: 1, denominator: 2 })).toBeNull();
  });

  test('a rise that chance explains is not called one', () => {
    expect(risesClearly(6, 4)).toBe(false);
    expect(risesClearly(600, 400)).toBe(true);
    expect(risesClearly(4, 6)).toBe(false);
    expect(risesClearly(0, 0)).toBe(false);
  });

  test('definitions are listed newest first and the one in force is chosen by the period’s first day', () => {
    for (const id of INDICATOR_IDS) {
      expect(definitionInForce(id, '2023-06-01').effectiveFrom <= '2023-06-01').toBe(true);
      expect(definitionInForce(id, '1999-01-01').version).toBe(1);
    }
  });
});
