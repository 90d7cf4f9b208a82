import type { BodyOf } from '@bihuan/contract';
import type { answerSuggestion, decideMatter } from '@bihuan/contract/matter';
import {
  differentVerdicts,
  founderOf,
  joinVerdicts,
  type Member,
  split as splitMembers,
  splitVerdicts,
} from '@bihuan/domain/matter';
import type { RequestActor } from '../../platform/access/index.ts';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Trx } from '../../platform/db/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { conflict, invalid, notFound, staleVersion } from '../../platform/errors.ts';
import { fireOrderRules } from './alert.repo.ts';
import { recount } from './assign.repo.ts';
import { lockMatters } from './compare.repo.ts';
import { detectMatters } from './detect.service.ts';
import {
  absorb,
  announceOrders,
  answer,
  lockMatter,
  lockSuggestion,
  membersOf,
  moveOrders,
  placeOf,
  saveVerdicts,
} from './move.repo.ts';
import { isDone, visibleOrders } from './visible.query.ts';

/** The same word, sent again, changes nothing. */
export async function alreadyDone(trx: Trx, commandId: string, objectId: string): Promise<boolean> {
  const done = await isDone(trx, commandId);
  if (done !== null && done !== objectId) throw conflict('command_id_used', '该操作编号已用于其他操作');
  return done !== null;
}

/** Every order that a person's word moves must be one that the person may see. */
async function requireVisible(trx: Trx, actor: RequestActor, orderIds: readonly string[]): Promise<void> {
  const visible = await visibleOrders(trx, actor, orderIds);
  if (visible.length === 0) throw notFound('事项');
  if (visible.length < new Set(orderIds).size)
    throw conflict('beyond_scope', '该事项含有其他单位的诉件，请由执法协调科处理');
}

/** Joins one matter to another, or takes orders out of it. @throws Problem stale_version when somebody was faster */
export async function decideOnMatter(
  deps: Deps,
  actor: RequestActor,
  matterId: string,
  body: BodyOf<typeof decideMatter>,
): Promise<{ matterId: string }> {
  const { decision } = body;
  const result = await deps.db.transaction(async (trx) => {
    await lockMatters(trx);
    if (await alreadyDone(trx, body.commandId, matterId)) return matterId;
    const matter = await lockMatter(trx, matterId);
    const members = await membersOf(trx, matterId);
    if (members.length === 0) throw notFound('事项');
    if (matter && matter.version !== body.ifVersion) throw staleVersion();
    if (decision.action === 'join') {
      await requireVisible(trx, actor, ids(members));
      const other = await membersOf(trx, decision.otherId);
      if (other.length === 0)
        throw invalid('要并入的事项不存在', [{ field: '/decision/otherId', message: '请重新选择' }]);
      if (decision.otherId === matterId) throw conflict('same_matter', '已经是同一事项');
      await requireVisible(trx, actor, ids(other));
      return join(deps, trx, actor, members, other, { commandId: body.commandId, objectId: matterId, score: null });
    }
    const chosen = new Set(decision.orderIds);
    await requireVisible(trx, actor, decision.orderIds);
    if (decision.orderIds.some((id) => !members.some(({ orderId }) => orderId === id)))
      throw conflict('not_in_matter', '选中的诉件有的已不在本事项中，请刷新');
    if (chosen.size === members.length)
      throw invalid('不能把全部诉件拆出', [{ field: '/decision/orderIds', message: '至少留一件' }]);
    return split(deps, trx, actor, members, chosen, {
      commandId: body.commandId,
      objectId: matterId,
      note: decision.note,
    });
  });
  deps.live.wake();
  return { matterId: result };
}

const ids = (members: readonly Member[]): string[] => members.map(({ orderId }) => orderId);

