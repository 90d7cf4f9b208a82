import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Actor, ROLE_NAMES } from '../access/index.ts';
import {
  type AppraisalState,
  answerRefusal,
  appraisalRefusal,
  appraise,
  DEFAULT_SCHEMES,
  decisionRefusal,
  ITEM_CODES,
  type Item,
  LEAST_COUNTED,
  type Measured,
  schemeProblem,
} from './index.ts';

const anyMeasured = fc
  .tuple(fc.nat(200), fc.nat(200))
  .map(([a, b]): Measured => ({ numerator: Math.min(a, b), denominator: Math.max(a, b) }));
const anyFigures = fc
  .tuple(...ITEM_CODES.map(() => anyMeasured))
  .map((all) => Object.fromEntries(ITEM_CODES.map((code, at) => [code, all[at]!])) as Record<Item, Measured>);
const anyCounts = fc.record({ rectification_overdue: fc.nat(10), recurrence: fc.nat(10) });
const scheme = DEFAULT_SCHEMES.unit;

describe('points', () => {
  it('the schemes that come with the product can be used', () => {
    expect(Object.values(DEFAULT_SCHEMES).map(schemeProblem)).toEqual([null, null]);
  });

  it('lie between nothing and a hundred; what is counted could give a hundred in all, whatever is left out', () => {
    fc.assert(
      fc.property(anyFigures, anyCounts, (figures, counts) => {
        const { total, lines } = appraise(scheme, figures, counts);
        const counted = lines.filter(({ of }) => of > 0);
        const weight = scheme.items
          .filter(({ code }) => counted.some((one) => one.code === code))
          .reduce((sum, item) => sum + item.weight, 0);
        if (total === null) {
          expect(weight).toBeLessThan(LEAST_COUNTED);
          return;
        }
        expect(weight).toBeGreaterThanOrEqual(LEAST_COUNTED);
        expect(total).toBeGreaterThanOrEqual(0);
        expect(total).toBeLessThanOrEqual(100);
        expect(counted.reduce((sum, { of }) => sum + of, 0)).toBeCloseTo(100, 1);
        for (const { points, of } of counted) expect(points).toBeLessThanOrEqual(of + 0.01);
      }),
    );
  });

  it('never fall when one more order goes well, and never rise with one more deduction', () => {
    fc.assert(
      fc.property(anyFigures, anyCounts, fc.constantFrom(...ITEM_CODES), (figures, counts, code) => {
        const before = appraise(scheme, figures, counts).total;
        const { numerator, denominator } = figures[code];
        if (before === null || numerator >= denominator) return;
        const better = appraise(scheme, { ...figures, [code]: { numerator: numerator + 1, denominator } }, counts)
          .total!;
        if (code === 'reopen') expect(better).toBeLessThanOrEqual(before + 0.02);
        else expect(better).toBeGreaterThanOrEqual(before - 0.02);
        const worse = appraise(scheme, figures, { ...counts, recurrence: counts.recurrence + 1 }).total!;
        expect(worse).toBeLessThanOrEqual(before);
      }),
    );
  });

  it('a small sample is not counted, says so, and moves nothing', () => {
    const good = { numerator: 95, denominator: 100 };
    const figures = { resolution: good, on_time: { numerator: 100, denominator: 100 }, first_contact: good };
    const few = { ...figures, satisfaction: { numerator: 0, denominator: 19 } };
    expect(appraise(scheme, few, {}).total).toBe(appraise(scheme, figures, {}).total);
    expect(appraise(scheme, few, {}).lines.find(({ code }) => code === 'satisfaction')).toMatchObject({
      counted: false,
      explanation: '只有 19 件，不足 20 件，不计分，分值由其他项目按比例分摊',
    });
    expect(appraise(scheme, { resolution: good, on_time: good }, { recurrence: 3 }).total).toBeNull();
  });

  it.each([
    [{ ...scheme, items: [] }, '至少要有一个计分项目'],
    [{ ...scheme, items: scheme.items.slice(1) }, '各项分值之和应为 100，现为 70'],
    [
      { ...scheme, items: [{ ...scheme.items[0]!, weight: 100, zero: 0.9, full: 0.5 }] },
      '解决率越高越好，满分线应高于零分线',
    ],
    [
      { ...scheme, deductions: [{ code: 'recurrence' as const, each: 3, most: 1 }] },
      '同类问题再次发生的扣分不能为负，封顶不能低于每次',
    ],
  ])('a scheme that cannot be used says why', (bad, problem) => {
    expect(schemeProblem(bad)).toBe(problem);
  });
});

describe('who decides', () => {
  const anyActor = fc.record({
    personId: fc.constantFrom('p0', 'p1', 'p2'),
    unitId: fc.constantFrom('squadron', 'political', 'bureau'),
    townId: fc.constant(null),
    role: fc.constantFrom(...ROLE_NAMES),
  });
  const anyState = fc.record({
    status: fc.constantFrom('preliminary' as const, 'answering' as const, 'confirmed' as const),
    version: fc.constant(1),
    madeBy: fc.constantFrom('p0', 'p1', 'p2'),
    answersUntil: fc.constantFrom(null, 100),
    openAnswers: fc.nat(2),
  });

  it('whoever he is and whatever posts he has: nobody decides on himself, his own answer, or confirms his own work', () => {
    fc.assert(
      fc.property(
        anyState,
        anyActor,
        fc.nat(200),
        fc.constantFrom('p0', 'p1', 'p2'),
        (state, actor: Actor, now, by) => {
          if (appraisalRefusal(state, 'confirm', actor, now) === null) {
            expect(actor.personId).not.toBe(state.madeBy);
            expect(state.openAnswers).toBe(0);
            expect(now).toBeGreaterThanOrEqual(state.answersUntil ?? 0);
          }
          for (const subject of [
            { subjectId: 'squadron', unitId: 'squadron', audience: 'unit' },
            { subjectId: 'p1', unitId: 'squadron', audience: 'person' },
          ] as const) {
            const mayAnswer = answerRefusal(state, subject, actor, now) === null;
            const mayDecide = decisionRefusal(state, subject, { by, decided: false }, actor) === null;
            expect(mayAnswer && mayDecide).toBe(false);
            if (mayDecide) expect([by, subject.subjectId]).not.toContain(actor.personId);
            if (mayAnswer && subject.audience === 'person') expect(actor.personId).toBe('p1');
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('what is confirmed changes no more', () => {
    const confirmed: AppraisalState = {
      status: 'confirmed',
      version: 3,
      madeBy: 'p0',
      answersUntil: 0,
      openAnswers: 0,
    };
    for (const role of ROLE_NAMES)
      for (const action of ['recompute', 'discard', 'ask', 'confirm'] as const)
        expect(
          appraisalRefusal(confirmed, action, { personId: 'p9', unitId: 'u', townId: null, role }, 1),
        ).not.toBeNull();
  });
});
