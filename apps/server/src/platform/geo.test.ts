import { metresBetween } from '@bihuan/domain/geo';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fromWgs84, toWgs84 } from './geo.ts';

const inShanghai = fc.record({
  lng: fc.double({ min: 120.85, max: 122.2, noNaN: true }),
  lat: fc.double({ min: 30.7, max: 31.9, noNaN: true }),
});

it('a point goes to another system and back within half a metre', () => {
  fc.assert(
    fc.property(inShanghai, fc.constantFrom('wgs84' as const, 'gcj02' as const, 'bd09' as const), (point, system) => {
      expect(metresBetween(toWgs84(fromWgs84(point, system), system), point)).toBeLessThan(0.5);
    }),
  );
});

it('the systems lie apart as they do on Shanghai’s maps', () => {
  const point = { lng: 121.489, lat: 31.405 };
  expect(metresBetween(point, fromWgs84(point, 'gcj02'))).toBeGreaterThan(400);
  expect(metresBetween(point, fromWgs84(point, 'gcj02'))).toBeLessThan(600);
  expect(metresBetween(point, fromWgs84(point, 'bd09'))).toBeGreaterThan(900);
  // The people’s square, published in both: WGS-84 121.46917, 31.23250; GCJ-02 121.47370, 31.23042.
  expect(
    metresBetween(toWgs84({ lng: 121.4737, lat: 31.23042 }, 'gcj02'), { lng: 121.46917, lat: 31.2325 }),
  ).toBeLessThan(60);
});
