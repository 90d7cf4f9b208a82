import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { featuresOf } from '../packages/domain/src/address/features.ts';
import { emptyTransitions, type TaggerWeights, tag } from '../packages/domain/src/address/tagger.ts';
import { STATES, spansOf, TAG_NAMES, type Tag } from '../packages/domain/src/address/tags.ts';

/**
 * Learns the weights of the address tagger (averaged structured perceptron) from addresses tagged character by character
 * (`字 B-road` a line, a blank line between addresses), and reports entity F1 per tag on addresses it did not learn from.
 *
 *   node tools/train-address.ts --in addresses.conll [--out packages/domain/src/address/weights.json] [--rounds 12]
 */
const { values } = parseArgs({
  options: { in: { type: 'string' }, out: { type: 'string' }, rounds: { type: 'string', default: '12' } },
});
if (!values.in) throw new Error('用 --in 指定标注文件');

interface Example {
  readonly text: string;
  readonly gold: readonly number[];
}
const stateIndex = new Map(STATES.map((name, index) => [name, index]));

function readExamples(file: string): Example[] {
  const blocks = readFileSync(file, 'utf8').split(/\n\s*\n/);
  const examples: Example[] = [];
  for (const block of blocks) {
    const lines = block.split('\n').filter((line) => line !== '');
    if (lines.length === 0) continue;
    const pairs = lines.map((line) => line.split(' ') as [string, string]);
    if (pairs.some(([character]) => character.length !== 1)) continue;
    // Tags the product does not know, and broken sequences, are outside.
    const text = pairs.map(([character]) => character).join('');
    const gold = pairs.map(([, name]) => stateIndex.get(name.replace('devZone', 'devzone')) ?? 0);
    examples.push({ text, gold: repaired(gold) });
  }
  return examples;
}

/** `I` without a beginning or an end becomes whole again. */
function repaired(gold: number[]): number[] {
  const kind = (state: number | undefined) => (state === undefined || state === 0 ? 'O' : STATES[state]![0]!);
  const name = (state: number | undefined) => (state === undefined ? '' : STATES[state]!.slice(2));
  return gold.map((state, at) => {
    if (state === 0) return 0;
    const before = gold[at - 1];
    const after = gold[at + 1];
    const begins =
      kind(state) === 'B' || kind(state) === 'S' || name(before) !== name(state) || 'ES'.includes(kind(before));
    const ends =
      kind(state) === 'E' || kind(state) === 'S' || name(after) !== name(state) || 'BS'.includes(kind(after));
    return stateIndex.get(`${begins ? (ends ? 'S' : 'B') : ends ? 'E' : 'I'}-${name(state)}`)!;
  });
}

/** Every fifth address is held back. The same text never stands on both sides. */
function split(examples: readonly Example[]): { learn: Example[]; held: Example[] } {
  const seen = new Set<string>();
  const learn: Example[] = [];
  const held: Example[] = [];
  let n = 0;
  for (const example of examples) {
    if (seen.has(example.text)) continue;
    seen.add(example.text);
    (n++ % 5 === 0 ? held : learn).push(example);
  }
  return { learn, held };
}

const { learn, held } = split(readExamples(values.in));
console.error(`学习 ${learn.length} 条，保留 ${held.length} 条`);

// What is seen less often than this is chance; leaving it out keeps the file small.
const LEAST = 5;
const seen = new Map<string, number>();
for (const { text } of learn)
  for (const names of featuresOf(text)) for (const name of names) seen.set(name, (seen.get(name) ?? 0) + 1);
