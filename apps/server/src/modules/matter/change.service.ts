import type { BodyOf } from '@bihuan/contract';
import type { BacklogChange, changeBacklog, changeMatter } from '@bihuan/contract/matter';
import { permits } from '@bihuan/domain/access';
import {
  BACKLOG_REFUSALS,
  type BacklogCommand,
  type BacklogStatus,
  decideBacklog,
  type StepKind,
} from '@bihuan/domain/matter';
import type { RequestActor } from '../../platform/access/index.ts';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Trx } from '../../platform/db/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { conflict, forbidden, invalid, notFound, staleVersion } from '../../platform/errors.ts';
import { notify } from '../../platform/notify/index.ts';
import { publish } from '../../platform/outbox/index.ts';
import { recount } from './assign.repo.ts';
import {
  changeStep,
  closeBacklog,
  decideAlert,
  type ListedBacklog,
  listBacklogCase,
  lockBacklog,
  saveBacklog,
  setBacklogStatus,
  updateMatter,
} from './change.repo.ts';
import { lockMatters } from './compare.repo.ts';
import { alreadyDone } from './decide.service.ts';
import { lockMatter, type Matter } from './move.repo.ts';
import { seesMatter } from './visible.query.ts';

interface Wish {
  readonly commandId: string;
  readonly ifVersion: number;
}

/** Lock, check, write, count the version up: what every change of a matter goes through. */
async function change(
  deps: Deps,
  actor: RequestActor,
  id: string,
  wish: Wish,
  work: (trx: Trx, matter: Matter, at: number) => Promise<{ action: string; note: string | null; data?: object }>,
): Promise<{ version: number }> {
  const version = await deps.db.transaction(async (trx) => {
    await lockMatters(trx);
    if (!(await seesMatter(trx, actor, id))) throw notFound('事项');
    const done = await alreadyDone(trx, wish.commandId, id);
    let matter = await lockMatter(trx, id);
    if (done) return matter?.version ?? wish.ifVersion;
    if (matter === null) {
      // A single order that somebody takes up as a matter.
      await trx.query(
        'matter.open',
        `insert into matter (id, title, category_code, town_id, unit_id, order_count, first_at, last_at)
         select id, title, category_code, town_id, unit_id, 1, received_at, received_at from complaint where id = $1`,
        [id],
      );
      matter = (await lockMatter(trx, id))!;
    } else if (matter.version !== wish.ifVersion) throw staleVersion();
    const at = deps.clock.now();
    const { action, note, data } = await work(trx, matter, at);
    await recordAudit(trx, {
      at,
      actor,
      action: `matter.${action}`,
      objectType: 'matter',
      objectId: id,
      note,
      data: { ...data },
      commandId: wish.commandId,
    });
    await recount(trx, [id]);
    await publish(trx, { topic: 'matter.changed', objectId: id });
    return (await lockMatter(trx, id))?.version ?? matter.version;
  });
  deps.live.wake();
  return { version };
}

export function changeOne(
  deps: Deps,
  actor: RequestActor,
  id: string,
  body: BodyOf<typeof changeMatter>,
): Promise<{ version: number }> {
  const wish = body.change;
  return change(deps, actor, id, body, async (trx, matter, at) => {
    switch (wish.action) {
      case 'edit': {
        if (wish.unitId !== null) {
          const [unit] = await trx.query(
            null,
            "select 1 from unit where id = $1 and kind in ('squadron','section') and closed_at is null",
            [wish.unitId],
          );
          if (!unit) throw invalid('牵头单位不存在或已撤销', [{ field: '/change/unitId', message: '请重新选择' }]);
        }
        const plan = wish.plan?.trim() || null;
        await updateMatter(trx, id, { title: wish.title.trim(), unitId: wish.unitId, plan });
        return { action: 'edit', note: null, data: { title: wish.title.trim(), plan: plan !== matter.plan } };
      }
      case 'settle':
        if (matter.settled_at !== null) throw conflict('settled', '该事项已认定解决');
        await trx.query('matter.settle', 'update matter set settled_at = $2, settled_note = $3 where id = $1', [
          id,
          new Date(at),
          wish.note,
        ]);
        return { action: 'settle', note: wish.note };
      case 'unsettle':
        if (matter.settled_at === null) throw conflict('not_settled', '该事项没有认定解决');
        await trx.query('matter.unsettle', 'update matter set settled_at = null where id = $1', [id]);
        return { action: 'unsettle', note: wish.note };
      case 'alert': {
        const decided = await decideAlert(trx, id, wish.alertId, {
          status: wish.status,
          note: wish.note.trim(),
          by: actor.personId,
          at,
        });
        if (!decided) throw conflict('alert_decided', '该提醒已由他人处理，请刷新');
        return {
          action: wish.status === 'done' ? 'alert_done' : 'alert_declined',
          note: wish.note,
          data: { alert: decided },
        };
      }
    }
  });
}

