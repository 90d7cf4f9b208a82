import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import {
  canonicalJson,
  type DrawHash,
  type DrawPopulation,
  drawFrom,
  drawText,
  makeDraw,
  pickFrom,
  refuseDraw,
  uniformStream,
  verifyDraw,
} from './index.ts';

const hash: DrawHash = {
  sha256: (text) => createHash('sha256').update(text, 'utf8').digest('hex'),
  hmacSha256: (key, message) => createHmac('sha256', Buffer.from(key, 'hex')).update(message, 'utf8').digest(),
};
const script = resolve(import.meta.dirname, '../../../../tools/verify-draw.mjs');
const folder = mkdtempSync(join(tmpdir(), 'bihuan-draw-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const hex64 = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex'));
const word = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' });
const populations: fc.Arbitrary<DrawPopulation> = fc
  .record({
    title: word,
    units: fc.integer({ min: 1, max: 5 }),
    subjects: fc.integer({ min: 1, max: 12 }),
    inspectors: fc.integer({ min: 3, max: 9 }),
    wanted: fc.nat(),
    names: fc.array(word, { minLength: 21, maxLength: 21 }),
    barred: fc.array(fc.tuple(fc.nat(), fc.nat(), word), { maxLength: 4 }),
  })
  .map(({ title, units, subjects, inspectors, wanted, names, barred }) => ({
    plan: { number: 'DC2023-0001', title },
    frozenAt: '2023-06-05T02:00:00.000Z',
    subjects: Array.from({ length: subjects }, (_, i) => ({ id: `s${i}`, name: names[i]!, unit: `u${i % units}` })),
    subjectsWanted: 1 + (wanted % subjects),
    inspectors: Array.from({ length: inspectors }, (_, i) => ({ id: `p${i}`, name: names[12 + i]!, unit: 'v' })),
    inspectorsPerSubject: 2,
    exclusions: barred.map(([who, unit, reason]) => ({
      inspector: `p${who % inspectors}`,
      unit: `u${unit % units}`,
      reason,
    })),
    publicValue: { source: '福利彩票 3D 开奖号码', at: '2023-06-06T12:30:00.000Z' },
  }));
const drawable = populations.filter((population) => refuseDraw(population) === null);

const SMALL: DrawPopulation = {
  plan: { number: 'DC2023-0006', title: '六月双随机督察' },
  frozenAt: '2023-06-05T02:00:00.000Z',
  subjects: ['大场', '淞南', '友谊', '杨行'].map((name, i) => ({ id: `s${i}`, name: `${name}中队`, unit: `u${i}` })),
  subjectsWanted: 2,
  inspectors: ['甲', '乙', '丙'].map((name, i) => ({ id: `p${i}`, name, unit: 'v' })),
  inspectorsPerSubject: 2,
  exclusions: [{ inspector: 'p0', unit: 'u1', reason: '三年内曾在该中队任职' }],
  publicValue: { source: '福利彩票 3D 第 2023150 期', at: '2023-06-06T12:30:00.000Z' },
};
const NONCE = '5a'.repeat(32);