const ids = new Map<string, number>();
const encoded = learn.map(({ text }) =>
  featuresOf(text).map((names) =>
    names
      .filter((name) => seen.get(name)! >= LEAST)
      .map((name) => {
        let id = ids.get(name);
        if (id === undefined) {
          id = ids.size;
          ids.set(name, id);
        }
        return id;
      }),
  ),
);
const names = [...ids.keys()];
const rows = names.map(() => new Float32Array(STATES.length));
const sums = names.map(() => new Float64Array(STATES.length));
const transitions = emptyTransitions();
const transitionSums = transitions.map(() => new Float64Array(STATES.length));
const weights = { features: new Map(names.map((name, id) => [name, rows[id]!])), transitions };
const rounds = Number(values.rounds);
let clock = 1;
let random = 42;
const order = learn.map((_, index) => index);
for (let round = 0; round < rounds; round++) {
  for (let i = order.length - 1; i > 0; i--) {
    random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0;
    const k = random % (i + 1);
    [order[i], order[k]] = [order[k]!, order[i]!];
  }
  let wrong = 0;
  for (const index of order) {
    const { text, gold } = learn[index]!;
    const { states } = tag(text, weights);
    if (states.some((state, at) => state !== gold[at])) {
      wrong++;
      for (let at = 0; at < gold.length; at++) {
        const [right, guess] = [gold[at]!, states[at]!];
        const [rightBefore, guessBefore] = at === 0 ? [0, 0] : [gold[at - 1]! + 1, states[at - 1]! + 1];
        if (right !== guess) {
          for (const id of encoded[index]![at]!) {
            rows[id]![right]! += 1;
            rows[id]![guess]! -= 1;
            sums[id]![right]! += clock;
            sums[id]![guess]! -= clock;
          }
        }
        if (right !== guess || rightBefore !== guessBefore) {
          transitions[rightBefore]![right]! += 1;
          transitions[guessBefore]![guess]! -= 1;
          transitionSums[rightBefore]![right]! += clock;
          transitionSums[guessBefore]![guess]! -= clock;
        }
      }
    }
    clock++;
  }
  console.error(`第 ${round + 1} 轮：${wrong} 条有误`);
}
// The average over all steps: what was right longest.
const averaged: Map<string, Float32Array> = new Map();
const PRECISION = 5;
names.forEach((name, id) => {
  const row = rows[id]!.map((value, state) => Math.round((value - sums[id]![state]! / clock) * PRECISION) / PRECISION);
  if (row.some((value) => value !== 0)) averaged.set(name, row);
});
const averagedTransitions = transitions.map((row, before) =>
  row.map((value, state) => Math.round((value - transitionSums[before]![state]! / clock) * PRECISION) / PRECISION),
);
report(held, { features: averaged, transitions: averagedTransitions });

function report(examples: readonly Example[], model: TaggerWeights): void {
  const counts = new Map<Tag | 'all', { found: number; right: number; gold: number }>();
  const of = (name: Tag | 'all') => {
    const count = counts.get(name) ?? { found: 0, right: 0, gold: 0 };
    counts.set(name, count);
    return count;
  };
  for (const { text, gold } of examples) {
    const want = new Set(spansOf(text, gold).map(({ tag: name, from, to }) => `${name} ${from} ${to}`));
    for (const key of want) for (const name of [key.split(' ')[0] as Tag, 'all'] as const) of(name).gold++;
    for (const { tag: name, from, to } of spansOf(text, tag(text, model).states)) {
      const right = want.has(`${name} ${from} ${to}`) ? 1 : 0;
      for (const key of [name, 'all'] as const) {
        of(key).found++;
        of(key).right += right;
      }
    }
  }
  for (const name of ['all', ...TAG_NAMES] as const) {
    const { found, right, gold } = of(name);
    if (gold === 0) continue;
    const f1 = (2 * right) / (found + gold);
    console.log(
      `${name.padEnd(14)} P ${(right / Math.max(1, found)).toFixed(3)} R ${(right / gold).toFixed(3)} F1 ${f1.toFixed(3)} n ${gold}`,
    );
  }
}

if (values.out) {
  const packed = {
    features: Object.fromEntries(
      [...averaged].map(([name, row]) => [
        name,
        Array.from(row).flatMap((value, state) => (value === 0 ? [] : [state, Math.round(value * PRECISION)])),
      ]),
    ),
    transitions: averagedTransitions.map((row) => Array.from(row, (value) => Math.round(value * PRECISION))),
    precision: PRECISION,
  };
  writeFileSync(values.out, `${JSON.stringify(packed)}\n`);
  console.error(`已写入 ${values.out}：${averaged.size} 个特征`);
}
