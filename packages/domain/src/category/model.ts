import { cleanText, pairsOf } from '../similarity/index.ts';

/**
 * Which category a title and a text belong to: multinomial logistic regression on hashed pairs of characters, with
 * confidences that are shares of being right (temperature scaling, Guo et al. 2017). Why our own, and how well it does:
 * docs/adr/0013-category-suggestion.md.
 */

/** Pairs share 2^16 places; those of a title have places of their own. */
const BITS = 16;
const BUCKETS = 1 << BITS;
const TITLE_SALT = 0x51ed270b;
const RATE = 1;
/** What AdaGrad begins to sum squares from: the smaller, the bolder the first steps. */
const FIRST_SQUARE = 0.01;
/** Smaller gradients change nothing that matters. */
const LEAST_STEP = 1e-3;
/** A text's beginning says what it is about. */
const MOST_TEXT = 300;

/** Places of the pairs, each once; a title says as much as a whole text, so each of the two counts for one. */
export interface Features {
  readonly title: Uint16Array;
  readonly text: Uint16Array;
}

function placesOf(words: string, salt: number): Uint16Array {
  const found = new Set<number>();
  for (const clause of pairsOf(cleanText(words)))
    for (const { code } of clause) found.add(Math.imul(code ^ salt, 0x9e3779b1) >>> (32 - BITS));
  return Uint16Array.from(found);
}

export const featuresOf = (title: string, text: string): Features => ({
  title: placesOf(title, TITLE_SALT),
  text: placesOf(text.slice(0, MOST_TEXT), 0),
});

const weightOf = (places: Uint16Array): number => 1 / Math.sqrt(Math.max(1, places.length));

export interface Guess {
  readonly code: string;
  /** Share of such guesses that are right. */
  readonly confidence: number;
}

export interface CategoryModel {
  readonly codes: readonly string[];
  /** Row by place, column by category; the last row is what each has beforehand. */
  readonly weights: Float32Array;
  readonly temperature: number;
}

function scoresOf({ codes, weights }: Omit<CategoryModel, 'temperature'>, features: Features): Float64Array {
  const size = codes.length;
  const scores = Float64Array.from(weights.subarray(BUCKETS * size));
  for (const places of [features.title, features.text]) {
    const value = weightOf(places);
    for (const place of places)
      for (let k = 0, at = place * size; k < size; k++, at++) scores[k]! += weights[at]! * value;
  }
  return scores;
}

function softmax(scores: Float64Array, temperature = 1): Float64Array {
  let most = Number.NEGATIVE_INFINITY;
  for (const score of scores) if (score > most) most = score;
  let sum = 0;
  const chances = scores.map((score) => {
    const chance = Math.exp((score - most) / temperature);
    sum += chance;
    return chance;
  });
  return chances.map((chance) => chance / sum);
}

/** The likeliest categories, the first the likeliest. */
export function guess(model: CategoryModel, title: string, text: string, most = 3): Guess[] {
  const features = featuresOf(title, text);
  const chances = softmax(scoresOf(model, features), model.temperature);
  return [...chances.keys()]
    .sort((a, b) => chances[b]! - chances[a]!)
    .slice(0, most)
    .map((at) => ({ code: model.codes[at]!, confidence: chances[at]! }));
}

/** Learns order by order, so that whoever trains can pause between two. The same examples in the same order give the same model. */
export class Trainer {
  readonly codes: readonly string[];
  readonly #weights: Float32Array;
  readonly #squares: Float32Array;
  readonly #index: ReadonlyMap<string, number>;

  constructor(codes: readonly string[]) {
    this.codes = codes;
    this.#weights = new Float32Array((BUCKETS + 1) * codes.length);
    this.#squares = new Float32Array(this.#weights.length).fill(FIRST_SQUARE);
    this.#index = new Map(codes.map((code, at) => [code, at]));
  }

