import { type Static, Type } from 'typebox';
import { CommandId, Id, IdParams, Instant, keysOf, nullable, PersonRef } from '../common.ts';
import { endpoint } from '../endpoint.ts';
import { RECORD_STATES, RemoveBody, RetireBody, SHEET_FORMATS, strict, Version, Words } from './common.ts';

export const CATEGORY_SORTS = { tree: '排列次序', name: '名称', used: '诉件数' } as const;

export const CategoryItem = Type.Object({
  id: Id,
  code: Type.String(),
  parentCode: nullable(Type.String()),
  parentName: nullable(Type.String()),
  name: Type.String(),
  keywords: Type.Array(Type.String()),
  hot: Type.Boolean(),
  sort: Type.Integer(),
  closed: Type.Boolean(),
  version: Version,
  /** Orders filed under it, and those of them not closed. */
  used: Type.Integer(),
  open: Type.Integer(),
  /** As far as the list knows nothing refers to it; deleting looks closer, at earlier rounds too. */
  removable: Type.Boolean(),
});
export type CategoryItem = Static<typeof CategoryItem>;

export const CategoryFilter = Type.Object(
  {
    q: Type.Optional(Type.String({ maxLength: 40 })),
    parentCode: Type.Optional(Type.String({ maxLength: 60 })),
    state: Type.Optional(keysOf(RECORD_STATES)),
    hot: Type.Optional(Type.Boolean()),
    sort: Type.Optional(keysOf(CATEGORY_SORTS)),
  },
  strict,
);
export type CategoryFilter = Static<typeof CategoryFilter>;

const fields = {
  name: Type.String({ minLength: 1, maxLength: 40 }),
  parentCode: nullable(Type.String({ maxLength: 60 })),
  /** Words by which the category is proposed. */
  keywords: Words,
  hot: Type.Boolean(),
  sort: Type.Integer({ minimum: 0, maximum: 99_999 }),
};

export const listCategories = endpoint({
  id: 'dictionary.categories',
  method: 'GET',
  path: '/dictionary/categories',
  access: 'dictionary.manage',
  summary: '诉件类别',
  query: CategoryFilter,
  response: Type.Object({ items: Type.Array(CategoryItem) }),
});
export const exportCategories = endpoint({
  id: 'dictionary.exportCategories',
  method: 'GET',
  path: '/dictionary/categories/export',
  access: 'dictionary.manage',
  summary: '导出诉件类别',
  query: Type.Object({ ...CategoryFilter.properties, format: keysOf(SHEET_FORMATS) }, strict),
});
const CategoryScore = Type.Object({
  /** Held-back orders that were judged; shares of them. */
  orders: Type.Integer(),
  accuracy: Type.Number(),
  amongThree: Type.Number(),
  calibrationError: Type.Number(),
  covered: nullable(Type.Number()),
  precision: nullable(Type.Number()),
  byCategory: Type.Array(
    Type.Object({
      code: Type.String(),
      name: Type.Optional(Type.String()),
      orders: Type.Integer(),
      found: Type.Integer(),
      guessed: Type.Integer(),
    }),
  ),
});
export type CategoryScore = Static<typeof CategoryScore>;

export const MODEL_STATES = { active: '使用中', retired: '已替换', rejected: '未启用' } as const;

export const CategoryModels = Type.Object({
  /** Orders that can teach, and how many are needed. */
  confirmed: Type.Integer(),
  least: Type.Integer(),
  /** Filled in by the machine and not confirmed yet. */
  guessed: Type.Integer(),
  training: Type.Boolean(),
  models: Type.Array(
    Type.Object({
      id: Type.Integer(),
      trainedAt: Instant,
      trainedBy: nullable(PersonRef),
      orders: Type.Integer(),
      /** Least confidence that fills in a category; `null`: none does. */
      threshold: nullable(Type.Number()),
      state: keysOf(MODEL_STATES),
      note: nullable(Type.String()),
      score: CategoryScore,
    }),
  ),
});
export type CategoryModels = Static<typeof CategoryModels>;

export const listCategoryModels = endpoint({
  id: 'dictionary.categoryModels',
  method: 'GET',
  path: '/dictionary/categories/models',
  access: 'dictionary.manage',
  summary: '类别判定模型：现用与历次版本的成绩',
  response: CategoryModels,
});
export const trainCategoryModel = endpoint({
  id: 'dictionary.trainCategories',
  method: 'POST',
  path: '/dictionary/categories/models',
  access: 'dictionary.manage',
  summary: '重新学习类别判定模型',
  body: Type.Object({ commandId: CommandId }, strict),
  response: CategoryModels,
});

export const createCategory = endpoint({
  id: 'dictionary.createCategory',
  method: 'POST',
  path: '/dictionary/categories',
  access: 'dictionary.manage',
  summary: '新增诉件类别',
  body: Type.Object(
    {
      commandId: CommandId,
      code: Type.String({ pattern: '^[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*)?$', maxLength: 60 }),
      ...fields,
    },
    strict,
  ),
  response: CategoryItem,
});
export const changeCategory = endpoint({
  id: 'dictionary.changeCategory',
  method: 'PUT',
  path: '/dictionary/categories/:id',
  access: 'dictionary.manage',
  summary: '修改诉件类别',
  params: IdParams,
  body: Type.Object({ commandId: CommandId, version: Version, ...fields }, strict),
  response: CategoryItem,
});
export const retireCategory = endpoint({
  id: 'dictionary.retireCategory',
  method: 'POST',
  path: '/dictionary/categories/:id/closed',
  access: 'dictionary.manage',
  summary: '停用或恢复诉件类别',
  params: IdParams,
  body: RetireBody,
  response: CategoryItem,
});
export const removeCategory = endpoint({
  id: 'dictionary.removeCategory',
  method: 'POST',
  path: '/dictionary/categories/:id/removal',
  access: 'dictionary.manage',
  summary: '删除从未用过的诉件类别',
  params: IdParams,
  body: RemoveBody,
});
