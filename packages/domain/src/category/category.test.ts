import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  calibrate,
  featuresOf,
  guess,
  type Labelled,
  packModel,
  scoreModel,
  splitOrders,
  Trainer,
  thresholdFor,
  unpackModel,
} from './index.ts';

const WORDS: Record<string, string[]> = {
  油烟: ['饭店油烟直排', '烧烤油烟呛人', '厨房排烟管道朝居民楼', '油烟净化器没有开'],
  噪声: ['工地夜间施工噪声', '广场舞音响太大', '高音喇叭叫卖', '半夜打桩吵得睡不着'],
  违建: ['楼顶违法搭建', '搭建阳光房', '破墙开门', '一楼天井加盖'],
};
const CODES = Object.keys(WORDS);
const ORDINARY = ['请尽快处理', '居民多次反映', '影响生活', '希望有人管一管', '已经三个月了'];
function randoms(seed: number) {
  let state = seed;
  return (most: number) => {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
    return (state >> 8) % most;
  };
}
/** Of ten texts one is labelled wrongly, as people do. */
function sample(count: number, seed: number): (Labelled & { title: string; text: string })[] {
  const next = randoms(seed);
  return Array.from({ length: count }, () => {
    const said = CODES[next(CODES.length)]!;
    const title = `${['友谊路', '牡丹江路', '同济路'][next(3)]}${WORDS[said]![next(4)]}`;
    const text = `${ORDINARY[next(5)]}，${WORDS[said]![next(4)]}，${ORDINARY[next(5)]}`;
    const code = next(10) === 0 ? CODES[next(CODES.length)]! : said;
    return { title, text, code, features: featuresOf(title, text) };
  });
}
function trained(learn: readonly Labelled[]) {
  const trainer = new Trainer(CODES);
  for (let round = 0; round < 3; round++) for (const { features, code } of learn) trainer.learn(features, code);
  return trainer.model();
}
const [learn, tune, report] = [sample(1500, 1), sample(500, 2), sample(500, 3)];
const raw = trained(learn);
const model = { ...raw, temperature: calibrate(raw, tune) };

describe('a model of categories', () => {
  it('finds what the words say, in texts it never saw', () => {
    const { accuracy, amongThree } = scoreModel(model, report, null);
    // One label in ten is drawn at random: 93 % is all there is.
    expect(accuracy).toBeGreaterThan(0.88);
    expect(amongThree).toBe(1);
    expect(guess(model, '小区门口烧烤摊油烟', '烟味很重')[0]!.code).toBe('油烟');
  });

  it('its confidences come true, and its threshold keeps its word on other orders', () => {
    expect(scoreModel(model, report, null).calibrationError).toBeLessThan(0.05);
    const threshold = thresholdFor(model, tune, 0.85)!;
    const { covered, precision } = scoreModel(model, report, threshold);
    expect(precision).toBeGreaterThan(0.85);
    expect(covered).toBeGreaterThan(0.5);
  });

  it('gives no threshold where it is never right often enough, nor where too few speak for it', () => {
    const confused = tune.map((one, at) => ({ ...one, code: CODES[at % 3]! }));
    expect(thresholdFor(model, confused, 0.95)).toBeNull();
    expect(thresholdFor(model, tune.slice(0, 20), 0.5)).toBeNull();
  });

  it('of words it never met it knows what is common, not which it is', () => {
    const [first] = guess(model, '𠮷𠮷', '乾坤震巽');
    expect(first!.confidence).toBeLessThan(0.75);
  });

  it('is the same for the same orders, and the same after it was put away', () => {
    expect(trained(learn).weights).toEqual(raw.weights);
    const again = unpackModel(packModel(model));
    expect(again.codes).toEqual(model.codes);
    for (const { title, text } of report.slice(0, 50)) {
      const [one, other] = [guess(model, title, text)[0]!, guess(again, title, text)[0]!];
      expect(other.code).toBe(one.code);
      expect(other.confidence).toBeCloseTo(one.confidence, 2);
    }
  });

  it('confidences of any text are shares of 1, the likeliest first', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (title, text) => {
        const guesses = guess(model, title, text, CODES.length);
        expect(guesses.reduce((sum, { confidence }) => sum + confidence, 0)).toBeCloseTo(1, 9);
        expect(guesses.map(({ confidence }) => confidence)).toEqual(
          guesses.map(({ confidence }) => confidence).toSorted((a, b) => b - a),
        );
      }),
    );
  });
});

describe('orders held back', () => {
  it('are later than those learnt from, and of no matter that was learnt from or tuned on', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ at: fc.integer({ min: 0, max: 1e6 }), matter: fc.constantFrom(...'abcdefghijklmnop') }), {
          maxLength: 80,
        }),
        (orders) => {
          const { learn: one, tune: two, report: three } = splitOrders(orders);
          const last = Math.max(...one.map(({ at }) => at));
          for (const { at } of [...two, ...three]) expect(at).toBeGreaterThanOrEqual(last);
          const learnt = new Set(one.map(({ matter }) => matter));
          const tuned = new Set(two.map(({ matter }) => matter));
          for (const { matter } of two) expect(learnt.has(matter)).toBe(false);
          for (const { matter } of three) expect(learnt.has(matter) || tuned.has(matter)).toBe(false);
        },
      ),
    );
  });
});
