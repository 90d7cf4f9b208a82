import { parseArgs } from 'node:util';
import { cellText, parseDateTime } from '@bihuan/domain/intake';
import {
  FEATURE_NAMES,
  FEATURES,
  type Found,
  findMatters,
  likeness,
  MatterFinder,
  type Message,
  profileOf,
  type ScoreWeights,
  settle,
  THRESHOLDS,
  Vocabulary,
  WEIGHTS,
} from '@bihuan/domain/similarity';
import { openSheet } from '../apps/server/src/platform/spreadsheet/index.ts';
import { mayBeOne } from '../packages/domain/src/similarity/score.ts';

/**
 * Fits the weights of the likeness score (logistic regression over labelled pairs) and measures them on places that they were
 * not fitted on: the places are dealt into folds, and each fold is judged by weights fitted on the others.
 *
 *   node tools/fit-similarity.ts --in labelled.csv
 *
 * Columns: message_id, user_id, title, time, text, place, matter_id, confidence (`low` is not scored).
 */
const { values } = parseArgs({
  options: {
    in: { type: 'string' },
    folds: { type: 'string', default: '7' },
    errors: { type: 'boolean', default: false },
  },
});
if (!values.in) throw new Error('用 --in 指定标注文件');
const FOLDS = Number(values.folds);
/** A place named like this is many places. */
const DISTRACTORS = '随机干扰';

interface Labelled extends Message {
  readonly place: string;
  readonly gold: string;
  readonly low: boolean;
  readonly fold: number;
}

const opened = await openSheet(values.in, { filename: 'labelled.csv' });
const labelled: Labelled[] = [];
let names: string[] = [];
const places = new Map<string, number>();
for await (const { cells } of opened.rows()) {
  const texts = cells.map((cell) => cellText(cell));
  if (names.length === 0) {
    names = texts;
    continue;
  }
  const of = (name: string) => texts[names.indexOf(name)] ?? '';
  const time = parseDateTime(of('time'));
  const place = of('place');
  if (!places.has(place)) places.set(place, places.size);
  labelled.push({
    id: of('message_id'),
    title: of('title'),
    text: of('text'),
    at: time.ok ? time.ms : null,
    person: of('user_id') || null,
    place,
    gold: of('matter_id'),
    low: of('confidence') === 'low',
    fold: (place === DISTRACTORS ? labelled.length : places.get(place)!) % FOLDS,
  });
}

const inOrder = [...labelled].sort((a, b) => (a.at ?? 0) - (b.at ?? 0) || (a.id < b.id ? -1 : 1));
const profiles = inOrder.map(profileOf);
const vocabulary = new Vocabulary();
{
  const bySure = new Map<string, Set<number>>();
  const sureOf = new Map(findMatters(labelled).map((found) => [found.id, found.sure]));
  profiles.forEach((profile) => {
    const pairs = bySure.get(sureOf.get(profile.id)!) ?? new Set();
    for (const pair of profile.all) pairs.add(pair);
    bySure.set(sureOf.get(profile.id)!, pairs);
  });
  for (const pairs of bySure.values()) vocabulary.add(pairs);
}

interface Pair {
  readonly x: readonly number[];
  readonly y: 0 | 1;
  readonly weight: number;
  readonly folds: readonly [number, number];
}
const sizeOf = new Map<string, number>();
for (const { gold } of inOrder) sizeOf.set(gold, (sizeOf.get(gold) ?? 0) + 1);
const pairs: Pair[] = [];
inOrder.forEach((a, i) => {
  for (let j = 0; j < i; j++) {
    const b = inOrder[j]!;
    if (a.low || b.low) continue;
    const l = likeness(profiles[i]!, profiles[j]!, vocabulary);
    if (!mayBeOne(l)) continue;
    const same = a.gold === b.gold;
    pairs.push({
      x: FEATURE_NAMES.map((name) => FEATURES[name](l)),
      y: same ? 1 : 0,
      // A matter of sixty messages must not drown all others.
      weight: same
        ? 1 / Math.max(1, Math.sqrt((sizeOf.get(a.gold)! * (sizeOf.get(a.gold)! - 1)) / 6))
        : a.place === b.place && a.place !== DISTRACTORS
          ? 1
          : 0.3,
      folds: [a.fold, b.fold],
    });
  }
});

