import type { BodyOf, ResponseOf } from '@bihuan/contract';
import type { InspectionReference, saveChecklist, saveTarget } from '@bihuan/contract/inspection';
import { permits } from '@bihuan/domain/access';
import type { RequestActor } from '../../platform/access/index.ts';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { conflict, invalid, notFound, staleVersion } from '../../platform/errors.ts';
import { INSPECTOR_ROLES } from './plan.service.ts';
import {
  insertChecklist,
  latestVersion,
  lockTarget,
  readChecklists,
  readInspectors,
  readRectificationTypes,
  readSquadrons,
  readTargets,
  writeTarget,
} from './settings.repo.ts';

/** Lists and names to plan with. Whoever only reads gets what the pages show, and no names of inspectors. */
export async function referenceOf(deps: Deps, actor: RequestActor): Promise<InspectionReference> {
  const mayPlan = permits(actor, 'inspection.plan');
  const [units, inspectors, checklists, targets, rectificationTypes] = await Promise.all([
    readSquadrons(deps.db),
    mayPlan ? readInspectors(deps.db, INSPECTOR_ROLES) : [],
    readChecklists(deps.db),
    readTargets(deps.db),
    readRectificationTypes(deps.db),
  ]);
  return { units, inspectors, checklists, targets, rectificationTypes, mayPlan };
}

/** A list that was used is never changed: what is new is the next version. */
export async function publishChecklist(
  deps: Deps,
  actor: RequestActor,
  body: BodyOf<typeof saveChecklist>,
): Promise<ResponseOf<typeof saveChecklist>> {
  const { items } = body;
  if (new Set(items.map(({ no }) => no)).size !== items.length)
    throw invalid('检查项的序号有重复', [{ field: '/items', message: '序号不能重复' }]);
  const types = new Set((await readRectificationTypes(deps.db)).map(({ code }) => code));
  if (items.some(({ type }) => !types.has(type)))
    throw invalid('整改类型不存在或已停用', [{ field: '/items', message: '请重新选择整改类型' }]);
  return deps.db.transaction(async (trx) => {
    const code = body.code ?? `list-${deps.clock.now().toString(36)}`;
    await trx.query('inspection.lock_list', 'select pg_advisory_xact_lock(hashtextextended($1, 0))', [
      `inspection_checklist:${code}`,
    ]);
    const latest = await latestVersion(trx, code);
    if (body.code !== undefined && latest === 0) throw notFound('检查表');
    if (body.code === undefined && latest > 0) throw conflict('try_again', '请稍后再试');
    if (body.code !== undefined && body.after !== latest) throw staleVersion();
    const version = latest + 1;
    const id = await insertChecklist(trx, { ...body, code, version, by: actor.personId, at: deps.clock.now() });
    await recordAudit(trx, {
      at: deps.clock.now(),
      actor,
      action: 'inspection.checklist',
      objectType: 'inspection_checklist',
      objectId: id,
      note: body.name,
      data: { code, version, items: items.length },
    });
    return { id, version };
  });
}

export async function changeTarget(
  deps: Deps,
  actor: RequestActor,
  code: string,
  body: BodyOf<typeof saveTarget>,
): Promise<ResponseOf<typeof saveTarget>> {
  return deps.db.transaction(async (trx) => {
    const version = await lockTarget(trx, code);
    if (body.version === null && version !== null) throw conflict('exists', '已有这个代码的重点对象');
    if (body.version !== null && version === null) throw notFound('重点对象');
    if (body.version !== version) throw staleVersion();
    const next = (version ?? 0) + 1;
    await writeTarget(trx, code, { ...body, version: next, at: deps.clock.now() });
    await recordAudit(trx, {
      at: deps.clock.now(),
      actor,
      action: 'inspection.target',
      objectType: 'inspection_target',
      note: body.name,
      data: { code, kind: body.kind, closed: body.closed },
    });
    return { version: next };
  });
}
