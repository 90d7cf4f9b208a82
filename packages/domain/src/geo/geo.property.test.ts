import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Box, boxText, cellOf, cellSize, isInside, metresBetween, parseBox, rounded, toCells } from './index.ts';

const point = fc
  .record({ lng: fc.double({ min: 73, max: 135, noNaN: true }), lat: fc.double({ min: 4, max: 53, noNaN: true }) })
  .map(rounded);
const size = fc
  .tuple(fc.integer({ min: 0, max: 22 }), fc.constantFrom('cluster' as const, 'heat' as const))
  .map(([zoom, fineness]) => cellSize(zoom, fineness));

describe('the grid', () => {
  it('gives every point to exactly one cell, and a neighbour’s edge is its own', () => {
    fc.assert(
      fc.property(point, size, (p, s) => {
        const cell = cellOf(p, s);
        expect(isInside(cell, p)).toBe(true);
        const [w, south, e, n] = cell;
        for (const [dx, dy] of [
          [-1, 0],
          [1, 0],
          [0, -1],
          [0, 1],
        ] as const)
          expect(isInside([w + dx * s, south + dy * s, e + dx * s, n + dy * s], p)).toBe(false);
      }),
    );
  });

  it('of a box holds the box and consists of whole cells', () => {
    fc.assert(
      fc.property(point, point, size, (a, b, s) => {
        fc.pre(a.lng !== b.lng && a.lat !== b.lat);
        const box: Box = [
          Math.min(a.lng, b.lng),
          Math.min(a.lat, b.lat),
          Math.max(a.lng, b.lng),
          Math.max(a.lat, b.lat),
        ];
        const whole = toCells(box, s);
        expect(whole[0]).toBeLessThanOrEqual(box[0]);
        expect(whole[3]).toBeGreaterThanOrEqual(box[3]);
        for (const edge of whole)
          expect(Math.abs(edge) === 180 || Math.abs(edge) === 90 || Number.isInteger(edge / s)).toBe(true);
        expect(parseBox(boxText(whole))).toEqual(whole);
      }),
    );
  });
});

describe('a box as text', () => {
  it.each([
    '',
    '1,2,3',
    '1,2,3,x',
    '3,0,1,1',
    '0,3,1,1',
    '-181,0,1,1',
    '0,0,1,91',
    '0,0,Infinity,1',
  ])('is refused when it is none: %s', (text) => expect(parseBox(text)).toBeNull());
});

it('a hundredth of a degree of latitude is about 1.1 km, of longitude less the further north', () => {
  expect(metresBetween({ lng: 121, lat: 31 }, { lng: 121, lat: 31.01 })).toBeCloseTo(1109.5, 0);
  expect(metresBetween({ lng: 121, lat: 31.4 }, { lng: 121.01, lat: 31.4 })).toBeCloseTo(950, -1);
});