describe('a draw', () => {
  it('is run again by the independent script from the file alone, and refuses another commitment', () => {
    fc.assert(
      fc.property(drawable, hex64, word, (population, nonce, value) => {
        const path = join(folder, 'draw.json');
        const file = makeDraw(hash, population, nonce, value);
        writeFileSync(path, drawText(file));
        expect(execFileSync(process.execPath, [script, path, file.commitment], { encoding: 'utf8' })).toContain('一致');
        expect(verifyDraw(hash, drawText(file), file.commitment).ok).toBe(true);
        expect(verifyDraw(hash, drawText(file), nonce).ok).toBe(false);
        expect(spawnSync(process.execPath, [script, path, nonce]).status).toBe(1);
      }),
      { numRuns: 12 },
    );
  });

  it('fails its verification when any one byte of the file is changed, whichever it is', () => {
    const bytes = Buffer.from(drawText(makeDraw(hash, SMALL, NONCE, '3 1 7')));
    const decode = (changed: Uint8Array): string | null => {
      try {
        return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(changed);
      } catch {
        return null;
      }
    };
    expect(verifyDraw(hash, decode(bytes)!).ok).toBe(true);
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1 << (at % 7);
      const text = decode(changed);
      expect(text !== null && verifyDraw(hash, text).ok, `byte ${at}`).toBe(false);
    }
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = Buffer.from(bytes);
        changed[at]! ^= flip;
        const text = decode(changed);
        expect(text !== null && verifyDraw(hash, text).ok).toBe(false);
      }),
      { numRuns: 3000 },
    );
    const cut = bytes.toString().slice(0, -1);
    for (const text of [cut, `${cut}\n\n`, ` ${cut}\n`, '', '[]', 'null'])
      expect(verifyDraw(hash, text).ok).toBe(false);
  });

  it('fails in the independent script too when a byte is changed', () => {
    const bytes = Buffer.from(drawText(makeDraw(hash, SMALL, NONCE, '3 1 7')));
    const path = join(folder, 'changed.json');
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = Buffer.from(bytes);
        changed[at]! ^= flip;
        writeFileSync(path, changed);
        expect(spawnSync(process.execPath, [script, path]).status).toBe(1);
      }),
      { numRuns: 25 },
    );
  });

  it('never sends anybody where he must stand back, nobody twice to the same place, and as many as asked', () => {
    fc.assert(
      fc.property(drawable, hex64, (population, seed) => {
        const { subjects, inspectors } = drawFrom(hash, population, seed);
        expect(new Set(subjects).size).toBe(population.subjectsWanted);
        for (const { subject, persons } of inspectors) {
          const { unit } = population.subjects.find(({ id }) => id === subject)!;
          expect(new Set(persons).size).toBe(2);
          for (const person of persons)
            expect(population.exclusions.some((one) => one.inspector === person && one.unit === unit)).toBe(false);
        }
      }),
    );
  });

  it('is not to be had where too few are left after standing back, or a name stands twice', () => {
    expect(refuseDraw(SMALL)).toBe(null);
    const bar = { inspector: 'p1', unit: 'u1', reason: '近亲属' };
    expect(refuseDraw({ ...SMALL, exclusions: [...SMALL.exclusions, bar] })).toBe('too_few_inspectors');
    expect(refuseDraw({ ...SMALL, inspectors: [...SMALL.inspectors, SMALL.inspectors[0]!] })).toBe('duplicate');
    expect(refuseDraw({ ...SMALL, subjectsWanted: 5 })).toBe('too_few_subjects');
    expect(refuseDraw({ ...SMALL, exclusions: [{ ...bar, inspector: 'p9' }] })).toBe('unknown');
    expect(() => makeDraw(hash, { ...SMALL, subjectsWanted: 0 }, NONCE, '1')).toThrow(RangeError);
  });

  it('changes with the public value: who holds the nonce alone knows nothing of the result', () => {
    const results = new Set(
      Array.from({ length: 200 }, (_, i) => canonicalJson(makeDraw(hash, SMALL, NONCE, `${i}`).result)),
    );
    expect(results.size).toBeGreaterThan(40);
  });
});

describe('100,000 draws are uniform', () => {
  const DRAWS = 100_000;
  const chiSquare = (counts: readonly number[], expected: number) =>
    counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);

  it('every ordered outcome of three out of seven comes equally often', () => {
    const counts = new Map<string, number>();
    for (let n = 0; n < DRAWS; n += 1) {
      const seed = n.toString(16).padStart(64, '0');
      const key = pickFrom([0, 1, 2, 3, 4, 5, 6], 3, uniformStream(hash, seed, 'subjects')).join('');
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    // 7 · 6 · 5 = 210 outcomes; χ² with 209 degrees of freedom exceeds 277.6 once in a thousand.
    expect(counts.size).toBe(210);
    expect(chiSquare([...counts.values()], DRAWS / 210)).toBeLessThan(277.6);
  }, 60_000);

  it('whole draws favour no place and no eligible inspector', () => {
    const places = new Map<string, number>();
    const persons = new Map<string, number>();
    const add = (map: Map<string, number>, key: string) => map.set(key, (map.get(key) ?? 0) + 1);
    const population = { ...SMALL, subjectsWanted: 1, inspectorsPerSubject: 1 };
    for (let n = 0; n < DRAWS; n += 1) {
      const { subjects, inspectors } = drawFrom(hash, population, n.toString(16).padStart(64, 'f'));
      add(places, subjects[0]!);
      if (subjects[0] !== 's1') add(persons, inspectors[0]!.persons[0]!);
    }
    const free = DRAWS - places.get('s1')!;
    // 99.9 % points of χ² with 3 and 2 degrees of freedom.
    expect(chiSquare([...places.values()], DRAWS / 4)).toBeLessThan(16.27);
    expect(chiSquare([...persons.values()], free / 3)).toBeLessThan(13.82);
  }, 60_000);
});
