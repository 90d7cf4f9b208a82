import type { BodyOf, QueryOf, ResponseOf } from '@bihuan/contract';
import type {
  changePlace,
  createPlace,
  listPlaces,
  PlaceItem,
  removePlace,
  retirePlace,
  tryDispatch,
} from '@bihuan/contract/dictionary';
import type { RequestActor } from '../../platform/access/index.ts';
import type { Trx } from '../../platform/db/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { conflict, invalid, notFound, staleVersion } from '../../platform/errors.ts';
import { createDictionary } from '../complaint/index.ts';
import { change, REFERRED_TO } from './change.ts';
import {
  closePlace,
  countPlaces,
  deletePlace,
  insertPlace,
  isPlaceUsed,
  listPlaceItems,
  lockPlace,
  moveOrdersOf,
  namesOf,
  type PlaceRow,
  type PlaceValues,
  readPlaceItem,
  unitOfKind,
  updatePlace,
} from './place.repo.ts';

const PAGE = 50;

export async function placePage(deps: Deps, query: QueryOf<typeof listPlaces>): Promise<ResponseOf<typeof listPlaces>> {
  const { after, limit = PAGE, ...filter } = query;
  const skip = Number(after ?? 0);
  const [items, total] = await Promise.all([
    listPlaceItems(deps.db, filter, skip, limit),
    countPlaces(deps.db, filter),
  ]);
  const end = skip + items.length;
  return { items, total, totalIsCapped: false, next: end < total && items.length > 0 ? String(end) : null };
}

const valuesOf = (body: PlaceValues): PlaceValues => {
  const name = body.name.trim();
  return {
    kind: body.kind,
    name,
    aliases: [...new Set(body.aliases.map((alias) => alias.trim()))].filter((alias) => alias !== name),
    townId: body.townId,
    unitId: body.unitId,
    lng: body.lng,
    lat: body.lat,
  };
};

const show = async (deps: Deps, id: string | null): Promise<PlaceItem> => {
  const item = id === null ? null : await readPlaceItem(deps.db, id);
  if (!item) throw notFound('地点');
  return item;
};

function sameName(error: { constraint?: string }): never {
  if (error.constraint !== 'place_kind_name_town_id_key' && error.constraint !== 'place_without_town') throw error;
  const message = '同一街镇已有同类同名的地点，停用的也算';
  throw conflict('place_taken', message, { errors: [{ field: '/name', message }] });
}

/** @throws Problem place_taken | invalid */
export async function addPlace(deps: Deps, actor: RequestActor, body: BodyOf<typeof createPlace>): Promise<PlaceItem> {
  const values = valuesOf(body);
  const id = await change(deps, actor, body.commandId, async (trx) => {
    await checkWhere(trx, null, values);
    const objectId = await insertPlace(trx, values);
    return { action: 'dictionary.place_created', objectType: 'place', objectId, data: { ...values } };
  }).catch(sameName);
  return show(deps, id);
}

/** @throws Problem not_found | stale_version | place_taken | invalid */
export async function editPlace(
  deps: Deps,
  actor: RequestActor,
  id: string,
  body: BodyOf<typeof changePlace>,
): Promise<PlaceItem> {
  const values = valuesOf(body);
  await change(deps, actor, body.commandId, async (trx) => {
    const before = await lockAt(trx, id, body.version);
    await checkWhere(trx, before, values);
    await updatePlace(trx, id, values);
    const { kind, name, aliases, town_id: townId, unit_id: unitId, lng, lat } = before;
    const moved = lng === values.lng && lat === values.lat ? 0 : await moveOrdersOf(trx, id, values);
    return {
      action: 'dictionary.place_changed',
      objectType: 'place',
      objectId: id,
      data: {
        before: { kind, name, aliases, townId, unitId, lng, lat },
        after: values,
        ...(moved > 0 ? { movedOrders: moved } : {}),
      },
    };
  }).catch(sameName);
  return show(deps, id);
}