  learn(features: Features, code: string): void {
    const right = this.#index.get(code);
    if (right === undefined) return;
    const size = this.codes.length;
    const steps = softmax(scoresOf({ codes: this.codes, weights: this.#weights }, features));
    steps[right]! -= 1;
    const move = (row: number, scale: number) => {
      for (let k = 0, at = row * size; k < size; k++, at++) {
        const step = steps[k]! * scale;
        if (Math.abs(step) < LEAST_STEP * scale) continue;
        this.#squares[at]! += step * step;
        this.#weights[at]! -= (RATE * step) / Math.sqrt(this.#squares[at]!);
      }
    };
    for (const places of [features.title, features.text]) {
      const value = weightOf(places);
      for (const place of places) move(place, value);
    }
    move(BUCKETS, 1);
  }

  model(temperature = 1): CategoryModel {
    return { codes: this.codes, weights: this.#weights.slice(), temperature };
  }
}

/** An order whose category a person has set or confirmed. */
export interface Labelled {
  readonly features: Features;
  readonly code: string;
}

/** The temperature at which the confidences of held-back orders come true (least negative log likelihood). */
export function calibrate(model: CategoryModel, held: readonly Labelled[]): number {
  const scored = held
    .map(({ features, code }) => ({ scores: scoresOf(model, features), right: model.codes.indexOf(code) }))
    .filter(({ right }) => right >= 0);
  const loss = (temperature: number): number =>
    scored.reduce((sum, { scores, right }) => sum - Math.log(Math.max(1e-12, softmax(scores, temperature)[right]!)), 0);
  // Golden section over the logarithm.
  let [low, high] = [Math.log(0.05), Math.log(10)];
  const ratio = (Math.sqrt(5) - 1) / 2;
  for (let round = 0; round < 30; round++) {
    const [left, right] = [high - ratio * (high - low), low + ratio * (high - low)];
    if (loss(Math.exp(left)) < loss(Math.exp(right))) high = right;
    else low = left;
  }
  return Math.exp((low + high) / 2);
}

export interface Score {
  readonly orders: number;
  /** Shares. */
  readonly accuracy: number;
  readonly amongThree: number;
  /** Mean distance between confidence and share right, over ten bands. */
  readonly calibrationError: number;
  /** At the threshold: share of orders that get a category, and of those the share right. `null`: no threshold. */
  readonly covered: number | null;
  readonly precision: number | null;
  readonly byCategory: {
    readonly code: string;
    readonly orders: number;
    readonly found: number;
    readonly guessed: number;
  }[];
}

interface Judged {
  readonly code: string;
  readonly guesses: readonly Guess[];
}

function judge(model: CategoryModel, held: readonly Labelled[]): Judged[] {
  return held.map(({ features, code }) => {
    const chances = softmax(scoresOf(model, features), model.temperature);
    const order = [...chances.keys()].sort((a, b) => chances[b]! - chances[a]!).slice(0, 3);
    return { code, guesses: order.map((at) => ({ code: model.codes[at]!, confidence: chances[at]! })) };
  });
}

export function scoreModel(model: CategoryModel, held: readonly Labelled[], threshold: number | null): Score {
  const judged = judge(model, held);
  const share = (count: number, of: number): number => (of === 0 ? 0 : count / of);
  const isRight = ({ code, guesses }: Judged): boolean => guesses[0]?.code === code;
  const sure = threshold === null ? [] : judged.filter(({ guesses }) => guesses[0]!.confidence >= threshold);
  const bands = Array.from({ length: 10 }, (_, band) =>
    judged.filter(({ guesses }) => Math.min(9, Math.floor(guesses[0]!.confidence * 10)) === band),
  );
  const codes = [...new Set(judged.map(({ code }) => code))].sort();
  return {
    orders: judged.length,
    accuracy: share(judged.filter(isRight).length, judged.length),
    amongThree: share(
      judged.filter(({ code, guesses }) => guesses.some((one) => one.code === code)).length,
      judged.length,
    ),
    calibrationError: bands.reduce((sum, band) => {
      const confidence = band.reduce((all, { guesses }) => all + guesses[0]!.confidence, 0);
      return sum + Math.abs(confidence - band.filter(isRight).length) / Math.max(1, judged.length);
    }, 0),
    covered: threshold === null ? null : share(sure.length, judged.length),
    precision: threshold === null || sure.length === 0 ? null : share(sure.filter(isRight).length, sure.length),
    byCategory: codes.map((code) => ({
      code,
      orders: judged.filter((one) => one.code === code).length,
      found: judged.filter((one) => one.code === code && isRight(one)).length,
      guessed: judged.filter(({ guesses }) => guesses[0]?.code === code).length,
    })),
  };
}

/** Where even the least sure guesses are right, no more than this is asked for. */
const MOST_DEMANDED = 0.99;
/** At least so many held-back orders must be above a threshold to speak for it. */
const LEAST_ABOVE = 30;

/** The least confidence from which on guesses are right so often, a small sample taken into account. `null`: none is. */
export function thresholdFor(model: CategoryModel, held: readonly Labelled[], precision = 0.95): number | null {
  const judged = judge(model, held).sort((a, b) => b.guesses[0]!.confidence - a.guesses[0]!.confidence);
  let right = 0;
  let threshold: number | null = null;
  for (const [at, { code, guesses }] of judged.entries()) {
    if (guesses[0]!.code === code) right++;
    const count = at + 1;
    // Of equal confidences all or none are above.
    if (judged[count]?.guesses[0]?.confidence === guesses[0]!.confidence) continue;
    // Lower end of the Wilson interval at one standard deviation: a lucky few are no proof.
    const share = right / count;
    const low = (share + 0.5 / count - Math.sqrt((share * (1 - share)) / count + 0.25 / count ** 2)) / (1 + 1 / count);
    if (count >= LEAST_ABOVE && low >= precision) threshold = Math.min(MOST_DEMANDED, guesses[0]!.confidence);
  }
  return threshold;
}

/** As bytes: 16 bits a weight. */
export function packModel({ codes, weights, temperature }: CategoryModel): Uint8Array {
  let most = 1e-6;
  for (const weight of weights) most = Math.max(most, Math.abs(weight));
  const head = new TextEncoder().encode(JSON.stringify({ codes, temperature, scale: most / 32_767 }));
  const bytes = new Uint8Array(4 + head.length + weights.length * 2);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, head.length, true);
  bytes.set(head, 4);
  for (const [at, weight] of weights.entries())
    view.setInt16(4 + head.length + at * 2, Math.round((weight / most) * 32_767), true);
  return bytes;
}

export function unpackModel(bytes: Uint8Array): CategoryModel {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(0, true);
  const { codes, temperature, scale } = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length))) as {
    codes: string[];
    temperature: number;
    scale: number;
  };
  const weights = new Float32Array((BUCKETS + 1) * codes.length);
  for (let at = 0; at < weights.length; at++) weights[at] = view.getInt16(4 + length + at * 2, true) * scale;
  return { codes, weights, temperature };
}
