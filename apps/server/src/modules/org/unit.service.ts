import { type Role, roleDefinition } from '@bihuan/domain/access';
import type { RequestActor } from '../../platform/access/index.ts';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Trx } from '../../platform/db/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { conflict, invalid, notFound, staleVersion } from '../../platform/errors.ts';
import {
  findUnit,
  insertUnit,
  isBelow,
  isUnitCodeTaken,
  lockTree,
  lockUnit,
  rolesInUnit,
  saveUnit,
  saveUnitClosed,
  squadronOfTown,
  type UnitRow,
  type UnitValues,
  unitLoad,
} from './unit.repo.ts';

export async function createUnit(
  deps: Deps,
  actor: RequestActor,
  { code, ...unit }: UnitValues & { code: string },
): Promise<{ id: string }> {
  return deps.db.transaction(async (trx) => {
    await lockTree(trx);
    if (await isUnitCodeTaken(trx, code))
      throw conflict('code_taken', '单位代码已被使用', { errors: [{ field: '/code', message: '已被使用' }] });
    await checkPlace(trx, null, unit);
    const id = await insertUnit(trx, code, unit);
    await record(deps, trx, actor, 'org.unit_created', id, { code, name: unit.name, kind: unit.kind });
    return { id };
  });
}

export async function updateUnit(
  deps: Deps,
  actor: RequestActor,
  id: string,
  { version, ...unit }: UnitValues & { version: number },
): Promise<{ id: string; version: number }> {
  return deps.db.transaction(async (trx) => {
    await lockTree(trx);
    const before = await lockCurrent(trx, id, version);
    await checkPlace(trx, before, unit);
    const saved = await saveUnit(trx, id, unit);
    await record(deps, trx, actor, 'org.unit_changed', id, {
      before: { name: before.name, kind: before.kind, parentId: before.parent_id, townId: before.town_id },
      after: { name: unit.name, kind: unit.kind, parentId: unit.parentId, townId: unit.townId },
    });
    return { id, version: saved };
  });
}

/** Closes a unit that nobody works in and no open order hangs on, or opens it again. */
export async function setUnitClosed(
  deps: Deps,
  actor: RequestActor,
  id: string,
  { version, closed, reason }: { version: number; closed: boolean; reason: string },
): Promise<{ id: string; version: number }> {
  return deps.db.transaction(async (trx) => {
    await lockTree(trx);
    const unit = await lockCurrent(trx, id, version);
    if ((unit.closed_at !== null) === closed) return { id, version: unit.version };
    if (closed) {
      const load = await unitLoad(trx, id);
      const rest = [
        load.people > 0 && `${load.people} 名在岗人员`,
        load.pending > 0 && `${load.pending} 项待确认的任职`,
        load.children > 0 && `${load.children} 个下级单位`,
        load.squadrons > 0 && `${load.squadrons} 个属地中队`,
        load.orders > 0 && `${load.orders} 件未办结诉件`,
      ].filter((part) => part !== false);
      if (rest.length > 0) throw conflict('unit_in_use', `该单位还有${rest.join('、')}，须先转出再撤销`, load);
    } else {
      await checkTown(trx, id, unit.kind, unit.town_id);
    }
    const now = deps.clock.now();
    const saved = await saveUnitClosed(trx, id, closed ? new Date(now) : null);
    await record(deps, trx, actor, closed ? 'org.unit_closed' : 'org.unit_reopened', id, {}, reason);
    return { id, version: saved };
  });
}

async function lockCurrent(trx: Trx, id: string, version: number): Promise<UnitRow> {
  const unit = await lockUnit(trx, id);
  if (!unit) throw notFound('单位');
  if (unit.version !== version) throw staleVersion();
  return unit;
}

/** The unit's place in the tree, its town, and the roles held in it must fit its kind. */
async function checkPlace(trx: Trx, before: UnitRow | null, unit: UnitValues): Promise<void> {
  if (unit.parentId !== null) {
    const parent = await findUnit(trx, unit.parentId);
    if (!parent || parent.closed_at)
      throw invalid('上级单位不存在或已撤销', [{ field: '/parentId', message: '请重新选择' }]);
    if (before && (await isBelow(trx, unit.parentId, before.id)))
      throw invalid('上级单位不能是本单位或其下级', [{ field: '/parentId', message: '请重新选择' }]);
  }
  await checkTown(trx, before?.id ?? null, unit.kind, unit.townId);
  if (before && before.kind !== unit.kind) {
    const misfit = (await rolesInUnit(trx, before.id)).find(
      (role) => !roleDefinition(role as Role).unitKinds.includes(unit.kind),
    );
    if (misfit)
      throw conflict('roles_misfit', `单位内还有“${roleDefinition(misfit as Role).label}”，不能改为这一类别`, {
        errors: [{ field: '/kind', message: '与现有岗位不符' }],
      });
  }
}

async function checkTown(trx: Trx, id: string | null, kind: UnitValues['kind'], townId: string | null): Promise<void> {
  if (townId === null) return;
  if (kind !== 'squadron') throw invalid('只有中队可以设属地街镇', [{ field: '/townId', message: '请留空' }]);
  const town = await findUnit(trx, townId);
  if (town?.kind !== 'town' || town.closed_at)
    throw invalid('属地街镇不存在或已撤销', [{ field: '/townId', message: '请重新选择' }]);
  const taken = await squadronOfTown(trx, townId, id);
  if (taken)
    throw conflict('town_taken', `${town.name}已由${taken}负责`, {
      errors: [{ field: '/townId', message: `已由${taken}负责` }],
    });
}

async function record(
  deps: Deps,
  trx: Trx,
  actor: RequestActor,
  action: string,
  id: string,
  data: Record<string, unknown>,
  note: string | null = null,
): Promise<void> {
  await recordAudit(trx, { at: deps.clock.now(), actor, action, objectType: 'unit', objectId: id, note, data });
}