function fitWeights(chosen: readonly Pair[]): ScoreWeights {
  const n = FEATURE_NAMES.length + 1;
  const w = new Float64Array(n);
  const m = new Float64Array(n);
  const v = new Float64Array(n);
  const total = chosen.reduce((sum, { weight }) => sum + weight, 0);
  for (let step = 1; step <= 1200; step++) {
    const gradient = new Float64Array(n);
    for (const { x, y, weight } of chosen) {
      let z = w[0]!;
      for (let k = 1; k < n; k++) z += w[k]! * x[k - 1]!;
      const error = ((1 / (1 + Math.exp(-z)) - y) * weight) / total;
      gradient[0]! += error;
      for (let k = 1; k < n; k++) gradient[k]! += error * x[k - 1]!;
    }
    for (let k = 0; k < n; k++) {
      const g = gradient[k]! + (k === 0 ? 0 : 0.001 * w[k]!);
      m[k] = 0.9 * m[k]! + 0.1 * g;
      v[k] = 0.999 * v[k]! + 0.001 * g * g;
      w[k]! -= (0.05 * (m[k]! / (1 - 0.9 ** step))) / (Math.sqrt(v[k]! / (1 - 0.999 ** step)) + 1e-8);
    }
  }
  const round = (value: number) => Math.round(value * 100) / 100;
  return {
    bias: round(w[0]!),
    of: Object.fromEntries(FEATURE_NAMES.map((name, k) => [name, round(w[k + 1]!)])) as ScoreWeights['of'],
  };
}

const run = (weights: ScoreWeights, joined: number, suggested: number): Found[] => {
  const finder = new MatterFinder(vocabulary, weights, { joined, suggested });
  return settle(profiles.map((profile) => finder.add(profile)));
};

interface Measure {
  tp: number;
  predicted: number;
  gold: number;
  smallTp: number;
  smallPredicted: number;
  smallGold: number;
  precision: number;
  recall: number;
  messages: number;
}
const nothing = (): Measure => ({
  tp: 0,
  predicted: 0,
  gold: 0,
  smallTp: 0,
  smallPredicted: 0,
  smallGold: 0,
  precision: 0,
  recall: 0,
  messages: 0,
});
const choose2 = (n: number) => (n * (n - 1)) / 2;
function counts<T>(list: readonly T[], key: (item: T) => string): Map<string, number> {
  const result = new Map<string, number>();
  for (const item of list) result.set(key(item), (result.get(key(item)) ?? 0) + 1);
  return result;
}
const pairsIn = (map: Map<string, number>) => [...map.values()].reduce((sum, n) => sum + choose2(n), 0);