const REVIEWS = ['list', 'approve', 'return'];

export function changeBacklogOf(
  deps: Deps,
  actor: RequestActor,
  id: string,
  body: BodyOf<typeof changeBacklog>,
): Promise<{ version: number }> {
  const wish: BacklogChange = body.change;
  if (REVIEWS.includes(wish.action) && !permits(actor, 'matter.backlog'))
    throw forbidden('列入积案和审核销号由执法协调科科长、执法监督科或局领导办理');
  return change(deps, actor, id, body, async (trx, matter, at) => {
    const known = await lockBacklog(trx, id);
    if (wish.action === 'list' || wish.action === 'edit') {
      await checkLeader(trx, wish.leaderId);
      if (wish.action === 'list') {
        if (known && known.status !== 'closed') throw conflict('listed', '该事项已列入积案');
        await listBacklogCase(trx, id, { ...wish, by: actor.personId, at });
      } else {
        if (!known) throw notFound('积案');
        decideOrRefuse(known, { action: 'edit' });
        await saveBacklog(trx, id, wish);
      }
      if (!known || known.leaderId !== wish.leaderId)
        await notify(trx, {
          personId: wish.leaderId,
          at,
          kind: 'matter.backlog',
          level: 'warn',
          title: '信访积案请您包案',
          body: matter.title,
          objectType: 'matter',
          objectId: id,
        });
      return { action: wish.action === 'list' ? 'backlog_list' : 'backlog_edit', note: wish.reason };
    }
    if (!known) throw notFound('积案');
    switch (wish.action) {
      case 'step': {
        if (wish.plannedOn === null && wish.doneOn === null)
          throw invalid('请填写计划日期或完成日期', [{ field: '/change/plannedOn', message: '至少填一个日期' }]);
        const status = decideOrRefuse(known, {
          action: 'step',
          kind: wish.kind as StepKind,
          done: wish.doneOn !== null,
        });
        const found = await changeStep(trx, id, { ...wish, by: actor.personId, at });
        if (!found) throw notFound('节点');
        if (status !== known.status) await setBacklogStatus(trx, id, status, wish.doneOn);
        return { action: 'backlog_step', note: wish.content, data: { kind: wish.kind, doneOn: wish.doneOn } };
      }
      case 'submit':
        await setBacklogStatus(trx, id, decideOrRefuse(known, { action: 'submit' }), null, wish.note);
        return { action: 'backlog_submit', note: wish.note };
      case 'return':
        await setBacklogStatus(trx, id, decideOrRefuse(known, { action: 'return' }), null);
        return { action: 'backlog_return', note: wish.note };
      case 'approve':
        decideOrRefuse(known, { action: 'approve' });
        await closeBacklog(trx, id, actor.personId, at);
        return { action: 'backlog_close', note: wish.note };
    }
  });
}

function decideOrRefuse(known: ListedBacklog, command: BacklogCommand): BacklogStatus {
  const decided = decideBacklog({ status: known.status, openSteps: known.openSteps }, command);
  if ('refusal' in decided) throw conflict(`backlog_${decided.refusal}`, BACKLOG_REFUSALS[decided.refusal]);
  return decided.status;
}

async function checkLeader(trx: Trx, personId: string): Promise<void> {
  const [person] = await trx.query(
    null,
    "select 1 from posting where person_id = $1 and ended_on is null and role in ('bureau_leader','squadron_leader','coordination_chief','supervisor','supervision_chief')",
    [personId],
  );
  if (!person)
    throw invalid('包案领导应是在岗的局领导、科长或中队长', [{ field: '/change/leaderId', message: '请重新选择' }]);
}
