import type { BodyOf } from '@bihuan/contract';
import type {
  CategoryItem,
  changeCategory,
  createCategory,
  removeCategory,
  retireCategory,
} from '@bihuan/contract/dictionary';
import type { RequestActor } from '../../platform/access/index.ts';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Trx } from '../../platform/db/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { conflict, invalid, notFound, staleVersion } from '../../platform/errors.ts';
import { TRAIN_TASK } from '../complaint/index.ts';
import {
  type CategoryRow,
  type CategoryValues,
  closeCategory,
  countMembers,
  deleteCategory,
  holdCategory,
  insertCategory,
  isCategoryReferred,
  lockCategory,
  readCategoryItem,
  updateCategory,
} from './category.repo.ts';
import { change, REFERRED_TO } from './change.ts';

/** Puts a training in the queue; one that waits already is enough. */
export async function askTraining(deps: Deps, actor: RequestActor, commandId: string): Promise<void> {
  await deps.db.transaction(async (trx) => {
    const [done] = await trx.query('category.asked', 'select 1 from audit_event where command_id = $1', [commandId]);
    if (done) return;
    await recordAudit(trx, {
      at: deps.clock.now(),
      actor,
      action: 'dictionary.categories_trained',
      objectType: 'category',
      commandId,
    });
    await deps.jobs.add(trx, TRAIN_TASK, { by: actor.personId }, { key: TRAIN_TASK });
  });
}

const valuesOf = (body: CategoryValues): CategoryValues => ({
  name: body.name.trim(),
  parentCode: body.parentCode,
  keywords: [...new Set(body.keywords.map((word) => word.trim()))],
  hot: body.hot,
  sort: body.sort,
});

const show = async (deps: Deps, id: string | null): Promise<CategoryItem> => {
  const item = id === null ? null : await readCategoryItem(deps.db, id);
  if (!item) throw notFound('类别');
  return item;
};

/** @throws Problem category_code_taken | invalid */
export async function addCategory(
  deps: Deps,
  actor: RequestActor,
  body: BodyOf<typeof createCategory>,
): Promise<CategoryItem> {
  const values = valuesOf(body);
  const prefix = body.parentCode === null ? null : `${body.parentCode}.`;
  if (prefix === null ? body.code.includes('.') : !body.code.startsWith(prefix)) {
    const message = prefix === null ? '大类的代码不带点' : `代码应以“${prefix}”开头`;
    throw invalid(message, [{ field: '/code', message }]);
  }
  const id = await change(deps, actor, body.commandId, async (trx) => {
    await checkParent(trx, null, values.parentCode);
    const objectId = await insertCategory(trx, body.code, values);
    return {
      action: 'dictionary.category_created',
      objectType: 'category',
      objectId,
      data: { code: body.code, ...values },
    };
  }).catch((error: { constraint?: string }) => {
    if (error.constraint !== 'category_pkey') throw error;
    throw conflict('category_code_taken', '已有这一代码的类别', {
      errors: [{ field: '/code', message: '已有这一代码的类别，停用的也算' }],
    });
  });
  return show(deps, id);
}

/** @throws Problem not_found | stale_version | invalid */
export async function editCategory(
  deps: Deps,
  actor: RequestActor,
  id: string,
  body: BodyOf<typeof changeCategory>,
): Promise<CategoryItem> {
  const values = valuesOf(body);
  await change(deps, actor, body.commandId, async (trx) => {
    const before = await lockAt(trx, id, body.version);
    if (values.parentCode !== before.parent_code) await checkParent(trx, before, values.parentCode);
    await updateCategory(trx, id, values);
    const { name, parent_code: parentCode, keywords, hot, sort } = before;
    return {
      action: 'dictionary.category_changed',
      objectType: 'category',
      objectId: id,
      data: { code: before.code, before: { name, parentCode, keywords, hot, sort }, after: values },
    };
  });
  return show(deps, id);
}

/** Retired: no longer offered; orders filed under it keep it. @throws Problem not_found | stale_version | category_has_members | category_parent_closed */
export async function setCategoryClosed(
  deps: Deps,
  actor: RequestActor,
  id: string,
  body: BodyOf<typeof retireCategory>,
): Promise<CategoryItem> {
  await change(deps, actor, body.commandId, async (trx) => {
    const before = await lockAt(trx, id, body.version);
    if (body.closed) {
      const { open } = await countMembers(trx, before.code);
      if (open > 0) throw conflict('category_has_members', `其下还有 ${open} 个在用的类别，须先停用`);
    } else if (before.parent_code !== null && (await holdCategory(trx, before.parent_code))?.closed_at) {
      throw conflict('category_parent_closed', '所属大类已停用，须先恢复大类');
    }
    await closeCategory(trx, id, body.closed ? (before.closed_at ?? new Date(deps.clock.now())) : null);
    return {
      action: body.closed ? 'dictionary.category_closed' : 'dictionary.category_reopened',
      objectType: 'category',
      objectId: id,
      note: body.reason,
      data: { code: before.code, name: before.name },
    };
  });
  return show(deps, id);
}

/** @throws Problem not_found | stale_version | category_used */
export async function removeUnusedCategory(
  deps: Deps,
  actor: RequestActor,
  id: string,
  body: BodyOf<typeof removeCategory>,
): Promise<void> {
  const used = () => conflict('category_used', '这一类别已经用过或其下还有类别，只能停用，不能删除');
  await change(deps, actor, body.commandId, async (trx) => {
    const before = await lockAt(trx, id, body.version);
    if (await isCategoryReferred(trx, before.code)) throw used();
    await deleteCategory(trx, id);
    const { code, name, parent_code: parentCode, keywords, hot } = before;
    return {
      action: 'dictionary.category_removed',
      objectType: 'category',
      objectId: id,
      note: body.reason,
      data: { code, name, parentCode, keywords, hot },
    };
  }).catch((error: { code?: string }) => {
    throw error.code === REFERRED_TO ? used() : error;
  });
}

async function lockAt(trx: Trx, id: string, version: number): Promise<CategoryRow> {
  const row = await lockCategory(trx, id);
  if (!row) throw notFound('类别');
  if (row.version !== version) throw staleVersion();
  return row;
}

/** Two levels: groups, and what is filed. Figures add up the members of a group. */
async function checkParent(trx: Trx, row: CategoryRow | null, parentCode: string | null): Promise<void> {
  const refuse = (message: string) => invalid(message, [{ field: '/parentCode', message }]);
  if (parentCode === null) {
    if (row) throw refuse('类别须归入一个大类');
    return;
  }
  const parent = await holdCategory(trx, parentCode);
  if (!parent || parent.closed_at) throw refuse('所属大类不存在或已停用，请重新选择');
  if (parent.parent_code !== null) throw refuse('只能归入大类，不能再往下分');
  if (row && (row.parent_code === null || row.code === parentCode)) throw refuse('大类不能归入别的大类');
}
