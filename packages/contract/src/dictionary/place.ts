import { type Static, Type } from 'typebox';
import { CommandId, Id, IdParams, keysOf, nullable, pageOf, UnitRef } from '../common.ts';
import { endpoint } from '../endpoint.ts';
import { RECORD_STATES, RemoveBody, RetireBody, SHEET_FORMATS, strict, Version, Words } from './common.ts';

export const PLACE_KINDS = { road: '道路', compound: '小区', village: '居村委', landmark: '地标' } as const;
export const PLACE_SORTS = { name: '名称', town: '街镇', used: '诉件数' } as const;

export const PlaceItem = Type.Object({
  id: Id,
  kind: keysOf(PLACE_KINDS),
  name: Type.String(),
  aliases: Type.Array(Type.String()),
  town: nullable(UnitRef),
  /** The squadron orders go to when it is not the town's own. */
  unit: nullable(UnitRef),
  /** The town's own squadron. */
  townSquadron: nullable(UnitRef),
  lng: nullable(Type.Number()),
  lat: nullable(Type.Number()),
  closed: Type.Boolean(),
  version: Version,
  /** Orders that refer to it. */
  used: Type.Integer(),
});
export type PlaceItem = Static<typeof PlaceItem>;

const PlaceFilterFields = {
  q: Type.Optional(Type.String({ maxLength: 40 })),
  kind: Type.Optional(keysOf(PLACE_KINDS)),
  townId: Type.Optional(Id),
  state: Type.Optional(keysOf(RECORD_STATES)),
  sort: Type.Optional(keysOf(PLACE_SORTS)),
};
export const PlaceFilter = Type.Object(PlaceFilterFields, strict);
export type PlaceFilter = Static<typeof PlaceFilter>;

const fields = {
  kind: keysOf(PLACE_KINDS),
  name: Type.String({ minLength: 2, maxLength: 40 }),
  aliases: Words,
  townId: nullable(Id),
  unitId: nullable(Id),
  lng: nullable(Type.Number({ minimum: -180, maximum: 180 })),
  lat: nullable(Type.Number({ minimum: -90, maximum: 90 })),
};

export const listPlaces = endpoint({
  id: 'dictionary.places',
  method: 'GET',
  path: '/dictionary/places',
  access: 'dictionary.manage',
  summary: '地点词典',
  query: Type.Object(
    {
      ...PlaceFilterFields,
      after: Type.Optional(Type.String({ pattern: '^\\d{1,7}$' })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
    },
    strict,
  ),
  response: pageOf(PlaceItem),
});
export const exportPlaces = endpoint({
  id: 'dictionary.exportPlaces',
  method: 'GET',
  path: '/dictionary/places/export',
  access: 'dictionary.manage',
  summary: '导出地点词典',
  query: Type.Object({ ...PlaceFilterFields, format: keysOf(SHEET_FORMATS) }, strict),
});
export const createPlace = endpoint({
  id: 'dictionary.createPlace',
  method: 'POST',
  path: '/dictionary/places',
  access: 'dictionary.manage',
  summary: '新增地点',
  body: Type.Object({ commandId: CommandId, ...fields }, strict),
  response: PlaceItem,
});
export const changePlace = endpoint({
  id: 'dictionary.changePlace',
  method: 'PUT',
  path: '/dictionary/places/:id',
  access: 'dictionary.manage',
  summary: '修改地点',
  params: IdParams,
  body: Type.Object({ commandId: CommandId, version: Version, ...fields }, strict),
  response: PlaceItem,
});
export const retirePlace = endpoint({
  id: 'dictionary.retirePlace',
  method: 'POST',
  path: '/dictionary/places/:id/closed',
  access: 'dictionary.manage',
  summary: '停用或恢复地点',
  params: IdParams,
  body: RetireBody,
  response: PlaceItem,
});
export const removePlace = endpoint({
  id: 'dictionary.removePlace',
  method: 'POST',
  path: '/dictionary/places/:id/removal',
  access: 'dictionary.manage',
  summary: '删除从未用过的地点',
  params: IdParams,
  body: RemoveBody,
});
/** A name that closed orders mention and the dictionary does not know. */
export const FoundPlace = Type.Object({
  name: Type.String(),
  kind: keysOf(PLACE_KINDS),
  town: UnitRef,
  /** Matters that name it. */
  matters: Type.Integer(),
});
export type FoundPlace = Static<typeof FoundPlace>;
export const listFoundPlaces = endpoint({
  id: 'dictionary.foundPlaces',
  method: 'GET',
  path: '/dictionary/places/found',
  access: 'dictionary.manage',
  summary: '办结诉件里反复提到、词典还没有的地点',
  response: Type.Object({ items: Type.Array(FoundPlace) }),
});
/** Tries the dictionary as it is now on a text: what would be proposed, and why. */
export const tryDispatch = endpoint({
  id: 'dictionary.tryDispatch',
  method: 'POST',
  path: '/dictionary/trial',
  access: 'dictionary.manage',
  summary: '试一试：一段文字会建议派往哪里、归入哪类',
  body: Type.Object({ address: Type.String({ maxLength: 200 }), content: Type.String({ maxLength: 2000 }) }, strict),
  response: Type.Object({
    unit: nullable(
      Type.Object({
        name: Type.String(),
        town: nullable(Type.String()),
        confidence: Type.Number(),
        reasons: Type.Array(Type.String()),
      }),
    ),
    category: nullable(Type.Object({ name: Type.String(), confidence: Type.Number() })),
  }),
});
