import { STATUSES } from '@bihuan/domain/complaint';
import { COORDINATE_SYSTEMS, POINT_SOURCES } from '@bihuan/domain/geo';
import { type Static, Type } from 'typebox';
import { CommandId, Day, Id, Instant, keysOf, nullable, PersonRef, UnitRef } from '../common.ts';
import { ComplaintFilter } from '../complaint/index.ts';
import { endpoint } from '../endpoint.ts';

const strict = { additionalProperties: false } as const;
const Degrees = Type.Number();
const BoxView = Type.Tuple([Degrees, Degrees, Degrees, Degrees]);
const RequiredBox = Type.Required(Type.Pick(ComplaintFilter, ['bbox'])).properties.bbox;

/** More orders than this in view are answered as cells with counts. */
export const POINT_CAP = 3000;
export const MATTER_CAP = 1000;
export const BOUNDARY_LIMIT = 20 * 1024 * 1024;
/** Systems that map tiles are made in; all others are no web maps. */
export const TILE_SYSTEMS = {
  wgs84: COORDINATE_SYSTEMS.wgs84,
  gcj02: COORDINATE_SYSTEMS.gcj02,
} as const;
export const BASES = { none: '不用底图', tiles: '瓦片服务', file: 'PMTiles 文件' } as const;

/** GeoJSON MultiPolygon, WGS-84. */
export interface Outline {
  type: 'MultiPolygon';
  coordinates: [number, number][][][];
}

/** What every map of the product is drawn on. Degrees are WGS-84. */
export const mapBase = endpoint({
  id: 'map.base',
  method: 'GET',
  path: '/map/base',
  access: 'signed-in',
  summary: '地图底子：街镇边界与底图',
  response: Type.Object({
    towns: Type.Array(
      Type.Object({
        unit: UnitRef,
        /** `null`: no boundary imported; `lng`, `lat` are then the middle of the town's places, if any has a point. */
        geometry: Type.Unsafe<Outline | null>(Type.Any()),
        lng: nullable(Degrees),
        lat: nullable(Degrees),
      }),
    ),
    /** The boundaries only show how the towns lie. */
    schematic: Type.Boolean(),
    boundarySource: nullable(Type.String()),
    base: Type.Object({
      kind: keysOf(BASES),
      /** Of the tiles; what is drawn over them is converted. */
      system: keysOf(TILE_SYSTEMS),
      attribution: nullable(Type.String()),
      maxZoom: Type.Integer(),
    }),
  }),
});

export const MapPoint = Type.Object({
  id: Id,
  number: Type.String(),
  title: Type.String(),
  lng: Degrees,
  lat: Degrees,
  by: keysOf(POINT_SOURCES),
  category: nullable(Type.String()),
  status: keysOf(STATUSES),
  receivedAt: Instant,
  overdue: Type.Boolean(),
  /** The matter it belongs to with others. */
  matterId: nullable(Id),
});
export type MapPoint = Static<typeof MapPoint>;

export const mapOrders = endpoint({
  id: 'map.orders',
  method: 'GET',
  path: '/map/orders',
  access: 'complaint.read',
  summary: '地图范围内的诉件：不多时逐件给出，多时按格合计；筛选条件与诉件列表相同',
  query: Type.Object(
    {
      ...ComplaintFilter.properties,
      bbox: RequiredBox,
      zoom: Type.Number({ minimum: 0, maximum: 24 }),
      as: Type.Enum(['points', 'clusters', 'heat']),
    },
    strict,
  ),
  response: Type.Object({
    /** The box asked for, widened to whole cells: what the counts refer to. */
    box: BoxView,
    total: Type.Integer(),
    /** Side of a cell in degrees. */
    cell: Type.Number(),
    /** `null`: too many, or not asked for. */
    points: nullable(Type.Array(MapPoint)),
    /** West and south edge of the cell, middle of its orders, how many. */
    cells: nullable(
      Type.Array(
        Type.Object({
          west: Degrees,
          south: Degrees,
          lng: Degrees,
          lat: Degrees,
          count: Type.Integer(),
        }),
      ),
    ),
  }),
});

export const mapTowns = endpoint({
  id: 'map.towns',
  method: 'GET',
  path: '/map/towns',
  access: 'complaint.read',
  summary: '各街镇诉件数',
  query: ComplaintFilter,
  response: Type.Object({
    /** What is counted. */
    definition: Type.String(),
    total: Type.Integer(),
    /** Of these, with a point on the map. */
    located: Type.Integer(),
    towns: Type.Array(Type.Object({ unit: UnitRef, count: Type.Integer(), located: Type.Integer() })),
    withoutTown: Type.Object({ count: Type.Integer(), located: Type.Integer() }),
  }),
});

export const mapWeeks = endpoint({
  id: 'map.weeks',
  method: 'GET',
  path: '/map/weeks',
  access: 'complaint.read',
  summary: '逐周诉件数（周一至周日，按受理时间）',
  query: ComplaintFilter,
  response: Type.Object({
    /** Without gaps, from the first week with an order to the last; at most the last 530. */
    weeks: Type.Array(Type.Object({ from: Day, to: Day, count: Type.Integer() })),
    total: Type.Integer(),
  }),
});