async function join(
  deps: Deps,
  trx: Trx,
  actor: RequestActor,
  one: readonly Member[],
  other: readonly Member[],
  { commandId, objectId, score }: { commandId: string; objectId: string; score: Shown | null },
): Promise<string> {
  const at = deps.clock.now();
  const all = [...one, ...other];
  const into = founderOf(all);
  const joining = one.some(({ orderId }) => orderId === into) ? other : one;
  const from = founderOf(joining);
  await saveVerdicts(trx, joinVerdicts(one, other), { one, other, same: true }, { by: actor.personId, at, score });
  await moveOrders(trx, ids(joining), into);
  await recount(trx, [into]);
  const [had] = await trx.query('matter.exists', 'select 1 from matter where id = $1', [from]);
  if (had) await absorb(trx, from, into);
  await recount(trx, [from, into]);
  await fireOrderRules(trx, [into], at);
  await recordAudit(trx, {
    at,
    actor,
    action: 'matter.join',
    objectType: 'matter',
    objectId,
    data: { matterId: into, joined: joining.length, total: all.length },
    commandId,
  });
  await announceOrders(trx, ids(all).slice(-50));
  return into;
}

/** The pair a person was shown, and the machine's score of it. */
interface Shown {
  readonly a: string;
  readonly b: string;
  readonly score: number;
}
const shown = (one: string, other: string, score: number): Shown =>
  one < other ? { a: one, b: other, score } : { a: other, b: one, score };

async function split(
  deps: Deps,
  trx: Trx,
  actor: RequestActor,
  members: readonly Member[],
  chosen: ReadonlySet<string>,
  { commandId, objectId, note }: { commandId: string; objectId: string; note: string },
): Promise<string> {
  const at = deps.clock.now();
  const { stays, leaves, newMatterId } = splitMembers(members, chosen);
  await saveVerdicts(
    trx,
    splitVerdicts(stays, leaves),
    { one: stays, other: leaves, same: false },
    { by: actor.personId, at, score: null },
  );
  await moveOrders(trx, ids(leaves), newMatterId);
  await recount(trx, [founderOf(stays), newMatterId]);
  await recordAudit(trx, {
    at,
    actor,
    action: 'matter.split',
    objectType: 'matter',
    objectId,
    note,
    data: { newMatterId, moved: leaves.length, left: stays.length },
    commandId,
  });
  await announceOrders(trx, ids(members).slice(-50));
  return newMatterId;
}

/** A clerk's answer to "疑似重复", or taking one order out of the matter that the machine put it to. */
export async function answerOrder(
  deps: Deps,
  actor: RequestActor,
  orderId: string,
  body: BodyOf<typeof answerSuggestion>,
): Promise<void> {
  // Nobody can answer what was not compared yet.
  await detectMatters(deps);
  await deps.db.transaction(async (trx) => {
    await lockMatters(trx);
    if (await alreadyDone(trx, body.commandId, orderId)) return;
    const visible = await visibleOrders(trx, actor, [orderId]);
    const placed = await placeOf(trx, orderId);
    if (visible.length === 0 || !placed) throw notFound('诉件');
    const mine = await membersOf(trx, placed.matterId);
    if (body.answer === 'leave') {
      if (mine.length < 2) throw conflict('single_order', '该诉件没有并入任何事项');
      await split(deps, trx, actor, mine, new Set([orderId]), {
        commandId: body.commandId,
        objectId: orderId,
        note: '不是同一事项，移出',
      });
      return;
    }
    const suggestion = await lockSuggestion(trx, orderId);
    if (!suggestion) throw conflict('suggestion_answered', '该疑似重复已由他人判断，请刷新');
    const like = await placeOf(trx, suggestion.likeId);
    const others = await membersOf(trx, like!.matterId);
    const at = deps.clock.now();
    await answer(trx, orderId, body.answer, actor.personId, at);
    const pair = shown(orderId, suggestion.likeId, suggestion.score);
    if (body.answer === 'same' && like!.matterId !== placed.matterId) {
      await join(deps, trx, actor, mine, others, { commandId: body.commandId, objectId: orderId, score: pair });
      return;
    }
    if (body.answer === 'different' && like!.matterId !== placed.matterId)
      await saveVerdicts(
        trx,
        differentVerdicts(mine, others),
        { one: mine, other: others, same: false },
        { by: actor.personId, at, score: pair },
      );
    await recordAudit(trx, {
      at,
      actor,
      action: 'matter.different',
      objectType: 'matter',
      objectId: orderId,
      data: { likeId: suggestion.likeId },
      commandId: body.commandId,
    });
    await announceOrders(trx, [orderId]);
  });
  deps.live.wake();
}
