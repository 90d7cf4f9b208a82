import type { PlaceFilter, PlaceItem } from '@bihuan/contract/dictionary';
import type { Sql, Trx } from '../../platform/db/index.ts';
import { likeText } from './category.repo.ts';

export interface PlaceValues {
  kind: PlaceItem['kind'];
  name: string;
  aliases: string[];
  townId: string | null;
  unitId: string | null;
  lng: number | null;
  lat: number | null;
}
export interface PlaceRow {
  readonly id: string;
  readonly kind: PlaceItem['kind'];
  readonly name: string;
  readonly aliases: string[];
  readonly town_id: string | null;
  readonly unit_id: string | null;
  readonly lng: number | null;
  readonly lat: number | null;
  readonly closed_at: Date | null;
  readonly version: number;
}

const ITEM = `
select p.id, p.kind, p.name, p.aliases, p.lng, p.lat, p.closed_at is not null as closed, p.version,
       case when t.id is not null then json_build_object('id', t.id, 'name', t.name) end as town,
       case when u.id is not null then json_build_object('id', u.id, 'name', u.name) end as unit,
       (select json_build_object('id', s.id, 'name', s.name) from unit s where s.town_id = p.town_id and s.kind = 'squadron' and s.closed_at is null) as "townSquadron",
       coalesce(n.used, 0) as used
  from place p left join (select o.place_id, count(*)::int as used from complaint o where o.place_id is not null group by o.place_id) n on n.place_id = p.id left join unit t on t.id = p.town_id left join unit u on u.id = p.unit_id`;
const WHERE = `
 where ($1::text is null or p.name ilike $1 or array_to_string(p.aliases, ' ') ilike $1)
   and ($2::text is null or p.kind = $2)
   and ($3::uuid is null or p.town_id = $3)
   and ($4::text is null or (p.closed_at is null) = ($4 = 'open'))`;
const ORDER = {
  name: 'p.name, p.id',
  town: 't.sort nulls last, t.name, p.name, p.id',
  used: 'n.used desc nulls last, p.name, p.id',
} as const;

const valuesOf = (filter: PlaceFilter) => [
  filter.q ? `%${likeText(filter.q)}%` : null,
  filter.kind ?? null,
  filter.townId ?? null,
  filter.state ?? null,
];

export async function countPlaces(sql: Sql, filter: PlaceFilter): Promise<number> {
  const [row] = await sql.query<{ count: number }>(
    'place.count',
    `select count(*)::int as count from place p ${WHERE}`,
    valuesOf(filter),
  );
  return row!.count;
}

export async function listPlaceItems(sql: Sql, filter: PlaceFilter, skip: number, limit: number): Promise<PlaceItem[]> {
  const order = filter.sort ?? 'name';
  return sql.query<PlaceItem>(`place.list.${order}`, `${ITEM} ${WHERE} order by ${ORDER[order]} offset $5 limit $6`, [
    ...valuesOf(filter),
    skip,
    limit,
  ]);
}

export async function readPlaceItem(sql: Sql, id: string): Promise<PlaceItem | null> {
  const [row] = await sql.query<PlaceItem>('place.item', `${ITEM} where p.id = $1`, [id]);
  return row ?? null;
}

export async function isPlaceUsed(sql: Sql, id: string): Promise<boolean> {
  return (await sql.query('place.used', 'select 1 from complaint where place_id = $1 limit 1', [id])).length > 0;
}

export async function lockPlace(trx: Trx, id: string): Promise<PlaceRow | null> {
  const [row] = await trx.query<PlaceRow & Record<string, unknown>>(
    'place.lock',
    'select id, kind, name, aliases, town_id, unit_id, lng, lat, closed_at, version from place where id = $1 for update',
    [id],
  );
  return row ?? null;
}

export async function unitOfKind(sql: Sql, id: string, kind: 'town' | 'squadron'): Promise<boolean> {
  const rows = await sql.query('place.unit', 'select 1 from unit where id = $1 and kind = $2 and closed_at is null', [
    id,
    kind,
  ]);
  return rows.length > 0;
}

const columns = (place: PlaceValues) => [
  place.kind,
  place.name,
  place.aliases,
  place.townId,
  place.unitId,
  place.lng,
  place.lat,
];

export async function insertPlace(trx: Trx, place: PlaceValues): Promise<string> {
  const [row] = await trx.query<{ id: string }>(
    'place.insert',
    'insert into place (kind, name, aliases, town_id, unit_id, lng, lat) values ($1,$2,$3,$4,$5,$6,$7) returning id',
    columns(place),
  );
  return row!.id;
}

export async function updatePlace(trx: Trx, id: string, place: PlaceValues): Promise<void> {
  await trx.query(
    'place.update',
    'update place set kind = $2, name = $3, aliases = $4, town_id = $5, unit_id = $6, lng = $7, lat = $8, version = version + 1 where id = $1',
    [id, ...columns(place)],
  );
}

/** Orders that got their point from the dictionary follow it; pins and points captured on the spot stay. */
export async function moveOrdersOf(
  trx: Trx,
  id: string,
  { lng, lat }: Pick<PlaceValues, 'lng' | 'lat'>,
): Promise<number> {
  const [row] = await trx.query<{ moved: number }>(
    'place.move_orders',
    `with c as (update complaint set lng = $2, lat = $3 where place_id = $1 and point_by = 'place' returning 1) select count(*)::int as moved from c`,
    [id, lng, lat],
  );
  return row!.moved;
}

export async function closePlace(trx: Trx, id: string, at: Date | null): Promise<void> {
  await trx.query('place.close', 'update place set closed_at = $2, version = version + 1 where id = $1', [id, at]);
}

export async function deletePlace(trx: Trx, id: string): Promise<void> {
  await trx.query('place.delete', 'delete from place where id = $1', [id]);
}

/** For the trial: what a suggestion's ids are called. */
export async function namesOf(
  sql: Sql,
  ids: { unitId: string | null; townId: string | null; categoryCode: string | null },
): Promise<{ unit: string | null; town: string | null; category: string | null }> {
  const [row] = await sql.query<{ unit: string | null; town: string | null; category: string | null }>(
    'place.names',
    `select (select name from unit where id = $1) as unit, (select name from unit where id = $2) as town,
            (select name from category where code = $3) as category`,
    [ids.unitId, ids.townId, ids.categoryCode],
  );
  return row!;
}