export const mapMatters = endpoint({
  id: 'map.matters',
  method: 'GET',
  path: '/map/matters',
  access: 'complaint.read',
  summary: '地图范围内的事项：多件诉件说的同一件事，在其诉件的中心',
  query: Type.Object({ ...ComplaintFilter.properties, bbox: RequiredBox }, strict),
  response: Type.Object({
    items: Type.Array(
      Type.Object({
        id: Id,
        /** Of its latest order in view. */
        title: Type.String(),
        lng: Degrees,
        lat: Degrees,
        /** Orders that fit the filters, lie in the box and may be seen. */
        count: Type.Integer(),
        lastAt: Instant,
      }),
    ),
    /** There are more: those with most orders are given. */
    capped: Type.Boolean(),
  }),
});

// ── Settings ──────────────────────────────────────────────────────────────

export const MapSettings = Type.Object({
  base: keysOf(BASES),
  tileUrl: nullable(Type.String()),
  tileSystem: keysOf(TILE_SYSTEMS),
  tileFile: nullable(Type.String()),
  attribution: nullable(Type.String()),
  maxZoom: Type.Integer(),
  version: Type.Integer(),
  /** PMTiles files in the data folder's `map` folder. */
  files: Type.Array(Type.Object({ name: Type.String(), size: Type.Integer() })),
  /** Where to put them. */
  folder: Type.String(),
  boundary: nullable(
    Type.Object({
      towns: Type.Integer(),
      /** Towns in use that have none. */
      missing: Type.Array(Type.String()),
      source: nullable(Type.String()),
      schematic: Type.Boolean(),
      importedBy: nullable(PersonRef),
      importedAt: nullable(Instant),
    }),
  ),
});
export type MapSettings = Static<typeof MapSettings>;

export const readMapSettings = endpoint({
  id: 'map.settings',
  method: 'GET',
  path: '/map/settings',
  access: 'dictionary.manage',
  summary: '底图与边界设置',
  response: MapSettings,
});

export const changeMapSettings = endpoint({
  id: 'map.changeSettings',
  method: 'PUT',
  path: '/map/settings',
  access: 'dictionary.manage',
  summary: '修改底图设置',
  body: Type.Object(
    {
      commandId: CommandId,
      version: Type.Integer({ minimum: 0 }),
      base: keysOf(BASES),
      tileUrl: nullable(Type.String({ maxLength: 500 })),
      tileSystem: keysOf(TILE_SYSTEMS),
      tileFile: nullable(Type.String({ maxLength: 200 })),
      attribution: nullable(Type.String({ maxLength: 200 })),
      maxZoom: Type.Integer({ minimum: 1, maximum: 22 }),
    },
    strict,
  ),
  response: MapSettings,
});

/** Multipart: `file` (GeoJSON) after the fields `nameField`, `system`, `source`, `schematic`, `rehearse`, `commandId`. */
export const importBoundaries = endpoint({
  id: 'map.importBoundaries',
  method: 'POST',
  path: '/map/boundaries',
  access: 'dictionary.manage',
  summary: '导入街镇边界（GeoJSON）；rehearse=true 时只检查、不写入',
  response: Type.Object({
    imported: Type.Boolean(),
    towns: Type.Array(
      Type.Object({ unit: UnitRef, geometry: Type.Unsafe<Outline>(Type.Any()), lng: Degrees, lat: Degrees }),
    ),
    /** Towns in use that the file does not hold. */
    missing: Type.Array(Type.String()),
    vertices: Type.Integer(),
    /** Share of the dictionary's places that lie inside their own town, if the file were in each system. `null`: no places to compare. */
    fit: nullable(Type.Record(Type.String(), Type.Number())),
  }),
});

export const removeBoundaries = endpoint({
  id: 'map.removeBoundaries',
  method: 'POST',
  path: '/map/boundaries/removal',
  access: 'dictionary.manage',
  summary: '删除街镇边界',
  body: Type.Object({ commandId: CommandId, reason: Type.String({ minLength: 2, maxLength: 200 }) }, strict),
});

/** Places whose orders were pinned elsewhere by people. */
export const placeCorrections = endpoint({
  id: 'map.placeCorrections',
  method: 'GET',
  path: '/map/place-corrections',
  access: 'dictionary.manage',
  summary: '坐标待校准的地点：诉件的人工定位与词典相差 100 米以上',
  response: Type.Array(
    Type.Object({
      placeId: Id,
      name: Type.String(),
      town: nullable(Type.String()),
      /** Middle (median) of the pins. */
      lng: Degrees,
      lat: Degrees,
      pins: Type.Integer(),
      /** From the dictionary's point; `null`: the dictionary has none. */
      metres: nullable(Type.Integer()),
    }),
  ),
});

export const mapTile = endpoint({
  id: 'map.tile',
  method: 'GET',
  path: '/map/tiles/:z/:x/:y',
  access: 'signed-in',
  summary: '底图瓦片，由本系统代取',
  params: Type.Object(
    {
      z: Type.Integer({ minimum: 0, maximum: 22 }),
      x: Type.Integer({ minimum: 0 }),
      y: Type.Integer({ minimum: 0 }),
    },
    strict,
  ),
  rateLimit: 3000,
});

export const mapTileFile = endpoint({
  id: 'map.tileFile',
  method: 'GET',
  path: '/map/tiles.pmtiles',
  access: 'signed-in',
  summary: 'PMTiles 底图文件，按字节范围读取',
  rateLimit: 3000,
});