function measure(into: Measure, messages: readonly Labelled[], clusterOf: (id: string) => string): void {
  const scored = messages.filter(({ low }) => !low);
  const gold = counts(scored, (one) => one.gold);
  const predicted = counts(scored, (one) => clusterOf(one.id));
  const both = counts(scored, (one) => `${one.gold} ${clusterOf(one.id)}`);
  into.tp += pairsIn(both);
  into.predicted += pairsIn(predicted);
  into.gold += pairsIn(gold);
  const small = scored.filter((one) => gold.get(one.gold)! <= 20);
  into.smallTp += pairsIn(counts(small, (one) => `${one.gold} ${clusterOf(one.id)}`));
  into.smallPredicted += pairsIn(counts(small, (one) => clusterOf(one.id)));
  into.smallGold += pairsIn(counts(small, (one) => one.gold));
  for (const one of scored) {
    const n = both.get(`${one.gold} ${clusterOf(one.id)}`)!;
    into.precision += n / predicted.get(clusterOf(one.id))!;
    into.recall += n / gold.get(one.gold)!;
    into.messages++;
  }
}
function words(m: Measure): string {
  const f = (p: number, r: number) => (p + r === 0 ? 0 : (2 * p * r) / (p + r));
  const [p, r] = [m.tp / Math.max(1, m.predicted), m.tp / Math.max(1, m.gold)];
  const [sp, sr] = [m.smallTp / Math.max(1, m.smallPredicted), m.smallTp / Math.max(1, m.smallGold)];
  const [bp, br] = [m.precision / m.messages, m.recall / m.messages];
  return `pairs P ${p.toFixed(3)} R ${r.toFixed(3)} | B-cubed ${f(bp, br).toFixed(3)} | <=20 P ${sp.toFixed(3)} R ${sr.toFixed(3)} F1 ${f(sp, sr).toFixed(3)}`;
}

const folds = Array.from({ length: FOLDS }, (_, fold) => fold);
const foldWeights = folds.map((fold) => fitWeights(pairs.filter((pair) => !pair.folds.includes(fold))));
const all = fitWeights(pairs);
console.log(JSON.stringify(all));
for (const [joined, suggested] of [
  [0.5, 0.3],
  [0.55, 0.35],
  [0.6, 0.4],
  [THRESHOLDS.joined, THRESHOLDS.suggested],
  [0.65, 0.45],
  [0.7, 0.5],
] as const) {
  const [sure, wide, seenSure, seenWide] = [nothing(), nothing(), nothing(), nothing()];
  for (const fold of folds) {
    const found = new Map(run(foldWeights[fold]!, joined, suggested).map((one) => [one.id, one]));
    const held = inOrder.filter((one) => one.fold === fold);
    measure(sure, held, (id) => (found.get(id)!.decision === 'suggested' ? id : found.get(id)!.matter));
    measure(wide, held, (id) => found.get(id)!.matter);
  }
  const found = new Map(run(all, joined, suggested).map((one) => [one.id, one]));
  measure(seenSure, inOrder, (id) => (found.get(id)!.decision === 'suggested' ? id : found.get(id)!.matter));
  measure(seenWide, inOrder, (id) => found.get(id)!.matter);
  console.log(`joined >= ${joined}, suggested >= ${suggested}`);
  console.log(`  unseen places  joined     ${words(sure)}`);
  console.log(`                 +suggested ${words(wide)}`);
  console.log(`  all, seen      joined     ${words(seenSure)}`);
  console.log(`                 +suggested ${words(seenWide)}`);
}
if (values.errors) {
  const found = run(all, THRESHOLDS.joined, THRESHOLDS.suggested);
  const clusters = new Map<string, Labelled[]>();
  for (const [at, one] of found.entries())
    clusters.set(one.matter, [...(clusters.get(one.matter) ?? []), inOrder[at]!]);
  for (const members of clusters.values()) {
    const golds = counts(
      members.filter(({ low }) => !low),
      (one) => one.gold,
    );
    if (golds.size > 1)
      console.log(
        '合错',
        [...golds].map(([gold, n]) => `${gold}×${n}：${members.find((one) => one.gold === gold)!.title}`).join('　'),
      );
  }
  for (const [gold] of counts(
    inOrder.filter(({ low }) => !low),
    (one) => one.gold,
  )) {
    const parts = counts(
      inOrder.filter((one) => one.gold === gold && !one.low),
      (one) => found.find(({ id }) => id === one.id)!.matter,
    );
    if (parts.size > 1)
      console.log(
        '分错',
        gold,
        [...parts].map(([matter, n]) => `${n}×${inOrder.find(({ id }) => id === matter)!.title}`).join('　'),
      );
  }
}
console.log('current', JSON.stringify(WEIGHTS.of));
