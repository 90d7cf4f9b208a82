import type { Outline } from '@bihuan/contract/map';
import type { Sql, Trx } from '../../platform/db/index.ts';
import type { TownBoundary, TownName } from './boundary.ts';

export interface SettingRow {
  readonly base: 'none' | 'tiles' | 'file';
  readonly tile_url: string | null;
  readonly tile_system: 'wgs84' | 'gcj02';
  readonly tile_file: string | null;
  readonly attribution: string | null;
  readonly max_zoom: number;
  readonly version: number;
  readonly schematic: boolean;
  readonly boundary_source: string | null;
  readonly boundary_at: Date | null;
  readonly boundary_by: string | null;
  readonly boundary_by_name: string | null;
}

const SETTING = `select s.*, p.name as boundary_by_name from map_setting s left join person p on p.id = s.boundary_by`;

export async function readSetting(sql: Sql): Promise<SettingRow> {
  const [row] = await sql.query<SettingRow>('map.setting', SETTING);
  return row!;
}

export async function lockSetting(trx: Trx): Promise<SettingRow> {
  const [row] = await trx.query<SettingRow>('map.lock', `${SETTING} for update of s`);
  return row!;
}

export interface BaseValues {
  readonly base: SettingRow['base'];
  readonly tileUrl: string | null;
  readonly tileSystem: SettingRow['tile_system'];
  readonly tileFile: string | null;
  readonly attribution: string | null;
  readonly maxZoom: number;
}

export async function updateBase(trx: Trx, values: BaseValues): Promise<void> {
  await trx.query(
    'map.update',
    `update map_setting set base = $1, tile_url = $2, tile_system = $3, tile_file = $4, attribution = $5, max_zoom = $6, version = version + 1`,
    [values.base, values.tileUrl, values.tileSystem, values.tileFile, values.attribution, values.maxZoom],
  );
}

export interface TownRow {
  readonly unit: { id: string; name: string };
  readonly geometry: Outline | null;
  readonly lng: number | null;
  readonly lat: number | null;
}

/** Towns in use, with their boundary or else the middle of their places. */
export async function readTowns(sql: Sql): Promise<TownRow[]> {
  return sql.query<TownRow & Record<string, unknown>>(
    'map.towns',
    `select json_build_object('id', t.id, 'name', t.name) as unit, b.geometry,
            coalesce(b.lng, m.lng) as lng, coalesce(b.lat, m.lat) as lat
       from unit t
       left join map_boundary b on b.unit_id = t.id
       left join lateral (select avg(p.lng) as lng, avg(p.lat) as lat from place p
                           where b.unit_id is null and p.town_id = t.id and p.closed_at is null) m on true
      where t.kind = 'town' and t.closed_at is null
      order by t.sort, t.name`,
  );
}

export async function townNames(sql: Sql): Promise<TownName[]> {
  return sql.query<TownName & Record<string, unknown>>(
    'map.town_names',
    `select id, name, short_name as "shortName" from unit where kind = 'town' and closed_at is null order by sort, name`,
  );
}

export async function replaceBoundaries(
  trx: Trx,
  boundaries: readonly TownBoundary[],
  origin: { source: string | null; schematic: boolean; by: string | null; at: Date | null },
): Promise<void> {
  await trx.query('map.clear_boundaries', 'delete from map_boundary');
  await trx.query(
    'map.insert_boundaries',
    `insert into map_boundary (unit_id, geometry, lng, lat)
     select * from jsonb_to_recordset($1::jsonb) as b (unit_id uuid, geometry jsonb, lng float8, lat float8)`,
    [
      JSON.stringify(
        boundaries.map(({ unitId, geometry, label }) => ({
          unit_id: unitId,
          geometry,
          lng: label.lng,
          lat: label.lat,
        })),
      ),
    ],
  );
  await trx.query(
    'map.boundary_origin',
    'update map_setting set boundary_source = $1, schematic = $2, boundary_by = $3, boundary_at = $4, version = version + 1',
    [origin.source, origin.schematic, origin.by, origin.at],
  );
}

/** Points of the dictionary with their town, to see whether boundaries and places speak of the same ground. */
export async function placePoints(sql: Sql): Promise<{ townId: string; lng: number; lat: number }[]> {
  return sql.query(
    'map.place_points',
    `select town_id as "townId", lng, lat from place where town_id is not null and lng is not null and closed_at is null limit 5000`,
  );
}

export interface Correction {
  readonly placeId: string;
  readonly name: string;
  readonly town: string | null;
  readonly lng: number;
  readonly lat: number;
  readonly pins: number;
  readonly placeLng: number | null;
  readonly placeLat: number | null;
}

/** Of each place whose orders were pinned by people, more than once: the middle of the pins. A road is long and has no middle. */
export async function pinnedPlaces(sql: Sql): Promise<Correction[]> {
  return sql.query<Correction & Record<string, unknown>>(
    'map.pinned_places',
    `select p.id as "placeId", p.name, t.name as town, count(*)::int as pins, p.lng as "placeLng", p.lat as "placeLat",
            percentile_cont(0.5) within group (order by c.lng) as lng, percentile_cont(0.5) within group (order by c.lat) as lat
       from complaint c join place p on p.id = c.place_id left join unit t on t.id = p.town_id
      where c.point_by = 'pin' and p.closed_at is null and p.kind <> 'road'
      group by p.id, t.name having count(*) > 1
      order by count(*) desc, p.name`,
  );
}

export async function doneByCommand(sql: Sql, commandId: string): Promise<boolean> {
  return (await sql.query('map.command', 'select 1 from audit_event where command_id = $1', [commandId])).length > 0;
}
