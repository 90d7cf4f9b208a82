import type { Outline } from '@bihuan/contract/map';
import { type CoordinateSystem, isInChina, type Point } from '@bihuan/domain/geo';
import polylabel from 'polylabel';
import sweepline from 'sweepline-intersections';
import type { FieldError } from '../../platform/errors.ts';
import { toWgs84 } from '../../platform/geo.ts';

// A CommonJS package whose types are written for bundlers.
const intersections = sweepline as unknown as typeof sweepline.default;

type Ring = [number, number][];

export interface TownBoundary {
  readonly unitId: string;
  readonly name: string;
  readonly geometry: Outline;
  /** A point well inside, for the name. */
  readonly label: Point;
}

export interface TownName {
  readonly id: string;
  readonly name: string;
  readonly shortName: string;
}

/** A town's boundary rarely has more than a few thousand; what is drawn on every desk should stay light. */
export const MAX_VERTICES = 100_000;
const MAX_ERRORS = 20;

export class BoundaryError extends Error {
  readonly errors: FieldError[];
  constructor(errors: FieldError[]) {
    super(errors[0]?.message ?? '边界文件有误');
    this.errors = errors;
  }
}

const fault = (message: string): never => {
  throw new BoundaryError([{ field: '/file', message }]);
};

/**
 * Reads a GeoJSON of town boundaries.
 * @param text of the file
 * @param nameField the property that holds the town's name
 * @throws BoundaryError with what is wrong, in words for the person who chose the file
 */
export function readBoundaries(
  text: string,
  { nameField, system }: { nameField: string; system: CoordinateSystem },
  towns: readonly TownName[],
): { boundaries: TownBoundary[]; missing: string[]; vertices: number } {
  const features = featuresOf(text);
  const errors: FieldError[] = [];
  const found = new Map<string, TownBoundary>();
  const byName = new Map(towns.flatMap((town) => [[town.shortName, town] as const, [town.name, town] as const]));
  let vertices = 0;
  for (const [index, feature] of features.entries()) {
    const given = feature.properties?.[nameField];
    const name = typeof given === 'string' ? given.trim() : '';
    const which = name ? `“${name}”` : `第 ${index + 1} 个图形`;
    const wrong = (message: string) => errors.push({ field: '/file', message: `${which}：${message}` });
    if (name === '') {
      wrong(`没有“${nameField}”这一项，或不是文字，请另选街镇名称所在的字段`);
      continue;
    }
    const town = byName.get(name);
    if (!town) {
      wrong('组织机构中没有这个街镇');
      continue;
    }
    if (found.has(town.id)) {
      wrong('出现了两次；一个街镇的几块应合为一个图形');
      continue;
    }
    const polygons = polygonsOf(feature.geometry, wrong);
    if (!polygons) continue;
    vertices += polygons.flat().reduce((sum, ring) => sum + ring.length, 0);
    if (vertices > MAX_VERTICES) fault(`顶点超过 ${MAX_VERTICES} 个，请先抽稀（如用 QGIS“简化”或 mapshaper）再导入`);
    if (!polygons.every((rings) => rings.every((ring) => isSound(ring, wrong)))) continue;
    if (crossesItself(polygons)) {
      wrong('边界线自己相交，请先在 QGIS 等软件中修复几何');
      continue;
    }
    const coordinates = polygons.map((rings) =>
      rings.map((ring) =>
        ring.map(([lng, lat]): [number, number] => {
          const point = toWgs84({ lng, lat }, system);
          return [point.lng, point.lat];
        }),
      ),
    );
    found.set(town.id, {
      unitId: town.id,
      name: town.name,
      geometry: { type: 'MultiPolygon', coordinates },
      label: labelOf(coordinates),
    });
  }
  if (errors.length > 0) {
    const more = errors.length - MAX_ERRORS;
    throw new BoundaryError([
      ...errors.slice(0, MAX_ERRORS),
      ...(more > 0 ? [{ field: '/file', message: `另有 ${more} 处类似问题` }] : []),
    ]);
  }
  if (found.size === 0) fault('文件里没有图形');
  return {
    boundaries: [...found.values()],
    missing: towns.filter(({ id }) => !found.has(id)).map(({ name }) => name),
    vertices,
  };
}

interface LooseFeature {
  properties?: Record<string, unknown> | null;
  geometry?: { type?: unknown; coordinates?: unknown } | null;
}

