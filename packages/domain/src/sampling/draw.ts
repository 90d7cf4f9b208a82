import { canonicalJson } from './canonical.ts';
import { type DrawHash, pickFrom, uniformStream } from './stream.ts';

export const DRAW_FORMAT = 'bihuan-draw/1';

/** Who may be drawn to inspect. */
export interface DrawInspector {
  readonly id: string;
  readonly name: string;
  readonly unit: string;
}
/** Where may be inspected; `unit` is the id of the unit that answers for it. */
export interface DrawSubject {
  readonly id: string;
  readonly name: string;
  readonly unit: string;
}
/** An inspector who may not inspect anything of a unit, and why (回避). */
export interface DrawExclusion {
  readonly inspector: string;
  readonly unit: string;
  readonly reason: string;
}

/** All that is fixed before the draw. */
export interface DrawPopulation {
  readonly plan: { readonly number: string; readonly title: string };
  /** ISO 8601, UTC. */
  readonly frozenAt: string;
  readonly subjects: readonly DrawSubject[];
  readonly subjectsWanted: number;
  readonly inspectors: readonly DrawInspector[];
  readonly inspectorsPerSubject: number;
  readonly exclusions: readonly DrawExclusion[];
  /** Which public value will be mixed in, and when it becomes known (ISO 8601, UTC). */
  readonly publicValue: { readonly source: string; readonly at: string };
}

export interface DrawResult {
  readonly subjects: readonly string[];
  readonly inspectors: readonly { readonly subject: string; readonly persons: readonly string[] }[];
}

/** One published draw: alone enough to run it again. */
export interface DrawFile {
  readonly format: typeof DRAW_FORMAT;
  readonly population: DrawPopulation;
  readonly populationDigest: string;
  /** Published when the population was frozen, before the public value was known. */
  readonly commitment: string;
  /** 64 hex digits, secret until the draw. */
  readonly nonce: string;
  readonly publicValue: string;
  readonly seed: string;
  readonly result: DrawResult;
  /** Over all the rest: what is read out to compare two copies. */
  readonly digest: string;
}

export const DRAW_REFUSALS = {
  duplicate: '名单中有重复',
  too_few_subjects: '抽取的对象数应不少于 1、不多于名单',
  too_few_inspectors: '回避后可抽取的督察人员不足',
  unknown: '回避名单中有不在督察人员名单里的人',
} as const;
export type DrawRefusal = keyof typeof DRAW_REFUSALS;

const eligible = ({ inspectors, exclusions }: DrawPopulation, subject: DrawSubject): DrawInspector[] =>
  inspectors.filter(({ id }) => !exclusions.some(({ inspector, unit }) => inspector === id && unit === subject.unit));

/** Why this population cannot be drawn from; `null` when it can, whatever the seed. */
export function refuseDraw(population: DrawPopulation): DrawRefusal | null {
  const { subjects, inspectors, exclusions, subjectsWanted, inspectorsPerSubject } = population;
  const distinct = (list: readonly { readonly id: string }[]) => new Set(list.map(({ id }) => id)).size === list.length;
  if (!distinct(subjects) || !distinct(inspectors)) return 'duplicate';
  if (exclusions.some(({ inspector }) => inspectors.every(({ id }) => id !== inspector))) return 'unknown';
  if (!Number.isInteger(subjectsWanted) || subjectsWanted < 1 || subjectsWanted > subjects.length)
    return 'too_few_subjects';
  if (!Number.isInteger(inspectorsPerSubject) || inspectorsPerSubject < 1) return 'too_few_inspectors';
  if (subjects.some((subject) => eligible(population, subject).length < inspectorsPerSubject))
    return 'too_few_inspectors';
  return null;
}

export const populationDigest = (hash: DrawHash, population: DrawPopulation): string =>
  hash.sha256(canonicalJson(population));

/** Binds the secret nonce to the frozen population; published before anybody knows the public value. */
export const commitmentOf = (hash: DrawHash, nonce: string, digest: string): string =>
  hash.sha256(`${DRAW_FORMAT} commitment\n${nonce}\n${digest}`);

/** Neither whoever keeps the nonce nor whoever brings the public value can choose it alone. */
export const seedOf = (hash: DrawHash, nonce: string, digest: string, publicValue: string): string =>
  hash.sha256(`${DRAW_FORMAT} seed\n${nonce}\n${digest}\n${publicValue}`);

/** Where first, then for each place whom, out of those who need not stand back. */
export function drawFrom(hash: DrawHash, population: DrawPopulation, seed: string): DrawResult {
  const { subjects, subjectsWanted, inspectorsPerSubject } = population;
  const drawn = pickFrom(subjects, subjectsWanted, uniformStream(hash, seed, 'subjects'));
  return {
    subjects: drawn.map(({ id }) => id),
    inspectors: drawn.map((subject) => ({
      subject: subject.id,
      persons: pickFrom(
        eligible(population, subject),
        inspectorsPerSubject,
        uniformStream(hash, seed, `inspectors ${subject.id}`),
      ).map(({ id }) => id),
    })),
  };
}

/** @throws RangeError when the population cannot be drawn from (`refuseDraw`) */
export function makeDraw(hash: DrawHash, population: DrawPopulation, nonce: string, publicValue: string): DrawFile {
  const refused = refuseDraw(population);
  if (refused) throw new RangeError(DRAW_REFUSALS[refused]);
  const digest = populationDigest(hash, population);
  const seed = seedOf(hash, nonce, digest, publicValue);
  const rest = {
    format: DRAW_FORMAT,
    population,
    populationDigest: digest,
    commitment: commitmentOf(hash, nonce, digest),
    nonce,
    publicValue,
    seed,
    result: drawFrom(hash, population, seed),
  } as const;
  return { ...rest, digest: hash.sha256(canonicalJson(rest)) };
}

/** The file as it is published. */
export const drawText = (file: DrawFile): string => `${canonicalJson(file)}\n`;
