import type { CoordinateSystem, Point } from '@bihuan/domain/geo';
import { rounded } from '@bihuan/domain/geo';
import loaded from 'gcoord';

// A CommonJS package whose types are written for bundlers.
const gcoord = loaded as unknown as typeof loaded.default;

const SYSTEMS = { wgs84: gcoord.WGS84, gcj02: gcoord.GCJ02, bd09: gcoord.BD09 } as const;

/** A point of any system as it is kept. */
export function toWgs84({ lng, lat }: Point, system: CoordinateSystem): Point {
  const [x, y] = gcoord.transform([lng, lat], SYSTEMS[system], gcoord.WGS84) as [number, number];
  return rounded({ lng: x, lat: y });
}

/** A kept point in another system, for maps that are drawn in it. */
export function fromWgs84({ lng, lat }: Point, system: CoordinateSystem): Point {
  const [x, y] = gcoord.transform([lng, lat], gcoord.WGS84, SYSTEMS[system]) as [number, number];
  return rounded({ lng: x, lat: y });
}
