/**
 * Points on the ground and the grid they are counted in. Everywhere in the product a point is in degrees, WGS-84;
 * other systems are converted where data comes in or goes out (docs/adr/0015-map.md).
 */
export interface Point {
  readonly lng: number;
  readonly lat: number;
}

/** West, south, east, north in degrees; a point belongs to it when west ≤ lng < east and south ≤ lat < north. */
export type Box = readonly [west: number, south: number, east: number, north: number];

/** Coordinate systems that maps and files in use here come in. */
export const COORDINATE_SYSTEMS = {
  wgs84: 'WGS-84／CGCS2000（天地图、卫星定位、测绘成果）',
  gcj02: 'GCJ-02（高德、腾讯）',
  bd09: 'BD-09（百度）',
} as const;
export type CoordinateSystem = keyof typeof COORDINATE_SYSTEMS;

/** How an order came to its point, the surest first. */
export const POINT_SOURCES = { pin: '人工定位', captured: '现场拍摄', place: '地点词典' } as const;
export type PointSource = keyof typeof POINT_SOURCES;

const CHINA: Box = [73, 3, 136, 54];

export const isInside = ([west, south, east, north]: Box, { lng, lat }: Point): boolean =>
  lng >= west && lng < east && lat >= south && lat < north;

/** Roughly: enough to tell degrees from metres and longitude from latitude. */
export const isInChina = (point: Point): boolean => isInside(CHINA, point);

/** To 0.1 m, as it is kept. */
export const rounded = ({ lng, lat }: Point): Point => ({
  lng: Math.round(lng * 1e6) / 1e6,
  lat: Math.round(lat * 1e6) / 1e6,
});

/** Metres between two points of one district: the earth is flat enough there. */
export function metresBetween(a: Point, b: Point): number {
  const dx = (a.lng - b.lng) * 111_320 * Math.cos(((a.lat + b.lat) / 2) * (Math.PI / 180));
  return Math.hypot(dx, (a.lat - b.lat) * 110_950);
}

/** Reads `west,south,east,north`. @returns null when it is no box */
export function parseBox(text: string): Box | null {
  const parts = text.split(',').map(Number);
  if (parts.length !== 4 || !parts.every(Number.isFinite)) return null;
  const [west, south, east, north] = parts as [number, number, number, number];
  return west < east && south < north && west >= -180 && east <= 180 && south >= -90 && north <= 90
    ? [west, south, east, north]
    : null;
}

export const boxText = (box: Box): string => box.join(',');

export const MAX_ZOOM = 18;
/**
 * Side of a grid cell in degrees: 64 to 128 pixels on the screen for clusters, an eighth of that for heat. Always a power of two, so that
 * multiplying and dividing by it is exact and the cell of a point is the same for SQL, server and web.
 */
export function cellSize(zoom: number, fineness: 'cluster' | 'heat'): number {
  const whole = Math.max(0, Math.min(MAX_ZOOM, Math.round(zoom)));
  return 2 ** ((fineness === 'cluster' ? 6 : 3) - whole);
}

/** The smallest box of whole cells that holds a box. */
export const toCells = ([west, south, east, north]: Box, size: number): Box => [
  Math.max(-180, Math.floor(west / size) * size),
  Math.max(-90, Math.floor(south / size) * size),
  Math.min(180, Math.ceil(east / size) * size),
  Math.min(90, Math.ceil(north / size) * size),
];

/** The box of the cell that holds a point. */
export function cellOf({ lng, lat }: Point, size: number): Box {
  const x = Math.floor(lng / size);
  const y = Math.floor(lat / size);
  return [x * size, y * size, (x + 1) * size, (y + 1) * size];
}
