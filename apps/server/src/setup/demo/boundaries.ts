import type { Outline } from '@bihuan/contract/map';
import { metresBetween, type Point, rounded } from '@bihuan/domain/geo';
import { toWgs84 } from '../../platform/geo.ts';
import { random } from './random.ts';
import { TOWNS } from './towns.ts';

/** Of the demo district, by hand from memory: the river in the north-east, straight lines elsewhere. WGS-84. */
const OUTLINE: readonly (readonly [number, number])[] = [
  [121.283, 31.508],
  [121.318, 31.512],
  [121.352, 31.506],
  [121.388, 31.49],
  [121.416, 31.468],
  [121.447, 31.448],
  [121.478, 31.43],
  [121.502, 31.412],
  [121.514, 31.393],
  [121.508, 31.378],
  [121.513, 31.356],
  [121.507, 31.332],
  [121.498, 31.309],
  [121.462, 31.302],
  [121.428, 31.288],
  [121.392, 31.283],
  [121.366, 31.292],
  [121.348, 31.315],
  [121.342, 31.342],
  [121.318, 31.366],
  [121.302, 31.394],
  [121.298, 31.432],
  [121.288, 31.47],
];

type Corner = readonly [x: number, y: number];

/** Where a town lies, in the middle of its places. */
export const townCentre = (town: number): Point => toWgs84(TOWNS[town]!, 'gcj02');

/** Degrees of longitude are shorter than those of latitude; cells are made in a plane where both are alike. */
const SQUEEZE = Math.cos((31.4 * Math.PI) / 180);

/**
 * A schematic map: to each town the ground that lies nearer to its centre than to any other, inside the outline, its
 * straight lines bent a little. Neighbours share their line exactly. No official boundary is free to be shipped.
 */
export function schematicBoundaries(): { geometry: Outline; label: Point }[] {
  const centres = TOWNS.map((_town, index): Corner => {
    const { lng, lat } = townCentre(index);
    return [lng * SQUEEZE, lat];
  });
  const outline = OUTLINE.map(([lng, lat]): Corner => [lng * SQUEEZE, lat]);
  return centres.map((centre, town) => {
    const cell = centres.reduce((ring, other) => (other === centre ? ring : nearer(ring, centre, other)), outline);
    const bent = cell.flatMap((from, i) => bend(from, cell[(i + 1) % cell.length]!));
    const ring = bent.map(([x, y]): [number, number] => {
      const point = rounded({ lng: x / SQUEEZE, lat: y });
      return [point.lng, point.lat];
    });
    return {
      geometry: { type: 'MultiPolygon', coordinates: [[[...ring, ring[0]!]]] },
      label: townCentre(town),
    };
  });
}

/** What of a ring lies nearer to `own` than to `other`: cut along the line half-way between. */
function nearer(ring: readonly Corner[], own: Corner, other: Corner): Corner[] {
  const middle: Corner = [(own[0] + other[0]) / 2, (own[1] + other[1]) / 2];
  const side = ([x, y]: Corner) => (x - middle[0]) * (other[0] - own[0]) + (y - middle[1]) * (other[1] - own[1]);
  return ring.flatMap((from, i) => {
    const to = ring[(i + 1) % ring.length]!;
    const [a, b] = [side(from), side(to)];
    const kept = a <= 0 ? [from] : [];
    if (a < 0 === b < 0 || a === 0 || b === 0) return kept;
    const t = a / (a - b);
    return [...kept, [from[0] + (to[0] - from[0]) * t, from[1] + (to[1] - from[1]) * t] as const];
  });
}

const HALVINGS = 4;
/** Breadth of a bend as a share of the line's length. */
const BEND = 0.07;

/** A line with bends, the same from both sides; without its last point. */
function bend(from: Corner, to: Corner): Corner[] {
  const key = ([x, y]: Corner) => Math.round(x * 1e5) * 131 + Math.round(y * 1e5);
  const isForward = key(from) < key(to);
  const [a, b] = isForward ? [from, to] : [to, from];
  const draw = random(17, key(a), key(b));
  let line: Corner[] = [a, b];
  for (let turn = 0; turn < HALVINGS; turn++) {
    line = line.flatMap((point, i) => {
      const next = line[i + 1];
      if (!next) return [point];
      const [dx, dy] = [next[0] - point[0], next[1] - point[1]];
      const shift = (draw.next() - 0.5) * 2 * BEND;
      return [point, [(point[0] + next[0]) / 2 - dy * shift, (point[1] + next[1]) / 2 + dx * shift] as const];
    });
  }
  return (isForward ? line : line.toReversed()).slice(0, -1);
}

/** A point drawn towards its town's centre until it lies nearer to it than to any other town's. */
export function withinTown(point: Point, town: number): Point {
  const own = townCentre(town);
  const others = TOWNS.flatMap((_other, index) => (index === town ? [] : [townCentre(index)]));
  let at = point;
  for (let step = 0; step < 8; step++) {
    const distance = metresBetween(at, own);
    if (others.every((other) => distance < metresBetween(at, other) - 300)) break;
    at = { lng: (at.lng + own.lng) / 2, lat: (at.lat + own.lat) / 2 };
  }
  return rounded(at);
}