/** Retired: no longer used for suggestions; orders that refer to it keep it. @throws Problem not_found | stale_version */
export async function setPlaceClosed(
  deps: Deps,
  actor: RequestActor,
  id: string,
  body: BodyOf<typeof retirePlace>,
): Promise<PlaceItem> {
  await change(deps, actor, body.commandId, async (trx) => {
    const before = await lockAt(trx, id, body.version);
    await closePlace(trx, id, body.closed ? (before.closed_at ?? new Date(deps.clock.now())) : null);
    return {
      action: body.closed ? 'dictionary.place_closed' : 'dictionary.place_reopened',
      objectType: 'place',
      objectId: id,
      note: body.reason,
      data: { name: before.name },
    };
  });
  return show(deps, id);
}

/** @throws Problem not_found | stale_version | place_used */
export async function removeUnusedPlace(
  deps: Deps,
  actor: RequestActor,
  id: string,
  body: BodyOf<typeof removePlace>,
): Promise<void> {
  const used = () => conflict('place_used', '已有诉件用到这个地点，只能停用，不能删除');
  await change(deps, actor, body.commandId, async (trx) => {
    const before = await lockAt(trx, id, body.version);
    if (await isPlaceUsed(trx, id)) throw used();
    await deletePlace(trx, id);
    return {
      action: 'dictionary.place_removed',
      objectType: 'place',
      objectId: id,
      note: body.reason,
      data: { kind: before.kind, name: before.name, aliases: before.aliases },
    };
  }).catch((error: { code?: string }) => {
    throw error.code === REFERRED_TO ? used() : error;
  });
}

/** What the dictionary, as it is in the database now, proposes for a text. Nothing is kept of the text. */
export async function tryOut(deps: Deps, body: BodyOf<typeof tryDispatch>): Promise<ResponseOf<typeof tryDispatch>> {
  const dictionary = createDictionary(deps.db, deps.clock);
  const [unit, category] = await Promise.all([
    dictionary.suggestUnit({ address: body.address, content: body.content }),
    dictionary.suggestCategories('', `${body.address} ${body.content}`).then(([first]) => first ?? null),
  ]);
  const names = await namesOf(deps.db, {
    unitId: unit?.unitId ?? null,
    townId: unit?.townId ?? null,
    categoryCode: category?.code ?? null,
  });
  return {
    unit: unit && {
      name: names.unit ?? '',
      town: names.town,
      confidence: unit.confidence,
      reasons: [...unit.reasons],
    },
    category: category && { name: names.category ?? '', confidence: category.confidence },
  };
}

async function lockAt(trx: Trx, id: string, version: number): Promise<PlaceRow> {
  const row = await lockPlace(trx, id);
  if (!row) throw notFound('地点');
  if (row.version !== version) throw staleVersion();
  return row;
}

/** What was chosen earlier may have been dissolved since; what is newly chosen may not. */
async function checkWhere(trx: Trx, before: PlaceRow | null, place: PlaceValues): Promise<void> {
  const errors: { field: string; message: string }[] = [];
  if (place.townId === null && place.unitId === null)
    errors.push({ field: '/townId', message: '街镇和中队至少选一个，否则派单时用不上' });
  if (place.townId !== null && place.townId !== before?.town_id && !(await unitOfKind(trx, place.townId, 'town')))
    errors.push({ field: '/townId', message: '街镇不存在或已撤销，请重新选择' });
  if (place.unitId !== null && place.unitId !== before?.unit_id && !(await unitOfKind(trx, place.unitId, 'squadron')))
    errors.push({ field: '/unitId', message: '中队不存在或已撤销，请重新选择' });
  if ((place.lng === null) !== (place.lat === null))
    errors.push({ field: place.lng === null ? '/lng' : '/lat', message: '经度、纬度须一并填写' });
  if (errors.length > 0) throw invalid('地点填写有误', errors);
}