function featuresOf(text: string): LooseFeature[] {
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return fault('不是 GeoJSON 文件：内容不是完整的 JSON。若是 Shapefile、KML 等格式，请先转为 GeoJSON');
  }
  const { type, features, crs } = (json ?? {}) as { type?: unknown; features?: unknown; crs?: unknown };
  if (type === 'Topology') fault('这是 TopoJSON，请另存为 GeoJSON 再导入');
  if (type !== 'FeatureCollection' || !Array.isArray(features))
    fault('不是图形集合：GeoJSON 的最外层应为 FeatureCollection');
  const crsName = (crs as { properties?: { name?: unknown } } | undefined)?.properties?.name;
  // CRS84, EPSG:4326 and EPSG:4490 (CGCS2000) are degrees; everything else is metres of some projection.
  if (typeof crsName === 'string' && !/(CRS84|4326|4490|4610)$/i.test(crsName))
    fault(`文件注明的坐标系是 ${crsName}，不是经纬度；请先转为 EPSG:4326 或 EPSG:4490`);
  return features as LooseFeature[];
}

/** Polygons as rings of pairs; `null` after saying what is wrong. */
function polygonsOf(geometry: LooseFeature['geometry'], wrong: (message: string) => void): Ring[][] | null {
  const type = geometry?.type;
  if (type !== 'Polygon' && type !== 'MultiPolygon') {
    wrong(`应为面（Polygon 或 MultiPolygon），现为 ${typeof type === 'string' ? type : '空'}`);
    return null;
  }
  const polygons = (type === 'Polygon' ? [geometry!.coordinates] : geometry!.coordinates) as unknown;
  const isPair = (pair: unknown): pair is [number, number] =>
    Array.isArray(pair) && pair.length >= 2 && Number.isFinite(pair[0]) && Number.isFinite(pair[1]);
  const isValid =
    Array.isArray(polygons) &&
    polygons.length > 0 &&
    polygons.every(
      (rings) =>
        Array.isArray(rings) && rings.length > 0 && rings.every((ring) => Array.isArray(ring) && ring.every(isPair)),
    );
  if (!isValid) {
    wrong('坐标写法不合 GeoJSON 规定');
    return null;
  }
  return (polygons as Ring[][]).map((rings) =>
    rings.map((ring) => ring.map(([lng, lat]): [number, number] => [lng, lat])),
  );
}

function isSound(ring: Ring, wrong: (message: string) => void): boolean {
  const [first, last] = [ring[0], ring.at(-1)];
  // An unclosed ring is closed: nothing else can be meant.
  if (first && last && (first[0] !== last[0] || first[1] !== last[1])) ring.push([first[0], first[1]]);
  if (new Set(ring.map((pair) => pair.join())).size < 3) {
    wrong('边界不足三个顶点');
    return false;
  }
  for (const [lng, lat] of ring) {
    if (isInChina({ lng, lat })) continue;
    if (isInChina({ lng: lat, lat: lng })) wrong(`坐标 ${lng}, ${lat} 的经度、纬度写反了；GeoJSON 须经度在前`);
    else if (Math.abs(lng) > 180 || Math.abs(lat) > 90)
      wrong(`坐标 ${lng}, ${lat} 不是经纬度，像是以米为单位的投影坐标；请先转为经纬度（EPSG:4326 或 EPSG:4490）`);
    else wrong(`坐标 ${lng}, ${lat} 不在国内`);
    return false;
  }
  return true;
}

function crossesItself(polygons: Ring[][]): boolean {
  const feature = {
    type: 'Feature' as const,
    properties: {},
    geometry: { type: 'MultiPolygon' as const, coordinates: polygons },
  };
  const isVertex = new Set(polygons.flat(2).map(([x, y]) => `${x.toFixed(9)},${y.toFixed(9)}`));
  // Two parts that touch in a corner are no crossing.
  return intersections(feature, false).some(([x, y]) => !isVertex.has(`${x.toFixed(9)},${y.toFixed(9)}`));
}

function labelOf(polygons: Ring[][]): Point {
  // In its largest part, by the extent of the outer ring.
  const extent = (rings: Ring[]) => Math.abs(areaOf(rings[0]!));
  const largest = polygons.reduce((best, rings) => (extent(rings) > extent(best) ? rings : best));
  const [lng, lat] = polylabel(largest, 1e-4);
  return { lng, lat };
}

const areaOf = (ring: Ring): number =>
  ring.reduce((sum, [x, y], i) => {
    const [nextX, nextY] = ring[(i + 1) % ring.length]!;
    return sum + (x * nextY - nextX * y) / 2;
  }, 0);

/** Even-odd rule over all rings, so that holes are outside. */
export function contains({ coordinates }: Outline, { lng, lat }: Point): boolean {
  let inside = false;
  for (const ring of coordinates.flat()) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const [xi, yi] = ring[i]!;
      const [xj, yj] = ring[j]!;
      if (yi > lat !== yj > lat && lng < ((xj - xi) * (lat - yi)) / (yj - yi) + xi) inside = !inside;
    }
  }
  return inside;
}
